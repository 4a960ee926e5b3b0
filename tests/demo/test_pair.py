"""Which photos stand side by side: python -m pytest tests/demo/test_pair.py"""

import pytest

from demo.pair import Pair, arranged, by_default
from vision.types import Eye

OD, OS, NO = "OD", "OS", "unknown"


@pytest.mark.parametrize(
    ("number", "eyes", "beside"),
    [
        (2, (OD, OS), 1),
        (1, (OD, OS), 2),
        (3, (OS, OD, OD), 1),
        (3, (OS, OS, OD, OS), 2),  # two as near: the earlier one
        (2, (OD, OD), 1),
        (1, (OD, OD), 2),
        (3, (NO, NO, NO), 2),
        (3, (OD, NO, OD), 2),  # an unknown side is no fellow
    ],
)
def test_the_fellow_eye_stands_beside_a_photo_or_else_the_one_before(
    number: int, eyes: tuple[Eye, ...], beside: int
) -> None:
    assert by_default(number, eyes) == beside


@pytest.mark.parametrize("one", [1, 2])
def test_the_right_eye_is_on_the_left(one: int) -> None:
    assert arranged(one, 3 - one, (OS, OD), ()) == Pair(2, 1, "eyes")
    assert arranged(one, 3 - one, (OD, OS), ()) == Pair(1, 2, "eyes")


def test_the_earlier_visit_is_on_the_left() -> None:
    assert arranged(1, 2, (OD, OD), {2}) == Pair(2, 1, "visits")
    assert arranged(1, 2, (NO, NO), {1}) == Pair(1, 2, "visits")


def test_without_a_word_on_which_is_earlier_they_are_just_photos() -> None:
    assert arranged(2, 1, (OD, OD), ()) == Pair(1, 2, "photos")
    assert arranged(2, 1, (OD, OD), {1, 2}) == Pair(1, 2, "photos")


def test_fellow_eyes_are_no_two_visits() -> None:
    assert arranged(1, 2, (OS, OD), {1}).kind == "eyes"


def test_each_of_a_pair_knows_the_other() -> None:
    pair = Pair(4, 2, "photos")
    assert (pair.other(4), pair.other(2)) == (2, 4)
