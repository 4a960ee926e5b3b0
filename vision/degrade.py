"""Photos made worse on purpose, by a known amount: what the quality head learns from.

Severity is 0 for the photo as it was, 0.5 where details are lost but disc and large vessels are
still seen, 1 where nothing can be read. The same seed draws the same pattern at every severity,
so a photo only gets worse as its severity grows. Squares are framed photos (S, S, 3) uint8; the
black around the field stays black, as it does in a camera, so that it tells nothing.
"""

import io
import math
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage

from vision.artefacts import dust, flare, ghost, lashes

REASONS = ("dark", "bright", "low_contrast", "blurred", "out_of_field", "artefact")

_CLEAN_SHARE = 0.5  # of the photos `degrade` leaves without a reason
_HOW_MANY = (0.65, 0.25, 0.1)  # chance of one, two, three reasons on the others


def degrade(square: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(square, severities (6,) float32 in the order of REASONS); half are left as they were.

    Where several reasons meet, the later ones are mild. Compression and grain come on top of any,
    without a severity. A disease label means little where the largest severity is above 0.7.
    """
    severities = np.zeros(len(REASONS), np.float32)
    if rng.random() >= _CLEAN_SHARE:
        count = 1 + rng.choice(3, p=_HOW_MANY)
        for i, reason in enumerate(rng.choice(len(REASONS), count, replace=False)):
            severities[reason] = rng.uniform(0.05, 1.0) * (1.0 if i == 0 else 0.5)
    for reason, severity in zip(REASONS, severities, strict=True):
        if severity > 0:
            square = graded(square, reason, float(severity), rng)
    return compress(square, rng), severities


def graded(
    square: np.ndarray, reason: str, severity: float, rng: np.random.Generator
) -> np.ndarray:
    """The square (S, S, 3) uint8 made worse for one reason; equal to it at severity 0."""
    if not 0 <= severity <= 1:
        raise ValueError(f"severity is 0..1, got {severity}")
    worse = _GRADED[reason]
    # float(): a number of numpy would make every array after it float64, and PIL refuses it
    return worse(square, float(severity), rng) if severity > 0 else square.copy()


def compress(square: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Grain and JPEG blocks as cameras and archives leave them; a third stays as it was."""
    grain, quality = rng.uniform(0, 5), int(rng.uniform(35, 96))
    if rng.random() < 0.35:
        square = _bytes(square + grain * _noise(square.shape[0], rng))
    if rng.random() < 0.5:
        stream = io.BytesIO()
        Image.fromarray(square).save(stream, "JPEG", quality=quality)
        with Image.open(stream, formats=["JPEG"]) as coded:
            square = np.asarray(coded.convert("RGB"))
    return square


def _bytes(picture: np.ndarray) -> np.ndarray:
    # 0.5 is for rounding; clip is in place, since every caller hands over an array of its own
    picture += 0.5
    return np.clip(picture, 0, 255, out=picture).astype(np.uint8)


@cache
def _grain_tile(side: int) -> np.ndarray:
    """Grain (S + 64, S + 64, 3) float32 of unit deviation, mostly common to the channels."""
    rng = np.random.default_rng(0)
    shape = (side + 64, side + 64)
    tile = 0.8 * rng.standard_normal((*shape, 1)) + 0.6 * rng.standard_normal((*shape, 3))
    return tile.astype(np.float32)


def _noise(side: int, rng: np.random.Generator) -> np.ndarray:
    """A part (S, S, 3) float32 of one grain tile, to write on: drawing grain anew is slow."""
    y, x = rng.integers(0, 64, 2)
    return _grain_tile(side)[y : y + side, x : x + side].copy()


def _upscaled(plane: np.ndarray, side: int) -> np.ndarray:
    """A small plane (h, w) at (S, S, 1) float32, smoothly."""
    image = Image.fromarray(plane.astype(np.float32, copy=False))
    return np.asarray(image.resize((side, side), Image.Resampling.BILINEAR))[..., None]


def _uneven(side: int, rng: np.random.Generator) -> np.ndarray:
    """A smooth plane (h, w) float32 of about 0..1 that differs from side to side."""
    tilt, ramp = rng.uniform(-0.5, 0.5, 2), np.linspace(-0.5, 0.5, 3)
    grid = 0.6 * rng.random((3, 3)) + 0.2 + tilt[0] * ramp[:, None] + tilt[1] * ramp
    image = Image.fromarray(grid.astype(np.float32))
    small = image.resize((_small(side),) * 2, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(small), 0, 1)


def _small(side: int) -> int:
    return -(-side // 8)  # smooth planes are worked out at an eighth


def _spot(side: int, rng: np.random.Generator) -> np.ndarray:
    """A soft spot (h, w) float32 0..1 near the middle."""
    (x, y), radius = rng.uniform(0.3, 0.7, 2), rng.uniform(0.3, 0.6)
    axis = (np.arange(_small(side), dtype=np.float32) + 0.5) / _small(side)
    across, along = np.exp(-(((axis - x) / radius) ** 2)), np.exp(-(((axis - y) / radius) ** 2))
    return along[:, None] * across


def _level(square: np.ndarray) -> np.ndarray:
    """The brightest channel (S, S) uint8."""
    return np.maximum(np.maximum(square[..., 0], square[..., 1]), square[..., 2])


def _field(square: np.ndarray) -> np.ndarray:
    """What the camera lit, (S, S, 1) float32 0..1: what is lit, and the dark parts amid it."""
    level = _level(square)
    limit = max(8.0, 0.12 * float(np.percentile(level[::4, ::4], 95)))
    coarse = np.asarray(Image.fromarray(level).reduce(4)) > limit
    inner = ndimage.binary_erosion(ndimage.binary_fill_holes(coarse), iterations=2, border_value=1)
    lit = np.clip(level * np.float32(2 / limit) - 1, 0, 1)
    return np.maximum(lit, _upscaled(inner, square.shape[0])[..., 0])[..., None]


def _smooth(square: np.ndarray, sigma_px: float, field: np.ndarray) -> np.ndarray:
    """A blur inside the field only, (S, S, 3) float32: the camera's edge stays sharp."""
    side = square.shape[0]
    layers = np.empty((side, side, 4), np.uint8)
    layers[..., 3] = field[..., 0] * 255
    inside = layers[..., 3] > 127
    for channel in range(3):
        np.multiply(square[..., channel], inside, out=layers[..., channel])
    # CMYK stands for any four bytes here: RGBA would be weighted by its alpha behind our back
    image = Image.frombuffer("CMYK", (side, side), layers.tobytes())
    if sigma_px < 2.5:  # a box is as near to a defocused lens as a bell, and three times as fast
        image = image.filter(ImageFilter.BoxBlur(math.sqrt(3 * sigma_px**2 + 0.25) - 0.5))
    else:
        factor = int(np.clip(sigma_px / 1.25, 2, 16))
        image = image.reduce(factor).filter(ImageFilter.GaussianBlur(sigma_px / factor))
        whole = (0, 0, side / factor, side / factor)  # where the factor does not divide the side
        image = image.resize((side, side), Image.Resampling.BICUBIC, whole)
    planes = np.asarray(image, np.float32)
    share = 255 / np.maximum(planes[..., 3], 32)
    return np.stack([planes[..., channel] * share for channel in range(3)], 2)


def _inside(square: np.ndarray, worse: np.ndarray, field: np.ndarray) -> np.ndarray:
    """`worse` in the field and the square around it, uint8; `worse` is used up."""
    worse -= square
    worse *= field
    worse += square
    return _bytes(worse)


def _dark(square: np.ndarray, severity: float, rng: np.random.Generator) -> np.ndarray:
    """Too little light, less on one side than on the other, and grain in what is left."""
    side = square.shape[0]
    # in e-folds; a photo that is darker to begin with loses less until nothing is left
    whole = np.log(np.clip(np.median(_level(square)[::4, ::4]) / 10, 2, 24))
    lost = whole * severity * (0.4 + 0.6 * severity) * (0.75 + 0.5 * _uneven(side, rng))
    grain = _noise(side, rng)
    grain *= 3.0 * severity * _field(square)
    grain += square * _upscaled(np.exp(-lost), side)
    return _bytes(grain)


def _bright(square: np.ndarray, severity: float, rng: np.random.Generator) -> np.ndarray:
    """Overexposure, with a white haze where the flash came back from the lens."""
    side = square.shape[0]
    field = _field(square)
    shape = 0.5 * _uneven(side, rng) + 0.5 * _spot(side, rng)
    # in e-folds; a photo that is brighter to begin with takes less until it is all white
    whole = np.log(np.clip(450 / (1 + np.median(square[::4, ::4, 1])), 1.8, 12))
    gain = np.exp(whole * severity * (0.3 + 0.7 * severity) * (0.5 + shape))
    haze = severity**2 * rng.uniform(20, 120) * (0.4 + shape)
    return _inside(square, square * _upscaled(gain, side) + _upscaled(haze, side), field)


def _low_contrast(square: np.ndarray, severity: float, rng: np.random.Generator) -> np.ndarray:
    """A cataract's veil: light scattered over the whole field, yellowish to grey."""
    side = square.shape[0]
    field = _field(square)
    veil = _smooth(square, 0.1 * side, field)
    hue = rng.uniform(0.85, 1.25, 3)
    grey, gain = rng.uniform(0.1, 0.6), rng.uniform(0.9, 1.25)
    mix = (1 - grey) * np.eye(3) + grey * np.outer(np.full(3, 1 / 3), hue)
    veil = veil @ (gain * mix).astype(np.float32)
    worse = _smooth(square, 0.012 * severity * side + 0.1, field)
    lost = 1 - np.exp(-severity * (0.9 + 1.8 * severity) * (0.75 + 0.5 * _uneven(side, rng)))
    veil -= worse
    veil *= _upscaled(lost, side)
    worse += veil
    return _inside(square, worse, field)


def _blurred(square: np.ndarray, severity: float, rng: np.random.Generator) -> np.ndarray:
    """Out of focus, moved while the shutter was open, or both."""
    side = square.shape[0]
    field = _field(square)
    motion, angle = rng.uniform(0, 0.8), rng.uniform(0, math.pi)
    worse = _smooth(square, 0.045 * severity**1.8 * side * (1 - 0.6 * motion), field)
    reach = 0.11 * severity * side * motion
    for part in (0.5, 0.25, 0.125, 0.0625):  # four means of two make a line of sixteen samples
        dx, dy = round(reach * part * math.cos(angle)), round(reach * part * math.sin(angle))
        if dx or dy:
            worse += np.roll(worse, (dy, dx), (0, 1))
            worse *= 0.5
    return _inside(square, worse, field)


def _out_of_field(square: np.ndarray, severity: float, rng: np.random.Generator) -> np.ndarray:
    """The eye looked away or the pupil was missed: a part of the field is dark or lid-coloured.

    Where that part is black, what is left is framed again, as it would be in such a photo.
    """
    side = square.shape[0]
    angle, radius = rng.uniform(0, 2 * math.pi), rng.uniform(0.75, 1.3)  # in sides, as all here
    soft, black = rng.uniform(0.01, 0.06), rng.random() < 0.6
    lid = (rng.uniform((50, 22, 12), (170, 95, 75)) * (not black)).astype(np.float32)
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side - 0.5
    along = axis * math.cos(angle) + axis[:, None] * math.sin(angle)
    across = axis[:, None] * math.cos(angle) - axis * math.sin(angle)
    # a circle that just holds the field moves across it by up to nine tenths of a side
    field = _field(square)
    edge = along - np.sqrt(radius**2 - across**2)
    start = float(edge[field[..., 0] > 0.5].max(initial=-radius))
    depth = start + soft / 2 - severity * (0.5 + 0.4 * severity) - edge
    hidden = field * np.clip(0.5 - depth / soft, 0, 1)[..., None]
    shade = _upscaled(0.6 + 0.8 * _uneven(side, rng), side)
    worse = _inside(square, np.broadcast_to(lid * shade, square.shape).copy(), hidden)
    return _reframed(worse, field[..., 0] * (depth > 0) > 0.5) if black else worse


def _reframed(square: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The square around the part (S, S) bool that is seen, at the old size."""
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    if len(rows) == 0:
        return square
    half = max(rows[-1] - rows[0], columns[-1] - columns[0]) / 2 + 1
    y, x = (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2
    around = tuple(round(v) for v in (x - half, y - half, x + half, y + half))
    return np.asarray(Image.fromarray(square).crop(around).resize(square.shape[:2]))


def _artefact(square: np.ndarray, severity: float, rng: np.random.Generator) -> np.ndarray:
    """Lashes, dust, flare at the rim and reflections of the lens: more and larger ones."""
    side, most = square.shape[0], 9
    drawn = rng.choice(4, most, p=(0.3, 0.15, 0.3, 0.25))
    seeds = rng.integers(0, 2**32, most)  # of its own: a mark does not move when another one joins
    warmth, level = rng.uniform(-1, 1), rng.uniform(200, 250)
    tint = (level * (1 + warmth * np.array([0.12, 0.02, -0.16]))).astype(np.float32)
    shadow, light = np.zeros((2, side // 2, side // 2), np.float32)
    for i in range(math.ceil(severity * most)):
        draw, plane = ((lashes, shadow), (dust, shadow), (flare, light), (ghost, light))[drawn[i]]
        mark = draw(side // 2, 0.6 + i / most, np.random.default_rng(seeds[i]))
        np.maximum(plane, min(1.0, severity * most - i) * mark, out=plane)
    worse = square * (1 - 0.92 * _upscaled(shadow, side))
    worse += _upscaled(light, side) * (tint - worse)
    return _inside(square, worse, _field(square))


_GRADED: Mapping[str, Callable[[np.ndarray, float, np.random.Generator], np.ndarray]] = {
    "dark": _dark,
    "bright": _bright,
    "low_contrast": _low_contrast,
    "blurred": _blurred,
    "out_of_field": _out_of_field,
    "artefact": _artefact,
}
