"""What is drawn over the photo: python -m pytest tests/demo/practice/test_stage.py"""

import re

import pytest

from demo.practice.score import Mark, score
from demo.practice.stage import marks_svg, photo_html, surface
from tests.demo.practice.test_score import SIZE, click, masks


@pytest.mark.parametrize("size", [(200, 300), (1066, 1600)])
def test_a_mark_lies_at_the_same_share_of_every_picture(size: tuple[int, int]) -> None:
    svg = marks_svg([Mark("MA", ((0.5, 0.25),))], size)
    width, height = (surface(size, svg, "en")[side] for side in ("w", "h"))
    x, y = (float(re.search(rf'{side}="([\d.]+)"', svg)[1]) for side in ("cx", "cy"))  # type: ignore[index]
    assert (x / width, y / height) == pytest.approx((0.5, 0.25), abs=0.001)


def test_hit_extra_and_missed_are_told_by_sign_and_line_and_not_by_colour_alone() -> None:
    marks = [click("HE", 105, 55), click("HE", 250, 150)]
    there = masks(HE=[(100, 50, 110, 60), (20, 20, 30, 30)])
    svg = marks_svg(marks, SIZE, score(marks, there, 3))
    assert "H✓" in svg and "H×" in svg
    assert svg.count('class="mark missed"') == 1


def test_before_the_reveal_a_mark_says_nothing_of_whether_it_is_right() -> None:
    svg = marks_svg([click("HE", 105, 55)], SIZE)
    assert "✓" not in svg and "×" not in svg


def test_a_surface_that_is_closed_says_so_to_a_screen_reader() -> None:
    assert "arrow keys" in surface(SIZE, "", "en", on=True)["label"]
    assert "arrow keys" not in surface(SIZE, "", "en", on=False)["label"]


def test_the_picture_tells_its_size_so_that_nothing_jumps() -> None:
    html = photo_html(b"", SIZE, 'a "photo"')
    assert 'width="300" height="200"' in html and "&quot;photo&quot;" in html
