"""Networks compiled by OpenVINO: python -m pytest tests/segmentation/test_compiled.py"""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from segmentation import compiled
from segmentation.compiled import Compiled, quickest
from segmentation.model import build, fuse
from segmentation.network import Network
from segmentation.predict import DEFAULT, NETWORKS
from tests.segmentation.fakes import TINY

SHAPES = [(1, 3, 64, 96), (1, 3, 160, 64), (2, 3, 64, 96)]


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(0)
    return fuse(build(TINY.model))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_shipped_network_gives_the_same_logits_compiled(name: str) -> None:
    module = Network.load(DEFAULT / name).module
    plain = module.network if isinstance(module, Compiled) else module
    view = torch.randn(1, 3, 96, 128).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        assert torch.allclose(Compiled(plain)(view), plain(view), atol=1e-3)


def test_each_shape_is_compiled_when_it_comes(network: torch.nn.Module) -> None:
    quick = Compiled(network)
    for shape in [*SHAPES, *SHAPES]:
        view = torch.randn(shape)
        with torch.inference_mode():
            assert torch.allclose(quick(view), network(view), atol=1e-4)


def test_the_same_view_gives_the_same_bits_also_after_another(network: torch.nn.Module) -> None:
    quick, view = Compiled(network), torch.randn(SHAPES[0])
    first = quick(view)
    quick(torch.randn(SHAPES[1]))
    assert torch.equal(quick(view), first)


def test_several_callers_at_once_get_each_their_own(network: torch.nn.Module) -> None:
    quick, views = Compiled(network), [torch.randn(SHAPES[n % 2]) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(quick, views))
    assert all(torch.equal(a, quick(view)) for a, view in zip(together, views, strict=True))


def test_a_cpu_with_bfloat16_runs_the_network_itself(
    network: torch.nn.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "bfloat16_is_fast", lambda: True)
    assert quickest(network) is network


def test_without_openvino_the_network_runs_itself(
    network: torch.nn.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "bfloat16_is_fast", lambda: False)
    monkeypatch.setattr(compiled, "find_spec", lambda name: None)
    assert quickest(network) is network


def test_any_other_cpu_runs_it_compiled(
    network: torch.nn.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "bfloat16_is_fast", lambda: False)
    assert isinstance(quickest(network), Compiled)
