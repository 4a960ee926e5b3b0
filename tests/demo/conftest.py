"""A page to send to, photos to send, and a store of cases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.store import Store
from tests.demo.fakes import FakePipeline, photo_bytes
from tests.demo.pages import Page, PhotoMaker


@pytest.fixture
def page() -> Page:
    return Page(FakePipeline())


@pytest.fixture
def photo(tmp_path: Path) -> PhotoMaker:
    def make(seed: int = 0, size: tuple[int, int] = (240, 320)) -> Path:
        file = tmp_path / f"{seed}.png"
        file.write_bytes(photo_bytes(seed, size))
        return file

    return make


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cases.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{file}", wait_s=0.2)
    yield opened
    opened.close()
