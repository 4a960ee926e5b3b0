"""Drawn synthetic fundus photos with known lesions, for tests and for the pictures of the README.

Points are (x, y) in pixels of the drawn photo, pixel centres at integer + 0.5. The same arguments
give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage, special

Lesions = Mapping[str, Sequence[tuple[float, float, float]]]  # code -> (x, y, radius), px

CODES = ("MA", "HE", "EX", "SE")
_COLOURS = {  # reflectance of the lesion, RGB 0..255
    "MA": (128, 34, 20),
    "HE": (118, 30, 18),
    "EX": (240, 196, 104),
    "SE": (224, 176, 126),
}
_SOFT_EDGE = {"MA": 0.25, "HE": 0.3, "EX": 0.2, "SE": 0.9}  # blur of the edge, in radii


@dataclass(frozen=True)
class Landmarks:
    """Where things are in a drawn photo, px; `field` is the lit circle."""

    field: tuple[float, float, float]  # x, y, radius
    disc: tuple[float, float, float]
    fovea: tuple[float, float]


def landmarks(
    size: tuple[int, int] = (480, 640),
    *,
    eye: str = "OD",
    field: tuple[float, float, float] | None = None,
) -> Landmarks:
    """Field, disc and fovea of the photo that `draw_fundus` draws for these arguments."""
    height, width = size
    x, y, radius = field or (width / 2, height / 2, 0.48 * min(height, width))
    side = 1 if eye == "OD" else -1  # a right eye has its disc on the right of the picture
    disc = (x + side * 0.5 * radius, y - 0.04 * radius, 0.14 * radius)
    return Landmarks((x, y, radius), disc, (x - side * 0.18 * radius, y + 0.03 * radius))


def draw_fundus(
    size: tuple[int, int] = (480, 640),
    seed: int = 0,
    lesions: Lesions | None = None,
    eye: str = "OD",
    *,
    brightness: float = 1.0,
    field: tuple[float, float, float] | None = None,
) -> np.ndarray:
    """A readable colour fundus photo (H, W, 3) uint8; `field` is its lit circle (x, y, radius)."""
    marks = landmarks(size, eye=eye, field=field)
    rng = np.random.default_rng(seed)
    xs, ys = _grid(size)
    retina = _background(xs, ys, marks, rng)
    vein, artery = _vessels(size, marks, rng)
    retina *= 1 - vein[..., None] * np.array([0.24, 0.4, 0.36])
    retina *= 1 - artery[..., None] * np.array([0.08, 0.26, 0.26])
    for code in CODES:
        for index, lesion in enumerate((lesions or {}).get(code, ())):
            _paint(retina, lesion, code, index)
    cx, cy, radius = marks.field
    grain = rng.normal(0, 1.6, (*size, 1)) + rng.normal(0, 1.0, (*size, 3))
    edge = np.clip(radius - np.hypot(xs - cx, ys - cy) + 0.5, 0, 1)[..., None]
    lit = np.clip(retina * brightness + grain, 0, 255) * edge
    dark = np.array([4.0, 3.0, 3.0]) * (1 - edge)
    return np.rint(lit + dark).astype(np.uint8)


def draw_scan(size: tuple[int, int] = (300, 400), seed: int = 0) -> np.ndarray:
    """A speckled grey picture in layers (H, W, 3) uint8, as an OCT B-scan is."""
    rng = np.random.default_rng(seed)
    depth = np.abs(np.linspace(-1, 1, size[0]))[:, None]
    layers = 30 + 120 * np.exp(-((depth / 0.2) ** 2)) * (1 + 0.3 * np.sin(60 * depth))
    speckled = np.clip(layers * rng.gamma(4, 0.25, size), 0, 255)
    return np.repeat(speckled[..., None], 3, 2).astype(np.uint8)


def draw_masks(
    size: tuple[int, int] = (480, 640),
    seed: int = 0,
    lesions: Lesions | None = None,
    eye: str = "OD",
    *,
    brightness: float = 1.0,
    field: tuple[float, float, float] | None = None,
) -> dict[str, np.ndarray]:
    """The lesion masks (H, W) bool of what `draw_fundus` draws for the same arguments."""
    cx, cy, radius = landmarks(size, eye=eye, field=field).field
    xs, ys = _grid(size)
    inside = np.hypot(xs - cx, ys - cy) <= radius
    masks = {code: np.zeros(size, bool) for code in CODES}
    for code in CODES:
        for index, lesion in enumerate((lesions or {}).get(code, ())):
            masks[code] |= (_depth(xs, ys, lesion, code, index) >= 0) & inside
    return masks


def scatter_lesions(
    size: tuple[int, int] = (480, 640),
    seed: int = 0,
    counts: Mapping[str, int] | None = None,
    eye: str = "OD",
) -> dict[str, list[tuple[float, float, float]]]:
    """Random lesions of plausible sizes that touch neither disc, fovea centre nor one another."""
    marks = landmarks(size, eye=eye)
    cx, cy, radius = marks.field
    rng = np.random.default_rng(seed)
    scale = {"MA": 0.011, "HE": 0.034, "EX": 0.016, "SE": 0.05}  # in field radii
    taken = [marks.disc, (*marks.fovea, 0.05 * radius)]
    found: dict[str, list[tuple[float, float, float]]] = {code: [] for code in CODES}
    for code, count in (counts or {"MA": 14, "HE": 7, "EX": 18, "SE": 2}).items():
        while len(found[code]) < count:
            r = max(1.5, scale[code] * radius * rng.uniform(0.75, 1.35))
            angle, far = rng.uniform(0, 2 * np.pi), radius * 0.85 * np.sqrt(rng.uniform())
            x, y = cx + far * np.cos(angle), cy + far * np.sin(angle)
            if all(np.hypot(x - a, y - b) > 1.3 * (r + c) + 2 for a, b, c in taken):
                taken.append((x, y, r))
                found[code].append((float(x), float(y), float(r)))
    return found


def _grid(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    ys, xs = np.mgrid[: size[0], : size[1]]
    return xs + 0.5, ys + 0.5


def _background(
    xs: np.ndarray, ys: np.ndarray, marks: Landmarks, rng: np.random.Generator
) -> np.ndarray:
    cx, cy, radius = marks.field
    far = np.hypot(xs - cx, ys - cy) / radius
    light = 1.04 - 0.34 * far**2
    clouds = ndimage.zoom(rng.normal(0, 1, (9, 9)), 5, order=3, mode="nearest")
    texture = Image.fromarray(clouds.astype(np.float32)).resize(
        (xs.shape[1], xs.shape[0]), Image.Resampling.BICUBIC
    )
    light = light * (1 + 0.035 * np.asarray(texture))
    fovea = np.hypot(xs - marks.fovea[0], ys - marks.fovea[1]) / (0.2 * radius)
    light = light * (1 - 0.34 * np.exp(-(fovea**2)) - 0.1 * np.exp(-((3.2 * fovea) ** 2)))
    retina = light[..., None] * np.array([196.0, 98.0, 46.0])
    x, y, disc_radius = marks.disc
    disc = np.hypot(xs - x, (ys - y) / 1.08) / disc_radius
    rim = special.expit((1 - disc) * 22)
    cup = special.expit((0.45 - disc) * 14)
    glow = 0.22 * np.exp(-((disc / 2.2) ** 2))[..., None]
    retina += glow * np.array([60.0, 46.0, 22.0])
    pale = np.array([238.0, 176.0, 98.0]) + cup[..., None] * np.array([14.0, 48.0, 66.0])
    return retina * (1 - rim[..., None]) + pale * rim[..., None]


def _vessels(
    size: tuple[int, int], marks: Landmarks, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Coverage 0..1 of veins and arteries, (H, W) each, antialiased by drawing larger."""
    zoom = 3 if max(size) <= 1000 else 2
    planes = []
    for thickness, spread in ((0.028, 0.0), (0.02, 0.3)):
        canvas = Image.new("L", (size[1] * zoom, size[0] * zoom))
        pen = ImageDraw.Draw(canvas)
        for half in (-1, 1):  # above and below the line from disc to fovea
            _grow(pen, zoom, marks, rng, half * (1.35 + spread), thickness)
            _grow(pen, zoom, marks, rng, half * (2.35 + spread / 2), 0.75 * thickness)
            _grow(pen, zoom, marks, rng, half * (0.45 + spread / 2), 0.4 * thickness)
        small = canvas.resize((size[1], size[0]), Image.Resampling.BOX)
        planes.append(np.asarray(small, np.float32) / 255)
    return planes[0], planes[1]


def _grow(
    pen: ImageDraw.ImageDraw,
    zoom: int,
    marks: Landmarks,
    rng: np.random.Generator,
    start: float,
    thickness: float,
) -> None:
    """Walk one vessel tree out of the disc.

    Headings are angles from the axis disc -> fovea, positive downwards; widths are in field radii.
    """
    cx, cy, radius = marks.field
    fx, fy = marks.fovea
    side = np.sign(marks.disc[0] - fx)
    step = 0.022 * radius
    twigs = [(marks.disc[0], marks.disc[1], start, thickness, 0)]
    while twigs:
        x, y, heading, width, order = twigs.pop()
        drift = 0.0
        for _ in range((110, 38, 18)[order]):
            drift = 0.8 * drift + rng.normal(0, 0.022)
            heading += drift
            u, v = side * (x - fx) / radius, (y - fy) / radius  # the fovea's view, disc at u > 0
            if order == 0 and 0.9 < abs(start) < 2:  # the arcades bend round the fovea
                goal = np.sign(start) * (1.5 * np.clip(u / 0.66, 0, 1) ** 1.4 - 0.1)
                heading += 0.16 * (goal - heading)
            elif np.hypot(u, v) < 0.3:  # small vessels turn away from the fovea
                heading += 0.12 * np.sign(v or 1.0)
            nx, ny = x - side * step * np.cos(heading), y + step * np.sin(heading)
            if np.hypot(nx - fx, ny - fy) < 0.13 * radius or width < 0.003:
                break
            if np.hypot(nx - cx, ny - cy) > radius:
                break
            _stroke(pen, (x * zoom, y * zoom), (nx * zoom, ny * zoom), width * radius * zoom / 2)
            x, y, width = nx, ny, width * (0.985 if order == 0 else 0.965)
            if order < 2 and rng.uniform() < (0.11, 0.08)[order]:
                turn = rng.choice((-1, 1)) * rng.uniform(0.5, 0.95)
                twigs.append((x, y, heading + turn, width * rng.uniform(0.45, 0.7), order + 1))


def _stroke(
    pen: ImageDraw.ImageDraw, a: tuple[float, float], b: tuple[float, float], half: float
) -> None:
    half = max(half, 0.6)
    pen.line((a, b), fill=255, width=max(1, round(2 * half)))
    pen.ellipse((b[0] - half, b[1] - half, b[0] + half, b[1] + half), fill=255)


def _depth(
    xs: np.ndarray, ys: np.ndarray, lesion: tuple[float, float, float], code: str, index: int
) -> np.ndarray:
    """Pixels from the lesion's edge, positive inside; all but microaneurysms are uneven."""
    x, y, radius = lesion
    wobble = 0.0 if code == "MA" else 0.12
    angle = np.arctan2(ys - y, xs - x)
    uneven = np.sin(3 * angle + index) * 0.6 + np.sin(5 * angle + 2 * index) * 0.4
    return radius * (1 + wobble * uneven) - np.hypot(xs - x, ys - y)


def _paint(retina: np.ndarray, lesion: tuple[float, float, float], code: str, index: int) -> None:
    """Blend one lesion into the retina in place; only its neighbourhood is touched."""
    x, y, radius = lesion
    reach = int(2 * radius) + 4
    y0, x0 = max(0, int(y) - reach), max(0, int(x) - reach)
    patch = retina[y0 : int(y) + reach, x0 : int(x) + reach]
    if patch.size == 0:
        return
    ys, xs = np.mgrid[y0 : y0 + patch.shape[0], x0 : x0 + patch.shape[1]]
    depth = _depth(xs + 0.5, ys + 0.5, lesion, code, index)
    soft = max(1.0, _SOFT_EDGE[code] * radius)
    strength = 0.72 if code == "SE" else 0.9
    alpha = strength * np.clip(depth / soft + 0.5, 0, 1)[..., None]
    patch[:] = patch * (1 - alpha) + alpha * np.array(_COLOURS[code], np.float64)
