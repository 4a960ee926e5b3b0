import math

import numpy as np
import pytest

from segmentation.labels import LESIONS
from segmentation.measure import countable, locate, measure_lesions, plausible_disc
from segmentation.types import Anatomy, LesionMap
from vision.fov import FieldOfView

SIDE = 1000
FOV = FieldOfView(np.ones((SIDE, SIDE), bool), 0, 0, SIDE, SIDE)


def _map(code: str, mask: np.ndarray, disc: np.ndarray | None = None) -> LesionMap:
    masks = {other: np.zeros((SIDE, SIDE), bool) for other in LESIONS}
    return LesionMap({**masks, code: mask}, disc, "0" * 64)


def _blank() -> np.ndarray:
    return np.zeros((SIDE, SIDE), bool)


def _circle(x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    return np.hypot(columns - x, rows - y) <= radius


def test_counts_and_areas_of_drawn_lesions_are_exact():
    mask = _blank()
    mask[10:20, 10:20] = mask[500:510, 500:530] = True
    stats = measure_lesions(_map("HE", mask), FOV, Anatomy())["HE"]
    assert (stats.present, stats.count, stats.area_px) == (True, 2, 400)
    assert stats.area_percent_of_fov == pytest.approx(0.04)


def test_lesions_that_touch_at_a_corner_are_one():
    mask = _blank()
    mask[10:20, 10:20] = mask[20:30, 20:30] = True
    assert measure_lesions(_map("EX", mask), FOV, Anatomy())["EX"].count == 1


def test_specks_below_the_minimal_area_are_neither_counted_nor_measured():
    mask = _blank()
    mask[10, 10] = mask[500, 500:503] = True  # EX: at least 2.2 px at this diameter
    stats = measure_lesions(_map("EX", mask), FOV, Anatomy())["EX"]
    assert (stats.count, stats.area_px) == (1, 3)


def test_a_lesion_that_is_nowhere_sure_is_not_counted():
    mask, sure = _circle(300, 300, 9) | _circle(700, 600, 9), _circle(700, 600, 2)
    kept, count = countable(mask, "HE", FOV, sure)
    assert count == 1
    assert np.array_equal(kept, _circle(700, 600, 9))


def test_an_empty_mask_measures_as_absent():
    stats = measure_lesions(_map("MA", _blank()), FOV, Anatomy())["MA"]
    assert (stats.present, stats.count, stats.area_px, stats.area_percent_of_fov) == (
        False,
        0,
        0,
        0,
    )


def test_places_around_the_fovea_are_unknown_without_a_fovea():
    stats = measure_lesions(_map("MA", _circle(300, 300, 5)), FOV, Anatomy())["MA"]
    assert stats.by_quadrant is None
    assert stats.nearest_to_fovea_dd is None


def test_percent_is_of_the_field_of_view_not_of_the_photo():
    half = np.zeros((SIDE, SIDE), bool)
    half[:, :500] = True
    fov = FieldOfView(half, 0, 0, 500, SIDE)
    stats = measure_lesions(_map("HE", _circle(200, 200, 40)), fov, Anatomy())["HE"]
    assert stats.area_percent_of_fov == pytest.approx(100 * stats.area_px / 500_000)


def test_counting_keeps_what_was_kept_already():
    mask = _circle(300, 300, 9) | _circle(700, 600, 1)
    once, _ = countable(mask, "HE", FOV)
    twice, _ = countable(once, "HE", FOV)
    assert np.array_equal(once, twice)


def test_the_disc_is_located_with_its_centre_and_diameter():
    disc = locate(_map("MA", _blank(), _circle(640, 420, 70))).disc
    assert disc is not None
    assert disc.centre == pytest.approx((640, 420), abs=0.5)
    assert disc.diameter_px == pytest.approx(140, abs=1)


def test_no_disc_mask_means_no_disc():
    assert locate(_map("MA", _blank())).disc is None


def test_only_the_largest_patch_of_a_disc_mask_is_the_disc():
    found = plausible_disc(_circle(640, 420, 70) | _circle(100, 100, 30), FOV)
    assert found is not None
    assert np.array_equal(found, _circle(640, 420, 70))


@pytest.mark.parametrize("radius", [0.02 * SIDE, 0.2 * SIDE])
def test_a_patch_of_implausible_size_is_no_disc(radius):
    assert math.isfinite(radius)
    assert plausible_disc(_circle(500, 500, radius), FOV) is None
