"""Answers in batches on a tiny random model: python -m pytest tests/assistant/proof"""

import threading

import pytest
import torch

from assistant.conversation import PLACEHOLDER_ID
from assistant.engine import Prompt
from assistant.engine_transformers import TransformersEngine
from assistant.proof import batch
from assistant.proof.batch import Answer, generate, groups, likelihoods
from tests.assistant.test_engine import WIDTH, long_text, text, tiny_model
from vision.errors import ModelError

MODEL = tiny_model()
ENDS = frozenset(range(0, 96, 11))  # some answers of a random model come to an end


def answers(prompts: list[Prompt], ends: frozenset[int] = ENDS) -> list[Answer]:
    found: dict[int, Answer] = {}
    generate(MODEL, prompts, ends, 12, found.__setitem__)
    return [found[place] for place in range(len(prompts))]


def one_by_one(prompt: Prompt, ends: frozenset[int] = ENDS) -> tuple[int, ...]:
    engine = TransformersEngine(MODEL, ends, "tiny")
    return tuple(engine.stream(prompt, 12, threading.Event()))


def with_photo(seed: int, *rest: int) -> Prompt:
    rows = torch.randn(3, WIDTH, generator=torch.Generator().manual_seed(seed))
    ids = (5, 6, 7, PLACEHOLDER_ID, PLACEHOLDER_ID, PLACEHOLDER_ID, 8, 9, *rest)
    return Prompt(ids, rows, tuple(f"{seed}:{i}" for i in range(3)))


@pytest.mark.parametrize("size", [1, 3, 16])
@pytest.mark.parametrize("short", [0, 400])
def test_a_batch_gives_what_each_prompt_gives_alone(
    size: int, short: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "BATCH", size)
    monkeypatch.setattr(batch, "_SHORT", short)
    start = long_text(40).ids
    prompts = [text(*start, *long_text(n, seed=n).ids) for n in (1, 9, 4, 2, 30, 9)]
    prompts += [with_photo(s, *long_text(n, seed=n).ids) for s in (1, 2) for n in (3, 1, 5)]
    prompts.append(long_text(7, seed=99))
    told = answers(prompts)
    assert [a.ids for a in told] == [one_by_one(p) for p in prompts]
    assert {a.ended for a in told} == {True, False}


def test_an_answer_that_repeats_itself_is_cut_as_the_engine_cuts_it() -> None:
    found: dict[int, Answer] = {}
    prompt = long_text(20, seed=3)
    generate(MODEL, [prompt], (), 400, found.__setitem__)
    engine = TransformersEngine(MODEL, (), "tiny")
    assert list(found[0].ids) == list(engine.stream(prompt, 400, threading.Event()))


def test_photos_with_equal_words_are_not_taken_for_one_another() -> None:
    one, two = answers([with_photo(1, 3), with_photo(2, 3)], frozenset())
    assert one.ids != two.ids


def test_every_long_prompt_is_in_one_group_that_shares_most_of_its_start() -> None:
    one, other = tuple(range(500)), tuple(range(500, 1000))
    keys = [(*one, n) for n in range(4)] + [(*other, n) for n in range(2)]
    found = [sorted(group) for group in groups(keys)]
    assert sorted(found) == [[0, 1, 2, 3], [4, 5]]


def test_short_prompts_are_one_group_whatever_they_share() -> None:
    keys = [tuple(range(500)), (1, 2), (3, 4), (*range(499), 1)]
    assert sorted(sorted(group) for group in groups(keys)) == [[0, 3], [1, 2]]


def test_the_likelihood_of_a_text_is_that_of_its_tokens_after_the_prompt() -> None:
    prompt, texts = with_photo(1, 4), [(3, 4, 5), (17,)]
    found = likelihoods(MODEL, prompt, texts)
    for text_ids, value in zip(texts, found, strict=True):
        whole = Prompt((*prompt.ids, *text_ids), prompt.visual, prompt.visual_keys)
        embeds = batch.embedded(MODEL, whole, 0)[None]
        with torch.inference_mode():
            scores = torch.log_softmax(MODEL(inputs_embeds=embeds).logits[0], -1)
        places = range(len(prompt.ids) - 1, len(whole.ids) - 1)
        told = [float(scores[p, t]) for p, t in zip(places, text_ids, strict=True)]
        assert value == pytest.approx(sum(told) / len(told), abs=1e-4)


def test_numbers_that_are_not_finite_are_no_answer() -> None:
    broken = Prompt((1, PLACEHOLDER_ID), torch.full((1, WIDTH), float("nan")), ("a",))
    with pytest.raises(ModelError):
        answers([broken])
