"""Fit the calibration on the validation split: `python -m vision.calibrate --data DATA`.

DATA is the folder that holds odir and octdl. Writes `calibration` into the model folder's config.
IDRiD has no validation split, so grades are calibrated on ODIR's, and edema risk, of which no
other set speaks, keeps temperature 1.
"""

import json
import logging
from pathlib import Path

import numpy as np

from vision.calibration import Calibration, fit_disease, fit_temperature
from vision.command import Parser, run
from vision.config import SHIPPED
from vision.data import UNKNOWN, Record, read
from vision.labels import DISEASES
from vision.outputs import load_encoder, of_records
from vision.weights import CONFIG_FILE

log = logging.getLogger(__name__)


def fit(data: Path, weights: Path) -> Calibration:
    """The calibration of a model folder from DATA's validation splits."""
    model, _, _ = load_encoder(weights)
    records: list[Record] = read(data / "odir", "val") + read(data / "octdl", "val")
    found = of_records(model, records)
    targets = {name: np.stack([r.targets[name] for r in records]) for name in records[0].targets}
    points = {}
    for i, code in enumerate(DISEASES):
        known = targets["disease"][:, i] != UNKNOWN
        truth = targets["disease"][known, i]
        points[code] = fit_disease(found.logits["disease"][known, i], truth)
        log.info("%s %s", code, points[code])
    temperatures = {"dme": 1.0}
    for name in ("modality", "dr", "oct"):
        known = targets[name] != UNKNOWN
        temperatures[name] = fit_temperature(found.logits[name][known], targets[name][known])
    log.info("%s", temperatures)
    return Calibration(points, temperatures)


def main() -> None:
    """Command line; raises OphError where data or weights are missing."""
    parser = Parser(prog="python -m vision.calibrate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    args = parser.parse_args()
    logging.getLogger().setLevel(logging.INFO)
    calibration = fit(args.data, args.weights)
    path = args.weights / CONFIG_FILE
    config = json.loads(path.read_text(encoding="utf-8"))
    config["calibration"] = {**calibration.to_dict(), "split": "val"}
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main)
