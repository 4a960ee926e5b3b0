"""Run with: pytest tests/vision/test_fov.py"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawing import draw_fundus
from vision.fov import FieldOfView, Frame, detect, frame, frame_around

some_time = settings(max_examples=25, deadline=None)


def box_view(height: int, width: int, x0: int, y0: int, x1: int, y1: int) -> FieldOfView:
    mask = np.zeros((height, width), bool)
    mask[y0:y1, x0:x1] = True
    return FieldOfView(mask, x0, y0, x1, y1)


@st.composite
def views(draw: st.DrawFn) -> FieldOfView:
    """Boxes of any place and shape inside photos of any shape."""
    height, width = draw(st.integers(40, 300)), draw(st.integers(40, 300))
    x0, y0 = draw(st.integers(0, width - 20)), draw(st.integers(0, height - 20))
    x1, y1 = draw(st.integers(x0 + 20, width)), draw(st.integers(y0 + 20, height))
    return box_view(height, width, x0, y0, x1, y1)


@pytest.mark.parametrize(
    ("size", "field"),
    [
        ((480, 640), (320, 240, 230)),
        ((480, 640), (250, 240, 200)),
        ((480, 640), (300, 240, 300)),  # cut above and below, as most cameras do
        ((300, 300), (150, 150, 140)),
        ((700, 400), (200, 300, 180)),
        ((224, 900), (600, 112, 100)),
        ((900, 1200), (640, 430, 260)),
    ],
)
def test_a_drawn_field_is_found_where_it_is(
    size: tuple[int, int], field: tuple[float, float, float]
) -> None:
    height, width = size
    x, y, radius = field
    found = detect(draw_fundus(size, field=field))
    truth = (
        max(0, x - radius),
        max(0, y - radius),
        min(width, x + radius),
        min(height, y + radius),
    )
    slack = 2 * max(1, max(size) / 512)  # the field is found on a copy of at most 512 px
    assert np.abs(np.subtract((found.x0, found.y0, found.x1, found.y1), truth)).max() <= slack


def test_the_mask_covers_the_drawn_field_and_nothing_else() -> None:
    found = detect(draw_fundus((480, 640), field=(320, 240, 230)))
    ys, xs = np.mgrid[:480, :640] + 0.5
    truth = np.hypot(xs - 320, ys - 240) <= 230
    overlap = (found.mask & truth).sum() / (found.mask | truth).sum()
    assert overlap > 0.985


@pytest.mark.parametrize("brightness", [0.25, 0.5, 1.0, 1.4])
def test_the_field_is_found_in_dark_and_in_bright_photos(brightness: float) -> None:
    found = detect(draw_fundus((480, 640), brightness=brightness, field=(320, 240, 230)))
    assert abs(found.diameter_px - 460) <= 6


def test_a_photo_without_border_is_all_field() -> None:
    inside = draw_fundus((600, 600), field=(300, 300, 290))[150:450, 150:450]
    found = detect(inside)
    assert (found.x0, found.y0, found.x1, found.y1) == (0, 0, 300, 300)
    assert found.area_px > 0.99 * 300 * 300


@some_time
@given(views(), st.integers(30, 200), st.integers(30, 200))
def test_a_field_at_another_size_is_the_same_part_of_the_photo(
    view: FieldOfView, height: int, width: int
) -> None:
    small = view.resized(height, width)
    assert small.mask.shape == (height, width)
    (rows, columns), (down, across) = view.mask.shape, (height, width)
    for place, size, source in (
        ((small.x0, small.x1), across / columns, (view.x0, view.x1)),
        ((small.y0, small.y1), down / rows, (view.y0, view.y1)),
    ):
        assert np.abs(np.array(place) - size * np.array(source)).max() < 1
    assert not small.mask[: small.y0].any() and not small.mask[small.y1 :].any()


@pytest.mark.parametrize("level", [0, 7, 255])
def test_a_blank_photo_is_all_field(level: int) -> None:
    found = detect(np.full((240, 260, 3), level, np.uint8))
    assert found.area_px == 240 * 260


def test_detection_is_the_same_every_time() -> None:
    pixels = draw_fundus((300, 400))
    assert (detect(pixels).mask == detect(pixels).mask).all()


def test_a_label_in_the_corner_is_not_the_field() -> None:
    pixels = draw_fundus((480, 640), field=(360, 240, 200))
    pixels[10:26, 10:90] = 230
    found = detect(pixels)
    assert found.x0 >= 150


@some_time
@given(view=views(), side=st.integers(16, 400))
def test_points_go_to_the_frame_and_back(view: FieldOfView, side: int) -> None:
    square = frame(view, side)
    for point in ((view.x0, view.y0), (view.x1, view.y1), (12.25, 37.5)):
        assert square.to_source(*square.to_frame(*point)) == pytest.approx(point, abs=1e-6)


@some_time
@given(view=views(), side=st.integers(16, 400))
def test_the_frame_holds_the_whole_field(view: FieldOfView, side: int) -> None:
    square = frame(view, side)
    for point in ((view.x0, view.y0), (view.x1, view.y1)):
        x, y = square.to_frame(*point)
        assert -1e-6 <= x <= side + 1e-6
        assert -1e-6 <= y <= side + 1e-6


@some_time
@given(view=views(), data=st.data())
def test_a_mask_comes_back_within_one_pixel(view: FieldOfView, data: st.DataObject) -> None:
    square = frame(view, data.draw(st.integers(view.diameter_px, 2 * view.diameter_px)))
    centre_x = data.draw(st.integers(view.x0 + 6, view.x1 - 7)) + 0.5
    centre_y = data.draw(st.integers(view.y0 + 6, view.y1 - 7)) + 0.5
    ys, xs = np.mgrid[: square.side_px, : square.side_px] + 0.5
    x, y = square.to_frame(centre_x, centre_y)
    disc = np.hypot(xs - x, ys - y) <= 5 * square.scale
    restored = square.restore(disc) > 0.5
    found_y, found_x = (np.flatnonzero(restored.any(axis)) for axis in (1, 0))
    assert abs(found_x[0] - (centre_x - 5)) <= 1
    assert abs(found_x[-1] + 1 - (centre_x + 5)) <= 1
    assert abs(found_y[0] - (centre_y - 5)) <= 1
    assert abs(found_y[-1] + 1 - (centre_y + 5)) <= 1


@some_time
@given(view=views())
def test_a_crop_at_the_same_scale_is_the_photo_padded_with_black(view: FieldOfView) -> None:
    height, width = view.mask.shape
    pixels = np.random.default_rng(0).integers(1, 256, (height, width, 3)).astype(np.uint8)
    square = frame(view, view.diameter_px)
    crop = square.crop(pixels)
    back = np.stack([square.restore(crop[..., i]) for i in range(3)], axis=2)
    inside = square.restore(np.ones(crop.shape[:2], bool)) > 0.5
    assert (back[inside] == pixels[inside]).all()
    assert not back[~inside].any()


@some_time
@given(view=views(), side=st.integers(16, 200))
def test_what_is_restored_has_the_shape_of_the_photo(view: FieldOfView, side: int) -> None:
    square = frame(view, side)
    assert square.crop(np.zeros((*view.mask.shape, 3), np.uint8)).shape == (side, side, 3)
    assert square.restore(np.ones((side, side), np.float32)).shape == view.mask.shape


def test_the_frame_is_a_square_around_the_middle_of_the_field() -> None:
    square = frame(box_view(200, 300, 50, 0, 250, 200), 100)
    assert square == Frame(50, 0, 200, 100, 200, 300)


@some_time
@given(
    view=views(),
    point=st.tuples(st.floats(0, 300), st.floats(0, 300)),
    wide=st.integers(1, 200),
    side=st.integers(16, 200),
)
def test_a_frame_around_a_point_has_it_in_its_middle_to_a_source_pixel(
    view: FieldOfView, point: tuple[float, float], wide: int, side: int
) -> None:
    square = frame_around(point, wide, view, side)
    middle = np.divide(square.to_frame(*point), square.scale)
    assert np.abs(middle - wide / 2).max() <= 1
    assert square.source_side_px == wide


def test_a_frame_around_a_corner_is_black_beyond_the_photo() -> None:
    pixels = np.full((60, 80, 3), 200, np.uint8)
    crop = frame_around((80, 60), 40, box_view(60, 80, 0, 0, 80, 60), 40).crop(pixels)
    assert (crop[:20, :20] == 200).all()
    assert not crop[20:].any() and not crop[:, 20:].any()
