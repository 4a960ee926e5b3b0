"""Where the network looked, as colours over the photo, and the words that belong to them."""

from html import escape

import numpy as np
from PIL import ImageColor

from assistant import numbers
from assistant.analysis import Analysis
from assistant.findings import Findings
from assistant.findings_text import disease_name, scan_name
from vision.catalogue import Language, say
from vision.labels import OCT_CLASSES
from vision.types import DiseaseScore

# viridis (Smith and van der Walt, 2015; CC0) at nine places: it grows brighter in even steps, also
# to colour-blind eyes, and its blues and greens stand out from a retina
RAMP = (
    "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
    "#fde725",
)  # fmt: skip
_PLACES = np.linspace(0, 1, len(RAMP))
_COLOURS = np.array([ImageColor.getrgb(colour) for colour in RAMP], np.float32)


def blend(photo: np.ndarray, heat: np.ndarray, opacity: float) -> np.ndarray:
    """The photo (h, w, 3) uint8 with heat (h, w) 0..1 over it, `opacity` 0..1 where it is 1."""
    levels = np.linspace(0, 1, 256)
    table = np.stack([np.interp(levels, _PLACES, c) for c in _COLOURS.T], axis=1)
    colours = table.astype(np.float32)[np.rint(255 * heat).astype(np.uint8)]
    share = np.float32(opacity) * heat[..., None]
    return np.rint(photo + share * (colours - photo)).astype(np.uint8)


def choices(findings: Findings, language: Language) -> list[tuple[str, str]]:
    """(label, code) of every disease or class of a scan that was scored, the likeliest first."""
    scan = findings.oct
    scored = [(score.code, score.probability) for score in _ranked(findings)]
    if scan is not None:
        scored = [(code, scan.share(code)) for code in scan.ranked]
    entries = []
    for code, share in scored:
        told = {"name": _name(code, language), "percent": numbers.percent(share)}
        entries.append((say("demo.heat.entry", language, **told), code))
    return entries


def first_choice(findings: Findings) -> str | None:
    """The likeliest suspected disease; where none is, what is likeliest at all, N too."""
    if findings.oct is not None:
        return findings.oct.code
    ranked = [score.code for score in _ranked(findings)]
    suspected = [s.code for s in _ranked(findings) if s.present and s.code != "N"]
    return next(iter([*suspected, *ranked]), None)


def _ranked(findings: Findings) -> list[DiseaseScore]:
    return sorted(findings.diseases or (), key=lambda score: -score.probability)


def _name(code: str, language: Language) -> str:
    return scan_name(code, language) if code in OCT_CLASSES else disease_name(code, language)


def alt_text(number: int, findings: Findings, code: str, language: Language) -> str:
    """What a person who cannot see the picture needs to know of it."""
    eye, name = say(f"eye.{findings.image.eye}", language), _name(code, language)
    key = "demo.alt.heat" if findings.oct is None else "demo.alt.scan_heat"
    return say(key, language, number=number, eye=eye, name=name)


def note_of(analysis: Analysis, code: str, language: Language) -> str:
    """What the heat of a disease means on this photo, or why there is none."""
    plane = analysis.heat.get(code)
    if plane is None or not plane.any():
        return nothing_html(code, language)
    return note_html(code, len(plane), language)


def note_html(code: str, cells: int, language: Language) -> str:
    """What the colours mean, and what they do not, for a map of `cells` by `cells`."""
    least, most = (escape(say(f"demo.heat.{end}", language)) for end in ("least", "most"))
    note = say("demo.heat.note", language, name=_name(code, language), cells=cells)
    colours = ", ".join(RAMP)
    return (
        f'<p class="heat-scale">{least}<i aria-hidden="true" '
        f'style="background: linear-gradient(to right, {colours})"></i>{most}</p>'
        f'<p class="heat-note">{escape(note)}</p>'
    )


def nothing_html(code: str, language: Language) -> str:
    """Why the photo is shown without colours."""
    note = say("demo.heat.nothing", language, name=_name(code, language))
    return f'<p class="heat-note">{escape(note)}</p>'
