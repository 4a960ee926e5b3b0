"""Marks against outlines: python -m pytest tests/demo/practice/test_score.py"""

import numpy as np
import pytest

from demo.practice.score import ClassScore, Mark, Score, score, tolerance_px
from segmentation.labels import LESIONS
from segmentation.types import Disc
from vision.fov import FieldOfView

SIZE = (200, 300)  # height, width


def masks(**boxes: list[tuple[int, int, int, int]]) -> dict[str, np.ndarray]:
    """Boxes (left, top, right, bottom) by class."""
    planes = {code: np.zeros(SIZE, bool) for code in LESIONS}
    for code, some in boxes.items():
        for left, top, right, bottom in some:
            planes[code][top:bottom, left:right] = True
    return planes


def click(code: str, x: float, y: float) -> Mark:
    return Mark(code, ((x / SIZE[1], y / SIZE[0]),))


def of(judged: Score, code: str) -> ClassScore:
    return next(one for one in judged.classes if one.code == code)


def test_a_click_on_a_lesion_finds_it() -> None:
    judged = score([click("HE", 105, 55)], masks(HE=[(100, 50, 110, 60)]), 5)
    assert of(judged, "HE") == ClassScore("HE", 1, 1, 0)
    assert judged.on_lesion == (True,)
    assert judged.share == 1


@pytest.mark.parametrize(("x", "found"), [(113.5, 1), (116.5, 0)])
def test_a_click_beside_a_lesion_finds_it_within_the_tolerance_alone(x: float, found: int) -> None:
    judged = score([click("HE", x, 55)], masks(HE=[(100, 50, 110, 60)]), 5)
    assert of(judged, "HE") == ClassScore("HE", 1, found, 1 - found)


def test_a_click_between_two_lesions_finds_the_nearest_alone() -> None:
    judged = score([click("MA", 104, 50)], masks(MA=[(100, 50, 102, 52), (107, 50, 109, 52)]), 10)
    assert (of(judged, "MA").found, of(judged, "MA").missed) == (1, 1)
    assert judged.missed[0].middle == pytest.approx((108 / 300, 51 / 200))


def test_two_clicks_on_one_lesion_find_one_and_are_not_extra() -> None:
    judged = score([click("EX", 101, 51), click("EX", 108, 58)], masks(EX=[(100, 50, 110, 60)]), 3)
    assert of(judged, "EX") == ClassScore("EX", 1, 1, 0)


def test_a_mark_of_the_wrong_class_is_extra_and_said_to_be_confused() -> None:
    judged = score([click("HE", 101, 51)], masks(MA=[(100, 50, 103, 53)]), 3)
    assert of(judged, "HE").extra == 1
    assert of(judged, "MA").missed == 1
    assert judged.confused == {("HE", "MA"): 1}


def test_the_share_counts_missed_and_extra_alike() -> None:
    there = masks(HE=[(10, 10, 20, 20), (50, 50, 60, 60), (100, 100, 110, 110)])
    judged = score([click("HE", 15, 15), click("HE", 200, 20)], there, 3)
    assert judged.share == pytest.approx(1 / 4)


def test_without_lesions_every_mark_is_extra() -> None:
    judged = score([click("SE", 15, 15)], masks(), 3)
    assert judged.share == 0 and of(judged, "SE").extra == 1


def test_nothing_marked_and_nothing_outlined_is_no_score() -> None:
    assert score([], masks(), 3).share is None


def test_a_stroke_finds_all_lesions_that_it_touches() -> None:
    stroke = Mark("EX", ((0.1, 0.5), (0.9, 0.5)), 0.01)
    judged = score([stroke], masks(EX=[(60, 98, 64, 102), (200, 98, 204, 102)]), 3)
    assert of(judged, "EX").found == 2


def test_a_stroke_over_a_whole_lesion_overlaps_it_nearly_fully() -> None:
    row = np.linspace(0.4, 0.5, 5)
    stroke = Mark("HE", tuple((float(x), 0.5) for x in row), 0.02)  # 6 px about y = 100
    exact = masks(HE=[(114, 94, 157, 107)])
    overlap = of(score([stroke], exact, 3), "HE").overlap
    assert overlap is not None and overlap > 0.9


def test_clicks_alone_have_no_overlap() -> None:
    judged = score([click("HE", 105, 55)], masks(HE=[(100, 50, 110, 60)]), 5)
    assert of(judged, "HE").overlap is None


@pytest.mark.parametrize("point", [(0.0, 0.0), (1.0, 1.0)])
def test_a_mark_in_the_corner_of_the_photo_is_a_mark(point: tuple[float, float]) -> None:
    assert score([Mark("MA", (point,))], masks(), 3).on_lesion == (False,)


def test_every_outlined_lesion_is_found_or_missed() -> None:
    random = np.random.default_rng(0)
    there = {code: random.random(SIZE) > 0.995 for code in LESIONS}
    marks = [
        Mark(str(random.choice(LESIONS)), ((float(x), float(y)),))
        for x, y in random.random((40, 2))
    ]
    judged = score(marks, there, 4)
    for code in LESIONS:
        missed = sum(place.code == code for place in judged.missed)
        assert of(judged, code).missed == missed


def test_the_tolerance_is_a_tenth_of_the_disc_or_of_a_usual_one() -> None:
    fov = FieldOfView(np.ones((700, 700), bool), 0, 0, 700, 700)
    assert tolerance_px(Disc((0.0, 0.0), 120.0), fov) == pytest.approx(12)
    assert tolerance_px(None, fov) == pytest.approx(10)
