"""Large planes through a network in overlapping tiles, merged with a Hann weight.

Knows no photos and no classes; a tile that does not touch the field of view is never computed.
"""

from collections.abc import Callable

import numpy as np
import torch

_FLOOR = 1e-3  # weight at a tile's rim, so that the plane's own border is covered too


def origins(side_px: int, tile_px: int, overlap_px: int) -> list[int]:
    """Where tiles start along one side; the last one ends at the border.

    Raises ValueError where the tile is larger than the side or not larger than the overlap.
    """
    if not overlap_px < tile_px <= side_px:
        raise ValueError(f"need overlap {overlap_px} < tile {tile_px} <= side {side_px} px")
    starts = list(range(0, side_px - tile_px, tile_px - overlap_px))
    return [*starts, side_px - tile_px]


def hann(tile_px: int) -> np.ndarray:
    """Weight of each pixel of a tile, (T, T) float32, 1 in the middle and nearly 0 at the rim."""
    wave = np.sin(np.pi * (np.arange(tile_px) + 0.5) / tile_px) ** 2
    return np.maximum(np.outer(wave, wave), _FLOOR).astype(np.float32)


def merge(
    predict: Callable[[torch.Tensor], torch.Tensor],
    plane: np.ndarray,
    inside: np.ndarray,
    tile_px: int,
    overlap_px: int,
) -> np.ndarray:
    """Apply `predict`, (1, 3, T, T) -> (1, C, T, T), over a plane (3, S, S) float32 -> (C, S, S).

    Zero outside the field of view `inside`, (S, S) bool.
    """
    side = inside.shape[0]
    weight = hann(tile_px)
    total = np.zeros(inside.shape, np.float32)
    merged: np.ndarray | None = None
    starts = origins(side, tile_px, overlap_px)
    for top in starts:
        for left in starts:
            where = (slice(top, top + tile_px), slice(left, left + tile_px))
            if not inside[where].any():
                continue
            tile = torch.from_numpy(np.ascontiguousarray(plane[:, where[0], where[1]]))[None]
            result = predict(tile)[0].numpy()
            if merged is None:
                merged = np.zeros((len(result), side, side), np.float32)
            merged[:, where[0], where[1]] += result * weight
            total[where] += weight
    if merged is None:
        raise ValueError("the field of view is empty; use vision.fov.detect")
    merged /= np.maximum(total, _FLOOR)
    merged *= inside
    return merged
