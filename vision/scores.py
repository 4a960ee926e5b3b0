"""What the encoder's outputs are worth beside labels; knows arrays only."""

from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn.metrics import (
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    roc_auc_score,
)

from vision.calibration import Calibration
from vision.labels import DISEASES, REFERABLE_FROM_GRADE, grade_of
from vision.metrics import Metrics


def auc(truth: np.ndarray, score: np.ndarray, draw: np.ndarray) -> float:
    """Area under the ROC curve over drawn units; nan where only one class was drawn."""
    labels = truth[draw]
    if labels.min() == labels.max():
        return float("nan")
    return float(roc_auc_score(labels, score[draw]))


def mean_auc(truth: np.ndarray, scores: np.ndarray) -> Metrics:
    """AUC per disease and their mean; truth and scores (n, K)."""
    each = {
        f"auc_{code}": partial(auc, truth[:, i], scores[:, i]) for i, code in enumerate(DISEASES)
    }
    return {
        **each,
        "auc_mean": lambda draw: float(np.mean([value(draw) for value in each.values()])),
    }


def disease_metrics(
    truth: np.ndarray, probability: np.ndarray, calibration: Calibration
) -> Metrics:
    """AUC; F1 and kappa at the stored thresholds; ODIR score at 0.5; ECE; what abstaining buys.

    truth (n, K) in {0, 1}, probability (n, K). The ODIR score is the mean of kappa, micro F1 and
    AUC over all decisions (odir2019.grand-challenge.org). `coverage` is the share of decisions
    outside the uncertain band, `risk` and `risk_all` the share of wrong ones there and of all.
    """
    points = list(calibration.diseases.values())
    cut = np.array([p.threshold for p in points])
    low = np.array([p.low for p in points])
    high = np.array([p.high for p in points])
    wrong = (probability >= cut) != truth
    sure = (probability < low) | (probability >= high)

    def odir(draw: np.ndarray) -> float:
        flat, score = truth[draw].ravel(), probability[draw].ravel()
        called = score >= 0.5
        parts = cohen_kappa_score(flat, called), f1_score(flat, called), roc_auc_score(flat, score)
        return float(np.mean(parts))

    def each(score: Callable[..., float], draw: np.ndarray) -> float:
        called = probability[draw] >= cut
        return float(np.mean([score(truth[draw, i], called[:, i]) for i in range(truth.shape[1])]))

    metrics = mean_auc(truth, probability)
    metrics["f1_mean"] = lambda draw: each(f1_score, draw)
    metrics["kappa_mean"] = lambda draw: each(cohen_kappa_score, draw)
    metrics["odir_score"] = odir
    metrics["ece"] = lambda draw: calibration_error(truth[draw].ravel(), probability[draw].ravel())
    metrics["coverage"] = lambda draw: float(sure[draw].mean())
    metrics["risk"] = lambda draw: float(wrong[draw][sure[draw]].mean())
    metrics["risk_all"] = lambda draw: float(wrong[draw].mean())
    for i, code in enumerate(DISEASES):
        metrics[f"sensitivity_{code}"] = partial(
            _share, probability[:, i] >= points[i].sensitive, truth[:, i] == 1
        )
        metrics[f"specificity_{code}"] = partial(
            _share, probability[:, i] < points[i].specific, truth[:, i] == 0
        )
    return metrics


def _share(right: np.ndarray, among: np.ndarray, draw: np.ndarray) -> float:
    return float(right[draw][among[draw]].mean()) if among[draw].any() else float("nan")


def calibration_error(truth: np.ndarray, probability: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error over equal-width bins (Guo et al., ICML 2017)."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        abs(truth[index == b].mean() - probability[index == b].mean()) * (index == b).mean()
        for b in np.unique(index)
    ]
    return float(np.sum(gaps))


def grade_metrics(truth: np.ndarray, probability: np.ndarray) -> Metrics:
    """Quadratic weighted kappa, accuracy, ECE of the called grade; truth (n,), probability (n, L).

    With ICDR's five grades also the AUC of referable retinopathy.
    """
    called = np.array([grade_of(row) for row in probability])
    labels = range(probability.shape[1])
    metrics: Metrics = {
        "qwk": lambda draw: float(
            cohen_kappa_score(truth[draw], called[draw], weights="quadratic", labels=labels)
        ),
        "accuracy": lambda draw: float((truth[draw] == called[draw]).mean()),
    }
    if len(labels) > REFERABLE_FROM_GRADE + 1:
        referable = probability[:, REFERABLE_FROM_GRADE:].sum(1)
        metrics["referable_auc"] = partial(auc, truth >= REFERABLE_FROM_GRADE, referable)
    return metrics


def class_metrics(truth: np.ndarray, probability: np.ndarray, names: tuple[str, ...]) -> Metrics:
    """Accuracy, balanced accuracy, ECE of the likeliest class, and every class's recall."""
    called = probability.argmax(1)
    sure, right = probability.max(1), called == truth
    metrics: Metrics = {
        "accuracy": lambda draw: float(right[draw].mean()),
        "balanced_accuracy": lambda draw: float(balanced_accuracy_score(truth[draw], called[draw])),
        "ece": lambda draw: calibration_error(right[draw], sure[draw]),
    }
    for i, name in enumerate(names):
        metrics[f"recall_{name}"] = partial(_share, right, truth == i)
    return metrics
