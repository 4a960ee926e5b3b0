"""The meibomian glands of an everted lid in infrared light, by classical image processing.

The tarsal area is the bright part of the picture (Otsu's threshold) with most ridges in it; glands
are bright ridges (Sato's filter) that run from the lid's margin inward. No labelled pictures could
be had, so nothing here is validated; what does not look like glands in a lid is not measured.
"""

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import feature, filters, measure, morphology

from segmentation.types import Meibography

_COLUMNS = 512  # the picture is read at this width: a gland is then 6 to 25 columns wide
_SPECULAR = 240  # of 255: light reflected by the wet lid
_MARGIN = 6  # columns: the lid's bright wet edge is no gland
_GLAND_WIDTHS = (2.0, 3.0, 4.5, 6.0)  # standard deviations of the ridges
_LEAST_RIDGE = 0.1  # of the local contrast: weaker ridges are grain
_SHORTEST = 20  # rows
_SPACING = (20.0, 48.0)  # columns from gland to gland
# limits of what looks like a lid; chosen on drawn lids and on pictures that show none
_MOST_COLOUR = 0.3  # infrared pictures are grey, or tinted a little by the program
_AREA = (0.12, 0.7)  # tarsal area as a share of the picture
_LEAST_SOLID = 0.85  # of its convex hull
_GLANDS = (4, 40)  # a lid has 20 to 40, and ridges of any kind may be cut into many
_LEAST_ALIGNED = 0.25  # of the ridges' strength, in the glands' direction


def find_glands(pixels: np.ndarray) -> Meibography | None:
    """Tarsal area and glands of a picture (H, W, 3) uint8; None where it does not look like one."""
    brightest, faintest = pixels.max(2).astype(np.float32), pixels.min(2)
    if float(((brightest - faintest) / (brightest + 1)).mean()) > _MOST_COLOUR:
        return None
    grey = _prepared(pixels)
    ridges, inward = _ridges(grey)
    tarsus = _tarsal_area(grey, ridges * inward)
    if tarsus is None:
        return None
    inner = ndimage.binary_erosion(tarsus, iterations=_MARGIN, border_value=1)
    strength = float(ridges[inner].sum())
    aligned = float((ridges * inward)[inner].sum())
    if strength == 0 or aligned < _LEAST_ALIGNED * strength:
        return None
    glands, count = _glands(np.where(inner, ridges, 0), inward)
    if not _GLANDS[0] <= count <= _GLANDS[1]:
        return None
    reach = np.clip(_spacing(glands), *_SPACING) / 2 + 2
    near = (ndimage.distance_transform_edt(~glands) <= reach) & tarsus
    height, width = pixels.shape[:2]
    planes = (
        np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.NEAREST))
        for plane in (tarsus, glands, near)
    )
    return Meibography(*planes)


def _prepared(pixels: np.ndarray) -> np.ndarray:
    """Grey (h, 512) float32, reflections filled from around them."""
    grey = pixels.mean(2).astype(np.float32)
    size = (_COLUMNS, max(64, round(grey.shape[0] * _COLUMNS / grey.shape[1])))
    grey = np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC))
    reflected = ndimage.binary_dilation(grey >= _SPECULAR, iterations=4)
    weight = (~reflected).astype(np.float32)
    around = ndimage.gaussian_filter(grey * weight, 8)
    around /= ndimage.gaussian_filter(weight, 8) + 1e-6
    return np.where(reflected, around, grey)


def _ridges(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strength of bright ridges (h, w) by local contrast, and how far each runs inward, 0..1.

    Lids are pictured with their margin level, so inward is up or down.
    """
    difference = grey - ndimage.gaussian_filter(grey, 20)
    contrast = np.sqrt(ndimage.gaussian_filter(difference**2, 30))
    even = np.clip(difference / (contrast + 2), -2.5, 2.5)
    ridges = filters.sato(even, sigmas=_GLAND_WIDTHS, black_ridges=False)
    rows, mixed, columns = feature.structure_tensor(ndimage.gaussian_filter(even, 1.5), sigma=4)
    twice = np.arctan2(2 * mixed, rows - columns)  # twice the angle of the gradient from upright
    return ridges, np.clip(-np.cos(twice), 0, 1)


def _tarsal_area(grey: np.ndarray, ridges: np.ndarray) -> np.ndarray | None:
    """The part of the picture that is lid, (h, w) bool; None where none looks like one."""
    smooth = ndimage.gaussian_filter(grey, 5)
    if np.ptp(smooth) < 8:  # of 255: nothing to see
        return None
    bright = ndimage.binary_opening(smooth > filters.threshold_otsu(smooth), iterations=6)
    parts, count = ndimage.label(bright)
    if count == 0:
        return None
    part = parts == 1 + int(np.argmax(ndimage.sum(ridges, parts, range(1, count + 1))))
    disk = morphology.disk(14)
    closed = ndimage.binary_closing(np.pad(part, 20), disk)[20:-20, 20:-20]
    tarsus = ndimage.binary_fill_holes(closed)
    least, most = _AREA
    solid = tarsus.sum() / max(morphology.convex_hull_image(tarsus).sum(), 1)
    return tarsus if least <= tarsus.mean() <= most and solid >= _LEAST_SOLID else None


def _glands(ridges: np.ndarray, inward: np.ndarray) -> tuple[np.ndarray, int]:
    """The ridges that are glands, (h, w) bool, and how many pieces they have."""
    known = ridges[ridges > 0]
    usual = np.minimum(known, np.percentile(known, 95))  # a lash must not set the threshold
    limit = max(float(filters.threshold_otsu(usual)), _LEAST_RIDGE)
    running = np.where(inward > 0.2, ridges, 0)
    found = filters.apply_hysteresis_threshold(running, 0.8 * limit, 1.2 * limit)
    parts, _ = ndimage.label(found)
    long = [r.label for r in measure.regionprops(parts) if r.bbox[2] - r.bbox[0] >= _SHORTEST]
    return np.isin(parts, long), len(long)


def _spacing(glands: np.ndarray) -> float:
    """Columns from one gland to the next, the middle one of all distances."""
    starts = np.diff(glands.astype(np.int8), axis=1) == 1
    gaps = np.concatenate([np.diff(np.flatnonzero(row)) for row in starts[::4]])
    return float(np.median(gaps)) if len(gaps) else _SPACING[1]
