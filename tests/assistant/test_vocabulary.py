"""Tokens that are scored at each step: python -m pytest tests/assistant/test_vocabulary.py"""

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from assistant import vocabulary
from assistant.engine_openvino import OpenVinoEngine
from assistant.engine_transformers import TransformersEngine
from assistant.openvino_convert import convert
from assistant.vocabulary import Choice, common
from tests.assistant.test_engine import NO_END, answer, long_text, text
from tests.assistant.test_engine_openvino import tiny_llama
from vision.errors import ModelError

IDS = np.array([2, 5, 9])


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    """Byte-pairs of a few words: single bytes first, then what was often together."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1000,
        special_tokens=["<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    words = [
        "macula fovea",
        "黄斑 中心凹",
        "голова рука",
        "macula fovea",
        "黄斑 中心凹",
        "голова рука",
    ]
    made.train_from_iterator(words, trainer)
    made.save(str(tmp_path / "tokenizer.json"))
    return tmp_path / "tokenizer.json"


def kept(tokenizer: Path, monkeypatch: pytest.MonkeyPatch, own: list[str]) -> set[str]:
    monkeypatch.setattr(vocabulary, "_FREQUENT", 0)
    monkeypatch.setattr(vocabulary, "_own_texts", lambda: iter(own))
    reader = Tokenizer.from_file(str(tokenizer))
    size = reader.get_vocab_size()
    return {reader.decode([int(i)]) for i in common(tokenizer, size, ())}


def test_chinese_words_and_own_words_are_kept_and_other_scripts_are_not(
    tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = kept(tokenizer, monkeypatch, ["macula"])
    assert {"黄斑", "macula"} <= words
    assert "голова" not in words


def test_special_and_needed_tokens_are_kept(
    tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "_FREQUENT", 0)
    reader = Tokenizer.from_file(str(tokenizer))
    rare = reader.token_to_id("Ġfovea")
    ids = common(tokenizer, reader.get_vocab_size(), (rare,))
    assert reader.token_to_id("<|end|>") in ids and rare in ids
    assert list(ids) == sorted(set(ids))


def test_every_byte_is_kept_so_that_anything_can_be_spelled(
    tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "_FREQUENT", 0)
    monkeypatch.setattr(vocabulary, "_own_texts", lambda: iter(()))
    reader = Tokenizer.from_file(str(tokenizer))
    ids = common(tokenizer, reader.get_vocab_size(), ())
    assert {reader.token_to_id(letter) for letter in pre_tokenizers.ByteLevel.alphabet()} <= set(
        ids
    )
    assert len(ids) < reader.get_vocab_size()


def test_without_a_tokenizer_all_tokens_are_scored(tmp_path: Path) -> None:
    assert np.array_equal(common(tmp_path / "tokenizer.json", 7, (3,)), np.arange(7))


def test_a_rare_token_of_the_conversation_can_be_said() -> None:
    table = np.zeros((10, 2), np.float32)
    table[7] = (3, 0)
    logits, hidden = np.array([1.0, 2.0, 0.5], np.float32), np.array([1.0, 0.0], np.float32)
    assert Choice(IDS, table, (7, 2, -1)).likeliest(logits, hidden) == 7
    assert Choice(IDS, table, (2, 5)).likeliest(logits, hidden) == 5
    assert Choice(IDS, table, (7,)).likeliest(logits * 2, hidden) == 5


def test_no_number_is_an_error_and_not_a_token() -> None:
    choice = Choice(IDS, np.zeros((10, 2), np.float32), ())
    with pytest.raises(ModelError):
        choice.likeliest(np.array([np.nan, 1, 2], np.float32), np.zeros(2, np.float32))


def test_an_engine_that_scores_few_tokens_says_what_all_would_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_llama()  # whose table is the output layer
    model.save_pretrained(tmp_path / "llm")
    prompt = text(*range(96), *long_text(40).ids)  # all tokens stand in the conversation
    said = answer(TransformersEngine(model, NO_END, "tiny"), prompt, 20)
    monkeypatch.setattr("assistant.openvino_convert.common", lambda *_: np.arange(0, 96, 3))
    (tmp_path / "graph").mkdir()
    convert(tmp_path / "llm", None, tmp_path / "graph")
    engine = OpenVinoEngine(tmp_path / "graph", NO_END, "tiny", exact=True)
    assert engine._open().read(engine._rows((3, 4)), 1).logits.shape == (1, 32)
    got = answer(engine, prompt, 20)
    whole = tmp_path / "whole"
    monkeypatch.setattr("assistant.openvino_convert.common", lambda *_: np.arange(96))
    whole.mkdir()
    convert(tmp_path / "llm", None, whole)
    assert got == answer(OpenVinoEngine(whole, NO_END, "tiny", exact=True), prompt, 20)
    assert got[:3] == said[:3] and not all(token % 3 == 0 for token in got)
