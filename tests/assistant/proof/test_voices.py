"""Answers of a voice are given once and kept: python -m pytest tests/assistant/proof"""

from pathlib import Path

import pytest

from assistant.conversation import Turn
from assistant.engine import Prompt
from assistant.engine_transformers import TransformersEngine
from assistant.model import Speaker
from assistant.proof.voices import Voice
from tests.assistant.proof.fakes import FakeVoice, tiny_llm
from tests.fakes import byte_tokenizer


def voice(kept: Path, digest: str = "a" * 64) -> Voice:
    tokenizer = byte_tokenizer()
    engine = TransformersEngine(tiny_llm(), [tokenizer.eos_token_id], "tiny")  # type: ignore[arg-type]
    return Voice(Speaker(tokenizer, engine, None), digest, kept)


def asked(one: Voice, text: str) -> Prompt:
    return one.prompt([Turn("user", (text,))], {})


def test_an_answer_is_generated_once_and_found_again_by_another_process(tmp_path: Path) -> None:
    first = voice(tmp_path)
    prompts = [asked(first, text) for text in ("What?", "Why?", "What?")]
    said = first.answer(prompts, "test", 8)
    assert said[0] == said[2]
    again = voice(tmp_path)
    assert [again.known(p, 8) for p in prompts] == said


def test_what_other_weights_or_a_shorter_limit_said_is_not_taken(tmp_path: Path) -> None:
    first = voice(tmp_path)
    prompt = asked(first, "What?")
    first.answer([prompt], "test", 8)
    assert voice(tmp_path, "b" * 64).known(prompt, 8) is None
    assert voice(tmp_path).known(prompt, 4) is None


def test_a_choice_is_scored_after_the_prompt_and_scores_differ(tmp_path: Path) -> None:
    one = voice(tmp_path)
    scores = one.choose(asked(one, "What?"), ["Drusen", "Glaucoma", "Drusen"])
    assert scores[0] == pytest.approx(scores[2]) and scores[0] != scores[1]


def test_the_likelihood_of_a_whole_text_is_less_than_that_of_its_mean_token(tmp_path: Path) -> None:
    one = voice(tmp_path)
    means = one.choose(asked(one, "What?"), ["Drusen", "Glaucoma"])
    wholes = one.choose(asked(one, "What?"), ["Drusen", "Glaucoma"], whole=True)
    assert (wholes < means).all()


def test_an_engine_without_a_model_of_torch_gives_no_batches(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        Voice(FakeVoice(str).speaker, "a" * 64, tmp_path)
