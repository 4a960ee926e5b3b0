"""The right-hand side of the page as values: findings table, captions, step results.

Knows no Gradio; every number comes from `Findings` and is written by `assistant.numbers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from assistant import numbers
from assistant.carried_places import follows_isnt
from assistant.findings import GRADE_TOO_LOW, GRADE_UNSEEN, Findings
from assistant.findings_text import (
    cup_ratios,
    disease_name,
    grade_name,
    grade_rule,
    lesion_name,
    rim_widths,
)
from segmentation.labels import LESIONS, MA_PRECISION, STYLES
from segmentation.types import LesionStats
from vision.catalogue import Language, say

_DOUBTS = (GRADE_TOO_LOW, GRADE_UNSEEN)


@dataclass(frozen=True, slots=True, eq=False)
class Display:
    """One photo at display size: pixels (h, w, 3) uint8 and masks (h, w) bool by code."""

    photo: np.ndarray
    masks: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the findings table; `detail` is the smaller print, `tone` marks what matters."""

    name: str
    value: str
    detail: str = ""
    tone: str = ""  # "", found, doubt


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of rows."""

    title: str
    rows: tuple[Row, ...]


def sections(findings: Findings, language: Language) -> tuple[Section, ...]:
    """All rows of the findings table, quality first."""
    return (
        Section(say("demo.section.quality", language), _quality(findings, language)),
        Section(say("demo.section.grade", language), _grade(findings, language)),
        Section(say("demo.section.diseases", language), _diseases(findings, language)),
        Section(say("demo.section.lesions", language), _lesions(findings, language)),
        Section(say("demo.section.anatomy", language), _anatomy(findings, language)),
    )


def _quality(findings: Findings, language: Language) -> tuple[Row, ...]:
    quality = findings.quality
    score = say("demo.quality.score", language, score=numbers.ratio(quality.score))
    word = say(f"findings.gradable.{quality.gradable}", language)
    tone = "" if quality.gradable == "yes" else "doubt"
    first = Row(say("demo.quality.name", language), word, score, tone)
    return (first, *(Row("", say(reason, language), tone="doubt") for reason in quality.reasons))


def _grade(findings: Findings, language: Language) -> tuple[Row, ...]:
    dr = findings.dr
    if dr.grade is None or dr.probabilities is None:
        unknown = Row(say("demo.grade.name", language), say("demo.not_known", language))
        return (unknown, *_by_rules(findings, language))
    name = grade_name(dr.grade, language)
    value = say("demo.grade.value", language, grade=dr.grade, name=name)
    rule = say("demo.grade.rule", language, rule=grade_rule(dr.grade, language))
    tone = "found" if dr.referable else ""
    referable = say(f"demo.referable.{'yes' if dr.referable else 'no'}", language)
    spread = say("demo.list_separator", language).join(
        f"{grade}: {numbers.percent(p)}" for grade, p in enumerate(dr.probabilities)
    )
    return (
        Row(say("demo.grade.name", language), value, rule, tone),
        Row(say("demo.referable.name", language), referable, say("demo.referable.rule", language)),
        Row(say("demo.grade.probabilities", language), "", spread),
        *_by_rules(findings, language),
    )


def _by_rules(findings: Findings, language: Language) -> list[Row]:
    """What the measured lesions say by the written rules, marked where the classifier differs."""
    rows, grade, dme = [], findings.lesion_grade, findings.dme
    if grade is not None:
        doubts = [say(note, language) for note in _DOUBTS if note in findings.notes]
        rule = [say(grade.reason, language), say("evidence.limits", language)]
        value = say("demo.lesion_grade.value", language, grade=grade.at_least)
        detail, tone = "\n".join([*doubts, *rule]), "doubt" if doubts else ""
        rows.append(Row(say("demo.lesion_grade.name", language), value, detail, tone))
    if dme is not None:
        known = say("demo.dme.value", language, risk=dme.risk)
        value = say("demo.not_known", language) if dme.risk is None else known
        tone = "found" if dme.risk else ""
        rows.append(Row(say("demo.dme.name", language), value, say(dme.reason, language), tone))
    return rows


def _diseases(findings: Findings, language: Language) -> tuple[Row, ...]:
    if findings.diseases is None:
        return (Row(say("demo.not_known", language), ""),)
    rows = []
    for score in sorted(findings.diseases, key=lambda d: (not d.present, -d.probability)):
        threshold = numbers.percent(score.threshold)
        key = "demo.disease.above" if score.present else "demo.disease.below"
        tone = "found" if score.present and score.code != "N" else ""
        detail = say(key, language, threshold=threshold)
        name = disease_name(score.code, language)
        rows.append(Row(name, numbers.percent(score.probability), detail, tone))
    return tuple(rows)


def _lesions(findings: Findings, language: Language) -> tuple[Row, ...]:
    if findings.lesions is None:
        return (Row(say("demo.not_known", language), ""),)
    return tuple(
        _lesion(code, findings.lesions[code], language)
        for code in LESIONS
        if code in findings.lesions
    )


def _lesion(code: str, stats: LesionStats, language: Language) -> Row:
    name = f"{STYLES[code].letter} · {lesion_name(code, language)}"
    if not stats.present:
        return Row(name, say("demo.lesion.none", language))
    area = numbers.pixels(stats.area_px, language)
    percent = numbers.area_percent(stats.area_percent_of_fov)
    details = [say("demo.lesion.area", language, area=area, percent=percent)]
    if code == "MA":
        precision = numbers.percent(MA_PRECISION)
        details.insert(0, say("demo.lesion.candidates", language, precision=precision))
    if stats.by_quadrant is not None:
        q = stats.by_quadrant
        details.append(say("demo.lesion.quadrants", language, ST=q.ST, SN=q.SN, IT=q.IT, IN=q.IN))
    if stats.central_1dd is not None and stats.central_3dd is not None:
        one, three = stats.central_1dd.count, stats.central_3dd.count
        details.append(say("demo.lesion.central", language, one=one, three=three))
    if stats.nearest_to_fovea_dd is not None:
        distance = numbers.distance(stats.nearest_to_fovea_dd, language)
        details.append(say("demo.lesion.nearest", language, distance=distance))
    return Row(name, numbers.count(stats.count), "\n".join(details), "found")


def _anatomy(findings: Findings, language: Language) -> tuple[Row, ...]:
    anatomy, missing = findings.anatomy, say("demo.not_measured", language)
    disc = anatomy.disc and numbers.pixels(anatomy.disc.diameter_px, language)
    fovea = anatomy.fovea and say("demo.anatomy.located", language)
    cdr = say("demo.list_separator", language).join(cup_ratios(anatomy, language))
    rim, order, vessels = "", "", ""
    if anatomy.rim is not None:
        rim = say("demo.anatomy.rim_value", language, **rim_widths(anatomy.rim))
        kept = "rim_kept" if follows_isnt(findings) else "rim_broken"
        order = say(f"demo.anatomy.{kept}", language)
    if anatomy.vessel_density is not None:
        percent = numbers.area_percent(100 * anatomy.vessel_density)
        vessels = say("demo.anatomy.vessels_value", language, percent=percent)
    named = (("disc", disc, ""), ("fovea", fovea, ""), ("cdr", cdr, ""), ("rim", rim, order),
             ("vessels", vessels, ""))  # fmt: skip
    return tuple(
        Row(say(f"demo.anatomy.{key}", language), text or missing, detail)
        for key, text, detail in named
    )


def findings_html(number: int, findings: Findings, language: Language) -> str:
    """The findings table of photo `number`, with notes and the models that made it."""
    image = findings.image
    caption = say(
        "demo.findings.caption", language, number=number, eye=say(f"eye.{image.eye}", language)
    )
    size = say("demo.findings.size", language, width=image.width, height=image.height)
    table = "".join(_section_html(section) for section in sections(findings, language))
    notes = "".join(f"<li>{escape(say(note, language))}</li>" for note in findings.notes)
    notes_title = escape(say("demo.section.notes", language))
    models = "".join(
        f"<li>{escape(part)}: <code>{escape(sha[:12])}</code></li>"
        for part, sha in findings.models.items()
    )
    models_title = escape(say("demo.section.models", language))
    return (
        f"{_verdict_html(findings, language)}"
        f'<table class="findings"><caption>{escape(caption)}<small>{escape(size)}</small></caption>'
        f"{table}</table>"
        + (f'<h3>{notes_title}</h3><ul class="notes">{notes}</ul>' if notes else "")
        + f'<details class="models"><summary>{models_title}</summary><ul>{models}</ul></details>'
    )


def _verdict_html(findings: Findings, language: Language) -> str:
    """A banner where the photo cannot, or can hardly, be read."""
    if findings.quality.gradable == "yes":
        return ""
    key = "ungradable" if findings.quality.gradable == "no" else "limited"
    title = escape(say(f"demo.verdict.{key}", language))
    advice = escape(say(f"demo.verdict.{key}_advice", language))
    return f'<div class="verdict {key}" role="note"><strong>{title}</strong> {advice}</div>'


def _section_html(section: Section) -> str:
    rows = "".join(
        f'<tr class="{row.tone}"><th scope="row">{escape(row.name)}</th>'
        f"<td>{_value_html(row.value)}{_detail_html(row.detail)}</td></tr>"
        for row in section.rows
    )
    head = f'<th colspan="2" scope="colgroup">{escape(section.title)}</th>'
    return f'<tbody><tr class="head">{head}</tr>{rows}</tbody>'


def _value_html(value: str) -> str:
    return f"<span>{escape(value)}</span> " if value else ""


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
        word = say(f"findings.gradable.{findings.quality.gradable}", language)
        score = say("demo.quality.score", language, score=numbers.ratio(findings.quality.score))
        return f"{word} · {score}"
    comma = say("demo.list_separator", language)
    if name == "diseases":
        found = [
            f"{disease_name(d.code, language)} {numbers.percent(d.probability)}"
            for d in findings.diseases or ()
            if d.present
        ]
        if findings.diseases is None:
            return say("demo.not_known", language)
        return comma.join(found) or say("demo.step.no_disease", language)
    if findings.lesions is None:
        return say("demo.not_known", language)
    counted = [
        f"{lesion_name(code, language)} {numbers.count(findings.lesions[code].count)}"
        for code in present_lesions(findings)
    ]
    return comma.join(counted) or say("demo.step.no_lesion", language)


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
