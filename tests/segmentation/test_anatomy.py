import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from segmentation.anatomy import disc_of, eye_side, measure_anatomy, plausible_disc
from segmentation.types import Anatomy, Disc, Fovea, RetinaMap
from tests.drawing import landmarks
from vision.fov import FieldOfView

SIDE = 1000
FOV = FieldOfView(np.ones((SIDE, SIDE), bool), 0, 0, SIDE, SIDE)
EMPTY = RetinaMap({}, None, None, None, None, {})
RADIUS = 70  # of the disc
FOVEA = Fovea((300.0, 520.0), 0.8)  # left of the disc: a right eye


def _blank() -> np.ndarray:
    return np.zeros((SIDE, SIDE), bool)


def _ellipse(x: float, y: float, width: float, height: float) -> np.ndarray:
    """Half axes `width` and `height` px around (x, y)."""
    rows, columns = np.ogrid[:SIDE, :SIDE]
    return ((columns + 0.5 - x) / width) ** 2 + ((rows + 0.5 - y) / height) ** 2 <= 1


def _circle(x: float, y: float, radius: float) -> np.ndarray:
    return _ellipse(x, y, radius, radius)


RIGHT_EYE = replace(EMPTY, disc=_circle(640, 500, RADIUS), cup=_circle(640, 500, 30), fovea=FOVEA)


def test_the_disc_is_located_with_its_centre_and_diameter():
    disc = measure_anatomy(replace(EMPTY, disc=_circle(640.3, 420.7, 70)), FOV).disc
    assert disc is not None
    assert disc.centre == pytest.approx((640.3, 420.7), abs=0.1)
    assert disc.diameter_px == pytest.approx(140, abs=0.2)


def test_a_disc_that_is_not_round_has_the_diameter_of_the_circle_of_equal_area():
    disc = measure_anatomy(replace(EMPTY, disc=_ellipse(640, 420, 60, 80)), FOV).disc
    assert disc is not None
    assert disc.diameter_px == pytest.approx(2 * math.sqrt(60 * 80), abs=0.2)


def test_a_disc_at_the_photos_border_is_measured_there():
    corner = disc_of(_circle(0, 0, 100))
    assert corner.centre == pytest.approx((400 / (3 * math.pi),) * 2, abs=0.5)
    assert corner.diameter_px == pytest.approx(100, abs=0.5)


def test_where_nothing_was_seen_nothing_is_measured():
    assert measure_anatomy(EMPTY, FOV) == Anatomy()


def test_empty_masks_of_disc_and_cup_count_as_not_seen_and_without_vessels_density_is_0():
    empty = RetinaMap({}, _blank(), _blank(), _blank(), None, {})
    assert measure_anatomy(empty, FOV) == Anatomy(vessel_density=0.0)


def test_the_fovea_is_passed_through_with_and_without_a_disc():
    assert measure_anatomy(replace(EMPTY, fovea=FOVEA), FOV).fovea == FOVEA
    assert measure_anatomy(RIGHT_EYE, FOV).fovea == FOVEA


def test_a_cup_without_a_disc_gives_no_ratio():
    anatomy = measure_anatomy(replace(RIGHT_EYE, disc=None), FOV)
    assert (anatomy.vertical_cdr, anatomy.area_cdr, anatomy.rim) == (None, None, None)


@pytest.mark.parametrize("cup", [None, _blank()])
def test_a_disc_without_a_cup_gives_no_ratio(cup):
    anatomy = measure_anatomy(replace(RIGHT_EYE, cup=cup), FOV)
    assert anatomy.disc is not None
    assert (anatomy.vertical_cdr, anatomy.area_cdr, anatomy.rim) == (None, None, None)


@pytest.mark.parametrize("radius", [10, 35, 56, RADIUS])
def test_ratios_of_concentric_circles_are_those_of_radii_and_areas(radius):
    anatomy = measure_anatomy(replace(RIGHT_EYE, cup=_circle(640, 500, radius)), FOV)
    assert anatomy.vertical_cdr == pytest.approx(radius / RADIUS)
    assert anatomy.area_cdr == pytest.approx((radius / RADIUS) ** 2, abs=0.003)


def test_the_vertical_ratio_does_not_heed_the_width():
    anatomy = measure_anatomy(replace(RIGHT_EYE, cup=_ellipse(640, 500, 20, 49)), FOV)
    assert anatomy.vertical_cdr == pytest.approx(0.7)


def test_of_a_cup_only_the_part_on_the_disc_is_measured():
    wide = replace(RIGHT_EYE, cup=_blank() | True)
    assert measure_anatomy(wide, FOV).vertical_cdr == 1
    assert measure_anatomy(wide, FOV).area_cdr == 1


def _mean_width(dx: float, dy: float, radius: float, towards_deg: float) -> float:
    """Mean rim width in px over a sector between a disc at the origin and a cup at (dx, dy)."""
    angles = np.radians(towards_deg + np.linspace(-45, 45, 2001))
    along = dx * np.cos(angles) + dy * np.sin(angles)
    cup_edge = along + np.sqrt(along**2 - dx**2 - dy**2 + radius**2)
    return float(np.mean(RADIUS - cup_edge))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.floats(-12, 12), st.floats(-12, 12), st.floats(20, 50))
def test_the_rim_of_an_eccentric_cup_is_right_to_a_pixel(dx, dy, radius):
    anatomy = measure_anatomy(replace(RIGHT_EYE, cup=_circle(640 + dx, 500 + dy, radius)), FOV)
    assert anatomy.rim is not None
    sectors = {"nasal": 0, "inferior": 90, "temporal": 180, "superior": 270}
    for name, towards in sectors.items():
        width = getattr(anatomy.rim, name) * anatomy.disc.diameter_px
        assert width == pytest.approx(_mean_width(dx, dy, radius, towards), abs=1)


def test_a_mirrored_photo_has_the_same_rim():
    plain = replace(RIGHT_EYE, cup=_circle(648, 495, 35))
    mirrored = replace(
        plain,
        disc=plain.disc[:, ::-1],
        cup=plain.cup[:, ::-1],
        fovea=Fovea((SIDE - 300.0, 520.0), 0.8),
    )
    one, other = (measure_anatomy(retina, FOV).rim for retina in (plain, mirrored))
    for name in ("inferior", "superior", "nasal", "temporal"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=0.005)


def test_without_a_fovea_the_eye_that_was_told_says_where_nasal_is():
    retina = replace(RIGHT_EYE, cup=_circle(650, 500, 35), fovea=None)
    right, left = (measure_anatomy(retina, FOV, eye).rim for eye in ("OD", "OS"))
    assert right.nasal < right.temporal
    assert (left.nasal, left.temporal) == (right.temporal, right.nasal)


def test_the_fovea_outweighs_the_eye_that_was_told():
    assert measure_anatomy(RIGHT_EYE, FOV, "OS") == measure_anatomy(RIGHT_EYE, FOV, "OD")


def test_without_fovea_or_eye_the_rim_is_unknown_but_the_ratios_are_not():
    anatomy = measure_anatomy(replace(RIGHT_EYE, fovea=None), FOV)
    assert anatomy.rim is None
    assert anatomy.vertical_cdr is not None


def test_vessel_density_is_the_share_of_the_field_of_view():
    field = _blank()
    field[:, :500] = True
    vessels = _blank()
    vessels[:100, 400:600] = True  # half of it outside the field
    fov = FieldOfView(field, 0, 0, 500, SIDE)
    assert measure_anatomy(replace(EMPTY, vessels=vessels), fov).vessel_density == 0.02


def test_only_the_largest_patch_of_a_disc_mask_is_the_disc():
    found = plausible_disc(_circle(640, 420, 70) | _circle(100, 100, 30), FOV)
    assert found is not None
    assert np.array_equal(found, _circle(640, 420, 70))


@pytest.mark.parametrize("radius", [0.02 * SIDE, 0.2 * SIDE])
def test_a_patch_of_implausible_size_is_no_disc(radius):
    assert plausible_disc(_circle(500, 500, radius), FOV) is None


def test_an_empty_mask_is_no_disc():
    assert plausible_disc(_blank(), FOV) is None


@pytest.mark.parametrize("eye", ["OD", "OS"])
def test_the_side_of_a_drawn_eye_is_told(eye):
    marks = landmarks(eye=eye)
    x, y, radius = marks.disc
    fov = FieldOfView(np.ones((480, 640), bool), 0, 0, 640, 480)
    assert eye_side(Anatomy(Disc((x, y), 2 * radius), Fovea(marks.fovea, 1.0)), fov) == eye


def test_a_right_eye_has_its_disc_on_the_right_of_the_photo():
    assert eye_side(measure_anatomy(RIGHT_EYE, FOV), FOV) == "OD"


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.floats(-450, 450), st.floats(-450, 450))
def test_a_mirrored_photo_is_of_the_other_eye_and_an_upside_down_one_of_the_same(dx, dy):
    limits = (200.0, 600.0)  # a border is on one side of rounding or the other
    assume(abs(dx) > 1e-3 and abs(abs(dx) - abs(dy)) > 1e-3)
    assume(all(abs(np.hypot(dx, dy) - limit) > 1e-3 for limit in limits))
    sides = [
        eye_side(Anatomy(Disc((500.0 + x, 500.0 + y), 100.0), Fovea((500.0, 500.0), 1.0)), FOV)
        for x, y in ((dx, dy), (-dx, dy), (dx, -dy))
    ]
    other = {"OD": "OS", "OS": "OD", "unknown": "unknown"}
    assert sides[1] == other[sides[0]]
    assert sides[2] == sides[0]


@pytest.mark.parametrize(
    ("disc", "fovea"),
    [
        (None, (500, 500)),
        ((750, 500), None),
        ((620, 500), (500, 500)),  # too close
        ((950, 500), (300, 500)),  # too far
        ((550, 250), (500, 500)),  # too steep
        ((100, 500), (-140, 500)),  # the fovea outside the photo
    ],
)
def test_the_side_is_unknown_where_disc_and_fovea_do_not_lie_as_in_an_eye(disc, fovea):
    anatomy = Anatomy(disc and Disc(disc, 100.0), fovea and Fovea(fovea, 1.0))
    assert eye_side(anatomy, FOV) == "unknown"


def test_a_fovea_in_the_dark_around_the_field_tells_no_side():
    fov = FieldOfView(_circle(500, 500, 400), 100, 100, 900, 900)
    anatomy = Anatomy(Disc((330.0, 330.0), 100.0), Fovea((120.0, 200.0), 1.0))
    assert eye_side(anatomy, FOV) == "OD"
    assert eye_side(anatomy, fov) == "unknown"


def test_a_patch_that_is_not_round_is_no_disc():
    mask = _circle(500, 500, RADIUS)
    mask[500:504, 500:800] = True  # a tail of atrophy
    assert plausible_disc(_circle(500, 500, RADIUS), FOV) is not None
    assert plausible_disc(mask, FOV) is None
