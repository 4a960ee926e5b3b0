"""What is drawn over the photo, in words and as swatches: the legend that is also the switches."""

import base64
import io
from collections.abc import Collection, Sequence

import numpy as np
from PIL import Image

from assistant import numbers
from assistant.findings import Findings
from assistant.findings_text import lesion_name
from demo.panels import present_lesions
from segmentation.labels import ANATOMY, LESIONS, STYLES
from segmentation.swatch import swatch
from vision.catalogue import Language, say

_BESIDE = "\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}"
Shown = tuple[Findings, Collection[str]]  # of one photo: its findings, and codes that have a mask


def choices(photos: Sequence[Shown], language: Language) -> list[tuple[str, str]]:
    """(label, code) of every class: lesions with letter and count, then anatomy.

    `photos` are those on the screen from left to right; each has its own count.
    """
    entries = []
    for code in LESIONS:
        letter, name = STYLES[code].letter, lesion_name(code, language)
        counts = [_count(findings, code) for findings, _ in photos]
        key = "demo.legend.entry" if any(counts) else "demo.legend.unknown"
        told = _BESIDE.join(count or "?" for count in counts)
        entries.append(say(key, language, letter=letter, name=name, count=told))
    for code in ANATOMY:
        name, is_seen = say(f"anatomy.{code}", language), any(code in seen for _, seen in photos)
        entries.append(name if is_seen else say("demo.legend.not_seen", language, name=name))
    return list(zip(entries, (*LESIONS, *ANATOMY), strict=True))


def _count(findings: Findings, code: str) -> str:
    """How many lesions of a class there are; empty where that is not known."""
    stats = findings.lesions.get(code) if findings.lesions is not None else None
    return numbers.count(stats.count) if stats else ""


def alt_text(number: int, findings: Findings, drawn: Collection[str], language: Language) -> str:
    """What a person who cannot see the picture needs to know of it."""
    eye = say(f"eye.{findings.image.eye}", language)
    outlined = [
        say(
            "demo.alt.lesion",
            language,
            count=numbers.count(findings.lesions[code].count),
            name=lesion_name(code, language),
        )
        for code in present_lesions(findings)
        if code in drawn and findings.lesions is not None
    ]
    outlined += [say(f"anatomy.{code}", language) for code in ANATOMY if code in drawn]
    if findings.image.modality == "oct":
        return say("demo.alt.scan", language, number=number, eye=eye)
    if not outlined:
        return say("demo.alt.photo", language, number=number, eye=eye)
    items = say("demo.list_separator", language).join(outlined)
    return say("demo.alt.overlay", language, number=number, eye=eye, items=items)


def swatches_css() -> str:
    """A swatch for each entry of the legend, in the order of `choices`."""
    return "\n".join(
        f"#legend label:nth-of-type({n}) {{ --swatch: url({_data_url(swatch(code))}); }}"
        for n, code in enumerate((*LESIONS, *ANATOMY), 1)
    )


def _data_url(pixels: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
