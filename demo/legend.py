"""What is drawn over the photo, in words and as swatches: the legend that is also the switches.

A swatch goes with the place of its entry, so the page is told which entries there are (`kinds`).
"""

import base64
import io
import itertools
from collections.abc import Collection, Sequence

import numpy as np
from PIL import Image

from assistant import numbers
from assistant.findings import Findings
from assistant.findings_text import lesion_name
from demo.panels import present_lesions
from segmentation.labels import ANATOMY, LESIONS, STRUCTURES, STYLES
from segmentation.swatch import swatch
from vision.catalogue import Language, say

_OF_KIND = {"cfp": (*LESIONS, *ANATOMY), "oct": ("RB",), "osa": ("TA", "MG")}
_GREY = ("oct", "osa")
_BESIDE = "\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}"
Shown = tuple[Findings, Collection[str]]  # of one photo: its findings, and codes that have a mask


def choices(photos: Sequence[Shown], language: Language) -> list[tuple[str, str]]:
    """(label, code) of what can be drawn: lesions with letter and count, anatomy, structures.

    `photos` are those on the screen from left to right; each fundus photo has its own count.
    """
    codes = [code for kind in kinds(photos) for code in _OF_KIND[kind]]
    fundi = [photo for photo in photos if photo[0].image.modality not in _GREY]
    named = _fundus_names(fundi, language)
    named |= {code: say(f"anatomy.{code}", language) for code in STRUCTURES}
    return [(named[code], code) for code in codes]


def kinds(photos: Sequence[Shown]) -> tuple[str, ...]:
    """The kinds of image on the screen, in the order of their entries."""
    there = {findings.image.modality for findings, _ in photos}
    grey = tuple(kind for kind in _GREY if kind in there)
    return (("cfp",) if there - set(_GREY) else ()) + grey


def classes(photos: Sequence[Shown]) -> list[str]:
    """What page.css calls a legend of these entries."""
    return [_class(kinds(photos))]


def _class(of: Sequence[str]) -> str:
    return "of-" + "-".join(of)


def _fundus_names(photos: Sequence[Shown], language: Language) -> dict[str, str]:
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
    return dict(zip((*LESIONS, *ANATOMY), entries, strict=True))


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
    parts = (*ANATOMY, *STRUCTURES)
    outlined += [say(f"anatomy.{code}", language) for code in parts if code in drawn]
    name = {"oct": "scan", "osa": "lid"}.get(findings.image.modality, "photo")
    if not outlined:
        return say(f"demo.alt.{name}", language, number=number, eye=eye)
    items = say("demo.list_separator", language).join(outlined)
    return say(f"demo.alt.{name}_outlined", language, number=number, eye=eye, items=items)


def swatches_css() -> str:
    """A swatch for each entry of the legend, in the order of `choices`, for all kinds of it."""
    codes = [code for kind in _OF_KIND for code in _OF_KIND[kind]]
    urls = "".join(f"--swatch-{code}: url({_data_url(swatch(code))});" for code in codes)
    rules = [f":root {{ {urls} }}"]
    for count in range(1, len(_OF_KIND) + 1):
        for of in itertools.combinations(_OF_KIND, count):
            entries = [code for kind in of for code in _OF_KIND[kind]]
            rules += [
                f"#legend.{_class(of)} label:nth-of-type({n}) {{ --swatch: var(--swatch-{code}); }}"
                for n, code in enumerate(entries, 1)
            ]
    return "\n".join(rules)


def _data_url(pixels: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
