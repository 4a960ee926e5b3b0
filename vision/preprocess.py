"""Photo -> encoder input: the one function that training, evaluation and serving share."""

import numpy as np
import torch

from vision.config import Preprocess
from vision.fov import FieldOfView, frame


def to_tensor(pixels: np.ndarray, fov: FieldOfView, config: Preprocess) -> torch.Tensor:
    """Photo (H, W, 3) uint8 -> (1, 3, S, S) float32: the field of view squared and normalised."""
    return normalise(torch.from_numpy(frame(fov, config.side_px).crop(pixels).copy())[None], config)


def normalise(squares: torch.Tensor, config: Preprocess) -> torch.Tensor:
    """Framed squares (B, S, S, 3) uint8 -> (B, 3, S, S) float32."""
    mean = torch.tensor(config.mean).view(1, 3, 1, 1)
    std = torch.tensor(config.std).view(1, 3, 1, 1)
    return (squares.permute(0, 3, 1, 2).float() / 255 - mean) / std
