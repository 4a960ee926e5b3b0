"""Region tokens: python -m pytest tests/vision/test_regions.py"""

import numpy as np
import pytest

from tests.drawing import draw_fundus
from vision.fov import detect, frame
from vision.regions import cell_counts, region_tokens

CODES = ("MA", "HE", "EX")
PHOTO = draw_fundus((240, 320))
FOV = detect(PHOTO)
FEATURES = np.random.default_rng(0).normal(0, 1, (6, 5, 5)).astype(np.float32)


def square(x: int, y: int, side: int = 6) -> np.ndarray:
    mask = np.zeros(PHOTO.shape[:2], bool)
    mask[y : y + side, x : x + side] = True
    return mask


def test_a_region_token_is_the_mean_of_the_features_under_its_mask() -> None:
    mask = square(100, 60, 70)
    (token,) = region_tokens(FEATURES, {"HE": mask}, ("HE",), FOV)
    # the same mean, pixel by pixel
    crop = frame(FOV, 5)
    cells = [crop.to_frame(x + 0.5, y + 0.5) for y, x in zip(*np.nonzero(mask), strict=True)]
    expected = np.mean([FEATURES[:, int(y), int(x)] for x, y in cells], axis=0, dtype=float)
    assert token == pytest.approx(expected, abs=1e-5)


def test_one_pixel_is_enough_for_a_token() -> None:
    token = region_tokens(FEATURES, {"MA": square(160, 120, 1)}, ("MA",), FOV)[0]
    assert np.abs(FEATURES - token[:, None, None]).sum(0).min() < 1e-5


def test_an_absent_class_has_a_token_of_zeros() -> None:
    empty = np.zeros(PHOTO.shape[:2], bool)
    tokens = region_tokens(FEATURES, {"MA": empty, "HE": square(150, 100)}, CODES, FOV)
    assert tokens.shape == (3, 6)
    assert tokens.dtype == np.float32
    assert not tokens[[0, 2]].any()
    assert tokens[1].any()


def test_what_lies_beside_the_frame_counts_for_nothing() -> None:
    photo = np.zeros((100, 400, 3), np.uint8)
    photo[:, 150:250] = 120
    fov = detect(photo)
    mask = np.zeros((100, 400), bool)
    mask[:, :100] = True
    assert not region_tokens(FEATURES, {"HE": mask}, ("HE",), fov).any()


def test_a_region_token_flips_with_the_photo() -> None:
    fov = detect(PHOTO[:, ::-1])
    mask = square(90, 70)
    here = region_tokens(FEATURES, {"EX": mask}, CODES, FOV)
    there = region_tokens(FEATURES[:, :, ::-1], {"EX": mask[:, ::-1]}, CODES, fov)
    assert there == pytest.approx(here, abs=1e-5)


def test_every_pixel_of_the_frame_lies_in_one_cell() -> None:
    whole = np.ones(PHOTO.shape[:2], bool)
    counts = cell_counts(whole, frame(FOV, 5))
    assert counts.sum() == FOV.diameter_px**2
    assert counts.min() >= (FOV.diameter_px // 5) ** 2
