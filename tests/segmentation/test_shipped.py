"""The committed weights on drawn fundi, of which every pixel is known."""

import numpy as np
import pytest

from segmentation.anatomy import eye_side, measure_anatomy
from segmentation.labels import LESIONS
from segmentation.predict import Segmenter
from segmentation.score_lesions import dice, overlap, touched
from segmentation.types import RetinaMap
from tests.drawing import draw_fundus, draw_masks, landmarks, scatter_lesions
from vision.fov import FieldOfView, detect
from vision.labels import grade_of
from vision.types import FundusImage

pytestmark = pytest.mark.slow
SIZE = (900, 1200)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter.load()


@pytest.fixture(scope="module", params=["OD", "OS"])
def seen(request, segmenter) -> tuple[str, RetinaMap, np.ndarray]:
    """The eye that was drawn, what was seen in it, and the pixels."""
    pixels = draw_fundus(SIZE, 2, scatter_lesions(SIZE, 2, eye=request.param), request.param)
    return request.param, segmenter.segment(FundusImage(pixels), detect(pixels)), pixels


@pytest.mark.parametrize("code", LESIONS)
def test_a_third_of_the_drawn_lesions_is_found_at_least(seen, code):
    eye, retina, _ = seen
    truth = draw_masks(SIZE, 2, scatter_lesions(SIZE, 2, eye=eye), eye)[code]
    found, drawn = touched(truth, retina.lesions[code])
    assert found > drawn / 3


def test_the_disc_is_outlined(seen):
    eye, retina, _ = seen
    x, y, radius = landmarks(SIZE, eye=eye).disc
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    assert dice(overlap(retina.disc, np.hypot(rows - y, columns - x) <= radius)) > 0.9


def test_the_fovea_is_within_a_quarter_of_a_disc_diameter(seen):
    eye, retina, _ = seen
    marks = landmarks(SIZE, eye=eye)
    assert np.hypot(*np.subtract(retina.fovea.centre, marks.fovea)) < marks.disc[2] / 2


def test_the_eye_side_is_told(seen):
    eye, retina, pixels = seen
    fov = detect(pixels)
    assert eye_side(measure_anatomy(retina, fov), fov) == eye


def test_vessels_are_darker_than_what_lies_beside_them(seen):
    _, retina, pixels = seen
    inside = detect(pixels).mask
    green = pixels[..., 1].astype(float)
    assert 0.02 < retina.vessels[inside].mean() < 0.25
    assert green[retina.vessels].mean() < green[inside & ~retina.vessels].mean() - 5


def test_an_eye_full_of_lesions_is_graded_higher_than_one_without(segmenter, seen):
    _, retina, _ = seen
    pixels = draw_fundus(SIZE, 2)
    healthy = segmenter.segment(FundusImage(pixels), detect(pixels))
    assert grade_of(healthy.grades.dr) < grade_of(retina.grades.dr)
    assert sum(healthy.grades.dr[2:]) < 0.5 < sum(retina.grades.dr[2:])


def test_a_field_elsewhere_on_a_larger_black_canvas_gives_the_same_masks(segmenter, seen):
    _, retina, pixels = seen
    fov, around, (down, right) = detect(pixels), ((75, 225), (300, 40)), (75, 300)
    corners = (fov.x0 + right, fov.y0 + down, fov.x1 + right, fov.y1 + down)
    canvas = FundusImage(np.pad(pixels, (*around, (0, 0))))
    moved = segmenter.segment(canvas, FieldOfView(np.pad(fov.mask, around), *corners))
    for code, mask in _masks(retina).items():
        assert mask.any(), code
        assert dice(overlap(_masks(moved)[code], np.pad(mask, around))) >= 0.999, code


def _masks(retina: RetinaMap) -> dict[str, np.ndarray]:
    return {**retina.lesions, "OD": retina.disc, "OC": retina.cup, "VE": retina.vessels}


def test_a_black_photo_has_nothing(segmenter):
    pixels = np.zeros((300, 300, 3), np.uint8)
    retina = segmenter.segment(FundusImage(pixels), detect(pixels))
    assert not any(mask.any() for mask in retina.lesions.values())
    assert (retina.disc, retina.cup, retina.fovea) == (None, None, None)
    assert not retina.vessels.any()
