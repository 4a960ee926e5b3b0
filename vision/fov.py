"""Where the camera saw the retina: field of view, square crop around it, and the way back.

Knows nothing of models. Every model gets its pixels through a `Frame`, so photos of any size,
aspect and border arrive at the same scale, and every mask returns to the photo's own pixels.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch import nn

_SCAN_PX = 512  # the field of view is found on a small copy: its border needs no more


@dataclass(frozen=True, slots=True, eq=False)
class FieldOfView:
    """The lit part of the photo: mask (H, W) bool and its bounding box in source pixels."""

    mask: np.ndarray
    x0: int
    y0: int
    x1: int  # exclusive
    y1: int  # exclusive

    @property
    def diameter_px(self) -> int:
        """Longer side of the bounding box; cameras cut the circle above and below, not beside."""
        return max(self.x1 - self.x0, self.y1 - self.y0)

    @property
    def area_px(self) -> int:
        """Number of pixels inside the field of view."""
        return int(self.mask.sum())

    def resized(self, height: int, width: int) -> "FieldOfView":
        """The field of the same photo at another size, in pixels."""
        rows = np.arange(height) * self.mask.shape[0] // height
        columns = np.arange(width) * self.mask.shape[1] // width
        down, across = height / self.mask.shape[0], width / self.mask.shape[1]
        x0, y0 = math.floor(self.x0 * across), math.floor(self.y0 * down)
        x1, y1 = math.ceil(self.x1 * across), math.ceil(self.y1 * down)
        return FieldOfView(self.mask[np.ix_(rows, columns)], x0, y0, x1, y1)


def detect(pixels: np.ndarray) -> FieldOfView:
    """Find the field of view of a photo (H, W, 3) uint8; the whole photo where no dark border is.

    A pixel is outside when its brightest channel is near the level of the darkest corner; the
    largest connected bright part, with holes filled, is the field.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _SCAN_PX / max(height, width))
    small_size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(Image.fromarray(pixels).resize(small_size, Image.Resampling.BOX))
    level = ndimage.median_filter(small.max(axis=2).astype(np.float32), size=3)
    bright = float(np.percentile(level, 95))
    lit = level > max(8.0, 0.12 * bright)
    labels, count = ndimage.label(lit)
    if count == 0 or bright < 8.0:
        return FieldOfView(np.ones((height, width), bool), 0, 0, width, height)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    field = ndimage.binary_fill_holes(labels == sizes.argmax())
    if field.sum() > 400:  # drop specks and rays at the rim, not the corners of a full photo
        core = ndimage.binary_erosion(field, iterations=2, border_value=1)
        field = field & ndimage.binary_dilation(core, iterations=2)
    if field.mean() < 0.05:  # a few bright specks are not a field
        field = np.ones_like(field)
    mask = (
        np.asarray(
            Image.fromarray(field.astype(np.uint8) * 255).resize(
                (width, height), Image.Resampling.BILINEAR
            )
        )
        > 127
    )
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return FieldOfView(mask, int(cols[0]), int(rows[0]), int(cols[-1]) + 1, int(rows[-1]) + 1)


@dataclass(frozen=True, slots=True)
class Frame:
    """A square of the photo, resized to `side_px`; maps points and masks both ways."""

    left: int  # source x of the square's left edge; may be negative where the square is padded
    top: int
    source_side_px: int
    side_px: int
    source_height_px: int
    source_width_px: int

    @property
    def scale(self) -> float:
        """Frame pixels per source pixel."""
        return self.side_px / self.source_side_px

    def crop(self, pixels: np.ndarray) -> np.ndarray:
        """Source (H, W, 3) uint8 -> frame (S, S, 3) uint8, black where padded."""
        square = Image.fromarray(pixels).crop(
            (self.left, self.top, self.left + self.source_side_px, self.top + self.source_side_px)
        )
        shrinking = self.side_px < self.source_side_px
        method = (
            Image.Resampling.BOX if shrinking and self.scale < 0.5 else Image.Resampling.BICUBIC
        )
        return np.asarray(square.resize((self.side_px, self.side_px), method))

    def restore(self, plane: np.ndarray) -> np.ndarray:
        """Frame plane (S, S) float32 or bool -> source (H, W) float32, zero outside the square."""
        small = torch.from_numpy(np.ascontiguousarray(plane, np.float32))[None, None]
        size = (self.source_side_px,) * 2
        square = nn.functional.interpolate(small, size=size, mode="bilinear")[0, 0].numpy()
        top, left = max(0, -self.top), max(0, -self.left)  # what the square has beyond the photo
        bottom = min(self.source_side_px, self.source_height_px - self.top)
        right = min(self.source_side_px, self.source_width_px - self.left)
        canvas = np.zeros((self.source_height_px, self.source_width_px), np.float32)
        inside = (
            slice(self.top + top, self.top + bottom),
            slice(self.left + left, self.left + right),
        )
        canvas[inside] = square[top:bottom, left:right]
        return canvas

    def to_source(self, x: float, y: float) -> tuple[float, float]:
        """Frame point -> source point, pixel centres at integer + 0.5."""
        return x / self.scale + self.left, y / self.scale + self.top

    def to_frame(self, x: float, y: float) -> tuple[float, float]:
        """Source point -> frame point."""
        return (x - self.left) * self.scale, (y - self.top) * self.scale


def frame(fov: FieldOfView, side_px: int) -> Frame:
    """The square frame around a field of view at `side_px` pixels a side."""
    centre = ((fov.x0 + fov.x1) / 2, (fov.y0 + fov.y1) / 2)
    return frame_around(centre, fov.diameter_px, fov, side_px)


def frame_around(
    centre: tuple[float, float], source_side_px: int, fov: FieldOfView, side_px: int
) -> Frame:
    """The square frame of a photo around (x, y), `source_side_px` of its pixels a side."""
    left, top = (math.floor(c - source_side_px / 2) for c in centre)
    height, width = fov.mask.shape
    return Frame(left, top, source_side_px, side_px, height, width)
