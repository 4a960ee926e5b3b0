"""Fit the calibration on the validation split: `python -m vision.calibrate --data DATA`.

DATA is the folder that holds odir and octdl. Writes `calibration` into the model folder's config.
IDRiD has no validation split, so grades are calibrated on ODIR's, and edema risk, of which no
other set speaks, keeps temperature 1. The modality is calibrated with everyday pictures beside the
eyes: on eyes alone no temperature would be low enough.
"""

import json
import logging
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.special import expit, log_softmax, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

from vision.calibration import DIGITS, Calibration, DiseasePoint
from vision.command import Parser, run
from vision.config import SHIPPED
from vision.data import UNKNOWN
from vision.errors import InputError, ResourceError
from vision.everyday import CACHE, natural_squares
from vision.labels import DISEASES, MODALITIES
from vision.model_config import CONFIG_FILE, read_config
from vision.outputs import load_encoder, of_records, of_squares, records_of, targets_of

log = logging.getLogger(__name__)
_POINT = 0.9  # sensitivity and specificity of the two stored operating points
_UNCERTAIN = math.log(2)  # log odds to either side of the threshold


def fit_disease(logits: np.ndarray, truth: np.ndarray) -> DiseasePoint:
    """Slope, offset and operating points from val logits (n,) and labels (n,) in {0, 1}.

    Both labels must occur. The points are rounded so that both keep what they promise on the data
    they were taken from, ties included.
    """
    platt = LogisticRegression(C=1e3).fit(logits[:, None], truth)
    slope, offset = (round(float(v), DIGITS) for v in (platt.coef_[0, 0], platt.intercept_[0]))
    probability = expit(logits * slope + offset)
    precision, recall, cuts = precision_recall_curve(truth, probability)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    threshold = float(cuts[int(np.argmax(f1[:-1]))])
    ill, well = np.sort(probability[truth == 1]), np.sort(probability[truth == 0])
    return DiseasePoint(
        slope,
        offset,
        _floor(threshold),
        round(float(expit(logit(threshold) - _UNCERTAIN)), DIGITS),
        round(float(expit(logit(threshold) + _UNCERTAIN)), DIGITS),
        sensitive=_floor(ill[len(ill) - math.ceil(_POINT * len(ill))]),
        specific=round(_floor(well[math.ceil(_POINT * len(well)) - 1]) + 10**-DIGITS, DIGITS),
    )


def _floor(value: float) -> float:
    """Down to the digits that are kept: what reached the value reaches the rounded one."""
    return round(math.floor(value * 10**DIGITS) / 10**DIGITS, DIGITS)


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """The temperature of least cross-entropy, from val logits (n, L) and classes (n,)."""
    grid = np.geomspace(0.1, 10.0, 140)
    rows = np.arange(len(truth))
    losses = [-log_softmax(logits / t, axis=1)[rows, truth].mean() for t in grid]
    return round(float(grid[int(np.argmin(losses))]), DIGITS)


def fit(data: Path, weights: Path) -> Calibration:
    """The calibration of a model folder from DATA's validation splits; raises OphError."""
    model, _, _ = load_encoder(weights)
    records = records_of(data / "odir", "val") + records_of(data / "octdl", "val")
    logits, targets = of_records(model, records).logits, targets_of(records)
    everyday = natural_squares(CACHE, model.config.preprocess.side_px, "val")
    others = np.full(len(everyday), MODALITIES.index("other"))
    logits["modality"] = np.concatenate(
        [logits["modality"], of_squares(model, everyday).logits["modality"]]
    )
    targets["modality"] = np.concatenate([targets["modality"], others])
    points = {}
    for i, code in enumerate(DISEASES):
        truth = targets["disease"][:, i]
        known = truth != UNKNOWN
        if len(set(truth[known])) < 2:
            raise InputError("error.usage", detail=f"{data / 'odir'}: {code} needs eyes with it")
        points[code] = fit_disease(logits["disease"][known, i], truth[known])
        log.info("%s %s", code, points[code])
    temperatures = {"dme": 1.0}
    for name in ("modality", "dr", "oct"):
        known = targets[name] != UNKNOWN
        temperatures[name] = fit_temperature(logits[name][known], targets[name][known])
    log.info("%s", temperatures)
    return Calibration(points, temperatures)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where data or weights are missing."""
    parser = Parser(prog="python -m vision.calibrate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    args = parser.parse_args(arguments)
    logging.getLogger().setLevel(logging.INFO)
    calibration = fit(args.data, args.weights)
    config = read_config(args.weights)
    config["calibration"] = {**calibration.to_dict(), "split": "val"}
    path = args.weights / CONFIG_FILE
    unfinished = path.with_suffix(".part")
    try:
        unfinished.write_text(
            json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        unfinished.replace(path)
    except OSError as error:
        raise ResourceError("error.cannot_write", path=path) from error


if __name__ == "__main__":
    run(main)
