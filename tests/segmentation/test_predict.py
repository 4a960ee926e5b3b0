import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.labels import LESIONS
from segmentation.model import build, to_dict
from segmentation.predict import Segmenter, probability_plane
from tests.drawing import draw_fundus, draw_masks, scatter_lesions
from tests.segmentation.fakes import (
    CLASSES,
    TINY,
    BrightSpots,
    Constant,
    photo_with_square,
    segmenter,
)
from vision.errors import ModelError
from vision.fov import detect
from vision.types import FundusImage
from vision.weights import save_folder


def _box(mask: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return np.array([rows[0], columns[0], rows[-1] + 1, columns[-1] + 1])


def _folder(path, seed=0):
    torch.manual_seed(seed)
    stored = {
        "model": to_dict(TINY.model),
        "preprocess": to_dict(TINY.preprocess),
        "thresholds": dict.fromkeys(CLASSES, 0.5),
        "peaks": TINY.peaks,
    }
    save_folder(path, stored, build(TINY.model).state_dict())
    return path


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


def test_the_same_photo_gives_the_same_probabilities(tmp_path):
    pixels = draw_fundus((240, 300))
    loaded = Segmenter.load(_folder(tmp_path / "m"))
    image, fov = FundusImage(pixels), detect(pixels)
    assert np.array_equal(loaded.probabilities(image, fov), loaded.probabilities(image, fov))


def test_probabilities_have_one_plane_a_class_and_are_zero_outside_the_field(tmp_path):
    pixels = draw_fundus((240, 300))
    loaded = Segmenter.load(_folder(tmp_path / "m"))
    planes = loaded.probabilities(FundusImage(pixels), detect(pixels))
    assert planes.shape == (len(CLASSES), TINY.preprocess.side_px, TINY.preprocess.side_px)
    assert planes[:, 0, 0].max() == 0 < planes.max() <= 1


def test_weights_saved_again_after_loading_are_the_same_bytes(tmp_path):
    first = _folder(tmp_path / "a")
    loaded = Segmenter.load(first)
    config = json.loads((first / "config.json").read_text())
    assert save_folder(tmp_path / "b", config, loaded.network.state_dict()) == config["sha256"]


def test_a_loaded_network_gives_the_logits_of_the_saved_one_bit_for_bit(tmp_path):
    folder = _folder(tmp_path / "m", seed=3)
    torch.manual_seed(3)
    original = build(TINY.model).half().float().eval()
    tile = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(original(tile), Segmenter.load(folder).network(tile))


def test_altered_weights_are_refused(tmp_path):
    folder = _folder(tmp_path / "m")
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        Segmenter.load(folder)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(ModelError, match="missing"):
        Segmenter.load(tmp_path / "nothing")


def test_weights_of_another_architecture_are_refused(tmp_path):
    folder = _folder(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    config["model"]["classes"] = ["MA", "HE"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError):
        Segmenter.load(folder)


@pytest.mark.parametrize("axis", [0, 1])
def test_averaging_four_mirrored_views_makes_a_network_blind_to_mirroring(axis):
    torch.manual_seed(0)
    config = replace(TINY.preprocess, mirrors=4)
    network = build(TINY.model).float().eval()
    side = config.side_px
    plane = np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8)
    inside = np.ones((side, side), bool)
    straight = probability_plane(network, plane, inside, config)
    mirrored = probability_plane(network, np.flip(plane, axis), inside, config)
    assert np.allclose(np.flip(mirrored, axis + 1), straight, atol=1e-3)


@pytest.mark.slow
def test_the_trained_weights_find_drawn_lesions():
    size = (900, 1200)
    lesions = scatter_lesions(size, seed=1)
    pixels = draw_fundus(size, seed=1, lesions=lesions)
    truth = draw_masks(size, seed=1, lesions=lesions)
    found = Segmenter.load().segment(FundusImage(pixels), detect(pixels))
    for code in LESIONS:
        overlap = (found.lesions[code] & truth[code]).sum()
        assert overlap > 0.5 * truth[code].sum()
