"""Masks into numbers: how many lesions, how large, and where the disc is.

Knows no models. A lesion is an 8-connected patch of at least its class's minimal area.
"""

import math

import numpy as np
from scipy import ndimage

from segmentation.labels import LESIONS, STYLES
from segmentation.types import Anatomy, Disc, LesionMap, LesionStats
from vision.fov import FieldOfView

_EIGHT = np.ones((3, 3), bool)  # diagonal neighbours belong together
_DISC_FOV = (0.05, 0.25)  # plausible disc diameters; IDRiD's lie between 0.116 and 0.187


def countable(
    mask: np.ndarray, code: str, fov: FieldOfView, sure: np.ndarray | None = None
) -> tuple[np.ndarray, int]:
    """The lesions of a class (H, W) bool that are large enough to count, and how many there are.

    Where `sure` (H, W) bool is given, a lesion must also touch it.
    """
    minimal = STYLES[code].minimal_area_fov * fov.diameter_px**2
    kept = np.zeros(mask.shape, bool)
    window = _window(mask)
    if window is None:
        return kept, 0
    labels, sizes = _components(mask[window])
    counted = sizes >= minimal
    if sure is not None:
        touched = np.zeros(len(sizes), bool)
        touched[labels[sure[window]]] = True
        counted &= touched
    kept[window] = counted[labels]
    return kept, int(counted.sum())


def measure_lesions(
    lesion_map: LesionMap, fov: FieldOfView, anatomy: Anatomy
) -> dict[str, LesionStats]:
    """Count and area of every class, in pixels of the photo and in percent of the field of view.

    Places relative to the fovea are None where `anatomy` has no fovea.
    """
    del anatomy  # quadrants need a fovea, which nothing locates yet
    field = fov.area_px
    measured = {}
    for code in LESIONS:
        mask, count = countable(lesion_map.lesions[code], code, fov)
        area = int(np.count_nonzero(mask))
        measured[code] = LesionStats(count > 0, count, area, 100 * area / field)
    return measured


def plausible_disc(mask: np.ndarray, fov: FieldOfView) -> np.ndarray | None:
    """The largest patch of a disc mask (H, W) bool, or None where its size is not a disc's."""
    window = _window(mask)
    if window is None:
        return None
    labels, sizes = _components(mask[window])
    largest = int(sizes.argmax())
    low, high = _DISC_FOV
    if not low <= _diameter(int(sizes[largest])) / fov.diameter_px <= high:
        return None
    disc = np.zeros(mask.shape, bool)
    disc[window] = labels == largest
    return disc


def locate(lesion_map: LesionMap) -> Anatomy:
    """Where the disc is; everything that nothing measures yet is None."""
    disc = lesion_map.disc
    if disc is None or not disc.any():
        return Anatomy()
    rows, columns = np.nonzero(disc)
    centre = (float(columns.mean()) + 0.5, float(rows.mean()) + 0.5)
    return Anatomy(disc=Disc(centre, _diameter(len(rows))))


def _diameter(area_px: int) -> float:
    """Diameter of the circle of that area."""
    return 2 * math.sqrt(area_px / math.pi)


def _window(mask: np.ndarray) -> tuple[slice, slice] | None:
    """Bounding box of a mask; labelling only this much saves most of the time."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows) == 0:
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _components(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels of the 8-connected patches and their areas in px; area of label 0, the rest, is 0."""
    labels, _ = ndimage.label(mask, _EIGHT)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return labels, sizes
