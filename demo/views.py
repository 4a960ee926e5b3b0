"""What the page shows of a visit: component names and their new properties, made anew each time.

Knows no Gradio; `demo.app` turns a view into updates.
"""

from collections.abc import Sequence
from html import escape
from typing import Any, Literal

from assistant.findings import Findings
from demo import heat, legend, panels
from demo.loader import Loader
from demo.pair_view import beside_picture, pair_panel
from demo.picture import picture as drawn
from demo.picture import sharp, sharp_px
from demo.ruler import tools_html
from demo.samples import Sample
from demo.suggest import suggestions
from demo.transcript import render
from demo.visit import Visit
from vision.catalogue import say

View = dict[str, dict[str, Any]]  # component name -> its new properties
CHIPS = 4  # questions offered


def everything(visit: Visit, loader: Loader, samples: Sequence[Sample]) -> View:
    """The whole page in the visit's language."""
    language = visit.language

    def text(key: str) -> str:
        return say(f"demo.{key}", language)

    view: View = {
        "header": {"value": panels.header_html(language)},
        "notice": {"value": panels.notice_html(language)},
        "language": {"value": language},
        "new": {"value": text("new")},
        "samples_text": {"value": _samples_text(visit, samples)},
        "samples": {"label": text("samples.title")},
        "eye": {
            "label": text("eye.label"),
            "choices": [(text(f"eye.{eye}"), eye) for eye in ("OD", "OS", "unknown")],
        },
        "look": {"label": text("view.label")},
        "opacity": {"label": text("opacity")},
        "findings_box": {"label": text("findings.title")},
    }
    view = _merged(view, after(visit) | status(visit, loader))
    view["chat"] |= {"label": text("chat"), "placeholder": panels.welcome(language)}
    view["composer"] |= {"label": text("composer"), "placeholder": text("composer_hint")}
    return view


def after(visit: Visit) -> View:
    """All that can have changed when something was sent, ended or taken back."""
    return {**chat(visit), **composer(visit), **chips(visit), **panel(visit)}


def chat(visit: Visit) -> View:
    """The conversation."""
    return {"chat": {"value": render(visit.turns, visit.language)}}


def composer(visit: Visit) -> View:
    """The button beside the text: send, or stop while an answer is under way."""
    send, stop = (say(f"demo.{key}", visit.language) for key in ("send", "stop"))
    busy = visit.busy
    return {
        "composer": {"submit_btn": False if busy else send, "stop_btn": stop if busy else False}
    }


def chips(visit: Visit) -> View:
    """Questions that fit what was found and were not asked yet, or general ones."""
    number = visit.number
    asked = [
        message.text
        for message in visit.session.messages
        if message.role == "user" and (not message.about or number in message.about)
    ]
    if visit.job is not None:
        asked.append(visit.job.question or say("demo.default_question", visit.language))
    fitting = suggestions(visit.findings, asked, len(visit.session.analyses), visit.language, CHIPS)
    return {f"chip_{n}": {"value": question} for n, question in enumerate(fitting)}


def status(visit: Visit, loader: Loader) -> View:
    """Where the loading of the models stands."""
    reasons = [problem.text(visit.language) for problem in loader.problems]
    return {
        "status": {"value": panels.status_html(loader.state, reasons, visit.language)},
        "clock": {"active": loader.state == "loading"},
    }


def panel(visit: Visit) -> View:
    """All that shows the photo in focus."""
    findings, number, language = visit.findings, visit.number, visit.language
    samples_title = say("demo.samples.title", language)
    view: View = {
        "photo_box": {"visible": findings is not None},
        "samples_box": {"open": findings is None, "label": samples_title},
        "samples": {"selected_index": None},  # so that the same one can be chosen again
    }
    if findings is None:
        return view
    count = len(visit.session.analyses)
    names = [(say("demo.photo.name", language, number=n), n) for n in range(1, count + 1)]
    pair = visit.pair
    seen = (pair.left, pair.right) if pair else (number,)
    legends = [(visit.session.analyses[n - 1].findings, visit.displays[n].masks) for n in seen]
    looks = [(say(f"demo.view.{look}", language), look) for look in visit.looks]
    view |= {
        "strip": {
            "choices": names,
            "value": number,
            "label": say("demo.photo.choose", language),
            "visible": count > 1,
        },
        "eye": {
            "value": findings.image.eye,
            "label": say(
                "demo.eye.label" if count == 1 else "demo.eye.label_of", language, number=number
            ),
        },
        "scale": {
            "visible": findings.thickness is not None,
            "value": findings.thickness and findings.thickness.um_per_px,
            "label": say("demo.scale.label", language),
            "info": say("demo.scale.info", language),
        },
        "legend": {
            "choices": legend.choices(legends, language),
            "value": sorted(visit.shown),
            "label": say("demo.legend.title", language),
            "elem_classes": legend.classes(legends),
        },
        "heat": {
            "choices": heat.choices(findings, language),
            "value": visit.heated,
            "label": say("demo.heat.label", language),
        },
        "look": {"choices": looks, "value": visit.look, "visible": len(looks) > 1},
        "opacity": {"visible": len(looks) > 1},
        "findings": {"value": panels.findings_html(number, findings, language)},
    }
    return _merged(view | pair_panel(visit), picture(visit))


def picture(visit: Visit) -> View:
    """The photo in focus with what was chosen over it, or alone, and what goes with that look."""
    analysis, number, language = visit.analysis, visit.number, visit.language
    if analysis is None:
        return {}
    eye = say(f"eye.{analysis.findings.image.eye}", language)
    label = say("demo.photo.caption", language, number=number, eye=eye)
    shown = drawn(visit, number)
    view: View = {
        "photo": {"value": shown.pixels, "alt_text": shown.alt, "label": label},
        "tools": {"value": tools_html(_by_component(visit), sharp_px(visit), visit.language)},
        "legend": {"visible": "outlined" in visit.looks and visit.look != "heat"},
        "heat_box": {"visible": visit.look == "heat"},
        **beside_picture(visit),
    }
    if visit.look == "heat" and visit.heated is not None:
        view["heat_note"] = {"value": heat.note_of(analysis, visit.heated, visit.language)}
    return view


def _by_component(visit: Visit) -> dict[str, tuple[int, Findings]]:
    """Number and findings of the photos on the screen, by the component that shows them."""
    pair, analyses = visit.pair, visit.session.analyses
    numbers = {"photo": visit.number} | ({"beside": pair.other(visit.number)} if pair else {})
    return {name: (number, analyses[number - 1].findings) for name, number in numbers.items()}


def sharpened(name: Literal["photo", "beside"], visit: Visit) -> View:
    """A photo drawn from all its pixels; nothing where another look was chosen meanwhile."""
    pair = visit.pair
    number = visit.number if name == "photo" else pair.other(visit.number) if pair else 0
    before = _look_of(visit)
    shown = sharp(visit, number) if number else None
    if shown is None or _look_of(visit) != before:
        return {}
    return {name: {"value": shown.pixels}}


def _look_of(visit: Visit) -> tuple[object, ...]:
    looked = visit.look, visit.heated, visit.opacity, frozenset(visit.shown)
    return (id(visit.session), visit.number, visit.pair, *looked)


def _merged(view: View, more: View) -> View:
    """Both views; of a component's property in both, the second."""
    return view | {name: view.get(name, {}) | props for name, props in more.items()}


def _samples_text(visit: Visit, samples: Sequence[Sample]) -> str:
    if not samples:
        return escape(say("demo.samples.absent", visit.language))
    sources = "; ".join(dict.fromkeys(sample.attribution for sample in samples))
    return escape(say("demo.samples.text", visit.language, sources=sources))
