"""How well the encoder tells what an image is and whether it can be read (`vision.evaluate`)."""

from functools import partial
from pathlib import Path

import numpy as np
from scipy.special import expit

from vision.backbone import EyeEncoder
from vision.calibration import Calibration
from vision.data import Record, load_squares, read
from vision.degrade import graded
from vision.drawn import draw_other
from vision.errors import InputError
from vision.everyday import natural_squares, unseen_squares
from vision.labels import MODALITIES, SPOILERS
from vision.metrics import Metrics
from vision.ocular_surface import draw_meibography
from vision.outputs import of_records, of_squares
from vision.scores import class_metrics
from vision.verdict import verdict

_CACHE = Path(".cache/everyday")
_READABLE = ("idrid_grading", "drive", "chase", "drishti")  # every photo of these can be read
_SERIES = 40  # photos that are made worse step by step
_STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_DRAWN = 100


def _all(data: Path, names: tuple[str, ...], split: str) -> list[Record]:
    """Records of the sets that have the split."""
    records: list[Record] = []
    for name in names:
        try:
            records += read(data / name, split)
        except InputError:
            continue
    if not records:
        raise InputError("error.split_missing", split=split, path=data)
    return records


def modality(
    model: EyeEncoder, calibration: Calibration, data: Path, split: str
) -> tuple[Metrics, int]:
    """Fundus, OCT or other: on eye images of a split, everyday pictures and drawn ones.

    Everyday pictures are those of the packages kept for validation and, for test, scikit-image's.
    `accuracy` leaves out the ocular surface, of which there are drawn images only: see recall_osa.
    """
    rng, side = np.random.default_rng(0), model.config.preprocess.side_px
    records = _all(data, ("odir", "idrid_grading", "drishti", "drive", "octdl"), split)
    others = [natural_squares(_CACHE, side, "val"), _drawn(draw_other, rng, side)]
    if split == "test":
        others.append(unseen_squares(side))
    other, surface = np.concatenate(others), _drawn(draw_meibography, rng, side)
    logits = [of_records(model, records).logits["modality"]]
    logits += [of_squares(model, squares).logits["modality"] for squares in (other, surface)]
    truth = np.concatenate([
        [MODALITIES.index(r.modality) for r in records],
        np.full(len(other), MODALITIES.index("other")),
        np.full(len(surface), MODALITIES.index("osa")),
    ])  # fmt: skip
    probability = calibration.classes("modality", np.concatenate(logits))
    metrics = class_metrics(truth, probability, MODALITIES)
    right = probability.argmax(1) == truth
    labelled = truth != MODALITIES.index("osa")
    metrics["accuracy"] = lambda draw: float(right[draw][labelled[draw]].mean())
    metrics["real_other_refused"] = partial(_refused, right, len(records), len(other) - _DRAWN)
    return metrics, len(truth)


def quality(
    model: EyeEncoder, calibration: Calibration, data: Path, split: str
) -> tuple[Metrics, int]:
    """Readable photos called unreadable, and whether worse photos are called worse.

    `falls` is the share of series of one photo, made worse in steps for one reason, whose score
    never rises by more than 0.02; `severity_error` the mean error of the severity on them.
    """
    side = model.config.preprocess.side_px
    records = _all(data, _READABLE, split)
    squares = load_squares(records, side)
    severities = expit(of_squares(model, squares).logits["quality"])
    scores = np.array([_score(row) for row in severities])
    refused = np.array([_gradable(row) == "no" for row in severities])
    rng = np.random.default_rng(0)
    falls, errors = [], []
    for square in squares[rng.choice(len(squares), min(_SERIES, len(squares)), replace=False)]:
        for index, reason in enumerate(SPOILERS):
            seed = int(rng.integers(2**32))
            series = [graded(square, reason, s, np.random.default_rng(seed)) for s in _STEPS]
            found = expit(of_squares(model, np.stack(series)).logits["quality"])
            steps = np.array([_score(row) for row in found])
            falls.append(bool((np.diff(steps) <= 0.02).all() and steps[-1] < steps[0] - 0.2))
            errors.append(float(np.abs(found[:, index] - _STEPS).mean()))
    metrics: Metrics = {
        "false_no_rate": lambda draw: float(refused[draw].mean()),
        "score_mean": lambda draw: float(scores[draw].mean()),
        "falls": lambda draw: float(np.mean(falls)),
        "severity_error": lambda draw: float(np.mean(errors)),
    }
    return metrics, len(records)


def _drawn(draw, rng: np.random.Generator, side: int) -> np.ndarray:  # type: ignore[no-untyped-def]
    return np.stack([draw(rng, side) for _ in range(_DRAWN)])


def _refused(right: np.ndarray, start: int, count: int, draw: np.ndarray) -> float:
    """Share of the everyday photos, `count` from index `start` on, told as no eye image."""
    kept = draw[(draw >= start) & (draw < start + count)]
    return float(right[kept].mean()) if len(kept) else float("nan")


def _verdict(severities: np.ndarray):  # type: ignore[no-untyped-def]
    fundus = np.array([float(m == "cfp") for m in MODALITIES])
    return verdict(severities, fundus, 1000)


def _score(severities: np.ndarray) -> float:
    return float(_verdict(severities).score)


def _gradable(severities: np.ndarray) -> str:
    return str(_verdict(severities).gradable)
