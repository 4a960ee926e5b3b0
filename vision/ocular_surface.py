"""Drawn meibography pictures: the class "osa" (ocular surface) of the modality head.

No real picture of an ocular surface could be had with terms that allow training, so the class is
learned from these drawings alone and is untested on real ones: the network can tell them from
fundus photos and OCT scans, and nothing is claimed beyond that.
"""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from vision.drawn import framed


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLid:
    """A drawn picture (H, W, 3) uint8 with where its plate and its glands are, (H, W) 0..1."""

    pixels: np.ndarray
    plate: np.ndarray
    glands: np.ndarray


def draw_meibography(rng: np.random.Generator, side_px: int) -> np.ndarray:
    """An everted lid in infrared light, grey, as a framed square (S, S, 3) uint8."""
    return framed(draw_lid(rng, side_px).pixels, side_px)


def draw_lid(rng: np.random.Generator, side_px: int) -> DrawnLid:
    """An everted lid about `side_px` wide, as it was before framing.

    Glands are bright, thin, nearly vertical; some are short, bent or missing. Specular spots,
    lashes and the finger that turns the lid come and go.
    """
    width = round(side_px * rng.uniform(0.9, 1.2))
    height = round(width * rng.uniform(0.5, 0.85))
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width - 0.5)[None]
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height - 0.5)[:, None]
    y = y if rng.random() < 0.5 else -y  # an upper or a lower lid: the margin is above or below
    bend, reach = rng.uniform(-0.7, 1.1), rng.uniform(0.35, 0.75)
    margin = -reach / 2 + rng.uniform(-0.1, 0.1) + bend * (x - rng.normal(0, 0.1)) ** 2
    depth = reach * np.clip(1 - (2 * x / rng.uniform(0.95, 1.5)) ** 2, 0.02, 1) ** 0.7
    inward = (y - margin) / depth  # 0 at the lid's margin, 1 at the far edge of the plate
    lid = _edge(inward * depth, 0.02) * _edge((1 - inward) * depth, 0.05)
    skin = rng.uniform(15, 90) * (0.5 + _texture(rng, height, width, 4))
    plate = rng.uniform(70, 150) * (0.6 + 0.8 * _texture(rng, height, width, 5))
    light = rng.uniform(25, 95)
    glands = _glands(rng, x + 0 * y, inward)
    plate = plate + light * glands
    picture = skin + lid * (plate - skin)
    picture += rng.uniform(10, 80) * np.exp(-((inward * depth / 0.025) ** 2))  # the wet margin
    picture *= 1.1 - rng.uniform(0.2, 1.6) * (x**2 + y**2)
    picture = _marked(picture, rng)
    picture += rng.normal(0, rng.uniform(1, 7), picture.shape)
    grey = np.clip(picture, 0, 255).astype(np.uint8)
    tint = np.array([1.0, 1.0, 1.0]) if rng.random() < 0.8 else rng.uniform(0.8, 1, 3)
    return DrawnLid((grey[..., None] * tint).astype(np.uint8), lid, glands * lid)


def _edge(inside: np.ndarray, soft: float) -> np.ndarray:
    return np.clip(inside / soft + 0.5, 0, 1)


def _texture(rng: np.random.Generator, height: int, width: int, cells: int) -> np.ndarray:
    """Smooth clouds with some finer ones, (H, W) float32 of about 0..1."""

    def clouds(n: int) -> np.ndarray:
        grid = Image.fromarray(rng.random((n, n)).astype(np.float32))
        return np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC))

    return 0.8 * clouds(cells) + 0.2 * clouds(9 * cells)


def _glands(rng: np.random.Generator, x: np.ndarray, inward: np.ndarray) -> np.ndarray:
    """Brightness of the glands 0..1, (H, W); `inward` is 0 at the margin and 1 at the far edge."""
    count = int(rng.integers(11, 30))
    spacing = 1.0 / count
    health, fan = rng.uniform(0.2, 1.0), rng.uniform(-0.35, 0.35)
    glands = np.zeros(x.shape, np.float32)
    for i in range(count):
        if rng.random() > 0.45 + 0.55 * health:
            continue  # dropped out
        start = (i + 0.5) * spacing - 0.5 + rng.normal(0, 0.12) * spacing
        sway = rng.normal(0, 0.4 - 0.25 * health) * spacing
        path = start * (1 + fan * inward) + sway * np.sin(
            rng.uniform(2, 9) * inward + rng.uniform(0, 2 * math.pi)
        )
        half = spacing * rng.uniform(0.2, 0.36) * (1 - 0.35 * np.clip(inward, 0, 1))
        beads = 1 + rng.uniform(0, 0.4) * np.sin(rng.uniform(20, 60) * inward + 6 * rng.random())
        length = np.clip(rng.normal(0.35 + 0.6 * health, 0.18), 0.1, 1.1)
        ends = _edge(length - inward, 0.1) * _edge(inward - 0.02, 0.04)
        line = np.exp(-(((x - path) / half) ** 2)) * ends * beads * rng.uniform(0.5, 1)
        np.maximum(glands, line, out=glands)
    return glands


def _marked(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Specular spots, lashes across the margin, the tool or finger at the far edge."""
    height, width = picture.shape
    bright, dark = Image.new("L", (width, height)), Image.new("L", (width, height))
    pen = ImageDraw.Draw(bright)
    for _ in range(int(rng.integers(0, 12))):
        x, y = rng.uniform(0.1, 0.9) * width, rng.uniform(0.15, 0.85) * height
        a, b = rng.uniform(0.004, 0.05) * width, rng.uniform(0.004, 0.02) * width
        pen.ellipse((x - a, y - b, x + a, y + b), fill=255)
    pen = ImageDraw.Draw(dark)
    upper = rng.random() < 0.5
    for x in rng.uniform(0, width, int(rng.integers(0, 25))):
        y = 0 if upper else height
        tip = (x + rng.normal(0, 0.06) * width, abs(y - rng.uniform(0.08, 0.3) * height))
        pen.line((x, y, *tip), fill=210, width=max(1, width // 150))
    if rng.random() < 0.4:
        x, y = rng.uniform(0, width), 0 if rng.random() < 0.5 else height
        r = rng.uniform(0.08, 0.2) * width
        pen.ellipse((x - r, y - r, x + r, y + r), fill=160)
    soft = ImageFilter.GaussianBlur(rng.uniform(0.5, 2))
    shadow = np.asarray(dark.filter(soft), np.float32) / 255
    light = np.asarray(bright.filter(soft), np.float32) / 255
    return picture * (1 - 0.8 * shadow) * (1 - light) + 255 * light
