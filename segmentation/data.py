"""IDRiD's lesion photos as framed planes in memory, and the random crops that training sees.

Knows the data set's layout (`<split>/images`, `<split>/masks/<class>`); a missing mask file means
that the class is absent, except for the disc.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from segmentation.model import PreprocessConfig, TrainConfig
from segmentation.preprocess import NEUTRAL, fov_plane, normalise
from vision.errors import InputError
from vision.fov import detect, frame

_CLASS_SHARE = {"MA": 0.3, "HE": 0.3, "EX": 0.15, "SE": 0.25}  # of the crops around a lesion
_LESION_CROPS = 0.7  # the rest lies anywhere in the field
_POINTS = 4000  # remembered pixels per class and photo: enough to find every lesion


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One annotated photo; paths only, pixels are read when needed."""

    name: str
    image: Path
    masks: dict[str, Path]  # class -> file, where the class is annotated


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One photo as training sees it: contrast plane, class bits and where each class lies."""

    plane: np.ndarray  # (S, S, 3) uint8
    inside: np.ndarray  # (S, S) bool, the field of view
    bits: np.ndarray  # (S, S) uint8, bit c set where class c is
    points: dict[str, np.ndarray]  # class -> (N, 2) rows and columns; "field" for the FOV


def list_photos(data: Path, split: str, classes: Sequence[str]) -> list[Photo]:
    """The photos of a split in order of their names; raises InputError where there are none."""
    images = sorted((data / split / "images").glob("*.jpg"))
    if not images:
        raise InputError("error.data_missing", path=data / split / "images")
    photos = []
    for image in images:
        paths = {code: data / split / "masks" / code / f"{image.stem}.png" for code in classes}
        found = {code: path for code, path in paths.items() if path.is_file()}
        photos.append(Photo(image.stem, image, found))
    return photos


def read_pixels(photo: Photo) -> np.ndarray:
    """The photo, (H, W, 3) uint8."""
    with Image.open(photo.image) as image:
        return np.array(image.convert("RGB"))


def read_mask(photo: Photo, code: str, shape: tuple[int, int]) -> np.ndarray:
    """One class's annotation, (H, W) bool; empty where the class has no file."""
    if code not in photo.masks:
        return np.zeros(shape, bool)
    with Image.open(photo.masks[code]) as image:
        return np.asarray(image) > 0


def hold_out(photos: Sequence[Photo], count: int, seed: int) -> tuple[list[Photo], list[Photo]]:
    """Split into (train, held out); half of those held out carry the rarest class, SE."""
    order = np.random.default_rng(seed).permutation(len(photos))
    with_se = [int(i) for i in order if "SE" in photos[i].masks]
    without = [int(i) for i in order if "SE" not in photos[i].masks]
    aside = {*with_se[: count // 2], *without[: count - count // 2]}
    train = [photo for i, photo in enumerate(photos) if i not in aside]
    return train, [photos[i] for i in sorted(aside)]


def load_example(photo: Photo, classes: Sequence[str], config: PreprocessConfig) -> Example:
    """Read, frame and normalise one photo with its masks."""
    pixels = read_pixels(photo)
    fov = detect(pixels)
    square = frame(fov, config.side_px)
    inside = fov_plane(fov, square)
    plane = normalise(square.crop(pixels), inside, config)
    bits = np.zeros(inside.shape, np.uint8)
    rng = np.random.default_rng(0)
    points = {"field": _some_points(inside, rng)}
    for index, code in enumerate(classes):
        if code not in photo.masks:
            continue
        mask = square.crop(read_mask(photo, code, pixels.shape[:2]).astype(np.uint8) * 255) > 127
        bits |= mask.astype(np.uint8) << index
        if mask.any():
            points[code] = _some_points(mask, rng)
    return Example(plane, inside, bits, points)


def sample_batch(
    examples: Sequence[Example], classes: Sequence[str], config: TrainConfig, key: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Crops (B, P, P, 3) uint8 and targets (B, C, P, P) float32; `key` (seed, step) decides all."""
    rng = np.random.default_rng(key)
    crops = [_sample_crop(examples, config.crop_px, rng) for _ in range(config.batch)]
    bits = np.stack([bits for _, bits in crops])
    shifts = np.arange(len(classes), dtype=np.uint8)[None, :, None, None]
    targets = ((bits[:, None] >> shifts) & 1).astype(np.float32)
    return np.stack([plane for plane, _ in crops]), targets


def _some_points(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    points = np.argwhere(mask)
    if len(points) > _POINTS:
        points = points[rng.choice(len(points), _POINTS, replace=False)]
    return points


def _sample_crop(
    examples: Sequence[Example], side: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    code = "field"
    if rng.random() < _LESION_CROPS:
        code = str(rng.choice(list(_CLASS_SHARE), p=list(_CLASS_SHARE.values())))
    candidates = [e for e in examples if code in e.points] or list(examples)
    example = candidates[rng.integers(len(candidates))]
    points = example.points.get(code, example.points["field"])
    whole = example.plane.shape[0]
    window = min(whole, round(side / rng.uniform(0.8, 1.25)))
    centre = points[rng.integers(len(points))] + rng.uniform(-window / 3, window / 3, 2)
    top, left = np.clip(np.rint(centre - window / 2).astype(int), 0, whole - window)
    plane = example.plane[top : top + window, left : left + window]
    bits = example.bits[top : top + window, left : left + window]
    turns, mirrored = int(rng.integers(4)), bool(rng.integers(2))
    plane, bits = np.rot90(plane, turns), np.rot90(bits, turns)
    if mirrored:
        plane, bits = plane[:, ::-1], bits[:, ::-1]
    size = (side, side)
    image = Image.fromarray(np.ascontiguousarray(plane)).resize(size, Image.Resampling.BILINEAR)
    target = Image.fromarray(np.ascontiguousarray(bits)).resize(size, Image.Resampling.NEAREST)
    return _jitter(image, rng), np.asarray(target)


def _jitter(image: Image.Image, rng: np.random.Generator) -> np.ndarray:
    """Change gain, offset and sharpness as other cameras and files would."""
    if rng.random() < 0.15:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    if rng.random() < 0.15:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=int(rng.integers(50, 95)))
        image = Image.open(stream)
    level = np.arange(256, dtype=np.float32) - NEUTRAL
    common = rng.uniform(0.8, 1.25)
    tables = []
    for _ in range(3):
        bent = np.sign(level) * 127 * (np.abs(level) / 127) ** rng.uniform(0.9, 1.1)
        table = NEUTRAL + bent * common * rng.uniform(0.9, 1.1) + rng.uniform(-10, 10)
        tables.append(np.clip(np.rint(table), 0, 255).astype(np.uint8))
    plane = np.asarray(image)
    return np.stack([tables[c][plane[..., c]] for c in range(3)], axis=-1)
