"""From photo to plane: the field of view or the disc at one scale, the illumination taken out.

Training and prediction both come through here, so they see the same pixels.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

from segmentation.model import PreprocessConfig
from segmentation.types import Disc
from vision.fov import FieldOfView, Frame, frame, frame_around

NEUTRAL = 128  # the value of a pixel that equals its background, and of all outside the field
_SHRINK = 8  # the background is smooth: it is computed on a plane this much smaller
_MINIMAL_CONTRAST = 2.0  # grey levels; keeps a dark channel's noise from being blown up


def framed(fov: FieldOfView, config: PreprocessConfig, disc: Disc | None = None) -> Frame:
    """The square that a network looks at: around the field of view, or around the disc.

    Raises ValueError where it is around the disc and none is given.
    """
    if config.disc_diameters is None:
        return frame(fov, config.side_px)
    if disc is None:
        raise ValueError("this network looks around the disc, and no disc is given")
    side = max(round(config.disc_diameters * disc.diameter_px), 1)
    return frame_around(disc.centre, side, fov, config.side_px)


def fov_plane(fov: FieldOfView, frame: Frame) -> np.ndarray:
    """The field of view in the frame, (S, S) bool."""
    return frame.crop(fov.mask.astype(np.uint8) * 255) > 127


def normalise(pixels: np.ndarray, inside: np.ndarray, config: PreprocessConfig) -> np.ndarray:
    """Frame pixels (S, S, 3) uint8 and field (S, S) bool -> contrast plane (S, S, 3) uint8.

    Each channel loses its blurred background and is divided by its own robust standard deviation
    within the field; a tanh keeps bright exudates and the disc from saturating.
    """
    plane = np.full(pixels.shape, NEUTRAL, np.uint8)
    if not inside.any():
        return plane
    weight = _background(inside.astype(np.float32) * 255, config)
    for channel in range(3):
        level = np.where(inside, pixels[..., channel], 0).astype(np.float32)
        background = _background(level, config) * 255 / np.maximum(weight, 1.0)
        contrast = (level - background)[inside]
        low, high = np.percentile(contrast[::7], (16, 84))  # one sigma either side, lesions aside
        spread = max(float(high - low) / 2, _MINIMAL_CONTRAST)
        bent = np.tanh(contrast / (spread * config.softness))
        plane[..., channel][inside] = np.rint(NEUTRAL + 127 * bent).astype(np.uint8)
    return plane


def to_input(plane: np.ndarray) -> np.ndarray:
    """Contrast planes (..., S, S, 3) uint8 -> network input (..., 3, S, S) float32 in -2..2."""
    scaled = (plane.astype(np.float32) - NEUTRAL) / 64
    return np.moveaxis(scaled, -1, -3)


def _background(level: np.ndarray, config: PreprocessConfig) -> np.ndarray:
    side = level.shape[0]
    small = Image.fromarray(level).resize((side // _SHRINK,) * 2, Image.Resampling.BOX)
    sigma = config.background_sigma * side / _SHRINK
    blurred = ndimage.gaussian_filter(np.asarray(small), sigma, truncate=3.0)
    return np.asarray(Image.fromarray(blurred).resize((side, side), Image.Resampling.BILINEAR))
