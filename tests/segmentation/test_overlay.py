"""Masks drawn over the photo: python -m pytest tests/segmentation/test_overlay.py"""

import itertools
import math
import tracemalloc

import numpy as np
import pytest

from segmentation.labels import ANATOMY, LESIONS
from segmentation.overlay import _boxes, _places, downscale, draw
from segmentation.types import Fovea, RetinaMap
from tests.drawing import draw_masks, scatter_lesions
from vision.types import FundusImage


def _photo(height: int, width: int) -> FundusImage:
    return FundusImage(np.full((height, width, 3), 90, np.uint8))


def _map(height: int, width: int, **lesions: np.ndarray) -> RetinaMap:
    empty = {code: np.zeros((height, width), bool) for code in LESIONS}
    return RetinaMap({**empty, **lesions}, None, None, None, None, {})


def _grey(side: int = 40) -> np.ndarray:
    return np.full((side, side, 3), 90, np.uint8)


def _square(first: int, last: int, side: int = 40) -> np.ndarray:
    mask = np.zeros((side, side), bool)
    mask[first:last, first:last] = True
    return mask


@pytest.mark.parametrize("row, column", [(0, 0), (1401, 2143), (777, 1303)])
def test_a_lesion_of_one_pixel_survives_downscaling(row, column):
    mask = np.zeros((1402, 2144), bool)
    mask[row, column] = True
    _, masks = downscale(_photo(1402, 2144), _map(1402, 2144, MA=mask))
    assert masks["MA"].sum() == 1


def test_the_long_side_is_what_was_asked_for():
    photo, masks = downscale(_photo(1424, 2144), _map(1424, 2144), long_side_px=500)
    assert photo.shape == (332, 500, 3)
    assert {mask.shape for mask in masks.values()} == {(332, 500)}


def test_a_small_photo_is_not_enlarged():
    photo, _ = downscale(_photo(300, 400), _map(300, 400))
    assert photo.shape == (300, 400, 3)


def test_anatomy_that_was_not_seen_has_no_mask():
    _, masks = downscale(_photo(300, 400), _map(300, 400))
    assert set(masks) == set(LESIONS)


def test_anatomy_keeps_its_place_and_share_of_the_photo():
    disc = np.zeros((1424, 2144), bool)
    disc[400:600, 1000:1300] = True
    retina = RetinaMap({}, disc, disc, disc, Fovea((2143.9, 700.0), 0.9), {})
    _, masks = downscale(_photo(1424, 2144), retina, long_side_px=1072)
    expected = disc[::2, ::2]
    assert all(np.array_equal(masks[code], expected) for code in ("OD", "OC", "VE"))
    assert np.argwhere(masks["FO"]).tolist() == [[350, 1071]]


@pytest.mark.parametrize("code", LESIONS)
def test_a_lesion_of_one_pixel_is_drawn_larger_than_itself_and_left_free(code):
    mask = _square(20, 21)
    changed = (draw(_grey(), {code: mask}, [code], opacity=0.0) != 90).any(-1)
    assert changed.sum() >= 16
    assert not changed[mask].any()


@pytest.mark.parametrize("size", [1, 12])
def test_no_two_classes_look_the_same_without_colour(size):
    mask = _square(14, 14 + size)
    drawn = [draw(_grey(), {code: mask}, [code]).mean(-1) < 90 for code in LESIONS]
    for one, other in itertools.combinations(drawn, 2):  # what is darker than the photo
        assert (one != other).sum() >= 8


def test_no_two_kinds_of_anatomy_look_the_same():
    mask, dot = _square(10, 30), _square(20, 21)
    masks = {code: dot if code == "FO" else mask for code in ANATOMY}
    drawn = [draw(_grey(), masks, [code]) for code in ANATOMY]
    for one, other in itertools.combinations(drawn, 2):
        assert (one != other).any(-1).sum() >= 8


def test_anatomy_beneath_a_lesion_does_not_change_how_the_lesion_looks():
    lesion, disc = _square(8, 20), _square(10, 30)
    masks = {"SE": lesion, "OD": disc, "OC": disc, "FO": _square(29, 30)}
    alone = draw(_grey(), masks, ["SE"], opacity=1.0)
    together = draw(_grey(), masks, masks, opacity=1.0)
    assert np.array_equal(alone[lesion], together[lesion])


def test_classes_that_are_not_shown_leave_the_photo_as_it_was():
    masks = {"MA": _square(10, 20), "OD": _square(10, 30)}
    assert np.array_equal(draw(_grey(), masks, ["EX", "FO"]), _grey())


def test_drawing_leaves_the_photo_that_was_given_untouched():
    photo = _grey()
    draw(photo, {"EX": _square(0, 40), "OD": _square(5, 30)}, ["EX", "OD"])
    assert (photo == 90).all()


def test_opacity_zero_leaves_only_the_outline():
    mask = _square(10, 20)
    changed = (draw(_grey(), {"HE": mask}, ["HE"], opacity=0.0) != 90).any(-1)
    assert not changed[mask].any()
    assert changed.sum() == 14 * 14 - 10 * 10


def test_lines_are_as_wide_on_a_large_photo_as_on_its_small_picture():
    large = draw(np.full((2048, 16, 3), 90, np.uint8), {"OD": np.ones((2048, 16), bool)}, ["OD"])
    assert (large == 90).all()  # the photo's border is no outline
    half = np.zeros((2048, 16), bool)
    half[:1000] = True
    drawn = draw(np.full((2048, 16, 3), 90, np.uint8), {"OD": half}, ["OD"])
    assert (drawn == 255).all(-1).sum(0).tolist() == [2] * 16


def test_letters_are_few_and_lie_over_neither_lesions_nor_one_another():
    size = (360, 480)
    counts = {"MA": 24, "HE": 6, "EX": 24, "SE": 2}
    masks = draw_masks(size, 1, scatter_lesions(size, 1, counts))
    taken = np.logical_or.reduce(list(masks.values()))
    everything = taken.copy()
    placed = {code: _places(_boxes(mask), taken, 1) for code, mask in masks.items()}
    assert all(1 <= len(places) <= 3 for places in placed.values())
    centres = list(itertools.chain(*placed.values()))
    assert all(math.dist(a, b) > 15 for a, b in itertools.combinations(centres, 2))
    for x, y in centres:
        assert not everything[y - 7 : y + 8, x - 7 : x + 8].any()


def test_drawing_takes_no_more_memory_than_a_few_photos():
    size = (480, 640)
    photo = np.full((*size, 3), 90, np.uint8)
    masks = draw_masks(size, 1, scatter_lesions(size, 1))
    masks |= {"OD": masks["SE"], "OC": masks["SE"], "VE": masks["HE"]}
    tracemalloc.start()
    try:
        draw(photo, masks, masks)
        assert tracemalloc.get_traced_memory()[1] < 6 * photo.nbytes
    finally:
        tracemalloc.stop()
