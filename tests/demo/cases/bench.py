"""A page whose visitor also has the tab of cases, without a browser."""

import threading
from pathlib import Path
from typing import Any

from demo.cases.door import Door
from demo.cases.handlers import CasesHandlers
from demo.loader import Loader
from demo.views import View
from demo.visit import Visit
from tests.demo.fakes import FakePipeline
from tests.demo.pages import Page


class Bench(Page):
    """Does what a person does in the tab, and keeps what is shown; files land in `files`."""

    def __init__(self, file: Path, pipeline: FakePipeline | None = None) -> None:
        super().__init__(pipeline or FakePipeline())
        self.files: dict[str, bytes] = {}
        loader = Loader(lambda: self.pipeline)  # type: ignore[arg-type, return-value]
        loader.start()
        loader.wait(threading.Event())
        door = Door(f"sqlite:///{file}", wait_s=0.2)
        self.cases = CasesHandlers(door, loader, lambda pixels: "thumb.webp", self._offer)
        self.take(self.cases.everything(self.visit))

    def _offer(self, data: bytes, name: str) -> str:
        self.files[name] = data
        return name

    def do(self, name: str, *sent: Any) -> View:
        """Let an event of the tab happen."""
        return self.take(getattr(self.cases, name)(*sent, self.visit))

    def take(self, view: View) -> View:
        """Show it."""
        for name, props in view.items():
            self.view[name] = self.view.get(name, {}) | props
        return view

    def told(self, section: str) -> str:
        """The sentence under a section."""
        return str(self.view[f"cases_told_{section}"]["value"])

    def choices(self, name: str) -> list[tuple[str, str]]:
        """What can be chosen from."""
        return list(self.view[f"cases_{name}"]["choices"])

    def saved(self, code: str = "P-1", note: str = "") -> "Bench":
        """This bench, its conversation stored as a new case."""
        self.do("save_new", code, note)
        assert "Saved in" in self.told("save")
        return self

    def reopened(self, file: Path) -> "Bench":
        """Another visitor of another run of the program, who opened the newest case."""
        other = Bench(file)
        other.do("enter")
        other.do("choose", other.choices("list")[0][1])
        other.do("open")
        return other


def shown(visit: Visit) -> tuple[list[str], list[str]]:
    """Photos and words of a conversation."""
    session = visit.session
    return [one.image.id for one in session.analyses], [one.text for one in session.messages]
