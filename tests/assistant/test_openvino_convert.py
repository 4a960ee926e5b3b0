"""Conversion for OpenVINO: python -m pytest tests/assistant/test_openvino_convert.py"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import vision.compat  # noqa: F401  before transformers
from assistant import openvino_convert, prepared
from assistant.adapter import merged
from assistant.openvino_convert import prepare
from assistant.openvino_graph import Shape
from assistant.prepared import GRAPH, Prepared
from tests.assistant.test_adapter import trained_adapter
from tests.assistant.test_engine import tiny_model
from tests.assistant.test_engine_openvino import tiny_llama
from vision.errors import ModelError

from transformers import AutoModelForCausalLM  # isort: skip


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("llm") / "tiny"
    tiny_model().save_pretrained(folder)
    return folder


def test_an_adapter_is_merged_as_peft_merges_it(tmp_path: Path) -> None:
    folder, adapter = trained_adapter(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    wanted = merged(model, adapter).state_dict()
    tensors = openvino_convert.Tensors(folder, openvino_convert.changes(adapter))
    for name, tensor in wanted.items():
        if name != "lm_head.weight":  # tied
            got = tensors.get(name)
            assert got is not None and np.abs(got - tensor.numpy()).max() < 1e-6, name
    assert tensors.fit()


def test_an_adapter_of_another_model_is_a_sentence(tmp_path: Path) -> None:
    _, adapter = trained_adapter(tmp_path)
    tiny_llama().save_pretrained(tmp_path / "llama")  # other key heads
    with pytest.raises(ModelError, match="adapter"):
        prepare(tmp_path / "llama", adapter)


def test_a_conversion_is_made_once(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = prepare(base, None)
    monkeypatch.setattr(openvino_convert, "convert", None)
    assert prepare(base, None) == first


def test_whatever_it_is_made_from_gives_another_folder(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapters = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps({"sha256": name}))
        adapters.append(tmp_path / name)
    other = tmp_path / "tiny"
    tiny_llama().save_pretrained(other)
    seen = {Prepared.of(base, None).folder, Prepared.of(other, None).folder}
    seen |= {Prepared.of(base, adapter).folder for adapter in adapters}
    monkeypatch.setattr(prepared, "CONVERTER", 99)
    seen.add(Prepared.of(base, None).folder)
    monkeypatch.setattr(prepared, "version", lambda _: "2031.1")
    seen.add(Prepared.of(base, None).folder)
    assert len(seen) == 6


@pytest.mark.parametrize("damage", ["half a file", "no mark", "changed", "other source"])
def test_files_that_are_not_whole_are_made_anew(base: Path, damage: str) -> None:
    folder = prepare(base, None)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    weights = folder / GRAPH.replace("xml", "bin")
    data = weights.read_bytes()
    if damage == "half a file":
        weights.write_bytes(data[: len(data) // 2])
    elif damage == "no mark":
        (folder / "openvino.json").unlink()
    elif damage == "changed":
        weights.write_bytes(data[:-1] + b"\0")
    else:
        mark = json.loads(before["openvino.json"])
        mark["made_from"]["adapter"] = "x"
        (folder / "openvino.json").write_text(json.dumps(mark))
    assert prepare(base, None) == folder
    assert weights.read_bytes() == data and (folder / "openvino.json").is_file()


def test_a_conversion_that_breaks_off_leaves_nothing(
    base: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(base: Path, adapter: Path | None, into: Path) -> None:
        (into / GRAPH).write_text("half")
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(openvino_convert, "convert", broken)
        with pytest.raises(KeyboardInterrupt):
            prepare(base, None)
    assert list((cache / "models").iterdir()) == []
    assert (prepare(base, None) / GRAPH).is_file()


def test_old_conversions_go(base: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    for number in range(5):
        monkeypatch.setattr(prepared, "CONVERTER", 100 + number)
        last = prepare(base, None)
    kept = list((cache / "models").iterdir())
    assert len(kept) == 3 and last in kept


@pytest.mark.parametrize(
    "changed",
    [
        {"model_type": "glm"},
        {"hidden_act": "gelu"},
        {"rope_parameters": {"rope_type": "llama3", "rope_theta": 1.0}},
        {"use_sliding_window": True},
        {"quantization_config": {}},
    ],
)
def test_only_plain_decoders_are_of_the_shape(base: Path, changed: dict[str, Any]) -> None:
    config = json.loads((base / "config.json").read_text())
    assert Shape.of(config) is not None and Shape.of(config | changed) is None
