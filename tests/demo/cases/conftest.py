"""A bench with a photo read and one question answered."""

from pathlib import Path

import pytest

from tests.demo.cases.bench import Bench
from tests.demo.pages import PhotoMaker


@pytest.fixture
def bench(file: Path) -> Bench:
    return Bench(file)


@pytest.fixture
def talked(bench: Bench, photo: PhotoMaker) -> Bench:
    bench.send("What do you see?", photo(1))
    bench.do("enter")
    return bench
