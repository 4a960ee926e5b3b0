"""Two photos on the page: python -m pytest tests/demo/test_side_by_side.py"""

import numpy as np
import pytest

from assistant.session import Session
from tests.demo.pages import Page, PhotoMaker


@pytest.fixture
def two(page: Page, photo: PhotoMaker) -> Page:
    """A right and a left eye, the left one in focus."""
    page.send("", photo(1), photo(2))
    for number, eye in ((1, "OD"), (2, "OS")):
        page.visit.focus(number)
        page.run(lambda eye=eye: page.handlers.set_eye(eye, page.visit))  # type: ignore[misc]
    return page


def pair(page: Page, mode: str = "two") -> None:
    page.run(lambda: page.handlers.set_pair(mode, page.visit))


def test_one_photo_offers_no_second_one(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    assert page.view["pair"]["visible"] is False and page.view["beside"]["visible"] is False
    assert page.view["compare_box"]["visible"] is False


def test_the_fellow_eye_stands_beside_with_its_own_words(two: Page) -> None:
    pair(two)
    beside = two.view["beside"]
    assert beside["visible"] and beside["value"].shape == (240, 320, 3)
    assert "right eye (OD)" in beside["alt_text"] and "Photo 1" in beside["label"]
    assert beside["elem_classes"] == ["view", "first"]


def test_back_to_one_photo_nothing_of_the_second_is_left(two: Page) -> None:
    pair(two)
    pair(two, "one")
    assert two.view["beside"]["visible"] is False and two.view["compare_box"]["visible"] is False


def test_fellow_eyes_are_compared_and_not_asked_which_is_earlier(two: Page) -> None:
    pair(two)
    assert two.view["compare_box"]["visible"] and two.view["earlier"]["visible"] is False
    assert "Right and left eye" in two.view["compare"]["value"]


def test_marking_the_earlier_visit_shows_what_changed(two: Page) -> None:
    two.run(lambda: two.handlers.set_eye("OD", two.visit))
    pair(two)
    assert two.view["earlier"]["value"] == 0
    two.run(lambda: two.handlers.set_earlier(2, two.visit))
    assert "Before: photo 2" in two.view["compare"]["value"]
    assert two.view["earlier"]["value"] == 2
    two.run(lambda: two.handlers.set_earlier(1, two.visit))
    assert "Before: photo 1" in two.view["compare"]["value"]


def test_the_legend_is_shared_and_has_both_counts(two: Page) -> None:
    pair(two)
    labels = dict((code, label) for label, code in two.view["legend"]["choices"])
    assert labels["MA"] == "M · microaneurysms: 23\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}23"
    before = two.view["beside"]["value"].copy()
    two.run(lambda: two.handlers.redraw([], 0.45, "outlined", None, two.visit))
    assert not np.array_equal(before, two.view["beside"]["value"])


def test_heat_is_shown_on_both(two: Page) -> None:
    pair(two)
    two.run(lambda: two.handlers.redraw([], 0.9, "heat", "D", two.visit))
    assert "heat map" in two.view["beside"]["alt_text"]


def test_of_three_photos_the_second_one_can_be_chosen(two: Page, photo: PhotoMaker) -> None:
    two.send("", photo(3))
    pair(two)
    assert two.view["partner"]["visible"] and len(two.view["partner"]["choices"]) == 2
    two.run(lambda: two.handlers.set_partner(1, two.visit))
    assert "Photo 1" in two.view["beside"]["label"]


def test_taking_the_second_photo_back_leaves_one(two: Page) -> None:
    pair(two)
    two.run(lambda: two.handlers.undo(two.visit))
    assert two.view["photo_box"]["visible"] is False and two.visit.pair is None


def test_a_new_conversation_forgets_the_pair(two: Page) -> None:
    pair(two)
    two.visit.set_earlier(1)
    two.run(lambda: two.handlers.restart(two.visit))
    assert not two.visit.paired and not two.visit.earlier


def test_a_second_photo_may_come_while_one_is_shown(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo(1))
    pair(page)
    assert page.visit.pair is None
    page.send("", photo(2))
    assert page.view["beside"]["visible"] is True


def test_without_a_photo_there_is_no_pair(page: Page) -> None:
    page.visit.session = Session()
    pair(page)
    assert page.view["photo_box"]["visible"] is False
