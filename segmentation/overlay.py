"""Lesions and anatomy drawn over the photo, at a size that a screen can show; knows no screens.

Every lesion class has its own colour, fill pattern, letter and marker around what is tiny, so that
none is told by colour alone. Anatomy is white lines beneath the lesions, structures of grey
pictures are coloured ones. Widths are in units: one
pixel of a photo of 1024 px, and more in a larger one, so that both look the same.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont
from scipy import ndimage

from segmentation.labels import (
    ANATOMY,
    ANATOMY_LINES,
    LESIONS,
    STRUCTURE_LINES,
    STRUCTURES,
    STYLES,
    LesionStyle,
)
from segmentation.patches import label
from segmentation.types import RetinaMap
from vision.types import FundusImage

Box = tuple[int, int, int, int]  # left, top, right, bottom in px, the last two excluded
Place = tuple[int, int]  # x, y in px

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_UNITS = 1024  # of a photo's long side
_TINY = 9  # units: a lesion neither wider nor higher shows no pattern and gets a marker
_LETTERS = 3  # of one class, at most
_LETTER = 17  # units, its height
_APART = 180  # units between two letters of one class

# which pixels (row, column) of a fill are dark
_PATTERNS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "solid": lambda row, column: np.zeros(row.shape, bool),
    "hatch": lambda row, column: (row + column) % 5 == 0,
    "dots": lambda row, column: (row % 4 < 2) & (column % 4 < 2),
    "lines": lambda row, column: row % 4 == 0,
}
# how far a pixel (right, below) is from the middle of a marker: every shape holds a circle
_MARKERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "circle": lambda right, below: np.hypot(right, below) - 0.35,  # round in few pixels
    "square": lambda right, below: np.maximum(abs(right), abs(below)),
    "diamond": lambda right, below: (abs(right) + abs(below)) / 1.4,
    "triangle": lambda right, below: np.maximum(below, (1.75 * abs(right) - below) / 2),
}


def shrink(pixels: np.ndarray, long_side_px: int) -> np.ndarray:
    """(H, W, 3) uint8 -> at most `long_side_px` a side, aspect kept."""
    image = Image.fromarray(pixels)
    image.thumbnail((long_side_px, long_side_px), Image.Resampling.LANCZOS)
    return np.asarray(image)


def downscale(
    image: FundusImage,
    retina: RetinaMap | None,
    long_side_px: int = _UNITS,
    structures: Mapping[str, np.ndarray] | None = None,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Photo (h, w, 3) uint8 and masks code -> (h, w) bool at most `long_side_px` a side.

    A display pixel carries a lesion where any of its source pixels does, so no lesion vanishes.
    What was not seen has no mask; the fovea's is the one pixel that holds its centre.
    """
    scale = min(1.0, long_side_px / max(image.height, image.width))
    height, width = max(1, round(image.height * scale)), max(1, round(image.width * scale))
    photo = Image.fromarray(image.pixels).resize((width, height), Image.Resampling.BOX)
    masks = {}
    lesions = {} if retina is None else retina.lesions
    anatomy = {} if retina is None else {"OD": retina.disc, "OC": retina.cup, "VE": retina.vessels}
    for code, mask in lesions.items():
        rows, columns = np.divmod(np.flatnonzero(mask), image.width)
        masks[code] = np.zeros((height, width), bool)
        masks[code][rows * height // image.height, columns * width // image.width] = True
    for code, seen in (anatomy | dict(structures or {})).items():
        if seen is not None:
            plane = Image.fromarray(seen.view(np.uint8))  # 0 and 1: their mean is rounded
            small = plane.resize((width, height), Image.Resampling.BOX)
            masks[code] = np.asarray(small).astype(bool)
    if retina is not None and retina.fovea is not None:
        x, y = retina.fovea.centre
        row, column = int(y * height / image.height), int(x * width / image.width)
        masks["FO"] = np.zeros((height, width), bool)
        masks["FO"][np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] = True
    return np.asarray(photo), masks


def draw(
    photo: np.ndarray,
    masks: Mapping[str, np.ndarray],
    shown: Collection[str],
    opacity: float = 0.45,
) -> np.ndarray:
    """The photo (h, w, 3) uint8 with the shown classes of `masks`, (h, w) bool by code.

    Lesions are filled at `opacity` 0..1, outlined and lettered; anatomy is lines beneath them.
    """
    drawn = photo.copy()
    seen = {code: mask for code, mask in masks.items() if code in shown and mask.any()}
    for code in ANATOMY:
        if code in seen:
            _draw_anatomy(drawn, seen[code], code)
    for code in STRUCTURES:
        if code in seen:
            _draw_structure(drawn, seen[code], code)
    lesions = [code for code in LESIONS if code in seen]
    boxes = {code: _boxes(seen[code]) for code in lesions}
    for code in sorted(lesions, key=lambda code: -np.count_nonzero(seen[code])):
        _draw_lesions(drawn, seen[code], boxes[code], STYLES[code], opacity)  # few pixels on top
    return _write_letters(drawn, boxes, [seen[code] for code in lesions])


def _unit(plane: np.ndarray) -> int:
    return max(1, round(max(plane.shape[:2]) / _UNITS))


def _blend(drawn: np.ndarray, where: np.ndarray, colour: tuple[int, ...], opacity: float) -> None:
    """Mix a colour into the pixels of (h, w, 3) uint8 at these flat indices, in place."""
    pixels = drawn.reshape(-1, 3)
    mixed = pixels[where] * np.float32(1 - opacity)
    mixed += np.array(colour[:3], np.float32) * opacity
    pixels[where] = np.rint(mixed, out=mixed)


def _grow(mask: np.ndarray, steps: int) -> np.ndarray:
    """The mask (h, w) bool with so many pixels more on every side."""
    grown = mask.copy()
    for _ in range(steps):
        grown[1:] |= grown[:-1]
        grown[:-1] |= grown[1:]
        grown[:, 1:] |= grown[:, :-1]
        grown[:, :-1] |= grown[:, 1:]
    return grown


def _rim(mask: np.ndarray, unit: int) -> np.ndarray:
    """The outermost pixels of the mask, one unit wide; the photo's border is no outline."""
    return mask & _grow(~mask, unit)


def _draw_line(
    drawn: np.ndarray, line: np.ndarray, colour: tuple[int, ...], spared: np.ndarray
) -> None:
    """Paint a line (h, w) bool; its dark edge, never over `spared`, shows it on bright and dark."""
    edge = _grow(line, _unit(drawn)) & ~line & ~spared
    _blend(drawn, np.flatnonzero(edge), _BLACK, 0.55)
    _blend(drawn, np.flatnonzero(line), colour, 1.0)


# ---- lesions ----


def _boxes(mask: np.ndarray) -> list[Box]:
    """Bounding boxes of the connected lesions, the largest first."""
    found = ndimage.find_objects(label(mask)[0])
    boxes = [(x.start, y.start, x.stop, y.stop) for y, x in found]
    return sorted(boxes, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))


def _draw_lesions(
    drawn: np.ndarray, mask: np.ndarray, boxes: Sequence[Box], style: LesionStyle, opacity: float
) -> None:
    colour, unit, inside = ImageColor.getrgb(style.colour), _unit(drawn), np.flatnonzero(mask)
    rows, columns = np.divmod(inside, mask.shape[1])
    dark = _PATTERNS[style.pattern](rows // unit, columns // unit)
    _blend(drawn, inside, colour, opacity)
    _blend(drawn, inside[dark], _BLACK, opacity)
    around = _grow(mask, unit)
    for left, top, right, bottom in boxes:
        size = max(right - left, bottom - top)
        if size <= _TINY * unit:
            middle = (left + right - 1) / 2, (top + bottom - 1) / 2
            _mark(around, middle, size / 2 + 2.5 * unit, style.marker)
    _draw_line(drawn, _rim(around, unit), colour, mask)


def _mark(plane: np.ndarray, middle: tuple[float, float], reach: float, marker: str) -> None:
    """Fill a marker that holds a circle of `reach` px about (x, y), in place."""
    (x, y), far = middle, math.ceil(2 * reach)
    top, left = max(0, math.floor(y) - far), max(0, math.floor(x) - far)
    window = plane[top : math.ceil(y) + far + 1, left : math.ceil(x) + far + 1]
    below, right = np.ogrid[: window.shape[0], : window.shape[1]]
    window |= _MARKERS[marker](right + (left - x), below + (top - y)) <= reach


# ---- anatomy ----


def _draw_anatomy(drawn: np.ndarray, mask: np.ndarray, code: str) -> None:
    kind, unit = ANATOMY_LINES[code], _unit(drawn)
    if kind == "tint":
        _blend(drawn, np.flatnonzero(mask), _WHITE, 0.35)
        return
    line = _cross(mask, unit) if kind == "cross" else _rim(mask, unit)
    if kind == "dashed":
        line = _dashed(line, unit)
    _draw_line(drawn, line, _WHITE, np.zeros_like(mask))


def _draw_structure(drawn: np.ndarray, mask: np.ndarray, code: str) -> None:
    colour, kind = STRUCTURE_LINES[code]
    line = _rim(mask, _unit(drawn))
    if kind == "dashed":
        line = _dashed(line, _unit(drawn))
    _draw_line(drawn, line, ImageColor.getrgb(colour), np.zeros_like(mask))


def _cross(mask: np.ndarray, unit: int) -> np.ndarray:
    """A ring with a cross about the mask's one pixel, (h, w) bool; its middle stays free."""
    y, x = divmod(int(mask.argmax()), mask.shape[1])
    plane = Image.new("1", (mask.shape[1], mask.shape[0]))
    pen, near, ring, far = ImageDraw.Draw(plane), 4 * unit, 8 * unit, 12 * unit
    pen.ellipse((x - ring, y - ring, x + ring, y + ring), outline=1, width=unit)
    for u, v in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        pen.line((x + u * near, y + v * near, x + u * far, y + v * far), fill=1, width=unit)
    return np.asarray(plane)


def _dashed(line: np.ndarray, unit: int) -> np.ndarray:
    """A closed line (h, w) bool with gaps, told by the angle about its centre."""
    rows, columns = np.nonzero(line)
    y, x = rows - rows.mean(), columns - columns.mean()
    dashes = max(4, round(2 * np.pi * np.hypot(y, x).mean() / (9 * unit)))
    kept = (np.arctan2(y, x) / (2 * np.pi) + 0.5) * dashes % 1 < 0.6
    dashed = np.zeros_like(line)
    dashed[rows[kept], columns[kept]] = True
    return dashed


# ---- letters ----


def _write_letters(
    drawn: np.ndarray, boxes: Mapping[str, Sequence[Box]], lesions: Sequence[np.ndarray]
) -> np.ndarray:
    """The photo with a few letters of each class beside its largest lesions, over none of them."""
    unit, plane = _unit(drawn), Image.fromarray(drawn)
    pen, font = ImageDraw.Draw(plane), ImageFont.load_default(_LETTER * unit)
    taken = np.zeros(drawn.shape[:2], bool)
    for mask in lesions:
        taken |= mask
    for code, largest in boxes.items():
        for x, y in _places(largest, taken, unit):
            pen.text(
                (x, y),
                STYLES[code].letter,
                _WHITE,
                font,
                anchor="mm",
                stroke_width=2 * unit,
                stroke_fill=_BLACK,
            )
    return np.asarray(plane)


def _places(boxes: Sequence[Box], taken: np.ndarray, unit: int) -> list[Place]:
    """Centres of the letters of one class; each is then noted as `taken`."""
    places: list[Place] = []
    for box in boxes:
        place = _free_place(box, taken, unit)
        if place and all(math.dist(place, other) >= _APART * unit for other in places):
            places.append(place)
            taken[_square(place, unit)] = True
        if len(places) == _LETTERS:
            break
    return places


def _square(place: Place, unit: int) -> tuple[slice, slice]:
    """Rows and columns that a letter covers, with a little air."""
    half = _LETTER * unit // 2 + unit
    return slice(place[1] - half, place[1] + half + 1), slice(place[0] - half, place[0] + half + 1)


def _free_place(box: Box, taken: np.ndarray, unit: int) -> Place | None:
    """The first place beside a lesion that is inside the photo and over nothing taken."""
    left, top, right, bottom = box
    away = _LETTER * unit // 2 + 4 * unit
    x, y, east, west = (left + right) // 2, (top + bottom) // 2, right + away, left - away
    north, south = top - away, bottom + away
    corners = [(column, row) for column in (east, west) for row in (north, south)]
    height, width = taken.shape
    for place in ((east, y), (west, y), (x, north), (x, south), *corners):
        inside = away <= place[0] < width - away and away <= place[1] < height - away
        if inside and not taken[_square(place, unit)].any():
            return place
    return None
