from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.preprocess import NEUTRAL, fov_plane, framed, normalise
from segmentation.types import Disc
from tests.drawing import draw_fundus
from tests.segmentation.fakes import TINY
from vision.fov import detect, frame

FOV = detect(draw_fundus((300, 380)))
AROUND_DISC = replace(TINY.preprocess, disc_diameters=2.5)


def test_a_network_of_the_whole_field_has_the_same_frame_with_and_without_a_disc():
    plain = frame(FOV, TINY.preprocess.side_px)
    assert framed(FOV, TINY.preprocess) == plain
    assert framed(FOV, TINY.preprocess, Disc((100.0, 90.0), 40.0)) == plain


@settings(max_examples=25, deadline=None, derandomize=True)
@given(x=st.floats(0, 380), y=st.floats(0, 300), diameter=st.floats(8, 120))
def test_a_disc_of_any_size_and_place_fills_the_same_part_of_a_plane_around_it(x, y, diameter):
    square = framed(FOV, AROUND_DISC, Disc((x, y), diameter))
    assert diameter * square.scale == pytest.approx(square.side_px / 2.5, rel=0.05)
    middle = np.divide(square.to_frame(x, y), square.scale)
    assert np.abs(middle - square.source_side_px / 2).max() <= 1


def test_a_network_that_looks_around_the_disc_refuses_a_photo_without_one():
    with pytest.raises(ValueError, match="disc"):
        framed(FOV, AROUND_DISC)


def test_a_plane_around_a_disc_at_the_rim_is_neutral_outside_the_field():
    pixels = draw_fundus((300, 380))
    square = framed(FOV, AROUND_DISC, Disc((190.0, 8.0), 40.0))
    inside = fov_plane(FOV, square)
    plane = normalise(square.crop(pixels), inside, AROUND_DISC)
    assert 0.2 < inside.mean() < 0.8
    assert (plane[~inside] == NEUTRAL).all()
    assert plane[inside].std() > 5


@pytest.mark.parametrize("brightness", [0.6, 0.85])
def test_a_darker_photo_gives_nearly_the_same_plane(brightness):
    square = frame(FOV, 160)
    inside = fov_plane(FOV, square)
    bright, dark = (
        normalise(square.crop(draw_fundus((300, 380), brightness=b)), inside, TINY.preprocess)
        for b in (1.0, brightness)
    )
    assert np.corrcoef(bright[inside].ravel(), dark[inside].ravel())[0, 1] > 0.9
