"""What is drawn over the photo, in words and as swatches: the legend that is also the switches."""

import base64
import io
from collections.abc import Collection

import numpy as np
from PIL import Image

from assistant import numbers
from assistant.findings import Findings
from assistant.findings_text import lesion_name
from demo.panels import present_lesions
from segmentation.labels import ANATOMY, LESIONS, STYLES
from segmentation.swatch import swatch
from vision.catalogue import Language, say


def choices(findings: Findings, seen: Collection[str], language: Language) -> list[tuple[str, str]]:
    """(label, code) of every class: lesions with letter and count, then anatomy.

    `seen` holds the codes that have a mask.
    """
    entries = []
    for code in LESIONS:
        stats = findings.lesions.get(code) if findings.lesions is not None else None
        count = numbers.count(stats.count) if stats and stats.present else "0"
        key = "demo.legend.entry" if stats else "demo.legend.unknown"
        name = lesion_name(code, language)
        entries.append(say(key, language, letter=STYLES[code].letter, name=name, count=count))
    for code in ANATOMY:
        name = say(f"anatomy.{code}", language)
        entries.append(name if code in seen else say("demo.legend.not_seen", language, name=name))
    return list(zip(entries, (*LESIONS, *ANATOMY), strict=True))


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
