"""Fit the grade by lesions: `python -m segmentation.fit_grade --data DATA`.

DATA is the folder that holds idrid_grading and odir. Learns from IDRiD's official training photos
without those of the lesion test set, and from eyes of ODIR's training split, whose cameras the
lesion networks do not know; the strength of the penalty was chosen by cross-validation. How much
the lesions weigh beside the photo as a whole is chosen on graded eyes of ODIR's validation split,
which no network was trained on. Writes segmentation/weights/grade.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from segmentation.grade import LEVELS, Grader, burden, pooled
from segmentation.predict import DEFAULT, GRADER, LESION_NETWORKS, Segmenter
from segmentation.score_grade import planes_of
from segmentation.sets import spread
from vision.classifier import Classifier
from vision.command import Parser, run
from vision.data import UNKNOWN, Record, read
from vision.outputs import of_records
from vision.weights import save_folder

_LOG = logging.getLogger(__name__)
_STRENGTH = 0.1  # inverse of the penalty: the least log loss in cross-validation
_OTHER_PHOTOS = 100
_SHARES = tuple(round(0.1 * tenth, 1) for tenth in range(11))


def fit(burdens: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Burdens (n, F) and labels (n,) in 0..L-1, each of which occurs -> (L, F + 1)."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=5000)).fit(
        burdens, labels
    )
    scaler, linear = model[0], model[1]
    slopes = linear.coef_ / scaler.scale_
    offsets = linear.intercept_ - slopes @ scaler.mean_
    return np.concatenate([slopes, offsets[:, None]], axis=1)


def largest_share(
    by_photo: Sequence[Sequence[float]],
    by_lesions: Sequence[Sequence[float]],
    grades: Sequence[int],
) -> float:
    """The largest share of the lesions whose pooled probabilities (n, L) lose nothing in log loss.

    The eyes are of the set that the encoder knows best; where it knows less, lesions help more.
    """

    def loss(share: float) -> float:
        pairs = zip(by_photo, by_lesions, grades, strict=True)
        told = [max(pooled(p, q, share)[g], 1e-4) for p, q, g in pairs]
        return float(-np.log(told).mean())

    losses = {share: loss(share) for share in _SHARES}
    _LOG.info("log loss by share of the lesions: %s", losses)
    return max(share for share in _SHARES if losses[share] <= losses[_SHARES[0]])


def graded_val(data: Path) -> list[Record]:
    """Eyes of ODIR's validation split that have a grade."""
    return spread([r for r in read(data / "odir", "val") if r.dr_grade != UNKNOWN], _OTHER_PHOTOS)


def graded_train(data: Path) -> list[Record]:
    """IDRiD's photos, and of ODIR's cameras as many eyes without retinopathy as with it."""
    odir = read(data / "odir", "train")
    without = spread([r for r in odir if r.dr_grade == 0], _OTHER_PHOTOS // 2)
    with_it = spread([r for r in odir if r.dr_grade > 0], _OTHER_PHOTOS // 2)
    return [*read(data / "idrid_grading", "train"), *without, *with_it]


def learn(burdens: np.ndarray, records: Sequence[Record]) -> dict[str, torch.Tensor]:
    """Burdens (n, F) of training records -> the state of a grader; unknown labels are left out."""
    state = {}
    for name, labels in (
        ("dr", np.array([r.dr_grade for r in records])),
        ("dme", np.array([r.dme_risk for r in records])),
    ):
        known = labels != UNKNOWN
        state[name] = torch.from_numpy(fit(burdens[known], labels[known]))
    return state


def grader_config(networks: Mapping[str, str], share: float) -> dict[str, Any]:
    """The config beside a grader's weights."""
    levels = {"levels": list(LEVELS)}
    return {"kind": "grader", "preprocess": levels, "networks": dict(networks), "share": share}


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where data or weights are missing."""
    parser = Parser(prog="python -m segmentation.fit_grade", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=DEFAULT)
    args = parser.parse_args(arguments)
    logging.getLogger().setLevel(logging.INFO)
    networks = Segmenter.load(args.weights, LESION_NETWORKS)

    def burdens(records: Sequence[Record]) -> np.ndarray:
        return np.stack([burden(planes) for planes in planes_of(networks, records)])

    train, val = graded_train(args.data), graded_val(args.data)
    state = learn(burdens(train), train)
    classifier = Classifier.load()
    logits = of_records(classifier.model, val).logits["dr"]
    grader = Grader(state["dr"].numpy(), state["dme"].numpy(), 0.0, "")
    share = largest_share(
        classifier.calibration.classes("dr", logits).tolist(),
        [grader.of_burden(b).dr for b in burdens(val)],
        [r.dr_grade for r in val],
    )
    config = grader_config(networks.weights, share)
    print(json.dumps({"weights_sha256": save_folder(args.weights / GRADER, config, state)}))


if __name__ == "__main__":
    run(main)
