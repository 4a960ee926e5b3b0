"""The faster backward pass: python -m pytest tests/vision/test_depthwise.py"""

import copy

import pytest
import torch

import vision.compat  # noqa: F401  before timm
from vision.depthwise import speed_up_training

import timm  # isort: skip


@pytest.fixture
def towers() -> tuple[torch.nn.Module, torch.nn.Module]:
    torch.manual_seed(0)
    plain = timm.create_model("tf_efficientnet_lite0", num_classes=3).train()
    fast = copy.deepcopy(plain)
    speed_up_training(fast)
    return plain, fast


def _gradients(tower: torch.nn.Module, dtype: torch.dtype) -> list[torch.Tensor]:
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        out = tower(images)
    out.float().sin().sum().backward()
    return [p.grad for p in tower.parameters()]


def test_the_gradients_are_those_of_the_plain_tower(towers) -> None:
    plain, fast = (_gradients(tower, torch.float32) for tower in towers)
    for expected, found in zip(plain, fast, strict=True):
        assert torch.allclose(expected, found, rtol=1e-4, atol=1e-4 * float(expected.abs().max()))


def test_in_bfloat16_they_point_the_same_way(towers) -> None:
    plain, fast = (torch.cat([g.flatten() for g in _gradients(t, torch.bfloat16)]) for t in towers)
    assert torch.nn.functional.cosine_similarity(plain, fast, dim=0) > 0.98


def test_strided_and_wide_depthwise_convolutions_are_replaced_and_no_others(towers) -> None:
    _, fast = towers
    replaced = [m for m in fast.modules() if "forward" in vars(m)]
    assert len(replaced) == 11
    assert all(m.groups == m.in_channels and (m.stride[0] > 1 or m.kernel_size[0] > 3)
               for m in replaced)  # fmt: skip


def test_the_state_has_the_same_names(towers) -> None:
    plain, fast = towers
    assert list(plain.state_dict()) == list(fast.state_dict())
