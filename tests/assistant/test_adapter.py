"""A trained adapter merged into the model: python -m pytest tests/assistant/test_adapter.py"""

import threading
from pathlib import Path

import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from assistant import adapter
from assistant.engine import Prompt
from assistant.engine_transformers import TransformersEngine
from tests.assistant.test_engine import WIDTH, tiny_model
from vision.errors import ModelError


def answer(folder: Path, trained: Path | None) -> list[int]:
    engine = TransformersEngine.load(folder, (), trained)
    prompt = Prompt(tuple(range(40)), torch.zeros(0, WIDTH), ())
    return list(engine.stream(prompt, 12, threading.Event()))


def trained_adapter(folder: Path) -> tuple[Path, Path]:
    """A saved model, and a saved adapter that changes it much."""
    tiny_model().save_pretrained(folder / "model")
    model = adapter.attach(tiny_model(), rank=2, alpha=2, first_layer=0)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter)
    adapter.save(model, folder / "adapter", {"llm": "tiny"})
    return folder / "model", folder / "adapter"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return trained_adapter(tmp_path)


def test_an_adapter_changes_what_the_model_says(folders: tuple[Path, Path]) -> None:
    model, trained = folders
    assert answer(model, trained) != answer(model, None)


def test_altered_weights_are_refused(folders: tuple[Path, Path]) -> None:
    model, trained = folders
    weights = trained / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    with pytest.raises(ModelError, match="safetensors"):
        answer(model, trained)


@pytest.mark.parametrize("shape", [{"num_hidden_layers": 1}, {"hidden_size": 32}])
def test_an_adapter_of_a_model_of_another_shape_is_refused(
    folders: tuple[Path, Path], tmp_path: Path, shape: dict[str, int]
) -> None:
    config = Qwen2Config(**{**tiny_model().config.to_dict(), "layer_types": None, **shape})
    Qwen2ForCausalLM(config).save_pretrained(tmp_path / "other")
    with pytest.raises(ModelError, match="adapter"):
        TransformersEngine.load(tmp_path / "other", (), folders[1])
