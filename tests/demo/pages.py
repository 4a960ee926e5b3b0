"""A page with one visitor and no browser, for the tests of its events."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo.handlers import Handlers
from demo.loader import Loader
from demo.settings import Settings
from demo.views import View
from demo.visit import Visit
from demo.worker import Worker
from tests.demo.fakes import FakePipeline

PhotoMaker = Callable[..., Path]  # seed -> a drawn photo on disk


class Page:
    """A page with one visitor: sends, lets the worker work, and reads what is shown."""

    def __init__(self, pipeline: FakePipeline) -> None:
        self.pipeline = pipeline
        loader = Loader(lambda: pipeline)  # type: ignore[arg-type, return-value]
        loader.start()
        loader.wait(threading.Event())
        self.handlers = Handlers(loader, Settings(), [])
        self.worker = Worker(loader, lambda pixels: f"{pixels.shape[1]}.webp")
        self.visit = Visit("en")
        self.view: View = self.handlers.everything(self.visit)

    def send(self, text: str = "", *files: Path) -> list[View]:
        """Send a message and work until the answer ends; returns every view."""
        message = {"text": text, "files": [str(file) for file in files]}
        return self.run(lambda: self.handlers.receive(message, self.visit))

    def run(self, event: Callable[[], View]) -> list[View]:
        views = [event()]
        views += self.worker.work(self.visit)
        for view in views:
            for name, more in view.items():
                self.view[name] = self.view.get(name, {}) | more
        return views

    @property
    def chat(self) -> str:
        return "\n".join(text_of(message) for message in self.view["chat"]["value"])


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    text = content if isinstance(content, str) else content["value"]
    return f"{message['role']}: {message['metadata'].get('title', '')} {text}"
