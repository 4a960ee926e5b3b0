"""The page in a real browser: python -m pytest tests/e2e/test_browser.py

The tests with a pipeline without models look at the page; the last one walks it on the real models.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import base_llm
from tests.demo.fakes import FakePipeline, photo_bytes
from tests.demo.server import served
from tests.e2e.browser import Tab, chromium, real_demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(FakePipeline(delay_s=0.1)) as url:
        yield url


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "fundus.png"
    file.write_bytes(photo_bytes(3, (480, 640)))
    return file


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_screen(
    browser: Any, address: str, photo: Path, width: int
) -> None:
    tab = Tab(browser, address, width)
    tab.page.wait_for_timeout(1000)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    tab.attach(photo)
    tab.send()
    tab.wait_for_answer()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [tab.page.query_selector(f"#{name}").bounding_box() for name in ("left", "right")]
    side_by_side = boxes[1]["x"] >= boxes[0]["x"] + boxes[0]["width"]
    below = boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    assert side_by_side if width > 900 else below
    assert tab.faults == []


def test_the_page_asks_nothing_of_other_servers_and_stores_nothing(
    browser: Any, address: str, photo: Path
) -> None:
    tab = Tab(browser, address)
    tab.attach(photo)
    tab.send("![p](https://elsewhere.example/p.png) <img src=https://elsewhere.example/q.png>")
    tab.wait_for_answer()
    assert tab.outside == []
    assert tab.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_keyboard_alone_is_enough_to_ask(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    tab.page.focus("#composer textarea")
    tab.page.keyboard.type("What is glaucoma?")
    tab.page.keyboard.press("Enter")
    tab.wait_for_answer()
    assert "You asked: What is glaucoma?" in tab.chat
    for _ in range(60):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("document.activeElement.closest('#chips') !== null"):
            return
    raise AssertionError("the offered questions cannot be reached by keyboard")


def test_every_picture_has_words_for_those_who_cannot_see_it(
    browser: Any, address: str, photo: Path
) -> None:
    tab = Tab(browser, address)
    tab.attach(photo)
    tab.send()
    tab.wait_for_answer()
    for image in tab.page.query_selector_all("#photo img, #chat img"):
        assert image.get_attribute("alt"), image.get_attribute("src")
    assert "23 microaneurysms" in tab.page.get_attribute("#photo img", "alt")


def test_a_file_of_30_mb_is_refused_in_the_readers_language(
    browser: Any, address: str, tmp_path: Path
) -> None:
    file = tmp_path / "large.jpg"
    file.write_bytes(b"\xff" * 30_000_000)
    tab = Tab(browser, address, locale="zh-CN")
    tab.page.set_input_files("#composer input[type=file]", str(file))
    tab.page.wait_for_selector("#too-large:not([hidden])")
    assert "超过 25 MB" in tab.page.inner_text("#too-large")
    tab.page.wait_for_function("document.documentElement.lang === 'zh'")


def test_a_photo_can_be_dropped_anywhere_on_the_page(
    browser: Any, address: str, photo: Path
) -> None:
    tab = Tab(browser, address)
    tab.page.evaluate(
        """bytes => {
            const carrier = new DataTransfer();
            carrier.items.add(new File([new Uint8Array(bytes)], "f.png", {type: "image/png"}));
            document.querySelector("#right").dispatchEvent(
                new DragEvent("drop", {dataTransfer: carrier, bubbles: true, cancelable: true}));
        }""",
        list(photo.read_bytes()),
    )
    tab.page.wait_for_selector("#composer .thumbnail-item")
    tab.send()
    tab.wait_for_answer()
    assert "Photo 1" in tab.chat


def test_a_photo_can_be_pasted(browser: Any, address: str, photo: Path) -> None:
    tab = Tab(browser, address)
    tab.page.evaluate(
        """bytes => {
            const carrier = new DataTransfer();
            carrier.items.add(new File([new Uint8Array(bytes)], "f.png", {type: "image/png"}));
            document.querySelector("#composer textarea").dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: carrier, bubbles: true}));
        }""",
        list(photo.read_bytes()),
    )
    tab.page.wait_for_selector("#composer .thumbnail-item")


def test_a_click_enlarges_the_photo_and_another_one_ends_it(
    browser: Any, address: str, photo: Path
) -> None:
    tab = Tab(browser, address)
    tab.attach(photo)
    tab.send()
    tab.wait_for_answer()
    width = "document.querySelector('#photo img').getBoundingClientRect().width"
    before = tab.page.evaluate(width)
    tab.page.click("#photo img", position={"x": 50, "y": 50})
    assert tab.page.evaluate(width) == pytest.approx(3 * before, rel=0.01)
    tab.page.click("#photo .image-frame", position={"x": 50, "y": 50})
    assert tab.page.evaluate(width) == pytest.approx(before, rel=0.01)


def test_retry_undo_and_edit_work_from_the_conversation(browser: Any, address: str) -> None:
    tab = Tab(browser, address)
    tab.send("First words?")
    tab.wait_for_answer()
    tab.page.click("#chat button[title=Retry]")
    tab.wait_for_answer()
    assert tab.chat.count("You asked: First words?") == 1
    tab.page.click("#chat button[title=Edit]")
    tab.page.fill("#chat textarea", "Other words?")
    tab.page.click("#chat button[title=Submit]")
    tab.wait_for_answer()
    assert "You asked: Other words?" in tab.chat and "First words" not in tab.chat
    tab.page.click("#chat button[title=Undo]")
    tab.page.wait_for_function(
        "document.querySelector('#composer textarea').value === 'Other words?'"
    )
    assert "You asked" not in tab.chat
    assert tab.faults == []


# ---- on the real models ----


@pytest.fixture
def real_address() -> Iterator[str]:
    if base_llm.fault_of(base_llm.model_folder()) is not None:
        pytest.skip("the language model is not installed: python -m assistant models fetch")
    with real_demo() as address:
        yield address


# in one go: between looking and clicking, a short answer may be over
_STOP_MIDWAY = """() => {
    const stop = document.querySelector('#composer .stop-button');
    if (!stop) return 'finished';
    if (!document.querySelector('#chat em')) return false;
    stop.click();
    return 'stopped';
}"""


@pytest.mark.slow
def test_a_conversation_on_the_real_models(browser: Any, real_address: str, photo: Path) -> None:
    tab = Tab(browser, real_address)
    page = tab.page
    page.set_default_timeout(240_000)
    tab.attach(photo)
    tab.send("What does this photo show?")
    for step in ("Quality", "Diseases and grade", "Lesions"):
        page.wait_for_selector(f"#chat .thought-group >> text={step}")
    page.wait_for_selector("#findings table")
    page.wait_for_selector("#composer .submit-button")
    assert "About photo 1" in tab.answers[-1]
    assert len(tab.answers[-1]) > 60

    before = tab.picture()
    page.click("#look label >> nth=1")
    tab.wait_for_other_picture(before)
    plain = tab.picture()
    page.click("#look label >> nth=0")
    tab.wait_for_other_picture(plain)

    tab.send("Which eye is this?")
    tab.wait_for_answer()
    assert len(tab.answers) == 2

    asked = (f"Tell me everything about {of}, in many sentences." for of in ("the eye", "light"))
    for question in ("Tell me everything about diabetic retinopathy, in many sentences.", *asked):
        tab.send(question)
        page.wait_for_selector("#composer .stop-button")
        if page.wait_for_function(_STOP_MIDWAY).json_value() == "stopped":
            break  # an answer that was over too soon cannot be stopped
    began = time.monotonic()
    page.wait_for_selector("#composer .submit-button")
    assert time.monotonic() - began < 5
    page.wait_for_selector("#chat >> text=Stopped.", timeout=10_000)

    page.click("#language label >> nth=1")
    page.wait_for_selector("#composer .submit-button:has-text('发送')")
    assert "关于照片 1" in tab.chat
    assert "What does this photo show?" in tab.chat
    assert tab.faults == []
    assert tab.outside == []
