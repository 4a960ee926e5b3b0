"""What visual tokens carry, over fakes: python -m pytest tests/assistant/proof"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from assistant.engine import Prompt
from assistant.proof.choices import Choice, measure, questions
from assistant.proof.conditions import (
    CONDITIONS,
    balanced,
    blindness,
    differs,
    in_place_of,
    named_by_tokens,
)
from assistant.proof.voices import Said, Voices
from tests.assistant.factory import healthy, measured
from tests.assistant.proof.fakes import FakeVoice, shown
from tests.fakes import FakeClassifier
from vision.catalogue import say

SICK, WELL = shown(measured(), 1), shown(healthy(), 2)
ASKED = {"en": "What do you see?", "zh": "看到什么？"}


def first_column(tokens: np.ndarray, question: str) -> torch.Tensor:
    """In the projector's place: what a token holds first, as wide as the fake engine."""
    return torch.from_numpy(np.repeat(tokens[:, :1], 8, 1))


class SeeingVoice(FakeVoice):
    """What it says follows from the photo's tokens."""

    def __init__(self) -> None:
        super().__init__(str)
        self.speaker.project = first_column  # type: ignore[method-assign]

    def answer(self, prompts: Any, what: str, max_tokens: int = 180) -> list[Said]:
        return [Said(f"There are {int(p.visual[0, 0]) + 3} haemorrhages.", ended=True)
                for p in prompts]  # fmt: skip


def test_each_condition_has_the_same_number_of_photos_with_one_label() -> None:
    records = [{"image": f"{c}{n}", "labels": [c]} for c in CONDITIONS for n in range(9)]
    records += [{"image": "both", "labels": ["D", "G"]}]
    chosen = balanced(records, 4, seed=1)
    assert [r["labels"][0] for r in chosen] == [c for c in CONDITIONS for _ in range(4)]
    assert chosen == balanced(records, 4, seed=1) != balanced(records, 4, seed=2)


class NamingVoice(FakeVoice):
    """Finds the condition that stands in the first visual row likeliest, if it looks."""

    def __init__(self, *, looks: bool) -> None:
        super().__init__(str)
        self.looks = looks
        self.speaker.project = first_column  # type: ignore[method-assign]

    def choose(self, prompt: Prompt, texts: Any) -> np.ndarray:
        place = int(prompt.visual[0, 0]) if self.looks else 0
        scores = np.full(len(texts), -2.0)
        scores[place] = -1.0
        return scores


@pytest.mark.parametrize(("looks", "share"), [(True, 1.0), (False, 1 / 6)])
def test_a_voice_that_looks_names_the_condition_and_one_that_does_not_guesses(
    looks: bool, share: float
) -> None:
    records = [{"image": f"{c}{n}", "labels": [c]} for c in CONDITIONS for n in range(6)]
    tokens = {
        r["image"]: torch.full((4, 6), float(CONDITIONS.index(r["labels"][0]))) for r in records
    }
    found = named_by_tokens(NamingVoice(looks=looks), records, tokens)  # type: ignore[arg-type]
    assert found["tokens_only_top1"]["all"]["value"] == pytest.approx(share, abs=1e-3)
    assert found["tokens_only_shuffled"]["all"]["value"] < 0.5


def test_noise_black_and_a_stranger_are_other_tokens_than_the_photo_s() -> None:
    rows = in_place_of(SICK, [SICK, WELL], FakeClassifier(), seed=0)
    assert set(rows) == {"noise", "black", "stranger"}
    assert all(not np.array_equal(r, SICK.analysis.tokens) for r in rows.values())
    assert rows["stranger"] is WELL.analysis.tokens


def test_nobody_else_stands_in_for_a_photo_where_all_show_the_same() -> None:
    same = replace(SICK, patient="another")
    assert "stranger" not in in_place_of(SICK, [SICK, same], FakeClassifier(), seed=0)


def test_a_blind_voice_never_changes_its_answer_and_a_seeing_one_does() -> None:
    blind = FakeVoice(lambda heard: "There are 5 haemorrhages.")
    for voice, rate in ((blind, 0.0), (SeeingVoice(), 1.0)):
        told = blindness(voice, [SICK, WELL], FakeClassifier(), ASKED, seed=0)  # type: ignore[arg-type]
        assert told["blind_change_rate"]["all"]["value"] == rate
        assert told["blind_change_rate"]["all"]["n"] == 6


@pytest.mark.parametrize(("before", "after", "changed"), [
    ("There are 5 haemorrhages.", "There are 5 haemorrhages in it.", False),
    ("There are 5 haemorrhages.", "There are 6 haemorrhages.", True),
    ("There are 5 haemorrhages.", "I cannot see any eye.", True),
    ("Fine words.", "Fine words.", False), ("Fine words.", "Other words.", True),
])  # fmt: skip
def test_an_answer_changes_with_its_claims_and_not_with_its_wording(
    before: str, after: str, changed: bool
) -> None:
    assert differs(before, after) is changed


def test_multiple_choice_is_asked_with_passages_and_without() -> None:
    one = Choice("en", "What is a drusen deposit under the retina?", ["yellow", "green"], 0)
    with_passages = say("prompt.passages", "en", passages="", question="").strip()[:20]

    def said(heard: str) -> str:
        return "yellow" if with_passages in heard else "green" if "drusen" in heard else ""

    voice = FakeVoice(said)
    found = measure(Voices(voice, voice, is_tuned=False), [one])  # type: ignore[arg-type]
    assert found["tuned + findings"]["knowledge_mc"]["all"]["value"] == 1
    assert found["base"]["knowledge_mc"]["all"]["value"] == 0


def test_a_choice_that_is_likely_whatever_is_asked_is_not_the_answer() -> None:
    one = Choice("en", "What is a drusen deposit?", ["yellow", "green"], 0)
    voice = FakeVoice(lambda heard: "yellow green" if "drusen" in heard else "green")
    found = measure(Voices(voice, voice, is_tuned=False), [one])  # type: ignore[arg-type]
    assert found["base"]["knowledge_mc"]["all"]["value"] == 1


def test_every_knowledge_question_has_one_right_choice_of_several() -> None:
    for one in questions():
        assert len(set(one.choices)) == len(one.choices) >= 2
        assert 0 <= one.answer < len(one.choices)
