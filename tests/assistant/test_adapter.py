"""A peft adapter merged into the model: python -m pytest tests/assistant/test_adapter.py"""

import threading
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model

from assistant.engine import Prompt
from assistant.engine_transformers import TransformersEngine
from tests.assistant.test_engine import WIDTH, tiny_model
from vision.errors import ModelError


def answer(folder: Path, adapter: Path | None) -> list[int]:
    engine = TransformersEngine.load(folder, (), adapter)
    prompt = Prompt(tuple(range(40)), torch.zeros(0, WIDTH), ())
    return list(engine.stream(prompt, 12, threading.Event()))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A saved model, and a saved adapter that changes it much."""
    tiny_model().save_pretrained(tmp_path / "model")
    model = get_peft_model(tiny_model(), LoraConfig(r=2, target_modules=["q_proj", "down_proj"]))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter)
    model.save_pretrained(str(tmp_path / "adapter"))
    return tmp_path / "model", tmp_path / "adapter"


def test_an_adapter_changes_what_the_model_says(folders: tuple[Path, Path]) -> None:
    model, adapter = folders
    assert answer(model, adapter) != answer(model, None)


def test_an_adapter_without_safetensors_is_refused(folders: tuple[Path, Path]) -> None:
    model, adapter = folders
    (adapter / "adapter_model.safetensors").rename(adapter / "adapter_model.bin")
    with pytest.raises(ModelError, match="adapter"):
        answer(model, adapter)


def test_a_damaged_adapter_is_a_sentence(folders: tuple[Path, Path]) -> None:
    model, adapter = folders
    weights = adapter / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    with pytest.raises(ModelError, match="adapter"):
        answer(model, adapter)
