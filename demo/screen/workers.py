"""Processes that read photos side by side; one that dies is replaced and costs its photo alone."""

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures import TimeoutError as TooSlow

from pebble import ProcessExpired, ProcessPool

from demo.screen.entry import Entry
from demo.screen.photos import Photo
from demo.screen.reading import PhotoReader, problem_of
from vision.errors import ModelError, OphError

# photos to read -> what came of each, as they finish
Source = Callable[[Sequence[Photo]], Iterator[Entry]]
MOST_SECONDS = 600  # a photo; hundreds of times what one takes
Outcome = Entry | tuple[str, dict[str, str]]  # the latter: why no photo can be read at all

_reader: PhotoReader  # of this process


def cores() -> int:
    """Processor cores that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(reader: PhotoReader, count: int) -> Source:
    """Read with so many spawned processes, each with models and a share of the cores of its own.

    The source raises ModelError where the models cannot be loaded.
    """
    reader.threads = max(1, cores() // count)

    def source(photos: Sequence[Photo]) -> Iterator[Entry]:
        pool = ProcessPool(
            max_workers=min(count, len(photos)),
            context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=[reader],
        )
        try:
            tasks: dict[Future[Outcome], Photo] = {
                pool.schedule(_read, args=[photo], timeout=MOST_SECONDS): photo for photo in photos
            }
            for task in as_completed(tasks):
                yield _outcome(task, tasks[task], reader.models)
        finally:  # also where the run was interrupted: what is being read is given up
            pool.stop()
            pool.join()

    return source


def _start(reader: PhotoReader) -> None:
    global _reader  # a pool's processes share nothing else between photos
    _reader = reader
    logging.getLogger().addHandler(logging.NullHandler())  # what fails is told in the table
    os.setpgid(0, 0)  # Ctrl-C is for the one who waits; here it would end a decoder within a photo


def _read(photo: Photo) -> Outcome:
    try:
        return _reader(photo)
    except (
        OphError
    ) as error:  # an exception of ours does not travel between processes, its key does
        problem = problem_of(error)
        return problem.key, problem.values


def _outcome(task: Future[Outcome], photo: Photo, models: str) -> Entry:
    try:
        outcome = task.result()
    except ProcessExpired:
        return lost(photo, models, "screen.died")
    except TooSlow:
        return lost(photo, models, "screen.too_slow")
    if isinstance(outcome, Entry):
        return outcome
    key, values = outcome
    raise ModelError(key, **values)


def lost(photo: Photo, models: str, key: str) -> Entry:
    """A photo whose process did not come back with it; the next run tries it anew."""
    return Entry(photo, models, "failed", problem=problem_of(OphError(key)))
