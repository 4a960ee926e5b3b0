"""The encoder: python -m pytest tests/vision/test_backbone.py"""

import pytest
import torch
from torch import Tensor, nn

from tests.contract import ModelContract
from tests.vision.factory import encoder, tiny
from vision.backbone import EyeEncoder, contrastive_loss
from vision.labels import HEADS

TOWERS = ("test_efficientnet", "test_convnext", "test_vit")


class TestEyeEncoder(ModelContract):
    """The contract for a tiny convolutional tower."""

    def model(self) -> nn.Module:
        return encoder()

    def batch(self, n: int) -> Tensor:
        return torch.randn(n, 3, 64, 64, generator=torch.Generator().manual_seed(1))

    def outputs(self, model: nn.Module, batch: Tensor) -> list[Tensor]:
        found = model(batch)
        assert isinstance(model, EyeEncoder)
        embedding = model.image_embedding(found.pooled)
        tokens = model.tokens(found.features)
        return [found.pooled, found.features, tokens, embedding, *found.logits.values()]


@pytest.mark.parametrize("tower", TOWERS)
def test_any_tower_of_the_same_slot_gives_map_tokens_and_all_heads_in_one_pass(tower: str) -> None:
    model = encoder(tower)
    side = model.config.preprocess.side_px
    with torch.inference_mode():
        found = model(torch.randn(2, 3, side, side))
    cells = found.features.shape[2]
    assert found.pooled.shape == (2, model.width)
    assert found.features.shape == (2, model.width, cells, cells)
    assert model.tokens(found.features).shape == (2, 4, model.width)
    assert {name: v.shape for name, v in found.logits.items()} == {
        name: (2, len(labels)) for name, labels in HEADS.items()
    }


@pytest.mark.parametrize("tower", TOWERS)
def test_the_map_of_any_tower_turns_with_the_picture(tower: str) -> None:
    model = encoder(tower)
    side = model.config.preprocess.side_px
    picture = torch.zeros(1, 3, side, side)
    with torch.inference_mode():
        empty = model(picture).features
        picture[:, :, : side // 4, -side // 4 :] = 3  # something at the upper right
        change = (model(picture).features - empty).abs().sum(1)[0]
    half = len(change) // 2
    assert change[:half, -half:].mean() > change[-half:, :half].mean()


def test_a_wrong_shape_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match=r"vision\.preprocess\.to_tensor"):
        EyeEncoder(tiny())(torch.zeros(1, 1, 64, 64))


def test_image_and_text_embeddings_are_unit_vectors_of_one_space() -> None:
    model = encoder()
    image = model.image_embedding(torch.randn(2, model.width))
    text = model.text_embedding(torch.randint(1, 100, (2, 32)))
    assert image.shape == text.shape
    assert torch.allclose(image.norm(dim=1), torch.ones(2), atol=1e-5)
    assert torch.allclose(text.norm(dim=1), torch.ones(2), atol=1e-5)


def test_the_contrastive_loss_is_lower_when_pairs_match() -> None:
    image = torch.eye(4)
    same = torch.eye(4, dtype=torch.bool)
    scale = torch.tensor(2.0)
    right = contrastive_loss(image, image, same, scale)
    wrong = contrastive_loss(image, image.roll(1, 0), same, scale)
    assert right < wrong


def test_images_of_equal_findings_may_swap_their_captions() -> None:
    image = torch.eye(4)
    same = torch.eye(4, dtype=torch.bool)
    same[0, 1] = same[1, 0] = True
    swapped = image[[1, 0, 2, 3]]
    scale = torch.tensor(2.0)
    kept = contrastive_loss(image, image, same, scale)
    assert torch.isclose(contrastive_loss(image, swapped, same, scale), kept)
