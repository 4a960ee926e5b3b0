"""Other language models train, save, load and speak through the same code:
python -m pytest tests/assistant/test_any_llm.py"""

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sentencepiece
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from assistant import adapter
from assistant.conversation import Turn, VisualBlock
from assistant.model import Speaker
from assistant.projector import Projector, ProjectorConfig
from assistant.train import learner_of
from assistant.training.data import Material
from assistant.training.examples import example, tokens_turns
from assistant.training.loop import train
from assistant.training.packing import Row
from tests.assistant.test_training import CONFIG, PHOTO, RECORD
from tests.assistant.tiny_llms import tiny_glm, tiny_llama, tiny_qwen
from tests.fakes import CHATML, byte_tokenizer
from vision.errors import ModelError

ENCODER = "e" * 64


def spiece(folder: Path) -> PreTrainedTokenizerBase:
    """A SentencePiece tokenizer as LLaMA has them, trained on a few sentences."""
    words = ["The photo suggests glaucoma.", "What is it?", "照片提示青光眼。", "这是什么？"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(words * 20), model_prefix=str(folder / "tokenizer"),
        vocab_size=330, model_type="bpe", byte_fallback=True, character_coverage=1.0,
        minloglevel=2,
    )  # fmt: skip
    (folder / "config.json").write_text('{"model_type": "llama"}')
    settings = {
        "tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>",
        "unk_token": "<unk>", "pad_token": "</s>", "chat_template": CHATML,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    return tokenizer


Make = Callable[[], PreTrainedModel]
FAMILIES: list[tuple[str, Make]] = [("qwen", tiny_qwen), ("llama", tiny_llama), ("glm", tiny_glm)]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "cache"))


@pytest.fixture(params=FAMILIES, ids=[name for name, _ in FAMILIES])
def llm(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a tiny model of each family and its tokenizer."""
    name, make = request.param
    folder = tmp_path / name
    folder.mkdir()
    tokenizer = spiece(folder) if name == "llama" else byte_tokenizer()
    model = make()
    model.resize_token_embeddings(len(tokenizer))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tuned(llm: Path, out: Path) -> None:
    """Adapter and projector trained for a few steps in the folder `out`."""
    tokenizer = AutoTokenizer.from_pretrained(llm)
    torch.manual_seed(0)
    model = frozen(llm)
    width = model.get_input_embeddings().weight.shape[1]
    projector = Projector(ProjectorConfig(6, width, 0.02))
    tokens = {PHOTO: torch.randn(4, 6)}
    config = replace(CONFIG, steps=8, lora_lr=0.1, validate_every=100)
    learner = learner_of(model, projector, config, Material([], [], tokens), seed=0)
    one = example(tokenizer, "tokens", tokens_turns(RECORD, 4), ["a", "b"], {PHOTO: PHOTO})
    train(learner, [Row((one,))], [], config, 0, out / "runs", "settings")
    facts = {"encoder_sha256": ENCODER, "llm": str(llm)}
    digest = projector.save(out / "projector", dict(facts))
    adapter.save(learner.llm, out / "adapter", {**facts, "projector_sha256": digest})


def frozen(folder: Path) -> PreTrainedModel:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return model.eval().requires_grad_(False)


def said(speaker: Speaker) -> str:
    turns = [Turn("system", ("Photo 1:\n", VisualBlock("p", 4))), Turn("user", ("What is it?",))]
    tokens = {"p": np.ones((4, 6), np.float32)}
    speeches = list(speaker.speak(turns, tokens, threading.Event(), max_tokens=12))
    return speeches[-1].text if speeches else ""


def test_what_was_trained_is_loaded_by_its_folder_and_speaks(llm: Path, tmp_path: Path) -> None:
    tuned(llm, tmp_path / "out")
    speaker, models = Speaker.load(str(tmp_path / "out"), ENCODER)
    assert set(models) == {"adapter", "projector"} and speaker.projector is not None
    plain = Speaker(speaker.tokenizer, Speaker.load(str(llm), ENCODER)[0].engine, speaker.projector)
    assert said(speaker) == said(speaker)
    assert said(speaker) != said(plain)


def test_before_there_is_an_adapter_a_projector_speaks_through_its_llm(
    llm: Path, tmp_path: Path
) -> None:
    tuned(llm, tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / "adapter")
    speaker, models = Speaker.load(str(tmp_path / "out"), ENCODER)
    assert set(models) == {"projector"} and speaker.projector is not None
    assert speaker.engine.name == llm.name


def test_an_llm_by_itself_is_untuned_and_takes_no_visual_tokens(llm: Path) -> None:
    speaker, models = Speaker.load(str(llm), ENCODER)
    assert speaker.projector is None and models == {}
    assert speaker.visual_count(np.ones((4, 6), np.float32)) == 0


def test_a_projector_that_was_not_trained_with_the_adapter_is_refused(
    llm: Path, tmp_path: Path
) -> None:
    tuned(llm, tmp_path / "out")
    other = Projector(ProjectorConfig(6, 16, 0.02))
    other.save(tmp_path / "out" / "projector", {"encoder_sha256": ENCODER})
    with pytest.raises(ModelError, match="projector"):
        Speaker.load(str(tmp_path / "out"), ENCODER)
