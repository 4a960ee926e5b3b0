"""The tab's components, and which event calls which handler."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from demo.loader import Loader
from demo.practice.cases import Shelf
from demo.practice.handlers import PracticeHandlers
from demo.practice.reveal import Revealer
from demo.samples import Sample
from demo.views import View
from demo.visit import Visit

if TYPE_CHECKING:
    from demo.app import Page

_HERE = Path(__file__).parent
_SURFACE = """<svg class="marks ${value.on ? 'on' : ''} ${value.radius ? 'brush' : ''}"
 viewBox="0 0 ${value.w} ${value.h}" tabindex="${value.on ? 0 : -1}" role="application"
 aria-label="${value.label}">${value.svg}</svg><i class="cross" aria-hidden="true"></i>"""


class PracticeTab:
    """Photos to read oneself first; see `demo.tab`."""

    name = "practice"

    def __init__(self, loader: Loader, samples: Sequence[Sample]) -> None:
        self._handlers = PracticeHandlers(Shelf(samples))
        self._revealer = Revealer(loader, self._handlers.cases)

    def everything(self, visit: Visit) -> View:
        """The whole tab."""
        return self._handlers.everything(visit)

    def lay_out(self, parts: dict[str, Any]) -> None:
        """Cases above; the photo at the left; marks, grade, result and words at the right."""
        with gr.Row(elem_id="practice-above"):
            parts["practice_intro"] = gr.HTML(elem_id="practice-intro")
            parts["practice_progress"] = gr.HTML(elem_id="practice-progress")
            parts["practice_upload"] = gr.UploadButton(
                file_types=["image"], size="sm", elem_id="practice-upload"
            )
        parts["practice_cases"] = gr.HTML(
            {"html": "", "chosen": None},
            html_template="${value.html}",
            js_on_load=_script("cases.js"),
            apply_default_css=False,
            elem_id="practice-cases",
        )
        parts["practice_told"] = gr.HTML(elem_id="practice-told")
        with gr.Row(elem_id="practice-columns", equal_height=False):
            with gr.Column(scale=6, min_width=320, elem_id="practice-left"):
                self._lay_out_photo(parts)
            with (
                gr.Column(scale=4, min_width=320, elem_id="practice-right"),
                gr.Column(visible=False, elem_id="practice-tools") as parts["practice_tools"],
            ):
                self._lay_out_tools(parts)
        with gr.Accordion(open=False, elem_id="practice-glossary-box") as box:
            parts["practice_glossary_box"] = box
            parts["practice_glossary"] = gr.HTML(elem_id="practice-glossary")
        parts["practice_sources"] = gr.HTML(elem_id="practice-sources")

    @staticmethod
    def _lay_out_photo(parts: dict[str, Any]) -> None:
        with gr.Column(elem_id="practice-stage"):
            parts["practice_photo"] = gr.HTML(apply_default_css=False, elem_id="practice-photo")
            # a surface of our own: Gradio's image editor sends the picture back at every stroke,
            # has no keys, and draws nothing while its tab is hidden
            parts["practice_marks"] = gr.HTML(
                {"svg": "", "w": 1, "h": 1, "radius": 0, "on": False, "label": ""},
                html_template=_SURFACE,
                js_on_load=_script("stage.js"),
                apply_default_css=False,
                elem_id="practice-marks",
            )
        with gr.Row(elem_id="practice-looks"):
            parts["practice_zoom"] = gr.Radio(
                [("1×", 1), ("2×", 2), ("4×", 4)],
                value=1,
                elem_id="practice-zoom",
                elem_classes="segmented",
                min_width=200,
            )
            parts["practice_look"] = gr.Radio(
                visible=False, elem_id="practice-look", elem_classes="segmented", min_width=310
            )
        parts["practice_hint"] = gr.HTML(elem_id="practice-hint")

    @staticmethod
    def _lay_out_tools(parts: dict[str, Any]) -> None:
        for name in ("lesion", "brush"):
            parts[f"practice_{name}"] = gr.Radio(
                elem_id=f"practice-{name}", elem_classes="segmented"
            )
        parts["practice_list"] = gr.HTML(elem_id="practice-list")
        with gr.Row(elem_id="practice-buttons") as parts["practice_buttons"]:
            parts["practice_undo"] = gr.Button(size="sm", min_width=120, interactive=False)
            parts["practice_clear"] = gr.Button(size="sm", min_width=120, interactive=False)
        parts["practice_grade"] = gr.Radio(elem_id="practice-grade", elem_classes="segmented")
        parts["practice_reveal"] = gr.Button(variant="primary", elem_id="practice-reveal")
        parts["practice_result"] = gr.HTML(elem_id="practice-result")
        with gr.Accordion(open=False, elem_id="practice-steps-box") as parts["practice_steps_box"]:
            parts["practice_steps"] = gr.HTML(elem_id="practice-steps")

    def wire(self, page: "Page") -> None:
        """Every event, and the slow one that reveals."""
        parts, handlers = page.parts, self._handlers
        shown = page.on(parts["tab_practice"].select, handlers.cases)
        page.on(shown.then, handlers.illustrate)
        page.on(parts["practice_cases"].input, handlers.choose, parts["practice_cases"])
        page.on(parts["practice_upload"].upload, handlers.take, parts["practice_upload"])
        surface, every = parts["practice_marks"], {"trigger_mode": "multiple"}
        page.on(surface.input, handlers.mark, surface, **every)
        page.on(surface.undo, handlers.undo, **every)
        page.on(parts["practice_undo"].click, handlers.undo, **every)
        page.on(parts["practice_clear"].click, handlers.clear)
        for name, handler in (
            ("lesion", handlers.set_lesion),
            ("brush", handlers.set_brush),
            ("grade", handlers.set_grade),
            ("look", handlers.look),
        ):
            part = parts[f"practice_{name}"]
            page.on(part.input, handler, part, trigger_mode="always_last")
        revealed = page.on(parts["practice_reveal"].click, handlers.reveal)
        page.then_work(revealed, "_practice", self._revealer.work)
        parts["practice_zoom"].input(
            None,
            parts["practice_zoom"],
            js="z => document.getElementById('practice-stage').style.setProperty('--zoom', z)",
        )


def _script(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
