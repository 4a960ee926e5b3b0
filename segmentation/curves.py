"""Precision-recall numbers of millions of pixels from histograms of their probabilities.

Histograms add up, so pooling photos and bootstrapping over photos cost nothing.
"""

import numpy as np

BINS = 4096
_LIMIT = 12.0  # logits beyond this share the outermost bins


def histogram(probability: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Pixel counts (2, BINS) of a class's absence and presence, in even bins of the logit."""
    p = probability.ravel().astype(np.float32)
    logit = np.log(np.maximum(p, 1e-9)) - np.log(np.maximum(1 - p, 1e-9))
    steps = (np.clip(logit, -_LIMIT, _LIMIT) + _LIMIT) * ((BINS - 1) / (2 * _LIMIT))
    index = steps.astype(np.int32)
    index[truth.ravel()] += BINS
    return np.bincount(index, minlength=2 * BINS).reshape(2, BINS).astype(np.int64)


def average_precision(counts: np.ndarray) -> float:
    """Area under the precision-recall curve, step-wise as scikit-learn's; nan without positives."""
    false, true = (np.cumsum(row[::-1]) for row in counts)
    if true[-1] == 0:
        return float("nan")
    precision = true / np.maximum(true + false, 1)
    return float(np.sum(np.diff(true, prepend=0) * precision) / true[-1])


def best_threshold(counts: np.ndarray) -> float:
    """The probability at which the pooled Dice is largest; raises ValueError without positives.

    The middle of all within 1 % of the largest: few photos make the very peak a matter of chance.
    """
    false, true = (np.cumsum(row[::-1]) for row in counts)
    if true[-1] == 0:
        raise ValueError("no positive pixel to choose a threshold by")
    dice = 2 * true / (true + false + true[-1])
    plateau = np.flatnonzero(dice >= 0.99 * dice.max())
    edge = BINS - 1 - int(np.median(plateau))  # lowest bin that still counts as positive
    logit = edge * (2 * _LIMIT) / (BINS - 1) - _LIMIT
    return float(1 / (1 + np.exp(-logit)))
