"""What the tab shows of a visit: component names and their new properties."""

from collections.abc import Mapping
from typing import Any

from demo.cases import panels
from demo.cases.feedback import targets
from demo.cases.keep import is_unsaved
from demo.cases.report import PASSAGES, text_of
from demo.cases.state import Section
from demo.views import View
from demo.visit import Visit
from vision.catalogue import say

SECTIONS: tuple[Section, ...] = ("save", "list", "report", "feedback")
# component -> the catalogue's `demo.cases.…` that is its label
_LABELS = {
    "now_box": "now",
    "report_box": "report",
    "feedback_box": "feedback",
    "list_box": "list",
    "code": "code",
    "note": "note",
    "search": "search",
    "list": "list.label",
    "visit": "visit",
    "case_note": "note",
    "about": "about",
    "corrected": "corrected",
    "outline": "outline",
    "who": "who",
}
_HINTS = ("code", "search", "corrected", "who", "remarks")
_BUTTONS = ("save", "html", "pdf", "renew", "up", "down", "open", "note_save", "export", "keep")


def everything(visit: Visit, models: Mapping[str, str]) -> View:
    """The whole tab in the visit's language."""

    def text(key: str) -> str:
        return say(f"demo.cases.{key}", visit.language)

    view: View = {f"cases_{name}": {"label": text(key)} for name, key in _LABELS.items()}
    view |= {f"cases_{name}": {"value": text(f"do.{name}")} for name in _BUTTONS}
    view["cases_intro"] = {"value": panels.paragraph(text("intro"))}
    for name in _HINTS:
        view.setdefault(f"cases_{name}", {})["placeholder"] = text(f"hint.{name}")
    return _merged(view, state(visit, models), anew(visit, models), case_note(visit))


def anew(visit: Visit, models: Mapping[str, str]) -> View:
    """What follows the conversation and can be typed over: the report, and what is judged."""
    known = targets(visit.session, models, visit.language)
    about: View = {"cases_about": {"value": known[0].key if known else None}}
    return _merged(_feedback(visit, models), about, report(visit))


def state(visit: Visit, models: Mapping[str, str]) -> View:
    """All that an event of the tab can change, but nothing that a person may be typing."""
    return {
        **{f"cases_told_{name}": {"value": panels.told(visit, name)} for name in SECTIONS},
        **_now(visit),
        **_list(visit),
        **_case(visit),
        **_report_state(visit),
        **_feedback(visit, models),
    }


def _now(visit: Visit) -> View:
    linked, language = visit.desk.linked, visit.language
    unsaved = is_unsaved(visit)
    update = say("demo.cases.do.update", language, code=linked.code if linked else "")
    return {
        "cases_now": {"value": panels.now(visit, unsaved)},
        "cases_update": {
            "value": update,
            "visible": linked is not None,
            "interactive": unsaved,
        },
    }


def _list(visit: Visit) -> View:
    desk, language = visit.desk, visit.language
    listed = desk.listed or ()
    chosen = desk.chosen.id if desk.chosen else None
    return {
        "cases_list": {
            "choices": [(panels.line(one, language), one.id) for one in listed],
            "value": chosen if chosen in {one.id for one in listed} else None,
            "visible": bool(listed),
        },
        "cases_empty": {"value": panels.empty(desk, language)},
    }


def _case(visit: Visit) -> View:
    desk, language = visit.desk, visit.language
    chosen = desk.chosen
    if chosen is None:
        return {"cases_case": {"visible": False}}
    return {
        "cases_case": {"visible": True},
        "cases_summary": {"value": panels.summary(desk, language)},
        "cases_visit": {
            "choices": [(panels.visit_line(one, language), one.id) for one in desk.visits],
            "value": desk.visit_id or None,
            "visible": bool(desk.visits),
        },
        "cases_open": {
            "value": say(f"demo.cases.do.{'replace' if desk.replacing else 'open'}", language),
            "interactive": bool(desk.visits),
        },
        "cases_add": {"value": say("demo.cases.do.add", language, code=chosen.code)},
        "cases_delete": {
            "value": say("demo.cases.do.delete", language, code=chosen.code),
            "visible": not desk.deleting,
        },
        "cases_sure": {"visible": desk.deleting},
        "cases_question": {"value": panels.question(chosen, language)},
        "cases_forget": {"value": say("demo.cases.do.forget", language, code=chosen.code)},
        "cases_judged": {"value": panels.judged(desk.feedback, language)},
    }


def case_note(visit: Visit) -> View:
    """The note of the chosen case, in place of what stands in its box."""
    chosen = visit.desk.chosen
    return {"cases_case_note": {"value": chosen.note if chosen else ""}}


def report(visit: Visit) -> View:
    """The passages of the report, in place of what stands in the boxes."""
    texts: View = {f"cases_{name}": {"value": text_of(visit, name)} for name in PASSAGES}
    return _merged(texts, report_labels(visit))


def report_labels(visit: Visit) -> View:
    """The names of the passages, those that were edited marked as such."""
    view: View = {}
    for name in PASSAGES:
        label = say(f"demo.cases.{name}", visit.language)
        edited = name in visit.desk.texts
        marked = say("demo.cases.edited", visit.language, label=label) if edited else label
        view[f"cases_{name}"] = {"label": marked}
    view["cases_renew"] = {"interactive": bool(visit.desk.texts)}
    return view


def _report_state(visit: Visit) -> View:
    drafted = visit.desk.draft is not None
    empty = "" if drafted else panels.hint(say("demo.cases.report.empty", visit.language))
    return {"cases_report_empty": {"value": empty}, "cases_report": {"visible": drafted}}


def _feedback(visit: Visit, models: Mapping[str, str]) -> View:
    known = targets(visit.session, models, visit.language)
    linked = visit.desk.linked
    key = "empty" if not known else "unsaved" if linked is None else ""
    told = panels.hint(say(f"demo.cases.feedback.{key}", visit.language)) if key else ""
    return {
        "cases_feedback_empty": {"value": told},
        "cases_feedback": {"visible": bool(known)},
        "cases_about": {"choices": [(one.label, one.key) for one in known]},
    }


def _merged(*views: View) -> View:
    """All views; of a component's property in several, the last."""
    merged: dict[str, dict[str, Any]] = {}
    for view in views:
        for name, props in view.items():
            merged[name] = merged.get(name, {}) | props
    return merged
