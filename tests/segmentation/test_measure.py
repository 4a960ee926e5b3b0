from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from segmentation.labels import LESIONS
from segmentation.measure import countable, measure_lesions
from segmentation.types import Anatomy, Central, Disc, Fovea, LesionStats, Quadrants, RetinaMap
from vision.fov import FieldOfView

SIDE = 1000
FOV = FieldOfView(np.ones((SIDE, SIDE), bool), 0, 0, SIDE, SIDE)
DD = 100.0
RIGHT_EYE = Anatomy(Disc((750.0, 480.0), DD), Fovea((500.0, 500.0), 0.9))
NOT_MEASURED = LesionStats(False, 0, 0, 0.0)

few_pixels = st.tuples(
    st.integers(1, 30), st.integers(1, 30), st.floats(0, 0.7), st.integers(0, 10**6)
).map(lambda d: np.random.default_rng(d[3]).random(d[:2]) < d[2])


def _map(code: str, mask: np.ndarray) -> RetinaMap:
    masks = {other: np.zeros(mask.shape, bool) for other in LESIONS}
    return RetinaMap({**masks, code: mask}, None, None, None, None, {})


def _measure(code: str, mask: np.ndarray, anatomy: Anatomy = RIGHT_EYE) -> LesionStats:
    return measure_lesions(_map(code, mask), FOV, anatomy)[code]


def _blank() -> np.ndarray:
    return np.zeros((SIDE, SIDE), bool)


def _circle(x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.ogrid[:SIDE, :SIDE]
    return (columns + 0.5 - x) ** 2 + (rows + 0.5 - y) ** 2 <= radius**2


def _squares(*corners: tuple[int, int]) -> np.ndarray:
    """Squares of 10 x 10 px with their upper left corners at (x, y)."""
    mask = _blank()
    for x, y in corners:
        mask[y : y + 10, x : x + 10] = True
    return mask


def _fov(shape: tuple[int, int], diameter: int) -> FieldOfView:
    return FieldOfView(np.ones(shape, bool), 0, 0, diameter, diameter)


def test_counts_and_areas_of_drawn_lesions_are_exact():
    mask = _blank()
    mask[10:20, 10:20] = mask[500:510, 500:530] = True
    stats = _measure("HE", mask)
    assert (stats.present, stats.count, stats.area_px) == (True, 2, 400)
    assert stats.area_percent_of_fov == pytest.approx(0.04)


def test_lesions_that_touch_at_a_corner_are_one():
    assert _measure("EX", _squares((10, 10), (20, 20))).count == 1


def test_lesions_at_the_two_ends_of_neighbouring_rows_are_two():
    assert _measure("EX", _squares((SIDE - 10, 10), (0, 20))).count == 2


def test_specks_below_the_minimal_area_are_neither_counted_nor_measured():
    mask = _blank()
    mask[10, 10] = mask[500, 500:503] = True  # EX: at least 2.2 px at this diameter
    stats = _measure("EX", mask)
    assert (stats.count, stats.area_px) == (1, 3)


def test_a_lesion_that_is_nowhere_sure_is_not_counted():
    mask, sure = _circle(300, 300, 9) | _circle(700, 600, 9), _circle(700, 600, 2)
    kept, count = countable(mask, "HE", FOV, sure)
    assert count == 1
    assert np.array_equal(kept, _circle(700, 600, 9))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(few_pixels, st.integers(100, 700))
def test_lesions_are_the_patches_of_scipy_that_are_large_enough(mask, diameter):
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    large = sizes >= 1.4e-5 * diameter**2  # HE
    kept, count = countable(mask, "HE", _fov(mask.shape, diameter))
    assert count == large.sum()
    assert np.array_equal(kept, large[labels])


def test_counting_changes_no_mask_that_it_is_given():
    mask = _circle(300, 300, 1)
    kept, _ = countable(mask, "SE", FOV)
    assert mask.any()
    assert not kept.any()


@pytest.mark.parametrize("anatomy", [Anatomy(), Anatomy(disc=RIGHT_EYE.disc)])
def test_an_empty_mask_without_a_fovea_measures_as_absent_and_nothing_more(anatomy):
    assert _measure("MA", _blank(), anatomy) == NOT_MEASURED


def test_an_empty_mask_around_a_fovea_has_zeros_but_no_distance():
    nothing = Central(0, 0)
    expected = replace(
        NOT_MEASURED, by_quadrant=Quadrants(0, 0, 0, 0), central_1dd=nothing, central_3dd=nothing
    )
    assert _measure("MA", _blank()) == expected


@pytest.mark.parametrize(
    "anatomy", [replace(RIGHT_EYE, disc=None), replace(RIGHT_EYE, fovea=None), Anatomy()]
)
def test_places_are_unknown_without_disc_or_fovea(anatomy):
    stats = _measure("MA", _circle(300, 300, 5), anatomy)
    assert stats.count == 1
    assert stats.by_quadrant is None
    assert stats.central_1dd is None
    assert stats.central_3dd is None
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


# one lesion up left of the fovea, two up right, three down left, four down right
IN_QUADRANTS = _squares(
    (100, 100), (600, 100), (700, 200), (100, 700), (200, 700), (300, 700),
    (600, 700), (700, 700), (800, 700), (900, 700),
)  # fmt: skip


def test_in_a_right_eye_temporal_is_left_in_the_photo():
    assert _measure("HE", IN_QUADRANTS).by_quadrant == Quadrants(ST=1, SN=2, IT=3, IN=4)


def test_in_a_left_eye_temporal_is_right_in_the_photo():
    left_eye = replace(RIGHT_EYE, disc=Disc((250.0, 480.0), DD))
    assert _measure("HE", IN_QUADRANTS, left_eye).by_quadrant == Quadrants(ST=2, SN=1, IT=4, IN=3)


def test_a_lesion_belongs_to_the_quadrant_of_its_centroid():
    mask = _blank()
    mask[480:490, 400:530] = True  # reaches from temporal into nasal
    assert _measure("HE", mask).by_quadrant == Quadrants(ST=1, SN=0, IT=0, IN=0)


def test_the_temporal_side_is_unknown_where_disc_and_fovea_do_not_lie_as_in_an_eye():
    above = replace(RIGHT_EYE, disc=Disc((505.0, 250.0), DD))
    stats = _measure("HE", IN_QUADRANTS, above)
    assert stats.by_quadrant is None
    assert stats.nearest_to_fovea_dd is not None


@settings(max_examples=40, deadline=None, derandomize=True)
@given(few_pixels, st.floats(0, 1))
def test_a_flipped_photo_has_flipped_quadrants_and_the_same_distances(mask, at):
    height, width = mask.shape
    fov = _fov(mask.shape, 66)  # the disc lies 25 px from the fovea
    x, y = at * (width - 1) + 0.4142, at * (height - 1) + 0.2718  # no centroid lies there
    disc = Disc((x + 25.0, y - 3.0), 10.0)
    turned = Disc((width - x - 25.0, y - 3.0), 10.0), Fovea((width - x, y), 1.0)
    tipped = Disc((x + 25.0, height - y + 3.0), 10.0), Fovea((x, height - y), 1.0)
    plain, mirrored, upside_down = (
        measure_lesions(_map("EX", image), fov, anatomy)["EX"]
        for image, anatomy in (
            (mask, Anatomy(disc, Fovea((x, y), 1.0))),
            (mask[:, ::-1], Anatomy(*turned)),
            (mask[::-1], Anatomy(*tipped)),
        )
    )
    assert mirrored.by_quadrant == plain.by_quadrant
    q = plain.by_quadrant
    assert upside_down.by_quadrant == Quadrants(ST=q.IT, SN=q.IN, IT=q.ST, IN=q.SN)
    for other in (mirrored, upside_down):
        assert (other.central_1dd, other.central_3dd) == (plain.central_1dd, plain.central_3dd)
        assert other.nearest_to_fovea_dd == pytest.approx(plain.nearest_to_fovea_dd)


def test_the_central_circles_are_one_and_three_disc_diameters_wide():
    stats = _measure("EX", _squares((560, 495), (455, 495), (660, 495)))
    assert stats.central_1dd == Central(1, 100)  # radius 50 px
    assert stats.central_3dd == Central(2, 200)  # radius 150 px


def test_of_a_lesion_on_the_border_only_the_part_within_counts_as_central_area():
    mask = _blank()
    mask[500, 540:560] = True  # the border is at column 549.99
    stats = _measure("EX", mask, replace(RIGHT_EYE, fovea=Fovea((500.0, 500.5), 0.9)))
    assert stats.central_1dd == Central(1, 10)
    assert stats.central_3dd == Central(1, 20)


def test_distance_is_that_of_the_nearest_lesion_in_disc_diameters():
    mask = _blank()
    mask[499:502, 600:610] = mask[700:710, 500:510] = True
    stats = _measure("EX", mask, replace(RIGHT_EYE, fovea=Fovea((500.5, 500.5), 0.9)))
    assert stats.nearest_to_fovea_dd == pytest.approx(100 / DD)


def test_a_lesion_that_covers_the_fovea_is_at_distance_zero():
    assert _measure("HE", _circle(510, 500, 20)).nearest_to_fovea_dd == 0


@settings(max_examples=40, deadline=None, derandomize=True)
@given(few_pixels, st.floats(-5, 35), st.floats(-5, 35), st.floats(1, 20))
def test_central_lesions_and_the_nearest_are_those_found_pixel_by_pixel(mask, x, y, diameter):
    fov = _fov(mask.shape, 300)  # EX: every patch is large enough
    anatomy = Anatomy(Disc((x + 20, y), diameter), Fovea((x, y), 1.0))
    stats = measure_lesions(_map("EX", mask), fov, anatomy)["EX"]
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    rows, columns = np.nonzero(mask)
    far = np.hypot(columns + 0.5 - x, rows + 0.5 - y)
    for radius, central in ((diameter / 2, stats.central_1dd), (1.5 * diameter, stats.central_3dd)):
        if np.any(np.abs(far - radius) < 1e-9):
            continue  # rounding decides
        near = far < radius
        found = np.unique(labels[rows[near], columns[near]])
        assert central == Central(len(found), int(near.sum()))
    covered = np.any((columns == np.floor(x)) & (rows == np.floor(y)))
    expected = None if len(far) == 0 else 0.0 if covered else far.min() / diameter
    assert stats.nearest_to_fovea_dd == pytest.approx(expected)
