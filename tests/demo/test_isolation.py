"""Two people at once never see each other: python -m pytest tests/demo/test_isolation.py"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file

from tests.demo.fakes import FakePipeline, photo_bytes
from tests.demo.server import served


class Person:
    """One browser's worth of page: sends messages, remembers all that came back."""

    def __init__(self, address: str, folder: Path) -> None:
        folder.mkdir()
        self.client = Client(address, verbose=False, download_files=False, analytics_enabled=False)
        self.folder = folder
        self.seen = ""
        self.take(self.client.predict(api_name="/open"))

    def take(self, result: Any) -> str:
        text = json.dumps(result, default=str, ensure_ascii=False)
        self.seen += text
        return text

    def send(self, text: str, seed: int | None = None) -> str:
        """Send, let it be answered, and return what the page shows then."""
        files = []
        if seed is not None:
            file = self.folder / f"{seed}.png"
            file.write_bytes(photo_bytes(seed, (240, 320)))
            files.append(handle_file(file))
        self.take(self.client.predict({"text": text, "files": files}, "en", api_name="/send"))
        job = self.client.submit(api_name="/work")
        last = job.result(timeout=60)
        for shown in job.outputs():
            self.take(shown)
        return self.take(last)

    @property
    def pictures(self) -> set[str]:
        """Names of all picture files that the page was given."""
        return set(re.findall(r"/(\w{40,})/image\.webp", self.seen))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(FakePipeline()) as url:
        yield url


@pytest.fixture
def people(address: str, tmp_path: Path) -> tuple[Person, Person]:
    return Person(address, tmp_path / "a"), Person(address, tmp_path / "b")


def test_neither_words_nor_photos_reach_the_other(people: tuple[Person, Person]) -> None:
    anna, ben = people
    for turn in range(2):
        anna.send(f"CANARYANNA{turn}", seed=10 + turn)
        ben.send(f"CANARYBEN{turn}", seed=20 + turn)
    assert "CANARYANNA1" in anna.seen and "CANARYBEN1" in ben.seen
    assert "CANARYBEN" not in anna.seen
    assert "CANARYANNA" not in ben.seen
    assert len(anna.pictures) >= 2
    assert not anna.pictures & ben.pictures


def test_photos_are_counted_for_each_person_alone(people: tuple[Person, Person]) -> None:
    anna, ben = people
    anna.send("One", seed=30)
    assert "About photo 2" in anna.send("Two", seed=31)
    assert "About photo 1" in ben.send("Mine", seed=32)


def test_another_persons_new_conversation_changes_nothing(people: tuple[Person, Person]) -> None:
    anna, ben = people
    anna.send("REMEMBERED")
    ben.take(ben.client.predict("en", api_name="/restart"))
    assert "REMEMBERED" in anna.send("And?")


def test_the_language_is_each_persons_own(people: tuple[Person, Person]) -> None:
    anna, ben = people
    anna.take(anna.client.predict("zh", "zh", api_name="/switch_language"))
    assert "新对话" in anna.seen
    ben.send("")
    assert "There is nothing to send yet" in ben.seen


def test_uploads_are_gone_once_they_are_taken(
    people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, _ = people
    anna.send("One", seed=40)
    from gradio.utils import get_upload_folder

    assert not [f for f in Path(get_upload_folder()).rglob("40.png") if f.is_file()]
