"""A student's marks against outlines of lesions: found, missed, extra; knows no screens, no models.

Places are shares of the photo's width and height; masks are (H, W) bool in the photo's pixels. The
tolerance is given in disc diameters, the unit of all lengths here, for a click is never exact.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import KDTree

from segmentation.labels import LESIONS
from segmentation.patches import label
from segmentation.types import Disc
from vision.fov import FieldOfView

TOLERANCE_DD = 0.1
_DISC_OF_FIELD = 1 / 7  # a disc of about 1.8 mm in the 12 to 13 mm of a photo of 45 degrees

Point = tuple[float, float]  # x, y: shares of width and height


@dataclass(frozen=True, slots=True)
class Mark:
    """One click, or one stroke of a brush; `radius` is a share of the photo's long side."""

    code: str
    points: tuple[Point, ...]
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lesion lies that nobody marked: its middle, and its reach by the long side."""

    code: str
    middle: Point
    radius: float


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class: lesions that were outlined, of these found; marks on none; overlap of areas.

    `overlap` is the Dice coefficient 0..1 of all that was painted and the lesions that it touches;
    None where nothing was painted.
    """

    code: str
    lesions: int
    found: int
    extra: int
    overlap: float | None = None

    @property
    def missed(self) -> int:
        """Outlined lesions without a mark."""
        return self.lesions - self.found


@dataclass(frozen=True, slots=True)
class Score:
    """All classes; whether each mark is on a lesion of its class; where the missed lesions lie.

    `confused` counts marks on a lesion of another class: (marked, outlined) -> marks.
    """

    classes: tuple[ClassScore, ...]
    on_lesion: tuple[bool, ...]
    missed: tuple[Place, ...]
    confused: Mapping[tuple[str, str], int]

    @property
    def share(self) -> float | None:
        """Found of found, missed and extra, 0..1; None where nothing was marked nor outlined."""
        found = sum(one.found for one in self.classes)
        all_of_it = sum(one.lesions + one.extra for one in self.classes)
        return found / all_of_it if all_of_it else None


def tolerance_px(disc: Disc | None, fov: FieldOfView) -> float:
    """How far from an outline a mark may be, in px; where no disc was seen, by the usual one."""
    diameter = _DISC_OF_FIELD * fov.diameter_px if disc is None else disc.diameter_px
    return TOLERANCE_DD * diameter


def score(marks: Sequence[Mark], masks: Mapping[str, np.ndarray], tolerance: float) -> Score:
    """Marks against the masks of every class, with a tolerance in px.

    A click is on the nearest lesion within the tolerance; a stroke is on all lesions that it
    touches, or else on the nearest. One lesion can have several marks, and is found once.
    """
    outlines = {code: _Outlines(masks[code]) for code in LESIONS}
    painted = [_footprint(mark, masks[mark.code].shape) for mark in marks]
    hits = [
        outlines[mark.code].hit(rows, columns, tolerance)
        for mark, (rows, columns) in zip(marks, painted, strict=True)
    ]
    confused: Counter[tuple[str, str]] = Counter()
    for mark, hit, (rows, columns) in zip(marks, hits, painted, strict=True):
        others = (code for code in LESIONS if code != mark.code)
        if not hit:
            other = next((c for c in others if outlines[c].hit(rows, columns, tolerance)), None)
            if other is not None:
                confused[mark.code, other] += 1
    classes, missed = [], list[Place]()
    for code in LESIONS:
        mine = [hit for mark, hit in zip(marks, hits, strict=True) if mark.code == code]
        found = set[int]().union(*mine)
        areas = [
            pixels
            for mark, pixels in zip(marks, painted, strict=True)
            if mark.code == code and mark.radius
        ]
        overlap = outlines[code].overlap(areas) if areas else None
        extra = sum(not hit for hit in mine)
        classes.append(ClassScore(code, outlines[code].count, len(found), extra, overlap))
        missed += outlines[code].places(code, without=found)
    return Score(tuple(classes), tuple(map(bool, hits)), tuple(missed), dict(confused))


class _Outlines:
    """The lesions of one class, numbered from 1."""

    def __init__(self, mask: np.ndarray) -> None:
        self._numbers, self.count = label(mask)
        rows, columns = np.nonzero(mask)
        self._owner = self._numbers[rows, columns]
        self._tree = KDTree(np.stack((rows, columns), axis=1)) if self.count else None

    def hit(self, rows: np.ndarray, columns: np.ndarray, tolerance: float) -> set[int]:
        """Numbers of the lesions under these pixels, or of the nearest within the tolerance."""
        if self._tree is None:
            return set()
        under = set(np.unique(self._numbers[rows, columns]).tolist()) - {0}
        if under:
            return under
        far, at = self._tree.query(
            np.stack((rows, columns), axis=1), distance_upper_bound=tolerance
        )
        nearest = int(np.argmin(far))
        return {int(self._owner[at[nearest]])} if np.isfinite(far[nearest]) else set()

    def overlap(self, areas: Sequence[tuple[np.ndarray, np.ndarray]]) -> float:
        """Dice of these pixels and the lesions that they touch, 0..1."""
        painted = np.zeros(self._numbers.shape, bool)
        for rows, columns in areas:
            painted[rows, columns] = True
        touched = np.setdiff1d(self._numbers[painted], 0)
        lesions = np.isin(self._owner, touched).sum()
        both = np.count_nonzero(self._numbers[painted])
        return float(2 * both / (painted.sum() + lesions))

    def places(self, code: str, without: set[int]) -> list[Place]:
        """Where the other lesions lie."""
        height, width = self._numbers.shape
        long_side = max(height, width)
        found = []
        for number, (y, x) in enumerate(ndimage.find_objects(self._numbers), 1):
            if number not in without:
                middle = ((x.start + x.stop) / 2 / width, (y.start + y.stop) / 2 / height)
                reach = max(x.stop - x.start, y.stop - y.start) / 2 / long_side
                found.append(Place(code, middle, reach))
        return found


def _footprint(mark: Mark, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the pixels that a mark covers; of a click, the one under it."""
    height, width = shape
    at = [(min(x * width, width - 1), min(y * height, height - 1)) for x, y in mark.points]
    if not mark.radius:
        x, y = at[0]
        return np.array([int(y)]), np.array([int(x)])
    radius = mark.radius * max(height, width)
    plane = Image.new("1", (width, height))
    pen = ImageDraw.Draw(plane)
    pen.line(at, fill=1, width=max(1, round(2 * radius)))
    for x, y in at:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=1)
    rows, columns = np.nonzero(np.asarray(plane))
    return rows, columns
