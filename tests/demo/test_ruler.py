"""What the browser is told to measure with: python -m pytest tests/demo/test_ruler.py"""

import html
import json
import re
from typing import Any

import pytest

from demo.ruler import tools_html
from tests.assistant.factory import measured, ungradable
from tests.demo.pages import Page, PhotoMaker
from vision.catalogue import LANGUAGES, Language


def told(text: str, name: str) -> Any:
    found = re.search(rf'data-{name}="([^"]*)"', text)
    assert found
    return json.loads(html.unescape(found[1]))


def test_each_photo_has_its_size_and_its_disc_in_pixels_as_sent() -> None:
    text = tools_html({"photo": (3, measured())}, 4608, "en")
    assert told(text, "photos")["photo"] == {
        "number": 3,
        "width": 4288,
        "height": 2848,
        "disc": 520.0,
        "sharp": 4288,
    }


def test_a_disc_that_was_not_measured_is_none_and_not_a_number() -> None:
    assert (
        told(tools_html({"photo": (1, ungradable())}, 4608, "en"), "photos")["photo"]["disc"]
        is None
    )


def test_no_photo_is_drawn_larger_than_agreed() -> None:
    assert (
        told(tools_html({"photo": (1, measured())}, 2048, "en"), "photos")["photo"]["sharp"] == 2048
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_have_places_for_the_numbers(language: Language) -> None:
    said = told(tools_html({}, 1, language), "said")
    assert "{disc}" in said["both"] and "{px}" in said["both"] and "{px}" in said["px_only"]


def test_an_enlarged_photo_has_all_pixels_that_were_sent(page: Page, photo: PhotoMaker) -> None:
    file = photo(1, (1200, 1600))
    page.send("", file)
    assert page.view["photo"]["value"].shape == (768, 1024, 3)
    page.run(lambda: page.handlers.sharpen("photo", page.visit))
    assert page.view["photo"]["value"].shape == (1200, 1600, 3)


def test_the_second_photo_is_sharpened_alone(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo(1, (1200, 1600)), photo(2, (1200, 1600)))
    page.run(lambda: page.handlers.set_pair("two", page.visit))
    page.run(lambda: page.handlers.sharpen("beside", page.visit))
    assert page.view["beside"]["value"].shape == (1200, 1600, 3)
    assert page.view["photo"]["value"].shape == (768, 1024, 3)


@pytest.mark.parametrize("name", ["photo", "beside"])
def test_without_a_photo_there_is_nothing_to_sharpen(page: Page, name: str) -> None:
    assert page.handlers.sharpen(name, page.visit) == {}  # type: ignore[arg-type]
