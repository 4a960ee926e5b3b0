"""Calibrate on val and measure the shipped encoder.

    python -m vision.evaluate --task diseases --data ../shared/data/odir --split test
    python -m vision.evaluate --task dr --data ../shared/data/idrid_grading --split test
    python -m vision.evaluate --calibrate --task diseases --data ../shared/data/odir --split val

The last line on stdout is one JSON object; the 95 % intervals resample photos.
"""

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import cohen_kappa_score, f1_score, precision_recall_curve, roc_auc_score

from vision.backbone import FundusEncoder
from vision.command import Parser, run
from vision.config import SHIPPED, EncoderConfig
from vision.data import Record, load_squares, read_idrid_grading, read_odir
from vision.errors import InputError
from vision.labels import DISEASES, REFERABLE_FROM_GRADE, grade_of
from vision.metrics import Metrics, summarise
from vision.preprocess import normalise
from vision.weights import load_folder, save_folder


@torch.inference_mode()
def predict(model: FundusEncoder, records: list[Record]) -> tuple[np.ndarray, np.ndarray]:
    """All records -> disease logits (n, K) and ICDR grade probabilities (n, 5)."""
    squares = torch.from_numpy(load_squares(records, model.config.preprocess.side_px))
    diseases, grades = [], []
    for batch in squares.split(16):
        encoded = model(normalise(batch, model.config.preprocess))
        diseases.append(encoded.disease_logits)
        grades.append(encoded.dr_logits.softmax(1))
    return torch.cat(diseases).numpy(), torch.cat(grades).numpy()


def disease_metrics(truth: np.ndarray, probability: np.ndarray, threshold: np.ndarray) -> Metrics:
    """AUC per disease and mean; F1 and kappa at the stored thresholds; ODIR score at 0.5; ECE.

    truth (n, K) in {0, 1}, probability (n, K), threshold (K,). The ODIR score is the mean of
    kappa, micro F1 and AUC over all decisions (odir2019.grand-challenge.org).
    """

    def auc(i: int, draw: np.ndarray) -> float:
        labels = truth[draw, i]
        if labels.min() == labels.max():
            return float("nan")
        return float(roc_auc_score(labels, probability[draw, i]))

    def odir(draw: np.ndarray) -> float:
        flat, score = truth[draw].ravel(), probability[draw].ravel()
        called = score >= 0.5
        parts = cohen_kappa_score(flat, called), f1_score(flat, called), roc_auc_score(flat, score)
        return float(np.mean(parts))

    def each(score: Callable[..., float], draw: np.ndarray) -> float:
        called = probability[draw] >= threshold
        return float(np.mean([score(truth[draw, i], called[:, i]) for i in range(truth.shape[1])]))

    metrics: Metrics = {f"auc_{code}": partial(auc, i) for i, code in enumerate(DISEASES)}
    metrics["auc_mean"] = lambda draw: float(np.mean([auc(i, draw) for i in range(len(DISEASES))]))
    metrics["f1_mean"] = lambda draw: each(f1_score, draw)
    metrics["kappa_mean"] = lambda draw: each(cohen_kappa_score, draw)
    metrics["odir_score"] = odir
    metrics["ece"] = lambda draw: calibration_error(truth[draw].ravel(), probability[draw].ravel())
    return metrics


def calibration_error(truth: np.ndarray, probability: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error over equal-width bins (Guo et al., ICML 2017)."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        abs(truth[index == b].mean() - probability[index == b].mean()) * (index == b).mean()
        for b in np.unique(index)
    ]
    return float(np.sum(gaps))


def dr_metrics(truth: np.ndarray, probability: np.ndarray) -> Metrics:
    """Quadratic weighted kappa, AUC of referable DR, accuracy; truth (n,), probability (n, 5)."""
    called = np.array([grade_of(row) for row in probability])
    referable = probability[:, REFERABLE_FROM_GRADE:].sum(1)

    def auc(draw: np.ndarray) -> float:
        labels = truth[draw] >= REFERABLE_FROM_GRADE
        return float(roc_auc_score(labels, referable[draw])) if 0 < labels.mean() < 1 else np.nan

    return {
        "qwk": lambda draw: float(
            cohen_kappa_score(truth[draw], called[draw], weights="quadratic", labels=range(5))
        ),
        "referable_auc": auc,
        "accuracy": lambda draw: float((truth[draw] == called[draw]).mean()),
    }


def calibrate(logits: np.ndarray, truth: np.ndarray) -> dict[str, list[float]]:
    """Temperature and F1-best threshold per disease, from val logits and labels (n, K)."""
    temperatures, thresholds = [], []
    grid = np.geomspace(0.4, 3.0, 60)
    for i in range(logits.shape[1]):
        losses = [np.logaddexp(0, np.where(truth[:, i] == 1, -1, 1) * logits[:, i] / t).mean()
                  for t in grid]  # fmt: skip
        temperature = float(grid[int(np.argmin(losses))])
        probability = 1 / (1 + np.exp(-logits[:, i] / temperature))
        precision, recall, cuts = precision_recall_curve(truth[:, i], probability)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        temperatures.append(round(temperature, 4))
        thresholds.append(round(float(cuts[int(np.argmax(f1[:-1]))]), 4))
    return {"temperature": temperatures, "threshold": thresholds}


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m vision.evaluate", description=__doc__)
    parser.add_argument("--task", choices=("diseases", "dr"), required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of odir or idrid_grading")
    parser.add_argument("--split", required=True)
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="store temperatures and thresholds with the weights",
    )
    options = parser.parse_args()
    began = time.monotonic()
    config, state, digest = load_folder(options.weights)
    model = FundusEncoder(EncoderConfig.from_dict(config)).eval()
    model.load_state_dict(state)
    reader = read_idrid_grading if options.data.name == "idrid_grading" else read_odir
    records = reader(options.data, options.split)
    if options.task == "dr":
        records = [r for r in records if r.dr_grade >= 0]
    if options.task == "diseases" and reader is read_idrid_grading:
        raise InputError("error.usage", detail="idrid_grading has no disease labels; use --task dr")
    logits, grades = predict(model, records)
    truth = np.array([r.diseases for r in records])
    metrics: Metrics
    if options.task == "dr":
        metrics = dr_metrics(np.array([r.dr_grade for r in records]), grades)
    else:
        if options.calibrate:
            if options.split == "test":
                raise InputError("error.usage", detail="calibrate on val, never on test")
            config["calibration"] = {**calibrate(logits, truth), "split": options.split}
            digest = save_folder(options.weights, config, state)
        stored: dict[str, Any] = config["calibration"]
        probability = 1 / (1 + np.exp(-logits / np.array(stored["temperature"])))
        metrics = disease_metrics(truth, probability, np.array(stored["threshold"]))
    values, intervals = summarise(metrics, len(records))
    print(json.dumps({
        "task": options.task, "dataset": options.data.name, "split": options.split,
        "n": len(records), "metrics": values, "ci95": intervals, "weights_sha256": digest,
        "seconds": round(time.monotonic() - began, 1),
    }))  # fmt: skip


if __name__ == "__main__":
    run(main)
