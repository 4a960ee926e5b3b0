"""Folders to screen, and readers at the models' place, for the tests of demo.screen."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from demo.screen.cluster import LOCAL, on_ray
from demo.screen.entry import Entry, Status
from demo.screen.job import Job, screen
from demo.screen.photos import Photo
from demo.screen.reading import PhotoReader
from demo.screen.workers import Source
from tests.assistant.factory import findings
from vision.errors import InputError, ModelError

MODELS = "fakes=1"


class ScriptedReader:
    """Does what a file says; knows no pictures, so that its process starts at once."""

    def read(self, data: bytes) -> Iterator[Any]:
        """Ends its process for b"die", is broken for b"fault", else refuses."""
        if data == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        if data == b"fault":
            raise ZeroDivisionError
        raise InputError("intake.broken")
        yield


def scripted(threads: int | None) -> Any:
    """A reader that needs no models."""
    return ScriptedReader()


def missing(threads: int | None) -> Any:
    """An installation without weights."""
    raise ModelError("error.weights_missing", path="model.safetensors")


def fake(threads: int | None) -> Any:
    """Moderate retinopathy in every readable photo, and a square haemorrhage."""
    from assistant.analysis import Reader
    from tests.fakes import FakeClassifier, SquareSegmenter

    return Reader(FakeClassifier(), SquareSegmenter())


def files(folder: Path, **contents: bytes) -> Path:
    """A folder of files by name; "_" stands for the dot."""
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder


def found(path: str, status: Status = "read", **changed: Any) -> Entry:
    """A photo in which there is moderate retinopathy, or what `changed` makes of it."""
    made_up = findings(**changed)
    image = replace(made_up.image, id=os.fsencode(path).hex().ljust(64, "0"))
    return Entry(Photo(path, "1-1"), MODELS, status, 1.5, replace(made_up, image=image))


def answering(*asked: list[str]) -> Source:
    """A source without processes; notes in the given list what it was asked to read."""

    def source(photos: Sequence[Photo]) -> Iterator[Entry]:
        for photo in photos:
            for seen in asked:
                seen.append(photo.path)
            yield replace(found(photo.path), photo=photo)

    return source


def job(tmp_path: Path, **changed: Any) -> Job:
    """The folder `photos` into `table.csv`."""
    return replace(Job(tmp_path / "photos", tmp_path / "table.csv", MODELS), **changed)


def quiet(text: str) -> None:
    """What is told is of no interest."""


if __name__ == "__main__":  # in a process of its own: Ray starts many, and ends with it
    here = Path(sys.argv[1])
    reader = PhotoReader(here / "photos", MODELS, fake)
    screen(job(here, out=here / "ray.csv"), on_ray(reader, 2, LOCAL), quiet)
