import math

import numpy as np
import pytest
from PIL import Image

from segmentation.score_anatomy import disc_and_cup
from segmentation.sets import Photo
from tests.segmentation.fakes import Constant, Levels, anatomist, photo_with_disc, segmenter


@pytest.fixture
def photo(tmp_path) -> Photo:
    """A disc 42 px high with a cup of 20 px in it."""
    pixels, disc, cup = photo_with_disc()
    planes = {"p": pixels, "OD": disc, "OC": cup}
    for name, plane in planes.items():
        Image.fromarray(plane).save(tmp_path / f"{name}.png")
    masks = {code: tmp_path / f"{code}.png" for code in ("OD", "OC")}
    return Photo("p", tmp_path / "p.png", ("OD", "OC"), masks)


def test_disc_and_cup_that_lie_on_the_annotated_ones_have_next_to_no_error(photo):
    found = disc_and_cup(anatomist(Levels(0.4, 1.5)), photo)
    assert found["dice_disc"] > 0.95
    assert found["dice_cup"] > 0.95
    assert found["cdr_mae"] < 0.03
    assert found["cdr_measured"] == 1


def test_a_cup_that_fills_the_disc_is_wrong_by_the_whole_rim(photo):
    found = disc_and_cup(anatomist(Levels(0.4, 0.4)), photo)
    assert found["cdr_bias"] == pytest.approx(1 - 20 / 42, abs=1e-6)


def test_where_no_disc_is_seen_dice_is_0_and_there_is_no_ratio_to_be_wrong(photo):
    found = disc_and_cup(segmenter(Constant(-9.0)), photo)
    assert (found["dice_disc"], found["dice_cup"], found["cdr_measured"]) == (0, 0, 0)
    assert math.isnan(found["cdr_mae"]) and np.isnan(found["cdr_bias"])
