"""Heat maps: python -m pytest tests/vision/test_heatmap.py"""

import numpy as np
import pytest
import torch

from tests.drawing import draw_fundus
from tests.vision.factory import encoder
from vision.fov import detect
from vision.heatmap import heat, on_photo
from vision.labels import DISEASES, HEADS
from vision.preprocess import to_tensor

PHOTO = draw_fundus((120, 160))
FOV = detect(PHOTO)


def encoded(tower: str = "test_efficientnet"):
    model = encoder(tower)
    with torch.inference_mode():
        found = model(to_tensor(PHOTO, FOV, model.config.preprocess))
    return model, found, found.features[0].numpy()


def test_the_map_is_the_part_of_the_logit_that_each_cell_brings() -> None:
    model, found, features = encoded()
    both = [heat(model, features, "disease", code) for code in DISEASES]
    weights = model.heads["disease"].weight.detach().numpy()
    by_cell = np.einsum("kd,dhw->khw", weights, features) / features[0].size
    assert np.stack(both) == pytest.approx(np.maximum(by_cell, 0), abs=1e-6)
    bias = model.heads["disease"].bias.detach().numpy()
    logits = found.logits["disease"][0].numpy()
    assert by_cell.sum((1, 2)) + bias == pytest.approx(logits, abs=1e-5)


@pytest.mark.parametrize("tower", ["test_efficientnet", "test_convnext", "test_vit"])
@pytest.mark.parametrize("head", ["disease", "dr", "oct"])
def test_any_tower_has_a_map_for_any_label(tower: str, head: str) -> None:
    model, _, features = encoded(tower)
    maps = [heat(model, features, head, label) for label in HEADS[head]]
    assert {plane.shape for plane in maps} == {features.shape[1:]}
    assert all(np.isfinite(plane).all() and (plane >= 0).all() for plane in maps)
    assert any(plane.max() > 0 for plane in maps)


def test_the_map_lies_on_the_photo_within_its_field() -> None:
    model, _, features = encoded()
    plane = max((heat(model, features, "disease", c) for c in DISEASES), key=np.max)
    found = on_photo(plane, FOV)
    assert found.shape == PHOTO.shape[:2]
    assert found.dtype == np.float32
    assert not found[~FOV.mask].any()
    assert (found.min(), found.max()) == (0, 1)


def test_the_hottest_place_is_where_the_features_speak_for_the_disease() -> None:
    model, _, features = encoded()
    features = np.zeros_like(features)
    weights = model.heads["disease"].weight.detach().numpy()[1]
    features[:, 0, -1] = weights  # above, on the right
    plane = heat(model, features, "disease", "D")
    y, x = np.unravel_index(on_photo(plane, FOV).argmax(), PHOTO.shape[:2])
    assert y < 60
    assert x > 80


def test_where_nothing_speaks_for_a_disease_the_map_is_empty() -> None:
    model, _, features = encoded()
    assert not on_photo(heat(model, np.zeros_like(features), "disease", "G"), FOV).any()


def test_a_map_can_be_had_while_gradients_are_off() -> None:
    model, _, features = encoded()
    expected = heat(model, features, "disease", "O")
    with torch.inference_mode():
        assert (heat(model, features, "disease", "O") == expected).all()
