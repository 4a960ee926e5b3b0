"""From logits to probabilities that mean what they say, and the operating points kept with them.

Fitted on the validation split (`python -m vision.calibrate`), stored in the model folder's
config.json under `calibration`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from vision.labels import DISEASES

DIGITS = 4  # of every probability that is told, and of the points it is held against
_ONE_OF = ("modality", "dr", "dme", "oct")  # heads with one class out of several


def told(probabilities: np.ndarray) -> tuple[float, ...]:
    """Probabilities (L,) as they are told, rounded to DIGITS."""
    return tuple(round(float(p), DIGITS) for p in probabilities)


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

    diseases: Mapping[str, DiseasePoint]  # in the order of DISEASES
    temperatures: Mapping[str, float]  # of the heads with one class out of several

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "Calibration":
        """From the JSON form; raises KeyError, TypeError or ValueError for another one."""
        points = {code: DiseasePoint(**data["diseases"][code]) for code in DISEASES}
        return Calibration(points, {head: float(data["temperatures"][head]) for head in _ONE_OF})

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready dict."""
        return asdict(self)

    def disease(self, logits: np.ndarray) -> np.ndarray:
        """Logits (..., K) -> probabilities (..., K), in the order of DISEASES."""
        points = self.diseases.values()
        slope, offset = np.array([(p.slope, p.offset) for p in points]).T
        return np.asarray(expit(logits * slope + offset))

    def classes(self, head: str, logits: np.ndarray) -> np.ndarray:
        """Logits (..., L) of a head with one class out of several -> probabilities (..., L)."""
        return np.asarray(softmax(logits / self.temperatures[head], axis=-1))
