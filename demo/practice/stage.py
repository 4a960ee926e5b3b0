"""The photo with marks over it, as HTML and SVG: what `stage.js` lets a person click on."""

import base64
import io
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from PIL import Image

from demo.practice.score import Mark, Place, Score
from segmentation.labels import STYLES
from vision.catalogue import Language, say

PICTURE_PX = 1600  # a microaneurysm has some pixels at this size
_UNITS = 1024  # of the long side, as in segmentation.overlay
_QUALITY = 88


def webp(pixels: np.ndarray) -> bytes:
    """Pixels (h, w, 3) uint8 as a file for the screen."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()


def data_url(picture: bytes) -> str:
    """A picture inside the page itself: no address under which others could fetch it."""
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"


def photo_html(picture: bytes, size: tuple[int, int], alt: str) -> str:
    """The picture, whose place in the page is known before it is decoded."""
    height, width = size
    return f'<img src="{data_url(picture)}" width="{width}" height="{height}" alt="{escape(alt)}">'


def surface(
    size: tuple[int, int],
    svg: str,
    language: Language,
    *,
    radius: float = 0.0,
    on: bool = False,
) -> dict[str, Any]:
    """What the surface over the photo shows, and whether and how broadly it takes marks."""
    width, height = _in_units(size)
    label = escape(say("demo.practice.surface" if on else "demo.practice.surface_off", language))
    return {"svg": svg, "w": width, "h": height, "radius": radius, "on": on, "label": label}


def marks_svg(
    marks: Sequence[Mark], size: tuple[int, int], judged: Score | None = None, missed: bool = True
) -> str:
    """The marks as rings or painted areas with their letter; after the reveal, what they hit.

    Hit: a tick. Beside every lesion: dashed, with a cross. Nobody's: a dashed square.
    """
    on_lesion = [None] * len(marks) if judged is None else judged.on_lesion
    scale = _in_units(size)
    drawn = [_mark(mark, scale, hit) for mark, hit in zip(marks, on_lesion, strict=True)]
    if judged is not None and missed:
        drawn = [_missed(place, scale) for place in judged.missed] + drawn
    return "".join(drawn)


def _in_units(size: tuple[int, int]) -> tuple[float, float]:
    """Width and height in units, whatever the size of the picture: (height, width) in px."""
    unit = max(size) / _UNITS
    return size[1] / unit, size[0] / unit


def _mark(mark: Mark, scale: tuple[float, float], hit: bool | None) -> str:
    points = [(x * scale[0], y * scale[1]) for x, y in mark.points]
    sign = {None: "", True: "✓", False: "×"}[hit]
    kind = {None: "open", True: "hit", False: "extra"}[hit]
    x, y = points[0]
    if mark.radius:
        # a line of no length has round ends, and so is a dot
        path = " ".join(f"{u:.1f},{v:.1f}" for u, v in [*points, points[-1]])
        shape = f'<polyline points="{path}" stroke-width="{2 * mark.radius * _UNITS:.1f}"/>'
    else:
        # how large ring and letter are depends on the screen: practice.css
        ring = f'cx="{x:.1f}" cy="{y:.1f}"'
        shape = f'<circle class="edge" {ring}/><circle {ring}/>'
    letter = f'<text x="{x:.1f}" y="{y:.1f}">{STYLES[mark.code].letter}{sign}</text>'
    return f'<g class="mark {kind}">{shape}{letter}</g>'


def _missed(place: Place, scale: tuple[float, float]) -> str:
    half = place.radius * _UNITS + 8
    x, y = place.middle[0] * scale[0], place.middle[1] * scale[1]
    box = f'x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" height="{2 * half:.1f}"'
    return f'<g class="mark missed"><rect class="edge" {box}/><rect {box}/></g>'
