"""Masks (H, W) bool as connected patches and the boxes around them; knows no eyes and no models."""

import numpy as np
from scipy import ndimage

_EIGHT = np.ones((3, 3), bool)  # diagonal neighbours belong together


def label(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Number of the 8-connected patch of each pixel, 0 for none, (H, W) int32; and how many."""
    labels, count = ndimage.label(mask, _EIGHT)
    return labels, int(count)


def largest_patch(mask: np.ndarray) -> np.ndarray | None:
    """The largest patch of a mask with its holes filled; None where it is empty."""
    if not mask.any():
        return None
    window = bounding_box(mask)
    labels, _ = label(mask[window])
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    patch = np.zeros(mask.shape, bool)
    patch[window] = ndimage.binary_fill_holes(labels == sizes.argmax())
    return patch


def bounding_box(mask: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns around all that is set in a mask; nothing where it is empty."""
    rows = np.flatnonzero(mask.any(axis=1))
    if len(rows) == 0:
        return slice(0, 0), slice(0, 0)
    band = slice(int(rows[0]), int(rows[-1]) + 1)
    columns = np.flatnonzero(mask[band].any(axis=0))
    return band, slice(int(columns[0]), int(columns[-1]) + 1)
