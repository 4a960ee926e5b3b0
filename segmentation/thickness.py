"""A retinal band into numbers: how thick the retina is in the middle, on average and in nine parts.

Thickness is counted straight down a column, as OCT devices do, in rows of the uploaded scan. What
a row is in micrometres no picture tells: only a scale that a person gives makes it a length.
"""

import numpy as np

from segmentation.types import RetinalBand, Thickness
from vision.errors import InputError

PARTS = 9  # equal parts of the width
_MIDDLE = 0.1  # of the width: that a scan is centred on the fovea is custom, not checked
_LEAST = 0.5  # share of the columns of a part that have to be measured
_EDGE_PX = 2.0
_MANY_COLUMNS = 0.02  # of the width: fewer at the edge are chance
SCALE_UM = (0.5, 50.0)  # micrometres a row that an OCT picture may have


def measure_band(band: RetinalBand, height: int) -> Thickness:
    """Thickness of the retina in a scan of `height` rows."""
    thick = band.outer - band.inner
    measured = ~np.isnan(thick)
    width = len(thick)
    half = max(1, round(_MIDDLE * width / 2))
    with np.errstate(invalid="ignore"):  # NaN is nowhere at the edge
        touches = (band.inner <= _EDGE_PX) | (band.outer >= height - _EDGE_PX)
    return Thickness(
        central_px=_mean(thick[width // 2 - half : width // 2 + half]),
        mean_px=round(float(thick[measured].mean()), 1),
        profile_px=tuple(_mean(part) for part in np.array_split(thick, PARTS)),
        measured_share=round(float(measured.mean()), 3),
        cut_off=bool(touches.mean() >= _MANY_COLUMNS),
    )


def checked_scale(um_per_px: float) -> float:
    """A scale that a person gave, in micrometres a row; raises InputError where it cannot be."""
    low, high = SCALE_UM
    if not low <= um_per_px <= high:
        raise InputError("error.scale", given=um_per_px, low=low, high=high)
    return um_per_px


def _mean(thick: np.ndarray) -> float | None:
    """Mean thickness of some columns; None where too few of them are measured."""
    known = thick[~np.isnan(thick)]
    if len(known) < max(1, _LEAST * len(thick)):
        return None
    return round(float(known.mean()), 1)
