"""One visual token for each lesion class: what the encoder saw where the segmenter outlined it."""

from collections.abc import Mapping, Sequence

import numpy as np

from vision.fov import FieldOfView, Frame, frame


def cell_counts(mask: np.ndarray, square: Frame) -> np.ndarray:
    """Mask (H, W) bool -> how many of its pixels lie in each cell (S, S) int of a frame.

    A lesion is far smaller than a cell of the feature map, so its share of a cell counts.
    """
    side = square.side_px
    y, x = np.nonzero(mask)
    rows, columns = (  # of pixel centres, in whole numbers
        (2 * (at - start) + 1) * side // (2 * square.source_side_px)
        for at, start in ((y, square.top), (x, square.left))
    )
    inside = (rows >= 0) & (rows < side) & (columns >= 0) & (columns < side)
    cells = rows[inside] * side + columns[inside]
    return np.bincount(cells, minlength=side**2).reshape(side, side)


def region_tokens(
    features: np.ndarray,
    masks: Mapping[str, np.ndarray],
    codes: Sequence[str],
    fov: FieldOfView,
) -> np.ndarray:
    """Feature map (D, h, h), masks (H, W) bool -> (C, D) float32, zeros for an absent class.

    Each token is the mean of the features over the pixels of the class.
    """
    tokens = np.zeros((len(codes), features.shape[0]), np.float32)
    square = frame(fov, features.shape[1])
    for index, code in enumerate(codes):
        if code in masks:
            weight = cell_counts(masks[code], square)
            tokens[index] = (features * weight).sum((1, 2)) / max(1, weight.sum())
    return tokens
