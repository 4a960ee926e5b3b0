"""Lesions drawn over the photo, at a size that a screen can show; knows no screens itself."""

from collections.abc import Collection, Mapping

import numpy as np
from PIL import Image, ImageColor
from scipy import ndimage

from segmentation.labels import STYLES
from segmentation.types import LesionMap
from vision.types import FundusImage


def downscale(
    image: FundusImage, lesion_map: LesionMap, long_side_px: int = 1024
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Photo (h, w, 3) uint8 and masks code -> (h, w) bool at most `long_side_px` a side.

    A display pixel carries a class where any of its source pixels does, so no lesion vanishes.
    """
    scale = min(1.0, long_side_px / max(image.height, image.width))
    height, width = max(1, round(image.height * scale)), max(1, round(image.width * scale))
    photo = Image.fromarray(image.pixels).resize((width, height), Image.Resampling.BOX)
    masks = {}
    for code, mask in lesion_map.lesions.items():
        rows, columns = np.nonzero(mask)
        small = np.zeros((height, width), bool)
        small[rows * height // image.height, columns * width // image.width] = True
        masks[code] = small
    return np.asarray(photo), masks


def draw(
    photo: np.ndarray,
    masks: Mapping[str, np.ndarray],
    shown: Collection[str],
    opacity: float = 0.45,
) -> np.ndarray:
    """The photo (h, w, 3) uint8 with the shown classes filled at `opacity` 0..1 and outlined.

    The outline lies around the lesion, so the smallest one still shows as 3 x 3 px.
    """
    drawn = photo.copy()
    present = [code for code in STYLES if code in shown and code in masks and masks[code].any()]
    for code in sorted(present, key=lambda code: -int(masks[code].sum())):  # small classes on top
        colour = np.array(ImageColor.getrgb(STYLES[code].colour)[:3], np.float32)
        mask = masks[code]
        drawn[mask] = np.rint(drawn[mask] * (1 - opacity) + colour * opacity).astype(np.uint8)
        drawn[ndimage.binary_dilation(mask, np.ones((3, 3), bool)) & ~mask] = colour.astype(
            np.uint8
        )
    return drawn
