"""Lesion masks into numbers: how many, how large, and where they lie around the fovea.

Knows no models. Points are (x, y) in pixels of the photo, pixel centres at integer + 0.5. A lesion
is an 8-connected patch of at least its class's minimal area (`segmentation.labels`). Lengths are in
disc diameters (DD), the ophthalmoscopic unit: no photo tells its pixel spacing, so none is in mm.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from segmentation.anatomy import eye_side
from segmentation.labels import LESIONS, STYLES
from segmentation.patches import bounding_box
from segmentation.types import Anatomy, Central, LesionStats, Quadrants, RetinaMap
from vision.fov import FieldOfView
from vision.types import Eye


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """The pixels of a mask as horizontal runs (R,), so that work grows with lesions, not photos."""

    row: np.ndarray
    start: np.ndarray  # first column
    stop: np.ndarray  # exclusive
    patch: np.ndarray  # 0..count-1, the 8-connected patch of each run
    count: int

    @property
    def length(self) -> np.ndarray:
        """Pixels of each run (R,)."""
        return self.stop - self.start

    def total(self, per_run: np.ndarray) -> np.ndarray:
        """Sums over the runs of each patch (count,)."""
        return np.bincount(self.patch, per_run, self.count)

    def pixels(self, width: int) -> np.ndarray:
        """Flat indices of all pixels, run by run, in a mask so wide."""
        ends = np.cumsum(self.length)
        before = self.row * width + self.start - (ends - self.length)
        return np.repeat(before, self.length) + np.arange(self.length.sum())

    def only(self, wanted: np.ndarray) -> "_Runs":
        """The runs of the wanted patches (count,) bool."""
        at, renamed = wanted[self.patch], np.cumsum(wanted) - 1
        return _Runs(
            self.row[at],
            self.start[at],
            self.stop[at],
            renamed[self.patch[at]],
            int(wanted.sum()),
        )


def countable(
    mask: np.ndarray, code: str, fov: FieldOfView, sure: np.ndarray | None = None
) -> tuple[np.ndarray, int]:
    """The lesions of a class (H, W) bool that are large enough to count, and how many there are.

    Where `sure` (H, W) bool is given, a lesion must also touch it.
    """
    width = mask.shape[1]
    patches = _runs(mask)
    counted = _large_enough(patches, code, fov)
    if sure is not None:
        owner = np.repeat(patches.patch, patches.length)
        touching = owner[sure.ravel()[patches.pixels(width)]]
        counted &= np.bincount(touching, minlength=patches.count) > 0
    kept = mask.copy()
    kept.ravel()[patches.only(~counted).pixels(width)] = False
    return kept, int(counted.sum())


def measure_lesions(
    retina: RetinaMap, fov: FieldOfView, anatomy: Anatomy
) -> dict[str, LesionStats]:
    """Number, area and place of every class; what cannot be measured is None.

    count: lesions of at least the class's minimal area. area_px: their pixels.
    area_percent_of_fov: 100 x area / pixels of the field of view.
    by_quadrant: lesions by the quadrant of their centroid around the fovea, along the axes of an
    upright photo. Temporal is the side of the fovea away from the disc, so this needs both, lying
    as in an eye (`eye_side`). A centroid on the border is inferior, or temporal.
    central_1dd, central_3dd: lesions with a pixel centre within the circle around the fovea whose
    *diameter* is 1 or 3 DD (radius 0.5 or 1.5 DD), and their area within it in px; circles given
    by diameter as in the macular grid of ETDRS report 10 (Ophthalmology 1991), there in mm.
    nearest_to_fovea_dd: smallest distance of a pixel centre of any lesion to the fovea's centre in
    DD, 0 where a lesion covers it; the distance that IDRiD's rule of edema risk asks for (Porwal et
    al., Data 2018). The last three need fovea and disc.
    """
    field, eye = fov.area_px, eye_side(anatomy, fov)
    measured = {}
    for code in LESIONS:
        patches = _runs(retina.lesions[code])
        lesions = patches.only(_large_enough(patches, code, fov))
        area = int(lesions.length.sum())
        stats = (lesions.count > 0, lesions.count, area, 100 * area / field)
        if anatomy.fovea is None or anatomy.disc is None:
            measured[code] = LesionStats(*stats)
            continue
        fovea, diameter = anatomy.fovea.centre, anatomy.disc.diameter_px
        measured[code] = LesionStats(
            *stats,
            by_quadrant=_quadrants(lesions, fovea, eye),
            central_1dd=_central(lesions, fovea, 0.5 * diameter),
            central_3dd=_central(lesions, fovea, 1.5 * diameter),
            nearest_to_fovea_dd=_nearest(lesions, fovea) / diameter if lesions.count else None,
        )
    return measured


def _quadrants(lesions: _Runs, fovea: tuple[float, float], eye: Eye) -> Quadrants | None:
    """Lesions by the quadrant of their centroid; None where the temporal side is not known."""
    if eye == "unknown":
        return None
    area = lesions.total(lesions.length)
    x = lesions.total(lesions.length * (lesions.start + lesions.stop) / 2) / area
    y = lesions.total(lesions.length * (lesions.row + 0.5)) / area
    superior = y < fovea[1]
    temporal = x <= fovea[0] if eye == "OD" else x >= fovea[0]
    return Quadrants(
        ST=int((superior & temporal).sum()),
        SN=int((superior & ~temporal).sum()),
        IT=int((~superior & temporal).sum()),
        IN=int((~superior & ~temporal).sum()),
    )


def _central(lesions: _Runs, fovea: tuple[float, float], radius: float) -> Central:
    """Lesions that reach within a radius in px of the fovea."""
    squared = radius**2 - (lesions.row + 0.5 - fovea[1]) ** 2
    half = np.sqrt(np.maximum(squared, 0))  # the circle's half width at the height of each run
    first = np.maximum(lesions.start, np.ceil(fovea[0] - half - 0.5))
    last = np.minimum(lesions.stop - 1, np.floor(fovea[0] + half - 0.5))
    within = np.where(squared >= 0, np.maximum(last - first + 1, 0), 0)
    return Central(int((lesions.total(within) > 0).sum()), int(within.sum()))


def _nearest(lesions: _Runs, fovea: tuple[float, float]) -> float:
    """Distance in px from the fovea to the nearest pixel centre, 0 on a lesion; needs a lesion."""
    column, row = np.floor(fovea)
    nearest = np.clip(column, lesions.start, lesions.stop - 1)
    if np.any((lesions.row == row) & (nearest == column)):
        return 0.0
    return float(np.hypot(nearest + 0.5 - fovea[0], lesions.row + 0.5 - fovea[1]).min())


def _large_enough(patches: _Runs, code: str, fov: FieldOfView) -> np.ndarray:
    """Which patches (count,) reach the minimal area of their class."""
    minimal = STYLES[code].minimal_area_fov * fov.diameter_px**2
    return np.asarray(patches.total(patches.length) >= minimal)


def _runs(mask: np.ndarray) -> _Runs:
    """The horizontal runs of a mask (H, W) bool in reading order, linked to patches."""
    rows, columns = bounding_box(mask)
    window = mask[rows, columns]
    height, width = window.shape
    stride = width + 1  # a spare column keeps the rows apart
    padded = np.zeros(height * stride + 1, bool)
    padded[:-1].reshape(height, stride)[:, 1:] = window
    flips = np.flatnonzero(padded[1:] != padded[:-1])
    begin, end = flips[::2], flips[1::2]
    row, start = np.divmod(begin, stride)
    patch, count = _link(begin, end, stride)
    stop = end - row * stride
    return _Runs(row + rows.start, start + columns.start, stop + columns.start, patch, count)


def _link(begin: np.ndarray, end: np.ndarray, stride: int) -> tuple[np.ndarray, int]:
    """Patch of each run, and how many; runs of neighbouring rows touch, also at a corner."""
    low = np.searchsorted(end, begin - stride, "left")  # first run above that reaches as far
    high = np.searchsorted(begin, end - stride, "right")  # first run above that begins beyond
    touching = np.maximum(high - low, 0)
    lower = np.repeat(np.arange(len(begin)), touching)
    nth = np.arange(len(lower)) - np.repeat(np.cumsum(touching) - touching, touching)
    upper = np.repeat(low, touching) + nth
    graph = coo_array((np.ones(len(lower), bool), (lower, upper)), (len(begin), len(begin)))
    count, patch = connected_components(graph, directed=False)
    return patch, int(count)
