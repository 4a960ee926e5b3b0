"""`python -m assistant models`: python -m pytest tests/assistant/test_models.py"""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import torch

from assistant import models
from tests.assistant.tiny_llms import tiny_qwen
from vision.errors import ModelError
from vision.weights import save_folder


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one trained model, and no language model fetched."""
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(models, "_REPOSITORY", tmp_path)
    save_folder(tmp_path / "vision" / "weights" / "one", {"preprocess": {}}, {"w": torch.ones(3)})
    return tmp_path


def test_list_names_every_model_and_its_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert models.main(["list"]) == 0
    llm, one = capsys.readouterr().out.splitlines()
    assert llm.startswith("not usable\tqwen") and one.startswith("ready\tvision/weights/one\t")


def test_verify_fails_with_the_first_fault() -> None:
    with pytest.raises(ModelError, match="not set up yet"):
        models.main(["verify"])


def test_altered_weights_are_found(repository: Path) -> None:
    weights = repository / "vision" / "weights" / "one" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    faults = [m.fault for m in models.installed() if m.name == "vision/weights/one"]
    assert [str(f) for f in faults if f] and weights.name in str(faults[0])


@pytest.mark.parametrize("arguments", [[], ["burn"], ["list", "extra"]])
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        models.main(arguments)
    assert left.value.code == 2


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small language model, fetched and whole, without an adapter."""
    tiny_qwen().save_pretrained(tmp_path / "llm")
    monkeypatch.setattr(models, "_adapter", lambda: None)
    monkeypatch.setattr(models.base_llm, "fetch", lambda tell: tmp_path / "llm")
    monkeypatch.setattr(models.base_llm, "model_folder", lambda: tmp_path / "llm")
    monkeypatch.setattr(models.base_llm, "fault_of", lambda folder: None)
    return tmp_path / "llm"


def test_fetch_prepares_the_fast_engine_once(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for told in (1, 0):
        assert models.main(["fetch"]) == 0
        assert capsys.readouterr().err.count("preparing it for the fast engine") == told
    models.main(["list"])
    assert "ready\tllm (OpenVINO)\t" in capsys.readouterr().out


def test_a_changed_file_of_the_fast_engine_is_found(base: Path) -> None:
    models.main(["fetch"])
    graph = next((base.parent / "home" / "models").glob("llm-openvino-*/decoder.xml"))
    graph.write_text("")
    with pytest.raises(ModelError, match="fast engine"):
        models.main(["verify"])


def test_set_up_goes_on_where_the_fast_engine_cannot_be_prepared(
    base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("assistant.prepared.version", _missing)
    assert models.main(["fetch"]) == 0
    assert "openvino is not installed" in capsys.readouterr().err
    models.main(["list"])
    assert "OpenVINO" not in capsys.readouterr().out


def _missing(name: str) -> str:
    raise PackageNotFoundError(name)
