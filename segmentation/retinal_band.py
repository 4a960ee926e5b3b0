"""The retina in an OCT B-scan by a classical method: from the inner limiting membrane to the RPE.

Two borders are found as the cheapest paths from left to right through the gradients of the scan
(Chiu et al., Optics Express 2010), the outer one first: below it no brighter layer follows. The
scan is then levelled by it, and the inner one is where the dark of the vitreous ends. No labels of
layers were available, so nothing here is validated; what looks unlike a retina is not measured.
"""

import numpy as np
from PIL import Image
from scipy import ndimage, optimize
from skimage.graph import route_through_array

from segmentation.types import RetinalBand

_ROWS = 256  # the scan is read at this height; a retina is some 40 rows thick in it
_FRAME = 12  # rows at the top that may hold a frame's line, and no outer border
_MOST_COLUMNS = 1024  # of a scan read so: a wider one is read with narrower columns
_SMOOTH = (1.0, 2.0)  # standard deviations in rows and columns, against speckle
_NEXT_LAYER = (4, 64)  # rows below a border in which another layer would lie
_NEARBY = 3  # rows within which a border is placed once it is found
_PLAIN = 0.3  # of a border's usual strength: from here on a column shows it
_BEND = 0.1 * _ROWS  # the RPE is a smooth curve: what is farther from it is something else
# lower limits, chosen on scans of OCTDL and on noise, blank pictures and scans without contrast
_LEAST_COLUMNS = 0.7  # share of the columns that show both borders
_LEAST_STEP = 0.15  # of the scan's range of grey, across either border
_LEAST_ABOVE = 0.1 * _ROWS  # of the outer border: retina and vitreous need room
_MOST_THICK = 0.6 * _ROWS  # the middle one of all thicknesses


def find_band(pixels: np.ndarray) -> RetinalBand | None:
    """The retina of a B-scan (H, W, 3) uint8; None where its borders stand out too little."""
    scan, scale = _prepared(pixels)
    if scan is None:
        return None
    outer, outer_shown, fall = _outer_border(scan)
    if np.median(outer) < _LEAST_ABOVE:
        return None
    inner, inner_shown, rise = _inner_border(scan, outer)
    shown = outer_shown & inner_shown & (inner < outer)
    if shown.mean() < _LEAST_COLUMNS or min(rise, fall) < _LEAST_STEP:
        return None
    if np.median((outer - inner)[shown]) > _MOST_THICK:
        return None
    columns = (np.arange(pixels.shape[1]) + 0.5) * scan.shape[1] / pixels.shape[1] - 0.5
    measured = shown[np.clip(np.rint(columns).astype(int), 0, len(shown) - 1)]
    borders = []
    for border in (inner, outer):
        rows = np.interp(columns, np.arange(len(border)), border) / scale
        borders.append(np.where(measured, rows, np.nan).astype(np.float32))
    return RetinalBand(*borders)


def _prepared(pixels: np.ndarray) -> tuple[np.ndarray | None, float]:
    """The scan at `_ROWS` rows, smoothed, 0 for its dark and 1 for its bright; and the scale."""
    grey = pixels.mean(2).astype(np.float32)
    grey[_paper(grey)] = np.median(grey)
    height, width = grey.shape
    scale = _ROWS / height
    size = (int(np.clip(width * scale, 8, _MOST_COLUMNS)), _ROWS)
    small = np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC))
    scan = ndimage.gaussian_filter(small, _SMOOTH)
    dark, bright = np.percentile(scan, (5, 99.5))
    if bright - dark < 16:  # of 255: nothing to see
        return None, scale
    return np.clip((scan - dark) / (bright - dark), 0, 1), scale


def _paper(grey: np.ndarray) -> np.ndarray:
    """White at the picture's edge, (H, W) bool: what programs put beside a turned scan."""
    parts, _ = ndimage.label(grey >= 250)
    edge = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    counts = np.bincount(edge, minlength=1)
    counts[0] = 0
    return np.isin(parts, np.flatnonzero(counts >= 8))


def _outer_border(scan: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Rows (w,) of the lower edge of the RPE, whether each column shows it, how dark it gets."""
    above, below = _means(scan, 6, 8)
    over, under = _means(scan, 5, 5)
    first, last = _NEXT_LAYER
    reach = last - first
    rise = np.pad(np.clip(under - over, 0, None), ((0, last), (0, 0)))
    # the largest rise of the rows below: where one follows, this is no last layer
    later = ndimage.maximum_filter1d(rise, reach, axis=0, origin=-(reach // 2))[first:][:_ROWS]
    strength = np.clip(above - below - 0.9 * later, 0, None) * np.sqrt(above)
    strength[:_FRAME] = 0
    usual = 0.25 * np.percentile(strength, 99.5) + 1e-6
    border = ndimage.median_filter(_cheapest(np.exp(-strength / usual) + 0.01), 15)
    place = np.linspace(-1, 1, len(border))
    curve = optimize.least_squares(
        lambda c: np.polyval(c, place) - border, np.polyfit(place, border, 2), loss="cauchy",
        f_scale=4.0,
    ).x  # fmt: skip
    near = np.abs(np.polyval(curve, place) - border) <= _BEND
    step = float(np.median(_along(above - below, border)))
    shown = near & (_along(strength, border) >= _PLAIN * usual)
    return _snapped(-scan, border), shown, step


def _inner_border(scan: np.ndarray, outer: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Rows (w,) where the vitreous ends, whether each column shows it, how bright it gets."""
    shift = np.rint(outer - outer.max()).astype(int)
    base = int(outer.max())
    rows = np.arange(_ROWS)[:, None]
    vitreous = scan[rows < outer[None] - 8]
    dark = float(np.percentile(vitreous, 25))
    noise = 1.4826 * float(np.median(np.abs(vitreous[vitreous <= np.median(vitreous)] - dark)))
    taken = rows + shift[None]
    level = np.where(taken < 0, dark, np.take_along_axis(scan, np.clip(taken, 0, _ROWS - 1), 0))
    above, below = _means(level, 8, 6)
    far_above, _ = _means(level, 24, 6)
    rise = np.clip(below - above, 0, None) / (4 * noise + 0.08)
    still_dark = np.exp(-np.clip(far_above - dark, 0, None) / (0.07 + noise))
    strength = np.clip(rise, 0, 1.5) * still_dark
    cost = np.where(rows < base - 3, np.exp(-3 * strength) + 0.01, 3.0)
    border = _cheapest(cost)
    shown = _along(strength, border) >= _PLAIN
    # in a hole of the macula the path keeps its height: there it falls onto what is no vitreous
    tissue = level > dark + 2 * noise + 0.07
    for column in np.flatnonzero(~shown):
        start = int(border[column])
        solid = np.flatnonzero(tissue[start:base, column])
        if len(solid):
            border[column] = start + solid[0]
            shown[column] = True
    step = float(np.median(_along(below, border) - dark))
    border = _snapped(level, border) + shift
    return border, shown & (border > -1), step


def _means(plane: np.ndarray, up: int, down: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of `up` rows above each row and of `down` rows from it on, both (h, w)."""
    sums = np.vstack([np.zeros((1, plane.shape[1])), np.cumsum(plane, 0, dtype=np.float64)])
    row = np.arange(len(plane))
    top, bottom = np.clip(row - up, 0, None), np.clip(row + down, None, len(plane))
    above = (sums[row] - sums[top]) / np.maximum(row - top, 1)[:, None]
    below = (sums[bottom] - sums[row]) / (bottom - row)[:, None]
    above[0] = below[0]  # there is nothing above the first row
    return above, below


def _cheapest(cost: np.ndarray) -> np.ndarray:
    """The row (w,) at which the cheapest path from left to right crosses each column."""
    # a free column on each side lets the path begin and end at any row (Chiu et al.)
    padded = np.pad(cost, ((0, 0), (1, 1)), constant_values=1e-5)
    end = (padded.shape[0] - 1, padded.shape[1] - 1)
    path, _ = route_through_array(padded, (0, 0), end, fully_connected=True, geometric=True)
    row, column = np.array(path).T
    crossed = np.bincount(column)
    return (np.bincount(column, row) / crossed)[1:-1]


def _snapped(plane: np.ndarray, border: np.ndarray) -> np.ndarray:
    """The border (w,) moved a few rows to where the plane rises most: wide windows are early."""
    above, below = _means(plane, 2, 2)
    moves = np.arange(-_NEARBY, _NEARBY + 1)
    rises = np.stack([_along(below - above, border + move) for move in moves])
    return border + ndimage.median_filter(moves[rises.argmax(0)], 9)


def _along(plane: np.ndarray, border: np.ndarray) -> np.ndarray:
    rows = np.clip(np.rint(border).astype(int), 0, len(plane) - 1)
    return np.asarray(plane[rows, np.arange(len(border))])
