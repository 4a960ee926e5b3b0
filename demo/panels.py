"""What the page shows besides the photo as HTML and words: findings, step results, captions.

Knows no Gradio; every number comes from `Findings` and is written by `assistant.numbers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from assistant import numbers
from assistant.findings import GRADE_DOUBTS, RISKS_DIFFER, Findings
from assistant.findings_table import Section, sections
from assistant.findings_text import disease_name, lesion_name, scan_name
from segmentation.labels import LESIONS
from vision.catalogue import Language, say

_DOUBTS = (*GRADE_DOUBTS, RISKS_DIFFER)


@dataclass(frozen=True, slots=True, eq=False)
class Display:
    """One photo at display size: pixels (h, w, 3) uint8 and masks (h, w) bool by code."""

    photo: np.ndarray
    masks: dict[str, np.ndarray]


def findings_html(number: int, findings: Findings, language: Language) -> str:
    """The findings table of photo `number`, with notes and the models that made it."""
    image = findings.image
    caption = say(
        "demo.findings.caption", language, number=number, eye=say(f"eye.{image.eye}", language)
    )
    size = say("demo.findings.size", language, width=image.width, height=image.height)
    table = "".join(_section_html(section) for section in sections(findings, language))
    notes = _list_html([note for note in findings.notes if note not in _DOUBTS], language)
    notes_title = escape(say("demo.section.notes", language))
    models = "".join(
        f"<li>{escape(part)}: <code>{escape(sha[:12])}</code></li>"
        for part, sha in findings.models.items()
    )
    models_title = escape(say("demo.section.models", language))
    return (
        f"{_verdict_html(findings, language)}{_doubts_html(findings, language)}"
        f'<table class="findings"><caption>{escape(caption)}<small>{escape(size)}</small></caption>'
        f"{table}</table>"
        + (f'<h3>{notes_title}</h3><ul class="notes">{notes}</ul>' if notes else "")
        + f'<details class="models"><summary>{models_title}</summary><ul>{models}</ul></details>'
    )


def _verdict_html(findings: Findings, language: Language) -> str:
    """A banner where the image cannot, or can hardly, be read, or is none that is read."""
    if findings.quality.gradable == "yes" or findings.oct or findings.glands:
        return ""
    if findings.image.modality != "cfp":
        unread = ("note.oct_not_read",) if findings.image.modality == "oct" else ()
        key = (*unread, *findings.quality.reasons)[0]
        return f'<div class="verdict ungradable" role="note">{escape(say(key, language))}</div>'
    key = "ungradable" if findings.quality.gradable == "no" else "limited"
    title = escape(say(f"demo.verdict.{key}", language))
    advice = escape(say(f"demo.verdict.{key}_advice", language))
    return f'<div class="verdict {key}" role="note"><strong>{title}</strong> {advice}</div>'


def _doubts_html(findings: Findings, language: Language) -> str:
    """A badge where two methods say different things, and what they disagree on."""
    doubts = [note for note in findings.notes if note in _DOUBTS]
    if not doubts:
        return ""
    title = escape(say("demo.verdict.disagree", language))
    said = _list_html(doubts, language)
    return (
        f'<div class="verdict disagree" role="note"><strong>{title}</strong><ul>{said}</ul></div>'
    )


def _list_html(notes: Sequence[str], language: Language) -> str:
    return "".join(f"<li>{escape(say(note, language))}</li>" for note in notes)


def _section_html(section: Section) -> str:
    rows = "".join(
        f'<tr class="{row.tone}"><th scope="row">{escape(row.name)}</th>'
        f"<td>{_value_html(row.value)}{_word_html(row.word)}{_bar_html(row.share, row.band)}"
        f"{_detail_html(row.detail)}</td></tr>"
        for row in section.rows
    )
    head = f'<th colspan="2" scope="colgroup">{escape(section.title)}</th>'
    return f'<tbody><tr class="head">{head}</tr>{rows}</tbody>'


def _value_html(value: str) -> str:
    return f"<span>{escape(value)}</span> " if value else ""


def _word_html(word: str) -> str:
    return f'<em class="sure">{escape(word)}</em>' if word else ""


def _bar_html(share: float | None, band: tuple[float, float] | None) -> str:
    """A probability 0..1 as a length over its uncertain band; number and words are read aloud."""
    if share is None:
        return ""
    unsure = ""
    if band is not None:
        low, high = band
        unsure = f'<u style="left: {100 * low:.0f}%; width: {100 * (high - low):.0f}%"></u>'
    bar = f'<b style="width: {100 * share:.0f}%"></b>'
    return f'<i class="share" aria-hidden="true">{unsure}{bar}</i>'


def _detail_html(detail: str) -> str:
    return f"<small>{escape(detail).replace(chr(10), '<br>')}</small>" if detail else ""


def present_lesions(findings: Findings) -> tuple[str, ...]:
    """Codes of the lesion classes that were found."""
    found = findings.lesions or {}
    return tuple(code for code in LESIONS if code in found and found[code].present)


def step_result(name: str, findings: Findings | None, language: Language) -> str:
    """One line on what a step of the analysis found; empty while it is not known."""
    if findings is None:
        return ""
    if name == "intake":
        image = findings.image
        return say("demo.findings.size", language, width=image.width, height=image.height)
    if name == "quality":
        return _quality_result(findings, language)
    if name == "diseases":
        return _diseases_result(findings, language)
    if findings.image.modality in ("oct", "osa"):
        return ""
    if findings.lesions is None:
        return say("demo.not_known", language)
    counted = [
        f"{lesion_name(code, language)} {numbers.count(findings.lesions[code].count)}"
        for code in present_lesions(findings)
    ]
    return say("demo.list_separator", language).join(counted) or say(
        "demo.step.no_lesion", language
    )


def _quality_result(findings: Findings, language: Language) -> str:
    kind = say(f"findings.modality.{findings.image.modality}", language)
    if findings.image.modality != "cfp":
        return kind
    word = say(f"findings.gradable.{findings.quality.gradable}", language)
    score = say("demo.quality.score", language, score=numbers.ratio(findings.quality.score))
    return f"{kind} · {word} · {score}"


def _diseases_result(findings: Findings, language: Language) -> str:
    scan = findings.oct
    if scan is not None:
        return f"{scan_name(scan.code, language)} {numbers.percent(scan.share(scan.code))}"
    if findings.diseases is None:
        return say("demo.not_known", language)
    found = [
        f"{disease_name(d.code, language)} {numbers.percent(d.probability)}"
        for d in findings.diseases
        if d.present
    ]
    joint = say("demo.list_separator", language)
    return joint.join(found) or say("demo.step.no_disease", language)


def header_html(language: Language) -> str:
    """Name and purpose."""
    tagline = escape(say("demo.tagline", language))
    return f'<div class="brand"><h1>OpenOphGLM</h1><p>{tagline}</p></div>'


def notice_html(language: Language) -> str:
    """What this is not, always in sight; and the sentence that page.js shows for a large file."""
    notice = escape(say("demo.notice", language))
    too_large = escape(say("demo.error.upload_size", language))
    return (
        f'<p class="notice" role="note">{notice}</p>'
        f'<p id="too-large" class="told" role="alert" hidden>{too_large}</p>'
    )


def status_html(state: str, problems: Sequence[str], language: Language) -> str:
    """Where the loading of the models stands; nothing to read once all is well."""
    if state == "ready" and not problems:
        return ""
    key = {"loading": "loading", "ready": "partial", "failed": "failed"}[state]
    text = escape(say(f"demo.status.{key}", language, reasons=" ".join(problems)))
    return f'<p class="status {key}" role="status">{text}</p>'


def welcome(language: Language) -> str:
    """What an empty conversation shows: how to begin, and what becomes of a photo."""
    steps = "".join(f"<li>{escape(say(f'demo.welcome.{n}', language))}</li>" for n in (1, 2, 3))
    title = escape(say("demo.welcome.title", language))
    privacy = escape(say("demo.welcome.privacy", language))
    return f'<div class="welcome"><h2>{title}</h2><ol>{steps}</ol><p>{privacy}</p></div>'
