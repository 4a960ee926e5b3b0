import numpy as np
import pytest

from segmentation.labels import LESIONS
from segmentation.overlay import downscale, draw
from segmentation.types import LesionMap
from vision.types import FundusImage


def _photo(height: int, width: int) -> FundusImage:
    return FundusImage(np.full((height, width, 3), 90, np.uint8))


def _map(height: int, width: int, **masks: np.ndarray) -> LesionMap:
    empty = {code: np.zeros((height, width), bool) for code in LESIONS}
    return LesionMap({**empty, **masks}, None, "0" * 64)


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


def test_a_tiny_lesion_is_drawn_as_three_by_three_pixels():
    mask = np.zeros((40, 40), bool)
    mask[20, 20] = True
    photo = np.full((40, 40, 3), 90, np.uint8)
    changed = (draw(photo, {"MA": mask}, ["MA"]) != photo).any(-1)
    assert changed.sum() == 9


def test_classes_that_are_not_shown_leave_the_photo_as_it_was():
    mask = np.zeros((40, 40), bool)
    mask[10:20, 10:20] = True
    photo = np.full((40, 40, 3), 90, np.uint8)
    assert np.array_equal(draw(photo, {"MA": mask}, ["EX"]), photo)


def test_drawing_leaves_the_photo_that_was_given_untouched():
    mask = np.ones((8, 8), bool)
    photo = np.full((8, 8, 3), 90, np.uint8)
    draw(photo, {"EX": mask}, ["EX"])
    assert (photo == 90).all()


def test_opacity_zero_leaves_only_the_outline():
    mask = np.zeros((40, 40), bool)
    mask[10:20, 10:20] = True
    photo = np.full((40, 40, 3), 90, np.uint8)
    changed = (draw(photo, {"HE": mask}, ["HE"], opacity=0.0) != photo).any(-1)
    assert not changed[mask].any()
    assert changed.sum() == 12 * 12 - 10 * 10
