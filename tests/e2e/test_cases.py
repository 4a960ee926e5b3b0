"""The tab "Cases" in Chromium over a pipeline without models: test_cases.py"""

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


def talked(browser: Any, address: str, folder: Path, width: int) -> Tab:
    """A page whose conversation has a photo and an answer, with the tab open."""
    photo = folder / "fundus.png"
    photo.write_bytes(photo_bytes(3))
    tab = Tab(browser, address, width)
    tab.attach(photo)
    tab.send()
    tab.wait_for_answer()
    tab.page.click("#tab-cases-button")
    tab.page.wait_for_selector("#cases-pdf")
    return tab


@pytest.mark.parametrize("width", [1440, 390])
def test_a_conversation_is_saved_reported_judged_exported_opened_and_deleted(
    browser: Any, tmp_path: Path, width: int
) -> None:
    with served(FakePipeline(), Settings(db=f"sqlite:///{tmp_path / 'cases.db'}")) as address:
        tab = talked(browser, address, tmp_path, width)
        page = tab.page
        page.fill("#cases-code input, #cases-code textarea", "P-017")
        page.keyboard.press("Enter")
        page.wait_for_selector("#cases-told-save .good")
        page.fill("#cases-impression textarea", "Stable since spring.")
        for button, name in (("html", ".html"), ("pdf", ".pdf"), ("export", "case-P-017.zip")):
            with page.expect_download() as download:
                page.click(f"#cases-{button}")
            assert download.value.suggested_filename.endswith(name)
        page.fill("#cases-who input, #cases-who textarea", "R-2")
        page.click("#cases-down")
        page.wait_for_selector("#cases-judged li")
        page.click("#new")
        page.wait_for_selector("#cases-pdf", state="hidden")
        page.click("#cases-open")
        page.wait_for_selector("#chat figure.sent img")
        page.click("#tab-cases-button")
        page.click("#cases-delete")
        page.click("#cases-forget")
        page.wait_for_selector("#cases-case", state="hidden")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert (tab.faults, tab.outside) == ([], [])
