"""Loads the models in the background, so that the page is up before they are."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from assistant.session import Session
from assistant.turns import Turns
from demo.trace import noted
from vision.catalogue import LANGUAGES
from vision.errors import ModelError, OphError

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline

State = Literal["loading", "ready", "failed"]
_log = logging.getLogger(__name__)


class Loader:
    """One pipeline for all visitors; `load` runs in a thread, once unless it fails."""

    def __init__(self, load: Callable[[], "Pipeline"]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._started = False
        self.line = Turns()  # one model on one machine: whoever comes second waits
        self._pipeline: Pipeline | None = None
        self._error: OphError | None = None

    @property
    def state(self) -> State:
        """Where the loading stands."""
        if not self._done.is_set():
            return "loading"
        return "ready" if self._pipeline is not None else "failed"

    @property
    def problems(self) -> list[OphError]:
        """Why the last attempt failed, or which parts could not be loaded and are done without."""
        if self._error is not None:
            return [self._error]
        return list(self._pipeline.problems) if self._pipeline is not None else []

    def start(self) -> None:
        """Begin to load; does nothing while loading or when loaded."""
        with self._lock:
            if self._pipeline is not None or (self._started and not self._done.is_set()):
                return
            self._started = True
            self._error = None
            self._done.clear()
        threading.Thread(target=self._run, name="load-models", daemon=True).start()

    def wait(self, stop: threading.Event) -> "Pipeline | None":
        """The pipeline once it is there, None where `stop` came first; raises OphError."""
        while not self._done.wait(0.1):
            if stop.is_set():
                return None
        if self._error is not None:
            raise self._error
        return self._pipeline

    def _run(self) -> None:
        try:
            self._pipeline = self._load()
        except OphError as error:
            _log.error("the models did not load: %s", error)
            self._error = error
        except Exception:  # whatever it is, the page must be able to say that loading failed
            trace = noted(_log, "the models did not load")
            self._error = ModelError("demo.error.unexpected", trace=trace)
        self._done.set()
        self._warm_up()

    def _warm_up(self) -> None:
        """Let the language model read once what every conversation begins with."""
        if self._pipeline is not None:
            for language in LANGUAGES:
                self._pipeline.read_ahead(Session(), language, threading.Event())
