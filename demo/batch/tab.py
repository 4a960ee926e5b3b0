"""The tab's components, and which event calls which handler."""

from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio import processing_utils
from gradio.utils import get_upload_folder

from demo.batch.handlers import BatchHandlers
from demo.batch.run import Runner
from demo.cases.door import Door
from demo.loader import Loader
from demo.settings import Settings
from demo.views import View
from demo.visit import Visit

if TYPE_CHECKING:
    from demo.app import Page

# the file is made when it is asked for; a hidden button is clicked once it holds it
_DOWNLOAD = "() => setTimeout(() => document.querySelector('#batch-file')?.click(), 150)"


def _offer(data: bytes, name: str) -> str:
    return processing_utils.save_bytes_to_cache(data, name, get_upload_folder())


class BatchTab:
    """Many photos at once; see `demo.tab`."""

    name = "batch"

    def __init__(self, loader: Loader, settings: Settings) -> None:
        self._handlers = BatchHandlers(Runner(loader, Door(settings.db)), _offer)

    def everything(self, visit: Visit) -> View:
        """The whole tab."""
        return self._handlers.everything(visit)

    def lay_out(self, parts: dict[str, Any]) -> None:
        """Files at the left; what is to be done with them, and how far it is, at the right."""
        parts["batch_intro"] = gr.HTML(elem_id="batch-intro")
        parts["batch_file"] = gr.DownloadButton(visible="hidden", elem_id="batch-file")
        parts["batch_clock"] = gr.Timer(1.0, active=False)
        with gr.Row(elem_id="batch-columns", equal_height=False):
            with gr.Column(scale=5, min_width=320):
                parts["batch_files"] = gr.File(
                    file_count="multiple", height=170, elem_id="batch-files"
                )
                parts["batch_large"] = gr.HTML(elem_classes="maybe")
                parts["batch_folder"] = gr.UploadButton(
                    file_count="directory", size="sm", elem_id="batch-folder"
                )
            with gr.Column(scale=5, min_width=320):
                parts["batch_keep"] = gr.Radio(elem_id="batch-keep", elem_classes="segmented")
                parts["batch_prefix"] = gr.Textbox(
                    max_lines=1, visible=False, elem_id="batch-prefix"
                )
                parts["batch_taken"] = gr.HTML(elem_id="batch-taken")
                with gr.Row(elem_classes="buttons"):
                    parts["batch_start"] = gr.Button(variant="primary", elem_id="batch-start")
                    parts["batch_stop"] = gr.Button(
                        variant="stop", visible=False, elem_id="batch-stop"
                    )
                    parts["batch_clear"] = gr.Button(elem_id="batch-clear")
                parts["batch_told"] = gr.HTML(elem_id="batch-told", elem_classes="maybe")
                parts["batch_progress"] = gr.HTML(elem_id="batch-progress", elem_classes="maybe")
        with gr.Accordion(visible=False, open=True, elem_id="batch-results") as box:
            parts["batch_results_box"] = box
            with gr.Row(elem_classes="buttons above"):
                parts["batch_group"] = gr.Radio(elem_id="batch-group", elem_classes="segmented")
                parts["batch_csv"] = gr.Button(elem_id="batch-csv")
            parts["batch_skipped"] = gr.HTML(elem_id="batch-skipped")
            parts["batch_table"] = gr.HTML(elem_id="batch-table")

    def wire(self, page: "Page") -> None:
        """Every event; the reading itself is a thread that the clock looks at."""
        parts = {k.removeprefix("batch_"): v for k, v in page.parts.items()}
        handlers = self._handlers
        for name in ("files", "folder"):
            page.on(parts[name].upload, handlers.take, parts[name])
        page.on(parts["keep"].input, handlers.set_keep, parts["keep"])
        page.on(parts["start"].click, handlers.start, parts["prefix"])
        page.on(parts["stop"].click, handlers.stop)
        page.on(parts["clear"].click, handlers.clear)
        page.on(parts["clock"].tick, handlers.tick)
        page.on(parts["group"].input, handlers.show, parts["group"], trigger_mode="always_last")
        page.on(parts["csv"].click, handlers.download).then(None, js=_DOWNLOAD)
