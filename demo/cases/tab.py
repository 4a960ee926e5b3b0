"""The tab's components, and which event calls which handler."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from gradio import processing_utils
from gradio.utils import get_upload_folder

from demo.cases.door import Door
from demo.cases.handlers import CasesHandlers
from demo.cases.report import PASSAGES
from demo.loader import Loader
from demo.settings import Settings
from demo.views import View
from demo.visit import Visit

if TYPE_CHECKING:
    from demo.app import Page

# a file is made when it is asked for; Gradio's button downloads what it held before the click, so a
# hidden one is clicked once it holds the new file
_DOWNLOAD = "() => setTimeout(() => document.querySelector('#cases-file')?.click(), 150)"
_TO_CHAT = """() => setTimeout(() => {
  if (document.querySelector('#cases-told-list .said-opened'))
    document.querySelector('#tab-chat-button')?.click();
}, 150)"""


def _offer(data: bytes, name: str) -> str:
    return processing_utils.save_bytes_to_cache(data, name, get_upload_folder())


class CasesTab:
    """Cases that outlast the program; see `demo.tab`."""

    name = "cases"

    def __init__(
        self, loader: Loader, show: Callable[[np.ndarray], str], settings: Settings
    ) -> None:
        self._handlers = CasesHandlers(Door(settings.db), loader, show, _offer)

    def everything(self, visit: Visit) -> View:
        """The whole tab."""
        return self._handlers.everything(visit)

    # ---- layout ----

    def lay_out(self, parts: dict[str, Any]) -> None:
        """Left: saving, report and feedback of the conversation. Right: all that is stored."""
        parts["cases_intro"] = gr.HTML(elem_id="cases-intro")
        parts["cases_file"] = gr.DownloadButton(visible="hidden", elem_id="cases-file")
        with gr.Row(elem_id="cases-columns", equal_height=False):
            with gr.Column(scale=5, min_width=320):
                with gr.Accordion(open=True) as parts["cases_now_box"]:
                    self._lay_out_saving(parts)
                with gr.Accordion(open=True) as parts["cases_report_box"]:
                    self._lay_out_report(parts)
                with gr.Accordion(open=True) as parts["cases_feedback_box"]:
                    self._lay_out_feedback(parts)
            with (
                gr.Column(scale=5, min_width=320),
                gr.Accordion(open=True) as parts["cases_list_box"],
            ):
                self._lay_out_list(parts)

    @staticmethod
    def _lay_out_saving(parts: dict[str, Any]) -> None:
        parts["cases_now"] = gr.HTML(elem_id="cases-now")
        parts["cases_update"] = gr.Button(variant="primary", visible=False, elem_id="cases-update")
        with gr.Row(elem_classes="fields"):
            parts["cases_code"] = gr.Textbox(
                max_lines=1, min_width=230, scale=1, elem_id="cases-code"
            )
            parts["cases_note"] = gr.Textbox(
                lines=1, max_lines=4, min_width=200, scale=2, elem_id="cases-note"
            )
        parts["cases_save"] = gr.Button(elem_id="cases-save")
        parts["cases_told_save"] = _told("save")

    @staticmethod
    def _lay_out_report(parts: dict[str, Any]) -> None:
        parts["cases_report_empty"] = gr.HTML(elem_classes="maybe")
        with gr.Column(visible=False, elem_classes="section") as parts["cases_report"]:
            for name, lines in zip(PASSAGES, (4, 5, 2), strict=True):
                parts[f"cases_{name}"] = gr.Textbox(
                    lines=lines, max_lines=14, elem_id=f"cases-{name}"
                )
            with gr.Row(elem_classes="buttons"):
                for name in ("html", "pdf", "renew"):
                    parts[f"cases_{name}"] = gr.Button(min_width=110, elem_id=f"cases-{name}")
        parts["cases_told_report"] = _told("report")

    @staticmethod
    def _lay_out_feedback(parts: dict[str, Any]) -> None:
        parts["cases_feedback_empty"] = gr.HTML(elem_classes="maybe")
        with gr.Column(visible=False, elem_classes="section") as parts["cases_feedback"]:
            parts["cases_about"] = gr.Dropdown(value=None, elem_id="cases-about")
            parts["cases_corrected"] = gr.Textbox(lines=2, max_lines=8, elem_id="cases-corrected")
            parts["cases_outline"] = gr.File(
                file_types=[".png"], type="filepath", height=190, elem_id="cases-outline"
            )
            parts["cases_who"] = gr.Textbox(max_lines=1, elem_id="cases-who")
            with gr.Row(elem_classes="buttons"):
                for name in ("up", "down"):
                    parts[f"cases_{name}"] = gr.Button(min_width=110, elem_id=f"cases-{name}")
        parts["cases_told_feedback"] = _told("feedback")

    @staticmethod
    def _lay_out_list(parts: dict[str, Any]) -> None:
        parts["cases_search"] = gr.Textbox(max_lines=1, elem_id="cases-search")
        parts["cases_empty"] = gr.HTML(elem_classes="maybe")
        parts["cases_list"] = gr.Radio(visible=False, elem_id="cases-list", elem_classes="lines")
        parts["cases_told_list"] = _told("list")
        with gr.Column(visible=False, elem_id="cases-case") as parts["cases_case"]:
            parts["cases_summary"] = gr.HTML(elem_id="cases-summary")
            parts["cases_visit"] = gr.Radio(elem_id="cases-visit", elem_classes="lines")
            with gr.Row(elem_classes="buttons"):
                parts["cases_open"] = gr.Button(variant="primary", elem_id="cases-open")
                parts["cases_add"] = gr.Button(elem_id="cases-add")
            parts["cases_case_note"] = gr.Textbox(lines=2, max_lines=8, elem_id="cases-case-note")
            with gr.Row(elem_classes="buttons"):
                parts["cases_note_save"] = gr.Button(elem_id="cases-note-save")
                parts["cases_export"] = gr.Button(elem_id="cases-export")
                parts["cases_delete"] = gr.Button(elem_id="cases-delete")
            with gr.Column(visible=False, elem_classes="section") as parts["cases_sure"]:
                parts["cases_question"] = gr.HTML()
                with gr.Row(elem_classes="buttons"):
                    parts["cases_keep"] = gr.Button(elem_id="cases-keep")
                    parts["cases_forget"] = gr.Button(variant="stop", elem_id="cases-forget")
            parts["cases_judged"] = gr.HTML(elem_id="cases-judged")

    # ---- events ----

    def wire(self, page: "Page") -> None:
        """Every event."""
        parts, handlers = (
            {k.removeprefix("cases_"): v for k, v in page.parts.items()},
            self._handlers,
        )
        page.on(parts["tab_cases"].select, handlers.enter)
        code, note = parts["code"], parts["note"]
        for listen in (parts["save"].click, code.submit):
            page.on(listen, handlers.save_new, code, note)
        page.on(parts["search"].input, handlers.search, parts["search"], trigger_mode="always_last")
        page.on(parts["list"].input, handlers.choose, parts["list"], trigger_mode="always_last")
        page.on(parts["visit"].input, handlers.choose_visit, parts["visit"])
        page.on(parts["note_save"].click, handlers.set_note, parts["case_note"])
        for name, handler in (
            ("update", handlers.update),
            ("add", handlers.add_visit),
            ("delete", handlers.ask_delete),
            ("keep", handlers.keep_case),
            ("forget", handlers.delete),
            ("renew", handlers.renew),
        ):
            page.on(parts[name].click, handler)
        page.on(parts["open"].click, handlers.open).then(None, js=_TO_CHAT)
        page.on(parts["export"].click, handlers.export).then(None, js=_DOWNLOAD)
        texts = [parts[name] for name in PASSAGES]
        for box in texts:
            page.on(box.input, handlers.edit, *texts, trigger_mode="always_last")
        for form in ("html", "pdf"):
            report = page.on(parts[form].click, partial(handlers.report, form), *texts)
            report.then(None, js=_DOWNLOAD)
        judged = [parts[name] for name in ("about", "corrected", "who", "outline")]
        for rating in ("up", "down"):
            page.on(parts[rating].click, partial(handlers.judge, rating), *judged)


def _told(section: str) -> gr.HTML:
    return gr.HTML(elem_id=f"cases-told-{section}", elem_classes="maybe")
