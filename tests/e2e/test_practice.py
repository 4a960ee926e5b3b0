"""The tab "Practice" in Chromium over a pipeline without models: test_practice.py"""

from collections.abc import Iterator
from typing import Any

import pytest

import demo.app
from demo.samples import Sample
from tests.demo.fakes import FakePipeline, photo_bytes
from tests.demo.server import served
from tests.e2e.browser import Tab, chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("samples") / "0.png"
    file.write_bytes(photo_bytes(0))
    samples = [Sample(file, "samples.caption.hrf_dr", "drawn")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo.app, "sample_photos", lambda: samples)
        with served(FakePipeline()) as at:
            yield at


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


def marks(tab: Tab, count: int) -> None:
    """Wait until so many marks are confirmed by the server."""
    tab.page.wait_for_function(
        "n => document.querySelectorAll('svg.marks g.mark').length === n", arg=count
    )


@pytest.mark.parametrize("width", [1440, 390])
def test_a_photo_is_marked_by_pointer_and_keys_and_revealed(
    browser: Any, address: str, width: int
) -> None:
    tab = Tab(browser, address, width)
    page = tab.page
    page.get_by_role("tab", name="Practice").first.click()
    page.click("#practice-cases .case")
    page.wait_for_selector("#practice-photo img")
    page.click("#practice-lesion label >> nth=1")
    page.wait_for_timeout(500)
    surface = page.locator("svg.marks.on")
    box = surface.bounding_box()
    surface.click(position={"x": 0.51 * box["width"], "y": 0.45 * box["height"]})
    marks(tab, 1)
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    marks(tab, 2)
    page.keyboard.press("Enter")
    marks(tab, 3)
    page.keyboard.press("Backspace")
    marks(tab, 2)
    page.click("#practice-grade label >> nth=2")
    page.click("#practice-reveal")
    page.wait_for_selector(".result .honest")
    assert "found 1 of 3 outlined lesions" in page.inner_text("#practice-result")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.faults == [] and tab.outside == []


def test_a_word_is_explained_on_a_click(browser: Any, address: str) -> None:
    page = Tab(browser, address).page
    page.get_by_role("tab", name="Practice").first.click()
    page.click("#practice-glossary-box button >> nth=0")
    page.click(".term summary >> text=Microaneurysm")
    assert "retinal capillaries" in page.inner_text(".term[open]")
    page.context.close()
