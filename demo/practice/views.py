"""What the tab shows of a visit: component names and their new properties."""

from collections.abc import Sequence
from html import escape
from typing import get_args

from assistant.findings_text import lesion_name
from demo.practice import panels
from demo.practice.glossary import glossary_html
from demo.practice.panels import Listed
from demo.practice.stage import marks_svg, photo_html, surface
from demo.practice.state import BRUSHES, Case, Look
from demo.samples import Sample
from demo.views import View
from demo.visit import Visit
from segmentation.labels import LESIONS, STYLES
from vision.catalogue import Language, say

GRADES = range(5)
LOOKS: tuple[Look, ...] = get_args(Look)


def everything(visit: Visit, listed: Sequence[Listed], samples: Sequence[Sample]) -> View:
    """The whole tab in the visit's language."""
    language = visit.language

    def text(key: str) -> str:
        return say(f"demo.practice.{key}", language)

    lesions = [(f"{STYLES[code].letter} · {lesion_name(code, language)}", code) for code in LESIONS]
    grades = [(f"{n} · {say(f'grade.short.{n}', language)}", n) for n in GRADES]
    sources = "; ".join(dict.fromkeys(sample.attribution for sample in samples))
    view: View = {
        "practice_intro": {"value": f"<p>{escape(text('intro'))}</p>"},
        "practice_upload": {"label": text("upload")},
        "practice_zoom": {"label": text("zoom")},
        "practice_lesion": {"label": text("lesion"), "choices": lesions},
        "practice_brush": {
            "label": text("brush"),
            "choices": [(text(f"brush.{brush}"), brush) for brush in BRUSHES],
        },
        "practice_undo": {"value": text("undo")},
        "practice_clear": {"value": text("clear")},
        "practice_grade": {"label": text("grade"), "choices": grades},
        "practice_reveal": {"value": text("reveal")},
        "practice_look": {
            "label": text("look"),
            "choices": [(text(f"look.{look}"), look) for look in LOOKS],
        },
        "practice_hint": {"value": f"<p>{escape(text('hint'))}</p>"},
        "practice_steps_box": {"label": text("steps.title")},
        "practice_glossary_box": {"label": text("glossary.title")},
        "practice_glossary": {"value": glossary_html(language)},
        "practice_sources": {
            "value": f"<p>{escape(say('demo.practice.sources', language, sources=sources))}</p>"
            if sources
            else ""
        },
    }
    for name, props in {**cases(visit, listed), **case(visit)}.items():
        view[name] = view.get(name, {}) | props
    return view


def cases(visit: Visit, listed: Sequence[Listed]) -> View:
    """The list of cases, and how far the student has come."""
    practice, language = visit.practice, visit.language
    html = panels.cases_html(listed, practice, language)
    return {
        "practice_cases": {"value": {"html": html, "chosen": None}},
        "practice_progress": {"value": panels.progress_html(len(listed), practice, language)},
        "practice_told": {"value": panels.told_html(practice.told, language)},
    }


def case(visit: Visit) -> View:
    """The case that is open, whole."""
    practice, language, opened = visit.practice, visit.language, visit.practice.case
    if opened is None:
        text = escape(say("demo.practice.choose", language))
        return {
            "practice_photo": {"value": f'<p class="choose">{text}</p>'},
            "practice_marks": {"value": surface((1, 1), "", language)},
            "practice_tools": {"visible": False},
        }
    revealed = opened.outcome is not None
    return {
        "practice_tools": {"visible": True},
        "practice_lesion": {"value": practice.lesion, "visible": not revealed},
        "practice_brush": {"value": practice.brush, "visible": not revealed},
        "practice_buttons": {"visible": not revealed},
        "practice_grade": {"value": opened.grade, "interactive": not revealed},
        "practice_look": {"value": practice.look, "visible": opened.outlined is not None},
        "practice_steps": {"value": panels.steps_html(opened.outcome, language)},
        "practice_hint": {"visible": not revealed},
        **photo(visit),
        **marks(visit),
        **reveal(visit),
    }


def photo(visit: Visit) -> View:
    """The picture under the marks: the plain photo, or the system's outlines once revealed."""
    opened, practice, language = visit.practice.case, visit.practice, visit.language
    if opened is None:
        return {}
    outlined = practice.look in ("both", "system") and opened.outlined is not None
    picture = opened.outlined if outlined and opened.outlined else opened.picture
    alt = say(f"demo.practice.alt.{'outlined' if outlined else 'plain'}", language)
    return {"practice_photo": {"value": photo_html(picture, opened.size, alt)}}


def marks(visit: Visit) -> View:
    """The student's marks, over the photo and in words."""
    opened, practice, language = visit.practice.case, visit.practice, visit.language
    if opened is None:
        return {}
    locked = opened.outcome is not None
    shown = not opened.outlined or practice.look in ("both", "own")
    score = opened.outcome.score if opened.outcome is not None else None
    missed = practice.look == "both"
    svg = marks_svg(opened.marks, opened.size, score, missed) if shown else ""
    radius = BRUSHES[practice.brush]
    value = surface(opened.size, svg, language, radius=radius, on=not _closed(opened))
    return {
        "practice_marks": {"value": value},
        "practice_list": {"value": panels.marks_html(opened.marks, language)},
        "practice_undo": {"interactive": bool(opened.marks) and not locked},
        "practice_clear": {"interactive": bool(opened.marks) and not locked},
    }


def reveal(visit: Visit) -> View:
    """The button that reveals, what is waited for meanwhile, and the result."""
    opened, language = visit.practice.case, visit.language
    if opened is None:
        return {}
    waiting = "" if opened.waits is None else _waiting(opened, language)
    status = waiting or panels.told_html(opened.told, language)
    busy = visit.practice.waiting is not None
    return {
        "practice_reveal": {"visible": opened.outcome is None, "interactive": not busy},
        "practice_result": {"value": status + panels.result_html(opened, language)},
    }


def _waiting(opened: Case, language: Language) -> str:
    told = opened.waits
    text = "" if told is None else escape(say(told.key, language, **told.values))
    return f'<p class="status loading" role="status">{text}</p>'


def _closed(opened: Case) -> bool:
    """Whether marks are no longer taken: what is compared must not change."""
    return opened.outcome is not None or opened.waits is not None
