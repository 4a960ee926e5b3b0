"""What the image tower's numbers say of a photo: its modality and whether it can be read."""

from typing import get_args

import numpy as np

from vision.degrade import REASONS
from vision.quality import FINE_DETAIL_PX
from vision.types import Gradable, Modality, Quality

MODALITIES: tuple[Modality, ...] = get_args(Modality)  # the order of the tower's outputs
# of an eye image's kind: below it is another picture. Chosen on validation and drawn eyes: of the
# photos one, nearly blank, has less than 0.985, of drawn ones none less than 0.94; no
# validation scan has less than 0.99, while a strip of grey text was taken for a scan with 0.91
SURE: dict[Modality, float] = {"cfp": 0.92, "oct": 0.95}
NO_BELOW = 0.25  # of the score: half way between limited and unreadable
LIMITED_BELOW = 0.65

_REFUSALS = {"oct": "quality.oct", "osa": "quality.osa", "other": "quality.not_fundus"}


def modality_of(probabilities: np.ndarray) -> Modality:
    """Probabilities (4,) as in MODALITIES -> the likeliest kind, "other" for an unsure eye image.

    Round things on black look a little like a retina: what would be diagnosed must look much so.
    """
    best = int(np.argmax(probabilities))
    modality = MODALITIES[best]
    return "other" if probabilities[best] < SURE.get(modality, 0.0) else modality


def verdict(
    severities: np.ndarray, modality_probabilities: np.ndarray, diameter_px: int
) -> Quality:
    """Judge from severities (6,) 0..1 as in REASONS and probabilities (4,) as in MODALITIES.

    The score is the product of what each reason leaves, so it falls as any severity grows. All
    reasons that alone make a photo limited are named, and the worst where none does alone.
    """
    _check(severities, len(REASONS))
    _check(modality_probabilities, len(MODALITIES))
    modality = modality_of(modality_probabilities)
    if modality != "cfp":
        return Quality(modality, "no", 0.0, (_REFUSALS[modality],))
    left = 1.0 - severities.astype(np.float64)
    score = round(float(left.prod()), 3)
    keys = [f"quality.{reason}" for reason in REASONS]
    reasons = [key for key, part in zip(keys, left, strict=True) if part < LIMITED_BELOW]
    gradable: Gradable = "no" if score < NO_BELOW else "limited" if score < LIMITED_BELOW else "yes"
    if gradable != "yes" and not reasons:
        reasons = [keys[int(left.argmin())]]
    if diameter_px < FINE_DETAIL_PX:
        reasons.append("quality.low_resolution")
        gradable = "no" if gradable == "no" else "limited"
    return Quality("cfp", gradable, score, tuple(reasons))


def _check(values: np.ndarray, count: int) -> None:
    if values.shape != (count,) or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(f"expected {count} numbers from 0 to 1, got {values!r}")
