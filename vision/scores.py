"""What the encoder's outputs are worth beside labels; knows arrays only.

Every metric is a function of resampled unit indices and is called a thousand times for its
interval, so what does not depend on the draw is worked out once.
"""

from functools import partial

import numpy as np
from scipy.special import logit

from vision.calibration import Calibration
from vision.labels import DISEASES, ICDR_GRADES, REFERABLE_FROM_GRADE, grade_of
from vision.metrics import Metrics, Statistic


def auc(truth: np.ndarray, score: np.ndarray) -> Statistic:
    """Area under the ROC curve of labels (n,) in {0, 1} and scores (n,); ties count half.

    nan over a draw that holds only one class.
    """
    order = np.argsort(score)
    positive = truth[order] == 1
    ties = np.flatnonzero(np.diff(score[order], prepend=np.nan) != 0)  # where each group begins

    def over(draw: np.ndarray) -> float:
        times = np.bincount(draw, minlength=len(order))[order]
        above = np.add.reduceat(times * positive, ties)
        below = np.add.reduceat(times * ~positive, ties)
        pairs = float(above.sum()) * float(below.sum())
        won = (above * (np.cumsum(below) - below / 2)).sum()
        return float(won / pairs) if pairs else float("nan")

    return over


def kappa(confusion: np.ndarray, distance: np.ndarray) -> float:
    """Cohen's kappa of a table (L, L) of counts, with the cost (L, L) of every mistake."""
    by_chance = np.outer(confusion.sum(1), confusion.sum(0)) / confusion.sum()
    cost = (distance * by_chance).sum()
    return float(1 - (distance * confusion).sum() / cost) if cost else float("nan")


def f1(confusion: np.ndarray) -> float:
    """F1 of a table [[true negatives, false positives], [false negatives, true positives]]."""
    right, wrong = 2 * confusion[1, 1], confusion[0, 1] + confusion[1, 0]
    return float(right / (right + wrong)) if right + wrong else float("nan")


def confusion(truth: np.ndarray, called: np.ndarray, count: int) -> np.ndarray:
    """Table (count, count) of how often each class (row) was called each class (column)."""
    return np.bincount(truth * count + called, minlength=count**2).reshape(count, count)


_UNLIKE = 1 - np.eye(2)  # the cost of a mistake between two classes


def mean_auc(truth: np.ndarray, scores: np.ndarray) -> Metrics:
    """AUC per disease and their mean; truth and scores (n, K)."""
    each = {f"auc_{code}": auc(truth[:, i], scores[:, i]) for i, code in enumerate(DISEASES)}
    return {
        **each,
        "auc_mean": lambda draw: float(np.mean([value(draw) for value in each.values()])),
    }


def odir_score(truth: np.ndarray, probability: np.ndarray) -> Statistic:
    """Mean of kappa, F1 and AUC over all decisions (n, K), called from 0.5 on.

    As odir2019.grand-challenge.org has it.
    """
    called = (probability >= 0.5).astype(int)
    area = auc(truth.ravel(), probability.ravel())
    columns = np.arange(truth.shape[1])

    def over(draw: np.ndarray) -> float:
        table = confusion(truth[draw].ravel(), called[draw].ravel(), 2)
        decisions = (draw[:, None] * len(columns) + columns).ravel()
        return float(np.mean([kappa(table, _UNLIKE), f1(table), area(decisions)]))

    return over


def disease_metrics(
    truth: np.ndarray, probability: np.ndarray, calibration: Calibration
) -> Metrics:
    """AUC; F1 and kappa at the stored thresholds; ODIR score; ECE; what abstaining buys.

    truth (n, K) in {0, 1}, probability (n, K). `coverage` is the share of decisions outside the
    uncertain band, `risk` and `risk_all` the share of wrong ones there and of all; `risk_at_80`
    that of the 80 % whose odds are farthest from the threshold's: the risk-coverage curve.
    """
    points = [calibration.diseases[code] for code in DISEASES]
    low, cut, high = np.array([(p.low, p.threshold, p.high) for p in points]).T
    called = (probability >= cut).astype(int)
    wrong = called != truth
    sure = (probability < low) | (probability >= high)

    def tables(draw: np.ndarray) -> list[np.ndarray]:
        pairs = zip(truth[draw].T, called[draw].T, strict=True)
        return [confusion(label, call, 2) for label, call in pairs]

    metrics = mean_auc(truth, probability)
    metrics["f1_mean"] = lambda draw: float(np.mean([f1(t) for t in tables(draw)]))
    metrics["kappa_mean"] = lambda draw: float(np.mean([kappa(t, _UNLIKE) for t in tables(draw)]))
    metrics["odir_score"] = odir_score(truth, probability)
    metrics["ece"] = lambda draw: calibration_error(truth[draw].ravel(), probability[draw].ravel())
    metrics["coverage"] = lambda draw: float(sure[draw].mean())
    metrics["risk"] = partial(share, wrong, sure)
    metrics["risk_all"] = lambda draw: float(wrong[draw].mean())
    margin = np.abs(logit(np.clip(probability, 1e-6, 1 - 1e-6)) - logit(cut))
    for percent in (50, 60, 70, 80, 90):
        kept = margin >= np.percentile(margin, 100 - percent)
        metrics[f"risk_at_{percent}"] = partial(share, wrong, kept)
    for i, (code, point) in enumerate(zip(DISEASES, points, strict=True)):
        found, ill = probability[:, i], truth[:, i] == 1
        metrics[f"sensitivity_{code}"] = partial(share, found >= point.sensitive, ill)
        metrics[f"specificity_{code}"] = partial(share, found < point.specific, ~ill)
    return metrics


def share(right: np.ndarray, among: np.ndarray, draw: np.ndarray) -> float:
    """Share of `right` (n, ...) bool among some of the drawn units; nan where none was drawn."""
    kept = among[draw]
    return float(right[draw][kept].mean()) if kept.any() else float("nan")


def calibration_error(truth: np.ndarray, probability: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error over equal-width bins (Guo et al., ICML 2017)."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = np.bincount(index, truth) - np.bincount(index, probability)
    return float(np.abs(gaps).sum() / len(truth))


def grade_metrics(truth: np.ndarray, probability: np.ndarray) -> Metrics:
    """Quadratic weighted kappa and accuracy of the called grade; truth (n,), probability (n, L).

    With ICDR's five grades also the AUC of referable retinopathy.
    """
    called = np.array([grade_of(row) for row in probability])
    count = probability.shape[1]
    distance = np.subtract.outer(np.arange(count), np.arange(count)) ** 2
    metrics: Metrics = {
        "qwk": lambda draw: kappa(confusion(truth[draw], called[draw], count), distance),
        "accuracy": lambda draw: float((truth[draw] == called[draw]).mean()),
    }
    if count == len(ICDR_GRADES):
        referable = probability[:, REFERABLE_FROM_GRADE:].sum(1)
        metrics["referable_auc"] = auc(truth >= REFERABLE_FROM_GRADE, referable)
    return metrics


def class_metrics(
    truth: np.ndarray, called: np.ndarray, probability: np.ndarray, names: tuple[str, ...]
) -> Metrics:
    """Accuracy, balanced accuracy and recall of the called classes, ECE of the likeliest one.

    truth and called (n,), probability (n, L).
    """
    sure, likeliest, right = probability.max(1), probability.argmax(1) == truth, called == truth

    def balanced(draw: np.ndarray) -> float:
        table = confusion(truth[draw], called[draw], len(names))
        seen = table.sum(1) > 0
        return float((table.diagonal()[seen] / table[seen].sum(1)).mean())

    metrics: Metrics = {
        "accuracy": lambda draw: float(right[draw].mean()),
        "balanced_accuracy": balanced,
        "ece": lambda draw: calibration_error(likeliest[draw], sure[draw]),
    }
    for i, name in enumerate(names):
        metrics[f"recall_{name}"] = partial(share, right, truth == i)
    return metrics
