"""The reading of many photos in a thread: `demo.screen.job` over the models of the page.

Each photo stands in line anew, where every answer and every other reading stands too, so that
nobody who asks waits for more than one photo of another person.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from assistant.analysis import Analysis
from demo.batch.state import Batch
from demo.cases.door import Door
from demo.loader import Loader
from demo.screen.entry import Entry
from demo.screen.job import Job, screen
from demo.screen.photos import Photo
from demo.screen.reading import PhotoReader, shipped_models
from demo.store import Store
from demo.trace import noted
from demo.transcript import Told
from vision.catalogue import Language
from vision.errors import InputError, OphError

if TYPE_CHECKING:
    from assistant.analysis import Reader
    from assistant.pipeline import Pipeline

_log = logging.getLogger(__name__)


class Runner:
    """Reads batches; holds what all visitors share, and nothing of any visitor."""

    def __init__(self, loader: Loader, door: Door) -> None:
        self._loader = loader
        self._door = door

    def start(self, batch: Batch, language: Language) -> None:
        """Read what is left, in a thread; `language` is that of the table beside the journal."""
        batch.begin()
        threading.Thread(
            target=self._run, args=(batch, language), name="many-photos", daemon=True
        ).start()

    def _run(self, batch: Batch, language: Language) -> None:
        home = batch.home
        try:
            job = Job(batch.photos, home / "table.csv", shipped_models(), language, every_file=True)
            again = True
            while again and not batch.stop.is_set():  # photos that were added meanwhile, too
                screen(job, lambda photos: self._read(batch, photos), lambda text: None)
                again = any(name not in batch.entries for name in batch.names)
        except OphError as error:
            batch.told = Told(error.key, error.values)
        except Exception:  # a person must read a sentence, whatever went wrong
            if not batch.stop.is_set():  # else its folder may be gone: nobody waits for it
                trace = noted(_log, "many photos were not read to the end")
                batch.told = Told("demo.error.unexpected", {"trace": trace})
        finally:
            batch.waits, batch.running = None, False

    def _read(self, batch: Batch, photos: Sequence[Photo]) -> Iterator[Entry]:
        """A source of entries; ends early where it was stopped."""
        if self._loader.state != "ready":
            self._loader.start()
            batch.waits = Told("demo.waiting.models")
        pipeline = self._loader.wait(batch.stop)
        if pipeline is None:
            return
        watched = _Watched(pipeline)
        reader = PhotoReader(
            batch.photos, shipped_models(), lambda threads: cast("Reader", watched)
        )
        batch.began_s = batch.began_s or time.monotonic()
        line = self._loader.line
        for photo in photos:
            with line.standing() as ticket:
                for before in line.places(ticket, batch.stop.is_set):
                    batch.waits = Told("demo.waiting.line", {"before": before})
                if batch.stop.is_set():
                    return
                batch.waits = Told("demo.batch.reading", {"name": photo.path})
                watched.last = None
                entry = reader(photo)
            entry = self._kept(batch, entry, watched.last)
            batch.add(entry)
            yield entry

    def _kept(self, batch: Batch, entry: Entry, analysis: Analysis | None) -> Entry:
        """The entry, with the code of its case where it became one."""
        if analysis is None or not batch.wants(entry):
            return entry
        try:
            store = self._door.store
            batch.kept, code = _new_case(store, batch.prefix, batch.kept, analysis)
        except OphError as error:  # the table is worth having all the same
            batch.told = Told(error.key, error.values)
            return entry
        return replace(entry, case=code)


class _Watched:
    """The page's pipeline as a reader of photos that remembers its last analysis."""

    def __init__(self, pipeline: "Pipeline") -> None:
        self._pipeline = pipeline
        self.last: Analysis | None = None

    def read(self, data: bytes) -> Iterator[Any]:
        """Steps as they come, the analysis last; raises InputError."""
        for item in self._pipeline.analyze(data):
            if isinstance(item, Analysis):
                self.last = item
            yield item


def _new_case(store: Store, prefix: str, number: int, analysis: Analysis) -> tuple[int, str]:
    """Keep a photo as a case of the next free code; returns its number and the code."""
    while True:
        number += 1
        try:
            made = store.create(code_of(prefix, number))
            break
        except InputError as error:
            if error.key != "store.code_taken":
                raise
    try:
        store.put_photo(store.begin_visit(made.id), analysis)
    except OphError:
        with contextlib.suppress(OphError):  # a case without its photo helps nobody
            store.delete(made.id)
        raise
    return number, made.code


def code_of(prefix: str, number: int) -> str:
    """The code of the case number `number`, from 1."""
    return f"{prefix}-{number:03d}"
