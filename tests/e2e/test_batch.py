"""The tab "Many photos" in Chromium over a pipeline without models: test_batch.py"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.settings import Settings
from tests.demo.fakes import FakePipeline, photo_bytes
from tests.demo.server import served
from tests.e2e.browser import Tab, chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


@pytest.mark.parametrize("width", [1440, 390])
def test_many_photos_are_read_kept_downloaded_and_removed(
    browser: Any, tmp_path: Path, width: int
) -> None:
    for name, data in (
        ("a.png", photo_bytes(1, (240, 320))),
        ("b.png", photo_bytes(2, (240, 320))),
        ("notes.txt", b"hello"),
        ("large.jpg", b"\xff" * 26_000_000),
    ):
        (tmp_path / name).write_bytes(data)
    files = [str(file) for file in sorted(tmp_path.iterdir())]
    settings = Settings(db=f"sqlite:///{tmp_path / 'cases.db'}")
    with served(FakePipeline(0.02), settings) as address:
        tab = Tab(browser, address, width)
        page = tab.page
        page.click("#tab-batch-button")
        page.set_input_files("#batch-files input[type=file]", files)
        page.wait_for_selector("#batch-taken >> text=Files: 3")
        assert "large.jpg" in page.inner_text("#batch-large")
        page.click("#batch-keep label >> nth=2")
        page.fill("#batch-prefix input, #batch-prefix textarea", "S1")
        page.click("#batch-start")
        page.wait_for_selector("#batch-progress .good")
        page.wait_for_selector(".screened >> text=Case S1-002")
        assert "notes.txt" in page.inner_text("#batch-skipped")
        with page.expect_download() as download:
            page.click("#batch-csv")
        assert download.value.suggested_filename == "photos.csv"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.click("#batch-clear")
        page.click("#batch-clear >> text=for good")
        page.wait_for_selector("#batch-results", state="hidden")
        assert (tab.faults, tab.outside) == ([], [])
