"""ICDR grade and macular edema risk by the burden of lesions, and both views of a photo as one.

A linear softmax over how much the lesion networks saw and how surely; fitted by
`python -m segmentation.fit_grade`. It counts nothing and follows no rule (see segmentation.icdr).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import softmax

from segmentation.labels import LESIONS
from segmentation.types import Grades
from vision.calibration import told
from vision.errors import ModelError
from vision.weights import load_folder

LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)  # of probability


def burden(planes: Mapping[str, np.ndarray]) -> np.ndarray:
    """Probabilities (S, S) of every lesion class -> (C * 7,) float64, log(1 + value) of each value.

    A class's values: the pixels expected, the pixels at each level and above, the highest
    probability. Pixels are those of the planes, whose scale follows the field of view.
    """
    values: list[float] = []
    for code in LESIONS:
        plane = planes[code]
        above = [float(np.count_nonzero(plane >= level)) for level in LEVELS]
        values += [float(plane.sum(dtype=np.float64)), *above, float(plane.max())]
    return np.log1p(values)


@dataclass(frozen=True, slots=True, eq=False)
class Grader:
    """Linear models over the burden: (L, C * 7 + 1) with the offset last, L grades or risks."""

    dr: np.ndarray
    dme: np.ndarray
    share: float  # 0..1, what the lesions weigh beside the photo as a whole
    sha256: str

    @staticmethod
    def load(folder: Path, networks: Mapping[str, str]) -> "Grader":
        """Read a model folder; `networks` are the SHA-256 of the lesion networks at work.

        Raises ModelError where it is missing, altered or was fitted to other networks.
        """
        config, state, digest = load_folder(folder)
        try:
            fits = tuple(config["preprocess"]["levels"]) == LEVELS
            if not fits or config["networks"] != dict(networks):
                raise ModelError("error.weights_altered", path=folder)
            dr, dme = (state[name].double().numpy() for name in ("dr", "dme"))
            return Grader(dr, dme, float(config["share"]), digest)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError("error.weights_altered", path=folder) from error

    def grades(self, planes: Mapping[str, np.ndarray]) -> Grades:
        """What the planes (S, S) of the lesion classes suggest."""
        return self.of_burden(burden(planes))

    def of_burden(self, seen: np.ndarray) -> Grades:
        """What a burden (C * 7,) suggests."""
        with_offset = np.append(seen, 1.0)
        dr, dme = (told(softmax(rows @ with_offset)) for rows in (self.dr, self.dme))
        return Grades(dr, dme, self.share)


def pooled(
    by_photo: Sequence[float], by_lesions: Sequence[float], share: float
) -> tuple[float, ...]:
    """Two opinions (L,) on one grade as one, `share` being the weight of the lesions'.

    The logarithmic opinion pool: weighted geometric mean (Genest and Zidek, Stat Sci 1986).
    """
    photo, lesions = (np.log(np.maximum(p, 1e-4)) for p in (by_photo, by_lesions))
    return told(softmax((1 - share) * photo + share * lesions))
