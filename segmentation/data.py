"""Annotated photos as framed planes in memory, and the random crops that training sees."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from segmentation.anatomy import disc_of
from segmentation.model import PreprocessConfig, TrainConfig
from segmentation.preprocess import NEUTRAL, fov_plane, framed, normalise
from segmentation.sets import Photo, read_mask, read_pixels
from vision.fov import detect

FOVEA_FOV = 0.04  # radius of the fovea's target, as a fraction of the field's diameter
_POINTS = 4000  # remembered pixels per class and photo: enough to find every lesion


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One photo as training sees it: contrast plane, class bits and where each class lies."""

    plane: np.ndarray  # (S, S, 3) uint8
    inside: np.ndarray  # (S, S) bool, the field of view
    bits: np.ndarray  # (S, S) uint8, bit c set where class c is
    known: np.ndarray  # (C,) bool, classes that were annotated
    points: dict[str, np.ndarray]  # class -> (N, 2) rows and columns; "field" for the FOV


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What one step learns from."""

    planes: np.ndarray  # (B, P, P, 3) uint8
    targets: np.ndarray  # (B, C, P, P) float32, 0 or 1
    known: np.ndarray  # (B, C) bool


def hold_out(photos: Sequence[Photo], count: int, seed: int) -> tuple[list[Photo], list[Photo]]:
    """Split into (train, held out); half of those held out carry the rarest class, SE, if any."""
    order = np.random.default_rng(seed).permutation(len(photos))
    with_se = [int(i) for i in order if "SE" in photos[i].masks]
    without = [int(i) for i in order if "SE" not in photos[i].masks]
    rare = with_se[: count // 2]
    aside = {*rare, *without[: count - len(rare)]}
    train = [photo for i, photo in enumerate(photos) if i not in aside]
    return train, [photos[i] for i in sorted(aside)]


def load_example(photo: Photo, classes: Sequence[str], config: PreprocessConfig) -> Example:
    """Read, frame and normalise one photo with its annotations; a disc's frame is of its mask."""
    pixels = read_pixels(photo)
    fov = detect(pixels)
    disc = None
    if config.disc_diameters is not None and "OD" in photo.masks:
        disc = disc_of(read_mask(photo, "OD", pixels.shape[:2]))
    square = framed(fov, config, disc)
    inside = fov_plane(fov, square)
    plane = normalise(square.crop(pixels), inside, config)
    bits = np.zeros(inside.shape, np.uint8)
    rng = np.random.default_rng(0)
    points = {"field": _some_points(inside, rng)}
    for index, code in enumerate(classes):
        if code in photo.masks:
            annotated = read_mask(photo, code, pixels.shape[:2])
            mask = square.crop(annotated.astype(np.uint8) * 255) > 127
        elif code in photo.centres and code in photo.known:
            mask = _circle(inside.shape, square.to_frame(*photo.centres[code]))
        else:
            continue
        bits |= mask.astype(np.uint8) << index
        if mask.any():
            points[code] = _some_points(mask, rng)
    known = np.array([code in photo.known for code in classes])
    return Example(plane, inside, bits, known, points)


def sample_batch(
    sets: Mapping[str, Sequence[Example]],
    classes: Sequence[str],
    config: TrainConfig,
    key: tuple[int, int],
) -> Batch:
    """Random crops; `key` (seed, step) decides all."""
    rng = np.random.default_rng(key)
    names, shares = list(config.sets), np.array(list(config.sets.values()))
    chosen = [sets[str(rng.choice(names, p=shares / shares.sum()))] for _ in range(config.batch)]
    crops = [_sample_crop(examples, config, rng) for examples in chosen]
    bits = np.stack([bits for _, bits, _ in crops])
    shifts = np.arange(len(classes), dtype=np.uint8)[None, :, None, None]
    targets = ((bits[:, None] >> shifts) & 1).astype(np.float32)
    known = np.stack([known for _, _, known in crops])
    return Batch(np.stack([plane for plane, _, _ in crops]), targets, known)


def _circle(shape: tuple[int, ...], centre: tuple[float, float]) -> np.ndarray:
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    far = np.hypot(rows + 0.5 - centre[1], columns + 0.5 - centre[0])
    return np.asarray(far <= FOVEA_FOV * shape[0])


def _some_points(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    points = np.argwhere(mask)
    if len(points) > _POINTS:
        points = points[rng.choice(len(points), _POINTS, replace=False)]
    return points


def _sample_crop(
    examples: Sequence[Example], config: TrainConfig, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A turned, mirrored and scaled crop around what `focus` names, or anywhere in the field."""
    codes = [*config.focus, "field"]
    shares = [*config.focus.values(), max(0.0, 1 - sum(config.focus.values()))]
    code = str(rng.choice(codes, p=shares))
    candidates = [e for e in examples if code in e.points] or list(examples)
    example = candidates[rng.integers(len(candidates))]
    points = example.points.get(code, example.points["field"])
    whole, side = example.plane.shape[0], config.crop_px
    window = side / rng.uniform(*config.scale)
    centre = points[rng.integers(len(points))] + rng.uniform(-window / 3, window / 3, 2)
    slack = max(0.0, whole - window) / 2 + 0.05 * window  # a whole plane keeps near its middle
    centre = np.clip(centre, whole / 2 - slack, whole / 2 + slack)
    angle = np.deg2rad(rng.uniform(-config.turn_deg, config.turn_deg))
    turn = (
        window / side * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    )
    if rng.integers(2):
        turn[:, 0] = -turn[:, 0]
    if rng.integers(2):
        turn[:, 1] = -turn[:, 1]
    x0, y0 = centre[::-1] - turn @ (side / 2, side / 2)
    affine = (turn[0, 0], turn[0, 1], x0, turn[1, 0], turn[1, 1], y0)
    image = Image.fromarray(example.plane).transform(
        (side, side),
        Image.Transform.AFFINE,
        affine,
        Image.Resampling.BILINEAR,
        fillcolor=(NEUTRAL,) * 3,
    )
    target = Image.fromarray(example.bits).transform(
        (side, side), Image.Transform.AFFINE, affine, Image.Resampling.NEAREST
    )
    return _jitter(image, config.coarse, rng), np.asarray(target), example.known


def _jitter(image: Image.Image, coarse: float, rng: np.random.Generator) -> np.ndarray:
    """Change resolution, sharpness, gain and offset as other cameras and files would.

    A share `coarse` of the crops is shown at a lower resolution, so that no label goes with it.
    """
    if rng.random() < coarse:
        less = round(image.width * rng.uniform(0.35, 0.8))
        small = image.resize((less, less), Image.Resampling.BOX)
        image = small.resize(image.size, Image.Resampling.BICUBIC)
    elif rng.random() < 0.15:
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
