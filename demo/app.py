"""The page: Gradio components, their layout, and which event calls which handler.

The only file that knows Gradio. Handlers return views (component name -> properties); this file
turns them into updates. The conversation is never an input: what the browser holds is not trusted.
"""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import gradio as gr
import numpy as np
from gradio import processing_utils
from gradio.events import Dependency
from gradio.utils import get_upload_folder

from assistant.pipeline import Pipeline
from demo.batch.tab import BatchTab
from demo.cases.tab import CasesTab
from demo.handlers import Handlers
from demo.layout import lay_out_chat, lay_out_photo, lay_out_samples
from demo.loader import Loader
from demo.practice.tab import PracticeTab
from demo.samples import sample_photos, sample_thumbnail
from demo.settings import MOST_WAITING, Settings, blocks_kwargs, queue_kwargs
from demo.tab import Tab
from demo.transcript import Told, Turn
from demo.views import CHIPS, View
from demo.visit import Visit
from demo.worker import Worker
from vision.catalogue import Language, say

# all of them at once, for they wait in a line of their own in which everyone sees their place
_HEAVY: dict[str, Any] = {"concurrency_id": "models", "concurrency_limit": MOST_WAITING}
_QUICK: dict[str, Any] = {"show_progress": "hidden", "queue": False}


def build_app(models: Loader | Pipeline, settings: Settings) -> gr.Blocks:
    """The page over `models`; a Loader may still be loading."""
    loader = models if isinstance(models, Loader) else Loader(lambda: models)
    if loader is not models:
        loader.start()
    return Page(loader, settings).blocks


def _store(pixels: np.ndarray) -> str:
    return processing_utils.save_img_array_to_cache(pixels, get_upload_folder(), "webp")


class Page:
    """Builds the blocks; `parts` maps the names used in views to components."""

    def __init__(self, loader: Loader, settings: Settings) -> None:
        self._settings = settings
        self._samples = sample_photos()
        self._thumbnails: list[np.ndarray] | None = None
        # by session, only to find the visit of a page that was closed
        self._visits: WeakValueDictionary[str, Visit] = WeakValueDictionary()
        self._handlers = Handlers(loader, settings, self._samples)
        self._worker = Worker(loader, _store)
        self._tabs: tuple[Tab, ...] = (
            PracticeTab(loader, self._samples),
            CasesTab(loader, _store, settings),
            BatchTab(loader, settings),
        )
        self.parts: dict[str, Any] = {}
        with gr.Blocks(**blocks_kwargs(settings)) as self.blocks:
            self._visit = gr.State(
                None, time_to_live=settings.forget_after_s, delete_callback=_forget
            )
            self._lay_out()
            self._wire()
        self.blocks.queue(**queue_kwargs())

    # ---- layout ----

    def _lay_out(self) -> None:
        parts = self.parts
        parts["clock"] = gr.Timer(1.0)
        with gr.Row(elem_id="top"):
            parts["header"] = gr.HTML(elem_id="header")
            parts["new"] = gr.Button(size="sm", elem_id="new")
            parts["language"] = gr.Radio(
                [("English", "en"), ("中文", "zh")],
                value=self._settings.language or "en",
                label="Language / 语言",
                elem_id="language",
                elem_classes="segmented",
                container=False,
            )
        parts["notice"] = gr.HTML(elem_id="notice")
        parts["status"] = gr.HTML(elem_id="status")
        with gr.Tabs(elem_id="tabs"):
            with (
                gr.Tab(elem_id="tab-chat") as parts["tab_chat"],
                gr.Row(elem_id="columns", equal_height=False),
            ):
                with gr.Column(scale=6, min_width=320, elem_id="left"):
                    lay_out_chat(parts)
                with gr.Column(scale=5, min_width=320, elem_id="right"):
                    lay_out_photo(parts)
                    lay_out_samples(parts, visible=bool(self._samples))
            for tab in self._tabs:
                with gr.Tab(elem_id=f"tab-{tab.name}") as parts[f"tab_{tab.name}"]:
                    tab.lay_out(parts)

    # ---- events ----

    def _wire(self) -> None:
        handlers, parts, visit = self._handlers, self.parts, self._visit
        everything = [*parts.values(), visit]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        self.blocks.unload(self._leave)
        opened = self.blocks.load(self._open, None, everything, **_QUICK, api_name="open")
        # decoding takes seconds the first time, so the page does not wait for it
        opened.then(self._show_samples, visit, parts["samples"], concurrency_limit=1, **quiet)
        parts["clock"].tick(
            self._tick, visit, [parts["status"], parts["clock"]], queue=False, **quiet
        )
        switched = self.on(
            parts["language"].input,
            lambda language, visit: self._with_tabs(
                handlers.switch_language(language, visit), visit
            ),
            parts["language"],
            api_name="switch_language",
        )
        switched.then(self._show_samples, visit, parts["samples"], **quiet)
        # a screen reader chooses its voice by the language of the document
        for changed in (opened, switched):
            changed.then(None, parts["language"], js="l => { document.documentElement.lang = l; }")
        self._wire_sending()
        for tab in self._tabs:
            tab.wire(self)
        self.on(parts["strip"].input, handlers.show_photo, parts["strip"])
        self.on(parts["eye"].input, handlers.set_eye, parts["eye"])
        for typed in (parts["scale"].submit, parts["scale"].blur):
            self.on(typed, handlers.set_scale, parts["scale"])
        self.on(parts["pair"].input, handlers.set_pair, parts["pair"])
        self.on(parts["partner"].input, handlers.set_partner, parts["partner"])
        self.on(parts["earlier"].input, handlers.set_earlier, parts["earlier"])
        for name in ("photo", "beside"):
            sharpen = partial(handlers.sharpen, name)
            self.on(parts[f"sharpen_{name}"].click, sharpen, trigger_mode="always_last")
        looks = [parts[name] for name in ("legend", "opacity", "look", "heat")]
        for listen in (looks[0].input, looks[1].release, looks[2].input, looks[3].input):
            self.on(listen, handlers.redraw, *looks, trigger_mode="always_last")

    def _wire_sending(self) -> None:
        handlers, parts = self._handlers, self.parts
        composer, chat = parts["composer"], parts["chat"]
        self.then_work(self.on(composer.submit, handlers.receive, composer, api_name="send"), "")
        for n in range(CHIPS):
            chip = parts[f"chip_{n}"]
            self.then_work(self.on(chip.click, handlers.ask, chip), f"_chip_{n}")
        inputs, outputs = [parts["language"], self._visit], [*parts.values(), self._visit]
        chosen = parts["samples"].select(self._choose, inputs, outputs, **_QUICK)
        self.then_work(chosen, "_sample")
        self.then_work(self.on(chat.retry, handlers.retry), "_retry")
        self.then_work(chat.edit(self._edit, inputs, outputs, **_QUICK), "_edit")
        self.on(chat.undo, handlers.undo, api_name="undo")
        self.on(composer.stop, handlers.stop, api_name="stop")
        self.on(
            parts["new"].click,
            lambda visit: self._with_tabs(handlers.restart(visit), visit),
            api_name="restart",
        )

    def on(
        self,
        listen: Callable[..., Dependency],
        handler: Callable[..., View],
        *sent: Any,
        **more: Any,
    ) -> Dependency:
        """Let an event call a handler with the values of `sent` and the visit."""

        def run(*values: Any) -> dict[Any, Any]:
            *arguments, language, visit = values
            visit = self._present(visit, language)
            return self._updates(handler(*arguments, visit), visit)

        inputs = [*sent, self.parts["language"], self._visit]
        return listen(run, inputs, [*self.parts.values(), self._visit], **_QUICK, **more)

    def then_work(
        self,
        sent: Dependency,
        name: str,
        work: Callable[[Visit], Iterator[View]] | None = None,
    ) -> None:
        """After a quick event, show what slow work on the visit yields; by default, the answer."""
        work = work or self._worker.work

        def run(visit: Visit | None) -> Iterator[dict[Any, Any]]:
            # Gradio empties all outputs of a generator that yields nothing
            yield {self._visit: visit}
            if visit is not None:
                for view in work(visit):
                    yield self._updates(view, visit)

        sent.then(
            run,
            self._visit,
            [*self.parts.values(), self._visit],
            show_progress="hidden",
            api_name=f"work{name}",
            **_HEAVY,
        )

    # ---- from views to updates ----

    def _updates(self, view: View, visit: Visit) -> dict[Any, Any]:
        toast = view.pop("toast", None)
        if toast is not None:
            gr.Info(toast["text"])
        updates = {self.parts[name]: gr.update(**props) for name, props in view.items()}
        return {**updates, self._visit: visit}  # handing the visit back restarts its time to live

    @staticmethod
    def _present(visit: Visit | None, language: Language) -> Visit:
        """The visit, or a new one that says so where the old was forgotten for lack of use."""
        if visit is None or visit.closed:
            visit = Visit(language)
            visit.append(Turn("", parts=[Told("demo.error.forgotten")]))
        visit.use()
        return visit

    def _open(self, request: gr.Request) -> dict[Any, Any]:
        language = self._settings.language_for(request.headers.get("accept-language"))
        visit = Visit(language)
        self._visits[str(request.session_hash)] = visit
        return self._updates(self._with_tabs(self._handlers.everything(visit), visit), visit)

    def _with_tabs(self, view: View, visit: Visit) -> View:
        """A view of the whole page, and the words of the tabs."""
        names = ("chat", *(tab.name for tab in self._tabs))
        for name in names:
            view[f"tab_{name}"] = {"label": say(f"demo.tab.{name}", visit.language)}
        for tab in self._tabs:
            view |= tab.everything(visit)
        return view

    def _leave(self, request: gr.Request) -> None:
        visit = self._visits.get(str(request.session_hash))
        if visit is not None:
            visit.stop.set()
            closing = threading.Timer(
                self._settings.forget_closed_after_s, visit.close, (time.monotonic(),)
            )
            closing.daemon = True
            closing.start()

    def _tick(self, visit: Visit | None) -> tuple[Any, Any]:
        if visit is None:  # the page has not been opened yet
            return gr.skip(), gr.skip()
        view = self._handlers.status(visit)
        return gr.update(**view["status"]), gr.update(**view["clock"])

    def _show_samples(self, visit: Visit | None) -> Any:
        if self._thumbnails is None:
            self._thumbnails = [sample_thumbnail(sample)[0] for sample in self._samples]
        language = visit.language if visit is not None else "en"
        captions = [say(sample.caption_key, language) for sample in self._samples]
        return gr.update(value=list(zip(self._thumbnails, captions, strict=True)))

    def _choose(
        self, language: Language, visit: Visit | None, chosen: gr.SelectData
    ) -> dict[Any, Any]:
        visit = self._present(visit, language)
        return self._updates(self._handlers.choose_sample(int(chosen.index), visit), visit)

    def _edit(self, language: Language, visit: Visit | None, edited: gr.EditData) -> dict[Any, Any]:
        visit = self._present(visit, language)
        index = edited.index if isinstance(edited.index, int) else edited.index[0]
        return self._updates(self._handlers.edit(index, str(edited.value), visit), visit)


def _forget(visit: Visit | None) -> None:
    if visit is not None:
        visit.close()
