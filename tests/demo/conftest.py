"""A page to send to, and photos to send."""

from pathlib import Path

import pytest

from tests.demo.fakes import FakePipeline, photo_bytes
from tests.demo.pages import Page, PhotoMaker


@pytest.fixture
def page() -> Page:
    return Page(FakePipeline())


@pytest.fixture
def photo(tmp_path: Path) -> PhotoMaker:
    def make(seed: int = 0) -> Path:
        file = tmp_path / f"{seed}.png"
        file.write_bytes(photo_bytes(seed, (240, 320)))
        return file

    return make
