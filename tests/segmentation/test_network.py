import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from segmentation.model import STRIDE_PX, build, fuse
from segmentation.network import Network, probability_plane
from segmentation.preprocess import NEUTRAL, to_input
from tests.drawing import draw_fundus
from tests.segmentation.fakes import CLASSES, TINY, model_folder
from vision.errors import ModelError
from vision.fov import detect
from vision.types import FundusImage
from vision.weights import load_folder, save_folder


def test_the_same_photo_gives_the_same_probabilities(tmp_path):
    pixels = draw_fundus((240, 300))
    loaded = Network.load(model_folder(tmp_path / "m"))
    image, fov = FundusImage(pixels), detect(pixels)
    first, again = loaded.planes(image, fov), loaded.planes(image, fov)
    assert all(np.array_equal(first[code], again[code]) for code in CLASSES)


def test_probabilities_have_one_plane_a_class_and_are_zero_outside_the_field(tmp_path):
    pixels = draw_fundus((240, 300))
    loaded = Network.load(model_folder(tmp_path / "m"))
    planes = loaded.planes(FundusImage(pixels), detect(pixels))
    assert tuple(planes) == CLASSES
    for plane in planes.values():
        assert plane.shape == (TINY.preprocess.side_px,) * 2
        assert plane[0, 0] == 0 < plane.max() <= 1


def test_weights_saved_again_after_loading_are_the_same_bytes(tmp_path):
    config, state, digest = load_folder(model_folder(tmp_path / "a"))
    assert save_folder(tmp_path / "b", config, state) == digest


def test_a_loaded_network_gives_the_logits_of_the_saved_one_bit_for_bit(tmp_path, monkeypatch):
    monkeypatch.setattr("segmentation.network.quickest", lambda network: network)
    folder = model_folder(tmp_path / "m", seed=3)
    torch.manual_seed(3)
    original = fuse(build(TINY.model).half().float())
    view = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(original(view), Network.load(folder).module(view))


def test_folding_the_norms_away_leaves_the_logits_as_they_were():
    torch.manual_seed(1)
    network = build(TINY.model)
    view = torch.randn(2, 3, 64, 64)
    for _ in range(3):  # so that the norms have means and variances of their own
        network(view)
    network.eval()
    with torch.inference_mode():
        before = network(view)
        after = fuse(network)(view)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    assert before.std() > 1e-3
    assert torch.allclose(after, before, atol=1e-4)


def test_altered_weights_are_refused(tmp_path):
    folder = model_folder(tmp_path / "m")
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        Network.load(folder)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(ModelError, match="missing"):
        Network.load(tmp_path / "nothing")


def test_weights_of_another_architecture_are_refused(tmp_path):
    folder = model_folder(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    config["model"]["classes"] = ["MA", "HE"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError):
        Network.load(folder)


class Witness(nn.Module):
    """Half of a chance everywhere; keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[torch.Tensor] = []

    def forward(self, view: torch.Tensor) -> torch.Tensor:
        self.seen.append(view)
        return torch.zeros(len(view), 1, *view.shape[2:])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 159), st.integers(1, 160), st.integers(0, 159), st.integers(1, 160))
def test_a_network_sees_the_whole_field_in_whole_strides_and_little_more(top, high, left, wide):
    inside = np.zeros((160, 160), bool)
    inside[top : top + high, left : left + wide] = True
    plane = np.where(inside[..., None], np.uint8(200), np.uint8(NEUTRAL)).repeat(3, axis=2)
    witness = Witness()
    found = probability_plane(witness, plane, inside, replace(TINY.preprocess, mirrors=1))
    (view,) = witness.seen
    assert int((view[0, 0] != 0).sum()) == inside.sum()
    for given_px, needed in zip(
        view.shape[2:], np.ptp(np.nonzero(inside), axis=1) + 1, strict=True
    ):
        assert given_px % STRIDE_PX == 0
        assert given_px < needed + STRIDE_PX
    assert np.array_equal(found[0], inside * np.float32(0.5))


@pytest.mark.parametrize("mirrors", [1, 2, 4])
def test_every_mirrored_view_is_turned_back(mirrors):
    class Brightness(nn.Module):
        def forward(self, view: torch.Tensor) -> torch.Tensor:
            return view[:, :1]

    plane = np.random.default_rng(0).integers(0, 255, (160, 160, 3), dtype=np.uint8)
    config = replace(TINY.preprocess, mirrors=mirrors)
    found = probability_plane(Brightness(), plane, np.ones((160, 160), bool), config)
    assert np.allclose(found[0], 1 / (1 + np.exp(-to_input(plane)[0])), atol=1e-6)


def test_where_there_is_no_field_nothing_is_found():
    plane = np.full((160, 160, 3), NEUTRAL, np.uint8)
    found = probability_plane(Witness(), plane, np.zeros((160, 160), bool), TINY.preprocess)
    assert found.shape == (1, 160, 160)
    assert not found.any()


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
