"""The encoder: python -m pytest tests/vision/test_backbone.py"""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from tests.contract import ModelContract
from vision.backbone import FundusEncoder, contrastive_loss
from vision.config import CONFIGS, EncoderConfig


def tiny(tower: str = "test_efficientnet") -> EncoderConfig:
    config = EncoderConfig.read(CONFIGS / "tiny.json")
    return replace(config, vision_cfg={**config.vision_cfg, "timm_model_name": tower})


class TestFundusEncoder(ModelContract):
    """The contract for a tiny convolutional tower."""

    def model(self) -> nn.Module:
        torch.manual_seed(0)
        return FundusEncoder(tiny())

    def batch(self, n: int) -> Tensor:
        return torch.randn(n, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("tower", ["test_efficientnet", "test_convnext", "test_vit"])
def test_any_tower_gives_n_tokens_and_k_logits_in_one_pass(tower: str) -> None:
    config = tiny(tower)
    if tower == "test_vit":
        pre = replace(config.preprocess, side_px=160)
        config = replace(config, preprocess=pre)
    side = config.preprocess.side_px
    model = FundusEncoder(config).eval()
    out = model(torch.randn(2, 3, side, side))
    assert out.tokens.shape == (2, 4, model.width)
    assert out.disease_logits.shape == (2, 8) and out.dr_logits.shape == (2, 5)


def test_a_wrong_shape_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match=r"vision\.preprocess\.to_tensor"):
        FundusEncoder(tiny())(torch.zeros(1, 1, 64, 64))


def test_image_and_text_embeddings_are_unit_vectors_of_one_space() -> None:
    model = FundusEncoder(tiny()).eval()
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
