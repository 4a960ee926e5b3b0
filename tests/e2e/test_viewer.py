"""Looking closely and measuring in a real browser: python -m pytest tests/e2e/test_viewer.py"""

import re
from collections.abc import Iterator

import pytest

from tests.demo.fakes import FakePipeline, photo_bytes
from tests.demo.server import served
from tests.e2e.browser import Tab, chromium

pytestmark = pytest.mark.browser
_FIXED = ("chat", "chips", "composer", "photo", "findings")
DISC_PX = 520  # of the findings that the pipeline without models makes up


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A page with two photos of 1600 x 1200."""
    folder = tmp_path_factory.mktemp("photos")
    with served(FakePipeline(0.02)) as address, chromium() as browser:
        one = Tab(browser, address)
        for seed in (1, 2):
            file = folder / f"{seed}.png"
            file.write_bytes(photo_bytes(seed, (1200, 1600)))
            one.attach(file)
        one.send()
        one.wait_for_answer()
        yield one


@pytest.fixture(autouse=True)
def as_at_first(tab: Tab) -> Iterator[None]:
    yield
    for tool in ("measure", "bar", "enlarge"):
        button = tab.page.query_selector(f"#tools [data-tool={tool}][aria-pressed=true]")
        if button:
            button.click()
    if tab.page.is_visible("#tools [data-tool=clear]"):
        tab.page.click("#tools [data-tool=clear]")


def size(tab: Tab) -> int:
    return int(tab.page.evaluate("document.querySelector('#photo img').naturalWidth"))


def test_an_enlarged_photo_is_fetched_from_all_its_pixels(tab: Tab) -> None:
    assert size(tab) == 1024
    tab.page.click("#photo img")
    tab.page.wait_for_function("document.querySelector('#photo img').naturalWidth === 1600")
    assert tab.page.query_selector("#photo .image-frame.zoomed")


def test_two_clicks_measure_a_distance_in_disc_diameters(tab: Tab) -> None:
    page = tab.page
    page.click("#tools [data-tool=measure]")
    box = page.query_selector("#photo img").bounding_box()
    for share in (0.25, 0.75):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    said = page.inner_text("#tools output")
    found = re.search(r"([\d.]+) disc diameters \((\d+) px", said.replace(",", ""))
    assert found, said
    shown = min(box["width"], box["height"] * 4 / 3)  # the photo may not fill its box
    expected = 0.5 * box["width"] / shown * 1600
    assert float(found[2]) == pytest.approx(expected, abs=8)
    assert float(found[1]) == pytest.approx(expected / DISC_PX, abs=0.02)
    assert not page.query_selector("#photo .image-frame.zoomed")
    page.click("#tools [data-tool=clear]")
    assert page.inner_text("#tools output") == "Click the first of two points on the photo."
    assert not page.query_selector("#photo svg.marks line")


def test_the_ruler_measures_the_same_on_an_enlarged_photo(tab: Tab) -> None:
    page = tab.page
    page.click("#tools [data-tool=enlarge]")
    page.click("#tools [data-tool=measure]")
    frame = page.query_selector("#photo .image-frame").bounding_box()
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    page.keyboard.press("Tab")
    page.mouse.click(x, y)
    assert page.inner_text("#tools output").startswith("0.00 disc diameters")


def test_the_scale_bar_is_one_disc_diameter_long(tab: Tab) -> None:
    tab.page.click("#tools [data-tool=bar]")
    line = tab.page.query_selector("#photo svg.bar line")
    assert float(line.get_attribute("x2")) - float(line.get_attribute("x1")) == pytest.approx(
        DISC_PX
    )
    assert tab.page.text_content("#photo svg.bar text") == "1 DD"


def test_the_keyboard_enlarges_moves_and_ends(tab: Tab) -> None:
    page = tab.page
    page.focus("#photo .image-container > button")
    page.keyboard.press("Enter")
    before = page.query_selector("#photo .image-frame.zoomed").get_attribute("style")
    page.keyboard.press("ArrowRight")
    assert page.query_selector("#photo .image-frame.zoomed").get_attribute("style") != before
    page.keyboard.press("Escape")
    assert not page.query_selector("#photo .image-frame.zoomed")


def test_nothing_jumps_while_an_answer_grows(tab: Tab) -> None:
    page = tab.page
    places = {name: page.query_selector(f"#{name}").bounding_box() for name in _FIXED}
    tab.send("Tell me more, in a sentence of many words, so that there is time to look?")
    page.wait_for_selector("#composer .stop-button")
    for _ in range(12):
        for name, box in places.items():
            assert page.query_selector(f"#{name}").bounding_box() == box, name
        page.wait_for_timeout(50)
    page.wait_for_selector("#composer .submit-button")
    assert {name: page.query_selector(f"#{name}").bounding_box() for name in _FIXED} == places


def test_two_photos_stand_side_by_side_with_their_comparison(tab: Tab) -> None:
    page = tab.page
    page.click("#pair label >> nth=1")
    page.wait_for_selector("#beside img")
    boxes = [page.query_selector(f"#{name}").bounding_box() for name in ("beside", "photo")]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] and boxes[0]["y"] == boxes[1]["y"]
    page.click("#earlier label >> nth=1")
    page.wait_for_selector("#compare >> text=Before: photo 1")
    assert page.get_attribute("#beside img", "alt").startswith("Fundus photo 1")
    assert tab.faults == []
