"""The networks that see as ONNX: python -m pytest tests/assistant/test_onnx_export.py"""

import json
import sys
from pathlib import Path

import onnx
import openvino
import pytest
import torch

from assistant import models, onnx_export
from segmentation.compiled import Compiled
from segmentation.network import Network
from tests.segmentation.fakes import model_folder
from tests.vision.factory import eye_folder
from vision.errors import ModelError, ResourceError
from vision.labels import HEADS

pytestmark = pytest.mark.slow  # torch takes half a minute for a network of any size


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder and one tiny segmentation network."""
    folder = tmp_path_factory.mktemp("weights")
    eye_folder(folder / "eye")
    model_folder(folder / "lesions", seed=1)
    return folder


@pytest.fixture(scope="module")
def written(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("onnx") / "new"
    with pytest.MonkeyPatch.context() as patch:
        _use(weights, patch)
        assert models.main(["export", str(out)]) == 0
    return out


def _use(weights: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(onnx_export, "SHIPPED", weights / "eye")
    patch.setattr(onnx_export, "DEFAULT", weights)
    patch.setattr(onnx_export, "NETWORKS", ("lesions",))


def test_a_segmentation_network_takes_any_size_of_whole_strides(
    weights: Path, written: Path
) -> None:
    module = Network.load(weights / "lesions").module
    plain = module.network if isinstance(module, Compiled) else module
    file = openvino.Core().compile_model(written / "lesions.onnx", "CPU")
    for size in ((64, 64), (224, 96)):
        view = torch.randn(1, 3, *size)
        with torch.inference_mode():
            wanted = plain(view)
        assert torch.allclose(torch.from_numpy(file(view.numpy())[0]), wanted, atol=1e-3)


def test_the_encoder_names_each_of_its_outputs(written: Path) -> None:
    outputs = [one.name for one in onnx.load(written / "eye.onnx").graph.output]
    assert outputs == ["tokens", "features", *HEADS]


@pytest.mark.parametrize(("file", "folder"), [("eye", "eye"), ("lesions", "lesions")])
def test_a_file_holds_the_config_that_belongs_to_it(
    weights: Path, written: Path, file: str, folder: str
) -> None:
    (told,) = onnx.load(written / f"{file}.onnx").metadata_props
    assert (told.key, json.loads(told.value)) == (
        "config", json.loads((weights / folder / "config.json").read_text(encoding="utf-8"))
    )  # fmt: skip


def test_a_file_that_says_something_else_is_not_kept(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(weights, monkeypatch)
    monkeypatch.setattr(onnx_export, "_difference", lambda *_: float("nan"))
    with pytest.raises(ModelError, match=r"eye\.onnx was not kept"):
        list(onnx_export.export(tmp_path))
    assert not list(tmp_path.iterdir())


def test_without_onnx_a_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ResourceError, match="requirements-onnx"):
        list(onnx_export.export(tmp_path / "out"))


def test_a_folder_that_cannot_be_made_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ResourceError, match="taken"):
        list(onnx_export.export(tmp_path / "taken"))
