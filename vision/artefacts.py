"""Marks that cameras, lenses and lids leave on a photo, drawn as planes (S, S) float32 0..1.

`size` is 1 for a usual one; lengths are shares of the square's side.
"""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def lashes(side: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """A tuft of lashes from above or below, dark, out of focus."""
    canvas = Image.new("L", (side, side))
    pen = ImageDraw.Draw(canvas)
    root, upper = rng.uniform(0.1, 0.9), rng.random() < 0.5
    bend, t = rng.uniform(-0.5, 0.5), np.linspace(0, 1, 12)
    for _ in range(rng.integers(4, 10)):
        x = root + rng.normal(0, 0.12) + (bend + rng.normal(0, 0.15)) * t**2
        y = size * rng.uniform(0.35, 0.75) * t
        points = np.stack([x, y if upper else 1 - y], 1) * side
        width = max(1, round(size * rng.uniform(0.01, 0.035) * side))
        pen.line([tuple(p) for p in points], fill=int(rng.uniform(150, 256)), width=width)
    return _softened(canvas, rng.uniform(0.006, 0.025))


def dust(side: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """Specks on the lens."""
    canvas = Image.new("L", (side, side))
    pen = ImageDraw.Draw(canvas)
    for _ in range(rng.integers(8, 40)):
        x, y = rng.uniform(0, side, 2)
        r = size * side * rng.uniform(0.004, 0.025)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=int(rng.uniform(90, 256)))
    return _softened(canvas, rng.uniform(0.002, 0.012))


def flare(side: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """Light that came in beside the pupil: a crescent from the rim inwards."""
    angle, radius, depth = rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 0.9), rng.uniform(0.1, 0.4)
    depth *= size
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side - 0.5
    away = 0.5 - depth - radius
    far = np.hypot(axis - away * math.cos(angle), axis[:, None] - away * math.sin(angle)) - radius
    return (np.clip(far / depth, 0, 1) ** rng.uniform(0.5, 1.2)).astype(np.float32)


def ghost(side: int, size: float, rng: np.random.Generator) -> np.ndarray:
    """A reflection of the lens: discs and rings of light."""
    canvas = Image.new("L", (side, side))
    pen = ImageDraw.Draw(canvas)
    for _ in range(rng.integers(1, 4)):
        x, y = side * rng.uniform(0.2, 0.8, 2)
        r, level = size * side * rng.uniform(0.05, 0.22), int(rng.uniform(120, 256))
        box = (x - r, y - r, x + r, y + r)
        if rng.random() < 0.6:
            pen.ellipse(box, fill=level)
        else:
            pen.ellipse(box, outline=level, width=max(1, round(r * rng.uniform(0.1, 0.5))))
    return _softened(canvas, rng.uniform(0.01, 0.05))


def _softened(canvas: Image.Image, sigma: float) -> np.ndarray:
    """A drawn plane 0..255 as (h, w) float32 0..1, blurred by a share of its side."""
    soft = canvas.filter(ImageFilter.GaussianBlur(sigma * canvas.width))
    return np.asarray(soft, np.float32) / 255
