"""The way to the store: opened when it is first needed, and failures told as sentences."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from demo.cases.state import Desk, Section
from demo.store import Store
from demo.trace import noted
from vision.errors import OphError

_log = logging.getLogger(__name__)


class Door:
    """One store for all visitors; a database that could not be opened is tried again each time."""

    def __init__(self, url: str | None, wait_s: float = 10.0) -> None:
        self._url = url
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """The opened store; raises ResourceError."""
        with self._lock:
            if self._store is None:
                self._store = Store.open(self._url, self._wait_s)
            return self._store


@contextmanager
def telling(desk: Desk, section: Section) -> Iterator[None]:
    """Whatever goes wrong becomes a sentence under the section; the conversation goes on."""
    desk.settle()
    try:
        yield
    except OphError as error:
        desk.warn(section, error.key, **error.values)
    except Exception:  # a person must read a sentence, whatever went wrong
        trace = noted(_log, "an event of the cases failed")
        desk.warn(section, "demo.error.unexpected", trace=trace)
