"""The normal retina into numbers: disc, cup, rim, vessels, and which eye it is.

Knows no models. Points are (x, y) in pixels of the photo, pixel centres at integer + 0.5; vertical
is the photo's own vertical axis, the camera being upright. Vessels are not told apart into
arterioles and venules, and nothing is in mm, as no photo tells its pixel spacing.
"""

import math

import numpy as np
from scipy import ndimage

from segmentation.patches import bounding_box, largest_patch
from segmentation.types import Anatomy, Disc, RetinaMap, Rim
from vision.fov import FieldOfView
from vision.types import Eye

_DISC_FOV = (0.05, 0.25)  # plausible disc diameters; IDRiD's lie between 0.116 and 0.187
_ROUND = 0.8  # area by that of the ellipse in its bounding box; annotated discs have 0.9 or more
# Distance of the fovea from the disc's centre, in diameters of the field of view. It is about 15.5
# degrees of visual angle in every eye, so 0.26 of a 60 degree photo and 0.52 of a 30 degree one
# (0.29 to 0.43 in IDRiD's training photos); the margin is for outlines that miss a part of the
# disc, whose own diameter is no unit then.
_FOVEA_FOV = (0.2, 0.6)
# Rise of the line from fovea to disc by its run. In IDRiD's training photos it is at most 0.36
# (20 degrees); the margin is for a tilted head. Steeper than 45 degrees has no left or right.
_STEEPEST = 1.0
_RAYS = 360  # a multiple of 8: sectors of 90 degrees begin half way between two axes
_STEP_PX = 0.5  # along each ray


def plausible_disc(mask: np.ndarray, fov: FieldOfView) -> np.ndarray | None:
    """The largest patch of a disc mask (H, W) bool, or None where it is not of a disc's size, or
    not round as one: atrophy beside the disc of a myopic eye can pass for a part of it.
    """
    disc = largest_patch(mask)
    if disc is None:
        return None
    area = int(np.count_nonzero(disc))
    low, high = _DISC_FOV
    rows, columns = bounding_box(disc)
    ellipse = math.pi / 4 * (rows.stop - rows.start) * (columns.stop - columns.start)
    round_enough = area >= _ROUND * ellipse
    return disc if round_enough and low <= _diameter(area) / fov.diameter_px <= high else None


def measure_anatomy(retina: RetinaMap, fov: FieldOfView, eye: Eye = "unknown") -> Anatomy:
    """Where disc and fovea are, and the shape of cup, rim and vessels; None where not seen.

    disc: centroid, and the diameter in px of the circle of equal area. fovea: as it was seen.
    vertical_cdr: height of the cup / height of the disc, 0..1; the clinical ratio, as Drishti-GS
    defines it (Sivaswamy et al., ISBI 2014). area_cdr: area of the cup / area of the disc, 0..1.
    An empty cup mask is a cup that was not seen, not a ratio of 0.
    rim: see `Rim`; width along rays from the disc's centre, from the edge of the cup to the edge of
    the disc, mean over each sector of 90 degrees around inferior, superior, nasal and temporal
    (ISNT; Jonas et al., Invest Ophthalmol Vis Sci 1988), in disc diameters. Nasal is away from the
    fovea; `eye` tells the side where the fovea does not. None where neither does.
    vessel_density: vessel pixels within the field of view / its pixels, 0..1.
    """
    vessels, density = retina.vessels, None
    if vessels is not None:
        density = float(np.count_nonzero(vessels & fov.mask) / fov.area_px)
    if retina.disc is None or not retina.disc.any():
        return Anatomy(fovea=retina.fovea, vessel_density=density)
    disc, window = disc_of(retina.disc), bounding_box(retina.disc)
    outline = retina.disc[window]
    cup = np.zeros_like(outline) if retina.cup is None else retina.cup[window] & outline
    if not cup.any():
        return Anatomy(disc, retina.fovea, vessel_density=density)
    seen = eye_side(Anatomy(disc, retina.fovea), fov)
    return Anatomy(
        disc,
        retina.fovea,
        vertical_cdr=_height(cup) / _height(outline),
        area_cdr=float(cup.sum() / outline.sum()),
        rim=_rim(outline, cup, disc.diameter_px, eye if seen == "unknown" else seen),
        vessel_density=density,
    )


def disc_of(mask: np.ndarray) -> Disc:
    """The disc that a mask (H, W) bool outlines; it must not be empty."""
    window = bounding_box(mask)
    y, x = ndimage.center_of_mass(mask[window])
    centre = (float(x) + 0.5 + window[1].start, float(y) + 0.5 + window[0].start)
    return Disc(centre, _diameter(int(mask[window].sum())))


def eye_side(anatomy: Anatomy, fov: FieldOfView) -> Eye:
    """OD where the disc lies right of the fovea in an upright photo, OS where left of it.

    The disc is nasal of the fovea, so a right eye has it on the right of the photo. Unknown where
    one of them is not seen, or where the two do not lie as in an eye: the fovea outside the field
    of view, the disc too close, too far, or too steeply above or below.
    """
    disc, fovea = anatomy.disc, anatomy.fovea
    if disc is None or fovea is None or not _within(fovea.centre, fov):
        return "unknown"
    across, up = np.subtract(disc.centre, fovea.centre)
    low, high = _FOVEA_FOV
    if not low <= math.hypot(across, up) / fov.diameter_px <= high:
        return "unknown"
    if abs(up) > _STEEPEST * abs(across):
        return "unknown"
    return "OD" if across > 0 else "OS"


def _rim(disc: np.ndarray, cup: np.ndarray, diameter: float, eye: Eye) -> Rim | None:
    """Rim of a disc and the cup within it (h, w) bool, both cut to the disc's bounding box."""
    if eye == "unknown":
        return None
    y, x = ndimage.center_of_mass(disc)
    widths = (_edge(disc, x, y) - _edge(cup, x, y)) / diameter
    sectors = np.roll(widths, _RAYS // 8).reshape(4, -1).mean(axis=1)
    right, inferior, left, superior = (float(width) for width in sectors)
    nasal, temporal = (right, left) if eye == "OD" else (left, right)
    return Rim(inferior, superior, nasal, temporal)


def _edge(mask: np.ndarray, x: float, y: float) -> np.ndarray:
    """How far a mask reaches from the centre of pixel (x, y) along each ray, px; 0 where it is not.

    Rays go clockwise from the right; none lies on an axis, so flipped masks have flipped edges.
    """
    angles = (np.arange(_RAYS) + 0.5) * (2 * np.pi / _RAYS)
    height, width = mask.shape
    farthest = 1 + math.hypot(max(x, width - x), max(y, height - y))
    steps = np.arange(_STEP_PX / 2, farthest, _STEP_PX)
    columns = np.rint(x + np.outer(np.cos(angles), steps)).astype(int)
    rows = np.rint(y + np.outer(np.sin(angles), steps)).astype(int)
    padded = np.pad(mask, 1)  # so that all that is outside meets False
    on = padded[np.clip(rows, -1, height) + 1, np.clip(columns, -1, width) + 1]
    beyond_last = len(steps) - on[:, ::-1].argmax(axis=1)
    return np.where(on.any(axis=1), beyond_last * _STEP_PX, 0.0)


def _within(point: tuple[float, float], fov: FieldOfView) -> bool:
    column, row = math.floor(point[0]), math.floor(point[1])
    height, width = fov.mask.shape
    return 0 <= row < height and 0 <= column < width and bool(fov.mask[row, column])


def _height(mask: np.ndarray) -> int:
    """Rows from the first to the last of a mask."""
    rows = np.flatnonzero(mask.any(axis=1))
    return int(rows[-1] - rows[0]) + 1


def _diameter(area_px: int) -> float:
    """Diameter of the circle of that area."""
    return 2 * math.sqrt(area_px / math.pi)
