"""The pictures of the report: the photo, the photo with outlines, and what each outline means."""

import io

import numpy as np
from PIL import Image

from assistant import numbers
from assistant.analysis import Analysis
from assistant.findings import Findings
from assistant.findings_text import lesion_name
from assistant.report.value import LegendEntry, Picture
from segmentation import overlay
from segmentation.labels import ANATOMY, LESIONS, STRUCTURES, STYLES
from segmentation.swatch import swatch
from vision.catalogue import Language, say

LONG_SIDE_PX = 1024
_UNDRAWN = frozenset({"VE"})  # the tint of all vessels would hide what is small


def plain(analysis: Analysis, title: str) -> Picture:
    """The photo at the size of a page."""
    return Picture(_encoded(overlay.shrink(analysis.image.pixels, LONG_SIDE_PX), "JPEG"), title)


def outlined(
    analysis: Analysis, title: str, language: Language
) -> tuple[Picture | None, tuple[LegendEntry, ...]]:
    """The photo with all that was outlined in it, and the legend; None where there is nothing."""
    if analysis.retina is None and not analysis.structures:
        return None, ()
    photo, masks = overlay.downscale(
        analysis.image, analysis.retina, LONG_SIDE_PX, analysis.structures
    )
    codes = [
        code
        for code in (*LESIONS, *ANATOMY, *STRUCTURES)
        if code not in _UNDRAWN and code in masks and masks[code].any()
    ]
    if not codes:
        return None, ()
    legend = tuple(
        LegendEntry(_label(code, analysis.findings, language), _encoded(swatch(code), "PNG"))
        for code in codes
    )
    drawn = _encoded(overlay.draw(photo, masks, codes), "JPEG")
    names = say("findings.comma", language).join(entry.label for entry in legend)
    alt = say("visit.outlined", language, title=title, items=names)
    return Picture(drawn, alt), legend


def _label(code: str, findings: Findings, language: Language) -> str:
    if code not in LESIONS:
        return say(f"anatomy.{code}", language)
    count = numbers.count(findings.lesions[code].count) if findings.lesions else "–"
    name = lesion_name(code, language)
    return say("demo.legend.entry", language, letter=STYLES[code].letter, name=name, count=count)


def _encoded(pixels: np.ndarray, kind: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, quality=88)
    return stream.getvalue()
