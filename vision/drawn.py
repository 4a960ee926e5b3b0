"""Drawn pictures that show no retina: what the class "other" needs beside photos.

Pages, charts, screens, gradients, noise, blank ones, coloured balls, and eyes from the outside
(with lids, and as under a slit lamp). All are drawn at odd aspects and framed like photos.
"""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from vision.fov import detect, frame

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPRSTUVW0123456789.,:;-()%"
_SKINS = ((238, 198, 168), (214, 164, 128), (176, 120, 86), (122, 78, 54), (84, 54, 40))
_IRISES = ((92, 60, 34), (58, 36, 24), (96, 128, 150), (112, 124, 84), (130, 96, 52))


def framed(pixels: np.ndarray, side_px: int) -> np.ndarray:
    """Any picture (H, W, 3) uint8 as a square (S, S, 3) uint8, framed as every photo is."""
    return frame(detect(pixels), side_px).crop(pixels)


def draw_other(rng: np.random.Generator, side_px: int) -> np.ndarray:
    """A square (S, S, 3) uint8 of a random kind; outer eyes are a third of them."""
    draw = _KINDS[rng.integers(len(_KINDS))]
    scale = side_px / 256
    height, width = (round(v * scale) for v in rng.uniform(180, 320, 2))
    return framed(draw(rng, height, width), side_px)


def _colour(rng: np.random.Generator, low: int = 0, high: int = 256) -> tuple[int, int, int]:
    red, green, blue = rng.integers(low, high, 3).tolist()
    return red, green, blue


def _words(rng: np.random.Generator, length: int) -> str:
    letters = rng.choice(list(_LETTERS), length)
    letters[rng.random(length) < 0.16] = " "
    return "".join(letters)


def _canvas(
    height: int, width: int, colour: tuple[int, int, int]
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (width, height), colour)
    return image, ImageDraw.Draw(image)


def _grained(image: Image.Image, rng: np.random.Generator) -> np.ndarray:
    """As photographed: a little blur, uneven light and grain; a third stay clean."""
    if rng.random() < 0.33:
        return np.asarray(image)
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.5))), np.float32)
    light = _plane(rng, *pixels.shape[:2])[..., None] * rng.uniform(0, 0.5) + 0.75
    noise = rng.normal(0, rng.uniform(0, 8), (*pixels.shape[:2], 1))
    return np.clip(pixels * light + noise, 0, 255).astype(np.uint8)


def _plane(rng: np.random.Generator, height: int, width: int, cells: int = 3) -> np.ndarray:
    """A smooth plane (H, W) float32 of about 0..1."""
    grid = Image.fromarray(rng.random((cells, cells)).astype(np.float32))
    return np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC))


def _page(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    light = rng.random() < 0.75
    paper = _colour(rng, 200, 256) if light else _colour(rng, 0, 70)
    ink = _colour(rng, 0, 90) if light else _colour(rng, 150, 256)
    image, pen = _canvas(height, width, paper)
    size = rng.uniform(0.025, 0.09) * height
    font = ImageFont.load_default(size)
    y = rng.uniform(0.02, 0.1) * height
    margin = rng.uniform(0.02, 0.12) * width
    while y < height:
        if rng.random() < 0.88:
            pen.text((margin, y), _words(rng, round(1.7 * width / size)), ink, font)
        y += size * rng.uniform(1.1, 1.6)
    turned = image.rotate(rng.normal(0, 4), Image.Resampling.BILINEAR, fillcolor=paper)
    return _grained(turned, rng)


def _chart(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    image, pen = _canvas(height, width, _colour(rng, 225, 256))
    left, bottom = 0.12 * width, 0.88 * height
    pen.line((left, 0.05 * height, left, bottom, 0.97 * width, bottom), _colour(rng, 0, 90), 2)
    count = int(rng.integers(5, 40))
    xs = np.linspace(left, 0.95 * width, count)
    kind = rng.integers(4)
    for _ in range(int(rng.integers(1, 4))):
        colour = _colour(rng, 20, 230)
        ys = bottom - np.abs(np.cumsum(rng.normal(0, 1, count))) % 5 / 5 * 0.8 * height
        points = [tuple(p) for p in np.stack([xs, ys], 1)]
        if kind == 0:
            pen.line(points, colour, 2)
        elif kind == 1:
            for x, y in points:
                pen.rectangle((x, y, x + 0.6 * (xs[1] - xs[0]), bottom), colour)
        elif kind == 2:
            for x, y in points:
                pen.ellipse((x - 3, y - 3, x + 3, y + 3), colour)
        else:
            box = (0.2 * width, 0.1 * height, 0.2 * width + 0.7 * height, 0.8 * height)
            start = rng.uniform(0, 360)
            pen.pieslice(box, start, start + rng.uniform(40, 200), colour)
    font = ImageFont.load_default(0.05 * height)
    pen.text((0.3 * width, 0.92 * height), _words(rng, 14), (40, 40, 40), font)
    return _grained(image, rng)


def _screen(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    light = rng.random() < 0.6
    image, pen = _canvas(height, width, _colour(rng, 210, 256) if light else _colour(rng, 5, 60))
    for _ in range(int(rng.integers(4, 14))):
        x, y = rng.uniform(0, 0.9) * width, rng.uniform(0, 0.9) * height
        w, h = rng.uniform(0.1, 0.6) * width, rng.uniform(0.04, 0.3) * height
        pen.rounded_rectangle((x, y, x + w, y + h), rng.uniform(0, 8), _colour(rng))
        font = ImageFont.load_default(rng.uniform(0.03, 0.07) * height)
        pen.text((x + 3, y + 2), _words(rng, int(rng.integers(3, 22))), _colour(rng), font)
    return _grained(image, rng)


def _gradient(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    first, second = (np.array(_colour(rng), np.float32) for _ in range(2))
    share = np.clip(_plane(rng, height, width, int(rng.integers(2, 5))), 0, 1)[..., None]
    return (first + share * (second - first)).astype(np.uint8)


def _noise(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """White to brown noise, grey or coloured, on a level of its own."""
    grey, coarse = rng.random() < 0.4, int(rng.choice([1, 1, 2, 4, 8, 16]))
    shape = (-(-height // coarse), -(-width // coarse), 1 if grey else 3)
    grain = rng.normal(0, rng.uniform(15, 90), shape) + np.array(_colour(rng, 40, 216))
    image = Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))


def _flat(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    colour = [(0, 0, 0), (255, 255, 255), _colour(rng), _colour(rng, 0, 25)][rng.integers(4)]
    grain = rng.normal(0, rng.choice([0.0, 1.0, 4.0]), (height, width, 1))
    return np.clip(np.array(colour) + grain, 0, 255).astype(np.uint8)


def _stripes(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Bars, checks or rings of two colours."""
    first, second = (np.array(_colour(rng), np.float32) for _ in range(2))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle, period = rng.uniform(0, math.pi), rng.uniform(0.03, 0.3) * height
    along = x * math.cos(angle) + y * math.sin(angle)
    across = y * math.cos(angle) - x * math.sin(angle)
    rings = np.hypot(x - rng.uniform(0, width), y - rng.uniform(0, height))
    wave = np.sin(2 * math.pi / period * (along, rings, along)[kind := rng.integers(3)])
    if kind == 2:
        wave = wave * np.sin(2 * math.pi / period * across)
    share = np.clip(wave * rng.choice([1.0, 20.0]) / 2 + 0.5, 0, 1)[..., None]
    return (first + share * (second - first)).astype(np.uint8)


def _ball(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A shaded ball, plate or fruit, red to yellow as often as not, on a dark or any ground."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    radius = rng.uniform(0.25, 0.5) * min(height, width)
    far = np.hypot(x - width / 2, y - height / 2) / radius
    light = np.hypot(x / width - rng.uniform(0.3, 0.7), y / height - rng.uniform(0.2, 0.6))
    colour = np.array((rng.uniform(150, 255), rng.uniform(40, 180), rng.uniform(0, 90)))
    if rng.random() < 0.5:
        colour = np.array(_colour(rng, 40, 256))
    skin = 1 + rng.uniform(0, 0.35) * (_plane(rng, height, width, int(rng.integers(4, 60))) - 0.5)
    ball = colour * (1.15 - 0.7 * light * rng.uniform(0.3, 1.5))[..., None] * skin[..., None]
    ground = np.array(_colour(rng) if rng.random() < 0.5 else _colour(rng, 0, 12))
    inside = np.clip((1 - far) * radius / 2, 0, 1)[..., None]
    return np.clip(ground + inside * (ball - ground), 0, 255).astype(np.uint8)


def _iris(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, pupil: float
) -> tuple[np.ndarray, np.ndarray]:
    """Iris, pupil and glint around (0, 0), radius 1: its picture (H, W, 3) and where it is."""
    far, angle = np.hypot(x, y), np.arctan2(y, x)
    colour = np.array(_IRISES[rng.integers(len(_IRISES))]) * rng.uniform(0.7, 1.4)
    fibres = sum(
        rng.uniform(0.04, 0.12) * np.sin(k * angle + rng.uniform(0, 6) + 2 * far)
        for k in rng.integers(9, 70, 8)
    )
    shade = (0.75 + fibres + 0.5 * np.exp(-(((far - pupil - 0.15) / 0.2) ** 2))) * (
        1.25 - 0.5 * far
    )
    picture = colour * shade[..., None]
    picture *= np.clip((far - pupil) * 20, 0.05, 1)[..., None]
    gx, gy, size = *rng.uniform(-0.4, 0.4, 2), rng.uniform(0.05, 0.16)
    glint = np.clip((size - np.maximum(abs(x - gx), abs(y - gy))) * 30, 0, 1)[..., None]
    return picture + glint * (250 - picture), np.clip((1 - far) * 12, 0, 1)[..., None]


def _sclera(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """White with red vessels, (H, W, 3) float32."""
    image, pen = _canvas(height, width, (232, 222, 214))
    redness = int(rng.integers(0, 60))
    for _ in range(redness):
        x, y, heading = rng.uniform(0, width), rng.uniform(0, height), rng.normal(0, 0.5)
        for _ in range(30):
            heading += rng.normal(0, 0.3)
            a, b = x + 0.02 * width * math.cos(heading), y + 0.02 * width * math.sin(heading)
            pen.line((x, y, a, b), (206, 120, 110), int(rng.integers(1, 3)))
            x, y = a, b
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), np.float32)
    return pixels * np.array([1, 1 - redness / 300, 1 - redness / 300], np.float32)


def _outer_eye(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """An open eye between its lids, as a phone would take it."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    half = rng.uniform(0.25, 0.46) * width
    x = (x - width * rng.uniform(0.45, 0.55)) / half
    y = (y - height * rng.uniform(0.45, 0.6)) / half
    open_to = rng.uniform(0.3, 0.6)
    lid = open_to * np.clip(1 - x**2, 0, None) ** 0.8
    skin = np.array(_SKINS[rng.integers(len(_SKINS))]) * rng.uniform(0.7, 1.1)
    picture = skin * (0.8 + 0.4 * _plane(rng, height, width))[..., None]
    for line in (-1.35, -1.15, 1.2):  # the creases of the lids and the shadow under them
        crease = np.exp(-(((y - line * lid - 0.06 * np.sign(line)) / 0.03) ** 2))
        picture *= (1 - rng.uniform(0.1, 0.5) * crease * (abs(x) < 1.15))[..., None]
    size = rng.uniform(0.36, 0.5)
    gaze = rng.uniform(-0.3, 0.3)
    iris, inside = _iris(rng, (x - gaze) / size, y / size, rng.uniform(0.2, 0.55))
    white = _sclera(rng, height, width) * (0.95 - 0.3 * np.abs(y / open_to))[..., None]
    eye = white + inside * (iris - white)
    seen = np.clip((lid * np.where(y < 0, 1, 0.8) - abs(y)) * 25, 0, 1)[..., None]
    image = Image.fromarray(np.clip(picture + seen * (eye - picture), 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for place in rng.uniform(-0.9, 0.9, int(rng.integers(0, 50))):
        on_lid = np.argmin((x - place) ** 2 + (y + open_to * (1 - place**2) ** 0.8) ** 2)
        row, column = divmod(int(on_lid), width)
        tip = (column + 0.15 * place * half, row - rng.uniform(0.1, 0.22) * half)
        pen.line((column, row, *tip), (24, 16, 12), 2)
    return _grained(image, rng)


def _slit_lamp(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A cornea close up, in the dark but for a slit of light or in diffuse light."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    size = rng.uniform(0.35, 0.75) * min(height, width)
    x = (x - width * rng.uniform(0.35, 0.65)) / size
    y = (y - height * rng.uniform(0.4, 0.6)) / size
    iris, inside = _iris(rng, x, y, rng.uniform(0.3, 0.85))
    white = _sclera(rng, height, width)
    picture = white + inside * (iris - white)
    if rng.random() < 0.4:  # the glow of the fundus in the pupil
        glow = np.clip((rng.uniform(0.4, 0.8) - np.hypot(x, y)) * 10, 0, 1)[..., None]
        picture += glow * (np.array([200.0, 90.0, 30.0]) * rng.uniform(0.4, 1) - picture)
    bend = x - rng.uniform(-0.5, 0.5) - rng.uniform(-0.25, 0.25) * (1 - y**2)
    beam = np.exp(-((bend / rng.uniform(0.03, 0.15)) ** 4))[..., None]
    ambient = rng.uniform(0.05, 0.9)
    lit = picture * ambient + beam * (1 - ambient) * (picture * 0.9 + 60)
    shade = 1.1 - 0.35 * np.hypot(x, y)[..., None]
    return _grained(Image.fromarray(np.clip(lit * shade, 0, 255).astype(np.uint8)), rng)


_KINDS: tuple[Callable[[np.random.Generator, int, int], np.ndarray], ...] = (
    _page, _page, _chart, _screen, _gradient, _noise, _flat, _stripes, _ball, _ball,
    _outer_eye, _outer_eye, _outer_eye, _slit_lamp, _slit_lamp,
)  # fmt: skip
