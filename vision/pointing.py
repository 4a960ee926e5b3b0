"""Whether the network looks at lesions: heat maps of D against masks (`vision.evaluate`)."""

from functools import partial
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

from vision.backbone import EyeEncoder
from vision.calibration import Calibration
from vision.decoder import RefusedError, decode
from vision.errors import InputError
from vision.fov import Frame, detect, frame
from vision.heatmap import heat
from vision.metrics import Metrics
from vision.preprocess import to_tensor
from vision.regions import cell_counts

_LESIONS = ("MA", "HE", "EX", "SE")
_SIDE_PX = 320  # maps and masks are compared at this size
_TOP = 0.05  # of the field


def pointing(
    model: EyeEncoder, calibration: Calibration, data: Path, split: str
) -> tuple[Metrics, int]:
    """The pointing game (Zhang et al., IJCV 2018) on photos with lesion masks (idrid_lesions).

    `pointing`: share of photos whose hottest place lies within one cell of the feature map of a
    lesion; `top5_near`: share of the hottest 5 % of the field that does; both by chance: the share
    of the field that does. `top5_lesion`: share of the lesions' area in the hottest 5 %.
    """
    photos = sorted((data / split / "images").glob("*.jpg"))
    if not photos:
        raise InputError("error.split_missing", split=split, path=data)
    found = np.array([_compare(model, photo) for photo in photos])
    names = ("pointing", "pointing_chance", "top5_near", "top5_lesion")
    metrics: Metrics = {name: partial(_mean, found[:, i]) for i, name in enumerate(names)}
    metrics["top5_lesion_chance"] = lambda draw: _TOP
    return metrics, len(photos)


def _mean(values: np.ndarray, draw: np.ndarray) -> float:
    return float(values[draw].mean())


def _compare(model: EyeEncoder, photo: Path) -> tuple[float, float, float, float]:
    """Of one photo: hit, chance of a hit, share of the hottest part near, of lesions within it."""
    pixels = _read(photo, "JPEG")
    fov = detect(pixels)
    square = frame(fov, _SIDE_PX)
    lesions = np.zeros((_SIDE_PX, _SIDE_PX), int)
    for code in _LESIONS:
        mask = photo.parent.parent / "masks" / code / f"{photo.stem}.png"
        if mask.is_file():  # one that is missing says that there is none of its class
            lesions += cell_counts(_read(mask, "PNG")[..., 0] > 0, square)
    inside = cell_counts(fov.mask, square) > 0
    with torch.inference_mode():
        features = model(to_tensor(pixels, fov, model.config.preprocess)).features[0].numpy()
    return score(heat(model, features, "disease", "D"), lesions, inside)


def score(
    plane: np.ndarray, lesions: np.ndarray, inside: np.ndarray
) -> tuple[float, float, float, float]:
    """Heat (h, h), lesion pixels (S, S) and field (S, S) bool -> the four figures of `_compare`."""
    side = len(lesions)
    large = Frame(0, 0, side, len(plane), side, side).restore(plane)
    heat_inside = large[inside]
    near = ndimage.distance_transform_edt(lesions == 0) <= side / len(plane)
    near_inside = near[inside]
    hottest = np.argsort(-heat_inside, kind="stable")[: max(1, round(_TOP * len(heat_inside)))]
    return (
        float(near_inside[hottest[0]]),
        float(near_inside.mean()),
        float(near_inside[hottest].mean()),
        float(lesions[inside][hottest].sum() / lesions.sum()),
    )


def _read(path: Path, file_format: str) -> np.ndarray:
    """One file of the set, (H, W, 3) uint8; raises InputError where it cannot be read."""
    try:
        header, raw = decode(path.read_bytes(), file_format)
    except (RefusedError, OSError, ValueError, SyntaxError) as error:
        raise InputError("error.file_missing", path=path) from error
    return np.frombuffer(raw, np.uint8).reshape(header["height"], header["width"], 3)
