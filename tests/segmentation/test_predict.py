from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.labels import LESIONS
from segmentation.network import Network
from segmentation.predict import GRADER, NETWORKS, Segmenter
from tests.drawing import draw_fundus
from tests.segmentation.fakes import (
    BrightSpots,
    Constant,
    Levels,
    anatomist,
    network,
    photo_with_disc,
    photo_with_square,
    segmenter,
    segmenter_folder,
)
from vision.errors import ModelError
from vision.fov import detect
from vision.types import FundusImage


def _box(mask: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return np.array([rows[0], columns[0], rows[-1] + 1, columns[-1] + 1])


@settings(max_examples=5, deadline=None, derandomize=True)
@given(
    height=st.integers(260, 420),
    width=st.integers(260, 420),
    dy=st.integers(-60, 40),
    dx=st.integers(-60, 40),
)
def test_masks_come_back_in_the_photos_own_pixels(height, width, dy, dx):
    top, left = height // 2 + dy, width // 2 + dx
    pixels, mask = photo_with_square(height, width, (top, left, top + 17, left + 21))
    found = segmenter(BrightSpots()).segment(FundusImage(pixels), detect(pixels))
    assert found.lesions["EX"].shape == (height, width)
    assert np.abs(_box(found.lesions["EX"]) - _box(mask)).max() <= 1


def test_a_photo_cropped_at_the_side_keeps_its_masks_in_place():
    pixels, mask = photo_with_square(400, 520, (150, 250, 171, 269))
    pixels, mask = pixels[:, 140:], mask[:, 140:]
    found = segmenter(BrightSpots()).segment(FundusImage(pixels), detect(pixels))
    assert np.abs(_box(found.lesions["HE"]) - _box(mask)).max() <= 1


def test_the_black_around_a_field_changes_no_mask():
    pixels, _ = photo_with_square(300, 400, (120, 150, 139, 180))
    padded = np.pad(pixels, ((20, 80), (0, 0), (0, 0)))
    straight = segmenter(BrightSpots()).segment(FundusImage(pixels), detect(pixels))
    lower = segmenter(BrightSpots()).segment(FundusImage(padded), detect(padded))
    assert straight.lesions["EX"].any()
    assert np.array_equal(lower.lesions["EX"][20:320], straight.lesions["EX"])


@pytest.mark.parametrize("axis", [0, 1])
def test_a_flipped_photo_gives_flipped_masks(axis):
    pixels, _ = photo_with_square(331, 407, (120, 150, 139, 180))
    flipped = np.flip(pixels, axis)
    straight = segmenter(BrightSpots()).segment(FundusImage(pixels), detect(pixels))
    mirrored = segmenter(BrightSpots()).segment(FundusImage(flipped), detect(flipped))
    back = np.flip(mirrored.lesions["EX"], axis)
    assert np.abs(_box(back) - _box(straight.lesions["EX"])).max() <= 1


def test_an_empty_photo_has_no_lesions_and_no_disc():
    pixels = np.zeros((300, 300, 3), np.uint8)
    found = segmenter(BrightSpots()).segment(FundusImage(pixels), detect(pixels))
    assert not any(mask.any() for mask in found.lesions.values())
    assert found.disc is None


def test_a_network_that_sees_nothing_finds_nothing():
    pixels = draw_fundus((300, 300))
    found = segmenter(Constant(-9.0)).segment(FundusImage(pixels), detect(pixels))
    assert set(found.lesions) == set(LESIONS)
    assert not any(mask.any() for mask in found.lesions.values())


def test_no_mask_leaves_the_field_of_view():
    pixels = draw_fundus((300, 380))
    fov = detect(pixels)
    found = segmenter(Constant(9.0)).segment(FundusImage(pixels), fov)
    assert found.lesions["EX"].any()
    assert not (found.lesions["EX"] & ~fov.mask).any()


def test_a_disc_as_large_as_the_field_is_no_disc():
    pixels = draw_fundus((300, 380))
    assert segmenter(Constant(9.0)).segment(FundusImage(pixels), detect(pixels)).disc is None


def test_one_bright_spot_is_the_fovea_of_a_network_that_looks_for_bright_spots():
    pixels, mask = photo_with_square(331, 407, (120, 150, 141, 180))
    fovea = segmenter(BrightSpots()).segment(FundusImage(pixels), detect(pixels)).fovea
    rows, columns = np.nonzero(mask)
    assert fovea.centre == pytest.approx((columns.mean() + 0.5, rows.mean() + 0.5), abs=1)
    assert fovea.confidence > 0.9


def test_a_fovea_below_its_peak_is_not_seen():
    pixels = draw_fundus((300, 300))
    found = segmenter(Constant(-2.0)).segment(FundusImage(pixels), detect(pixels))
    assert found.fovea is None


def test_the_cup_lies_within_the_disc():
    pixels, _ = photo_with_square(331, 407, (120, 150, 160, 190))
    found = segmenter(BrightSpots()).segment(FundusImage(pixels), detect(pixels))
    assert found.cup.any()
    assert not (found.cup & ~found.disc).any()


def test_the_cup_network_outlines_disc_and_cup_to_a_pixel_around_the_disc_that_was_found():
    pixels, disc, cup = photo_with_disc()
    found = anatomist(Levels(0.4, 1.5)).landmarks(FundusImage(pixels), detect(pixels))
    assert np.abs(_box(found[0]) - _box(disc)).max() <= 1
    assert np.abs(_box(found[1]) - _box(cup)).max() <= 1


def test_the_finer_disc_replaces_the_one_by_which_it_was_found():
    pixels, _, cup = photo_with_disc()
    found, _, _ = anatomist(Levels(1.5, 1.5)).landmarks(FundusImage(pixels), detect(pixels))
    assert np.abs(_box(found) - _box(cup)).max() <= 1


@pytest.mark.parametrize("logit", [-9.0, 9.0])
def test_a_finer_disc_that_is_none_or_too_large_does_not_replace_the_first(logit):
    pixels, disc, _ = photo_with_disc()
    image, fov = FundusImage(pixels), detect(pixels)
    found, cup, _ = anatomist(Constant(logit)).landmarks(image, fov)
    assert np.abs(_box(found) - _box(disc)).max() <= 1
    assert cup is None if logit < 0 else np.array_equal(cup, found)


def test_a_cup_that_is_larger_than_the_disc_ends_with_it():
    pixels, _, _ = photo_with_disc()
    found, cup, _ = anatomist(Levels(1.5, 0.4)).landmarks(FundusImage(pixels), detect(pixels))
    assert np.array_equal(cup, found)


def test_without_a_disc_there_is_no_cup():
    pixels = draw_fundus((300, 380))
    found = segmenter(Constant(9.0)).segment(FundusImage(pixels), detect(pixels))
    assert found.disc is None
    assert found.cup is None


@pytest.fixture
def lesion_networks(monkeypatch) -> Callable[..., Segmenter]:
    """A segmenter of lesions alone, of any networks in this order."""

    def of(*networks: Network) -> Segmenter:
        named = {str(index): network for index, network in enumerate(networks)}
        monkeypatch.setattr("segmentation.predict.LESION_NETWORKS", tuple(named))
        return Segmenter(named)

    return of


@pytest.mark.parametrize("sides", [(96,), (96, 160), (160, 96), (96, 160, 128)])
def test_lesion_networks_are_averaged_in_the_pixels_of_the_finest(lesion_networks, sides):
    pixels = draw_fundus((300, 380))
    networks = [network(Constant(index - 1.0), side_px=s) for index, s in enumerate(sides)]
    planes = lesion_networks(*networks).lesion_planes(FundusImage(pixels), detect(pixels))
    mean = np.mean([1 / (1 + np.exp(1.0 - index)) for index in range(len(sides))])
    assert set(planes) == set(LESIONS)
    for plane in planes.values():
        assert plane.shape == (max(sides),) * 2
        assert plane[max(sides) // 2, max(sides) // 2] == pytest.approx(mean, abs=5e-3)


def test_the_finest_lesion_network_looks_first(lesion_networks):
    named = lesion_networks(*(network(Constant(0.0), side_px=side) for side in (96, 160, 128)))
    assert [found.preprocess.side_px for found in named.lesion_networks] == [160, 128, 96]


@pytest.mark.parametrize("strict", [0, 1])
def test_the_first_lesion_network_says_where_their_mean_ends(lesion_networks, strict):
    pixels = draw_fundus((300, 380))
    image, fov = FundusImage(pixels), detect(pixels)
    networks = [network(Constant(0.0), side_px=side) for side in (96, 160)]  # 0.5 everywhere
    networks[strict] = replace(networks[strict], thresholds=dict.fromkeys(LESIONS, 0.6))
    both = lesion_networks(*networks)
    masks = both.lesion_masks(both.lesion_planes(image, fov), fov)
    assert masks["EX"].any() == (strict == 1)


def test_every_network_is_named_with_its_weights(tmp_path):
    loaded = Segmenter.load(segmenter_folder(tmp_path))
    pixels = draw_fundus((240, 300))
    found = loaded.segment(FundusImage(pixels), detect(pixels))
    assert found.weights == loaded.weights
    assert set(found.weights) == {*NETWORKS, GRADER}


def test_a_missing_network_is_named(tmp_path):
    segmenter_folder(tmp_path)
    (tmp_path / "vessels" / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="vessels"):
        Segmenter.load(tmp_path)
