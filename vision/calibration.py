"""From logits to probabilities that mean what they say, and the operating points kept with them.

Fitted on the validation split (`python -m vision.calibrate`), stored in the model folder's
config.json under `calibration`.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import expit, log_softmax, logit, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

_POINT = 0.9  # sensitivity and specificity of the two stored operating points
_UNCERTAIN = math.log(2)  # log odds to either side of the threshold


@dataclass(frozen=True, slots=True)
class DiseasePoint:
    """One disease: logit to probability (Platt, 1999), and the probabilities where it is called.

    Called from `threshold` on; "uncertain" from `low` to `high`, where the odds are within a factor
    of two of the threshold's.
    """

    slope: float
    offset: float
    threshold: float  # best F1
    low: float
    high: float
    sensitive: float  # sensitivity 0.90
    specific: float  # specificity 0.90


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of all heads of one encoder; temperatures after Guo et al., ICML 2017."""

    diseases: Mapping[str, DiseasePoint]
    temperatures: Mapping[str, float]  # of the heads with one class out of several

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "Calibration":
        """From the JSON form; raises KeyError or TypeError for another one."""
        points = {code: DiseasePoint(**point) for code, point in data["diseases"].items()}
        return Calibration(points, dict(data["temperatures"]))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready dict."""
        return asdict(self)

    def disease(self, logits: np.ndarray) -> np.ndarray:
        """Logits (..., K) -> probabilities (..., K), in the order of `diseases`."""
        points = self.diseases.values()
        slope, offset = (np.array([getattr(p, n) for p in points]) for n in ("slope", "offset"))
        return np.asarray(expit(logits * slope + offset))

    def classes(self, head: str, logits: np.ndarray) -> np.ndarray:
        """Logits (..., L) of a head with one class out of several -> probabilities (..., L)."""
        return np.asarray(softmax(logits / self.temperatures[head], axis=-1))


def fit_disease(logits: np.ndarray, truth: np.ndarray) -> DiseasePoint:
    """Slope, offset and operating points from val logits (n,) and labels (n,) in {0, 1}."""
    platt = LogisticRegression(C=1e3).fit(logits[:, None], truth)
    slope, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    probability = expit(logits * slope + offset)
    precision, recall, cuts = precision_recall_curve(truth, probability)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    threshold = float(cuts[int(np.argmax(f1[:-1]))])
    values = (
        slope,
        offset,
        threshold,
        expit(logit(threshold) - _UNCERTAIN),
        expit(logit(threshold) + _UNCERTAIN),
        np.quantile(probability[truth == 1], 1 - _POINT),
        np.quantile(probability[truth == 0], _POINT),
    )
    return DiseasePoint(*(round(float(value), 4) for value in values))


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """The temperature of least cross-entropy, from val logits (n, L) and classes (n,)."""
    grid = np.geomspace(0.3, 4.0, 80)
    rows = np.arange(len(truth))
    losses = [-log_softmax(logits / t, axis=1)[rows, truth].mean() for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 4)
