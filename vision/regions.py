"""One visual token for each lesion class: what the encoder saw where the segmenter outlined it."""

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from vision.fov import FieldOfView, frame

_FINE = 16  # a lesion is far smaller than a cell of the feature map: its share of a cell counts


def region_tokens(
    features: np.ndarray,
    masks: Mapping[str, np.ndarray],
    codes: Sequence[str],
    fov: FieldOfView,
) -> np.ndarray:
    """Feature map (D, h, w), masks (H, W) bool -> (C, D) float32, zeros for an absent class.

    Each token is the mean of the features, weighted by how much of the class each cell holds.
    """
    depth, rows, columns = features.shape
    tokens = np.zeros((len(codes), depth), np.float32)
    square = frame(fov, _FINE * max(rows, columns))
    for index, code in enumerate(codes):
        mask = masks.get(code)
        if mask is None or not mask.any():
            continue
        plane = Image.fromarray(square.crop(mask.astype(np.uint8) * 255))
        weight = np.asarray(plane.resize((columns, rows), Image.Resampling.BOX), np.float32)
        if weight.sum() > 0:
            tokens[index] = (features * weight).sum((1, 2)) / weight.sum()
    return tokens
