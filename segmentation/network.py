"""One trained network with what was stored with its weights: a photo in, probability planes out."""

from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
import torch
from torch import nn

from segmentation.compiled import quickest
from segmentation.model import (
    STRIDE_PX,
    PreprocessConfig,
    bfloat16_is_fast,
    build,
    fuse,
    model_config,
)
from segmentation.patches import bounding_box
from segmentation.preprocess import fov_plane, framed, normalise, to_input
from segmentation.types import Disc
from vision.errors import ModelError
from vision.fov import FieldOfView, Frame
from vision.types import FundusImage
from vision.weights import load_folder

_MIRRORS: tuple[tuple[int, ...], ...] = ((), (3,), (2,), (2, 3))  # axes of (B, C, H, W) flipped


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network and the preprocessing, thresholds and peaks that belong to its weights."""

    module: nn.Module
    classes: tuple[str, ...]
    preprocess: PreprocessConfig
    thresholds: dict[str, float]  # per class, 0..1: where a structure ends
    peaks: dict[str, float]  # per class, 0..1: what a lesion must reach somewhere to be one
    sha256: str

    @staticmethod
    def load(folder: Path) -> "Network":
        """Read a model folder; raises ModelError where it is missing, altered or does not fit."""
        config, state, digest = load_folder(folder)
        try:
            model = model_config(config["model"])
            module = build(model)
            module.load_state_dict(state)
            preprocess = PreprocessConfig(**config["preprocess"])
            thresholds = {code: float(config["thresholds"][code]) for code in model.classes}
            peaks = {code: float(config["peaks"][code]) for code in model.classes}
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise ModelError("error.weights_altered", path=folder) from error
        return Network(quickest(fuse(module)), model.classes, preprocess, thresholds, peaks, digest)

    def frame(self, fov: FieldOfView, disc: Disc | None = None) -> Frame:
        """The square frame that `planes` looks at; see `framed` for who needs a disc."""
        return framed(fov, self.preprocess, disc)

    def planes(
        self, image: FundusImage, fov: FieldOfView, disc: Disc | None = None
    ) -> dict[str, np.ndarray]:
        """Probabilities by class, (S, S) float32 in the pixels of `frame`, 0 outside the field."""
        square = self.frame(fov, disc)
        inside = fov_plane(fov, square)
        plane = normalise(square.crop(image.pixels), inside, self.preprocess)
        found = probability_plane(self.module, plane, inside, self.preprocess)
        return dict(zip(self.classes, found, strict=True))


def probability_plane(
    module: nn.Module, plane: np.ndarray, inside: np.ndarray, config: PreprocessConfig
) -> np.ndarray:
    """Probabilities (C, S, S) float32 of a contrast plane (S, S, 3) uint8 within its field.

    The field is seen at once, not in tiles: the network looks farther than any overlap of them.
    """
    part = tuple(_strided(extent, len(inside)) for extent in bounding_box(inside))
    seen = torch.from_numpy(to_input(plane[part]))[None]

    def look(axes: tuple[int, ...]) -> torch.Tensor:
        view = seen.flip(axes).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16_is_fast()):
            logits = module(view)
        return logits.flip(axes)[0].float().sigmoid_()

    with torch.inference_mode():  # one view after the other: activations are large
        total = reduce(torch.Tensor.add_, map(look, _MIRRORS[: config.mirrors]))
    found = np.zeros((len(total), *inside.shape), np.float32)
    found[:, *part] = total.numpy()
    found *= inside / np.float32(config.mirrors)
    return found


def _strided(extent: slice, side_px: int) -> slice:
    """The extent widened on both sides to whole strides of the tower, within the plane."""
    strides = -(-(extent.stop - extent.start) // STRIDE_PX)
    length = max(strides, 1) * STRIDE_PX
    start = extent.start - (length - extent.stop + extent.start) // 2
    start = min(max(start, 0), side_px - length)
    return slice(start, start + length)
