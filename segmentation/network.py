"""One trained network with what was stored with its weights: a photo in, probability planes out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from segmentation.model import PreprocessConfig, bfloat16_is_fast, build, model_config
from segmentation.preprocess import fov_plane, normalise, to_input
from segmentation.tiles import merge
from vision.errors import ModelError
from vision.fov import FieldOfView, Frame, frame
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
        return Network(module.eval(), model.classes, preprocess, thresholds, peaks, digest)

    def frame(self, fov: FieldOfView) -> Frame:
        """The square frame that `planes` looks at."""
        return frame(fov, self.preprocess.side_px)

    def planes(self, image: FundusImage, fov: FieldOfView) -> dict[str, np.ndarray]:
        """Probabilities by class, (S, S) float32 in the pixels of `frame`, 0 outside the field."""
        square = self.frame(fov)
        inside = fov_plane(fov, square)
        plane = normalise(square.crop(image.pixels), inside, self.preprocess)
        found = probability_plane(self.module, plane, inside, self.preprocess)
        return dict(zip(self.classes, found, strict=True))


def probability_plane(
    module: nn.Module, plane: np.ndarray, inside: np.ndarray, config: PreprocessConfig
) -> np.ndarray:
    """Probabilities (C, S, S) float32 of a contrast plane (S, S, 3) uint8 within its field."""
    mirrors = _MIRRORS[: config.mirrors]

    def predict(tile: torch.Tensor) -> torch.Tensor:
        views = []
        for axes in mirrors:
            view = tile.flip(axes).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16_is_fast()):
                logits = module(view)
            views.append(logits.float().sigmoid().flip(axes))
        return torch.stack(views).mean(0)

    with torch.inference_mode():
        return merge(predict, to_input(plane), inside, config.tile_px, config.overlap_px)
