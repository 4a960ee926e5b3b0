import numpy as np
import pytest

from segmentation.patches import bounding_box, label, largest_patch


def _mask(*rows: str) -> np.ndarray:
    return np.array([[pixel == "#" for pixel in row] for row in rows])


def test_pixels_that_touch_at_a_corner_are_one_patch():
    labels, count = label(_mask("#...", ".#..", "...#"))
    assert count == 2
    assert labels[0, 0] == labels[1, 1] != labels[2, 3]


def test_the_largest_patch_is_kept_alone_with_its_holes_filled():
    found = largest_patch(_mask("##......", "....####", "....#..#", "....####"))
    assert np.array_equal(found, _mask("........", "....####", "....####", "....####"))


def test_an_empty_mask_has_no_largest_patch():
    assert largest_patch(np.zeros((3, 4), bool)) is None


@pytest.mark.parametrize(
    ("mask", "box"),
    [
        (_mask("....", ".#..", "...#"), (slice(1, 3), slice(1, 4))),
        (_mask("####", "####"), (slice(0, 2), slice(0, 4))),
        (_mask("....", "...."), (slice(0, 0), slice(0, 0))),
    ],
)
def test_the_bounding_box_holds_all_that_is_set_and_no_more(mask, box):
    assert bounding_box(mask) == box
