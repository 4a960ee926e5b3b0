"""Networks that need no training, and photos whose every pixel is known."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

import segmentation
from segmentation.model import Config, PreprocessConfig
from segmentation.predict import Segmenter

TINY = Config.read(Path(segmentation.__file__).parent / "configs" / "tiny.json")
CLASSES = TINY.model.classes
PEAKS = dict.fromkeys(CLASSES, 0.0)


class Constant(nn.Module):
    """The same logit everywhere, whatever the photo."""

    def __init__(self, logit: float) -> None:
        super().__init__()
        self.logit = logit

    def forward(self, tile: torch.Tensor) -> torch.Tensor:
        return torch.full((len(tile), len(CLASSES), *tile.shape[2:]), self.logit)


class BrightSpots(nn.Module):
    """Every class wherever the green channel stands out from its background."""

    def forward(self, tile: torch.Tensor) -> torch.Tensor:
        return (20 * (tile[:, 1:2] - 1.5)).repeat(1, len(CLASSES), 1, 1)


def segmenter(network: nn.Module, side_px: int = 320) -> Segmenter:
    preprocess = PreprocessConfig(side_px, 0.08, 6.0, tile_px=192, overlap_px=64, mirrors=4)
    return Segmenter(network, CLASSES, preprocess, dict.fromkeys(CLASSES, 0.5), PEAKS, "0" * 64)


def photo_with_square(
    height: int, width: int, square: tuple[int, int, int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """A plain lit circle with one bright square (top, left, bottom, right); pixels and its mask."""
    rows, columns = np.mgrid[:height, :width]
    radius = 0.47 * min(height, width)
    lit = np.hypot(rows + 0.5 - height / 2, columns + 0.5 - width / 2) <= radius
    pixels = np.zeros((height, width, 3), np.uint8)
    texture = 12 * (((rows // 8 + columns // 8) % 2) * 2 - 1)  # real retinas are never even
    pixels[lit] = np.array([150, 80, 40]) + texture[lit][:, None]
    top, left, bottom, right = square
    mask = np.zeros((height, width), bool)
    mask[top:bottom, left:right] = True
    pixels[mask] = (250, 230, 140)
    return pixels, mask
