"""Any photo of a visit as it is looked at: with outlines, with heat over it, or alone.

At the size of the screen it is drawn at once; `sharp` is drawn from the pixels as they were sent.
"""

import threading
from dataclasses import dataclass

import numpy as np

from assistant.analysis import Analysis
from demo import heat, legend
from demo.panels import Display
from demo.visit import Visit
from segmentation import overlay
from vision.heatmap import on_photo

DISPLAY_PX = 1024
SHARP_PX = 4608  # of the long side: more than nearly all fundus cameras give
_SHARP_HEAT_PX = 2048  # a heat map has few cells, and colours need much memory
_one_at_a_time = threading.Lock()  # a large picture takes hundreds of megabytes while it is drawn


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Pixels (h, w, 3) uint8, what they show in words, and the disease whose heat they carry."""

    pixels: np.ndarray
    alt: str
    heated: str | None = None


def picture(visit: Visit, number: int, display: Display | None = None) -> Picture:
    """Photo `number` in the look that was chosen, as far as that look is there for it."""
    display = display or visit.displays[number]
    analysis = visit.session.analyses[number - 1]
    if visit.look == "heat" and visit.heated in analysis.heat:
        plane = analysis.heat[visit.heated]
        spread = on_photo(plane, analysis.fov.resized(*display.photo.shape[:2]))
        alt = heat.alt_text(number, analysis.findings, visit.heated, visit.language)
        return Picture(heat.blend(display.photo, spread, visit.opacity), alt, visit.heated)
    drawn = visit.shown & set(display.masks) if visit.look == "outlined" else set()
    pixels = display.photo
    if drawn:
        pixels = overlay.draw(display.photo, display.masks, drawn, visit.opacity)
    return Picture(pixels, legend.alt_text(number, analysis.findings, drawn, visit.language))


def display_of(analysis: Analysis, long_side_px: int = DISPLAY_PX) -> Display:
    """A photo and its outlines, at the size of the screen."""
    if analysis.retina is None and not analysis.structures:
        return Display(overlay.shrink(analysis.image.pixels, long_side_px), {})
    return Display(
        *overlay.downscale(analysis.image, analysis.retina, long_side_px, analysis.structures)
    )


def sharp(visit: Visit, number: int) -> Picture:
    """The same picture from the pixels that were sent, at most `sharp_px` a side."""
    analysis = visit.session.analyses[number - 1]
    most = sharp_px(visit)
    with _one_at_a_time:
        return picture(visit, number, display_of(analysis, most))


def sharp_px(visit: Visit) -> int:
    """The long side that a sharp picture has at most."""
    return _SHARP_HEAT_PX if visit.look == "heat" else SHARP_PX
