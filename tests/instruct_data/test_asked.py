"""Single wordings that the classifier of intents is fitted on: tests/instruct_data/test_asked.py"""

import json
import random
import re

import numpy as np
import pytest

from assistant.intents import Intents
from assistant.proof.questions import wordings
from instruct_data import forms, intents
from instruct_data.intents import CALM, questions
from vision.catalogue import LANGUAGES, Language, detect_language

SLOTS = {"lesion", "disease", "grade", "side", "number"}


def rows(language: Language) -> list[dict[str, str]]:
    text = (forms.FOLDER / f"asked.{language}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def bare(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_wording_is_among_the_questions_of_the_proof(language: Language) -> None:
    blind = {bare(one.text) for which in ("dev", "dev2", "test") for one in wordings(which)}
    assert not [row for row in rows(language) if bare(row["text"]) in blind]


@pytest.mark.parametrize("language", LANGUAGES)
def test_wordings_have_known_slots_and_at_least_90_for_each_intent(language: Language) -> None:
    counts: dict[str, int] = {}
    for row in rows(language):
        assert set(re.findall(r"\{(\w*)\}", row["text"])) <= SLOTS, row
        counts[row["intent"]] = counts.get(row["intent"], 0) + 1
    assert min(counts.values()) >= 90 and counts[CALM] >= 300 and len(counts) > 75


def test_chinese_wordings_are_chinese() -> None:
    other = [row for row in rows("zh") if detect_language(row["text"]) == "en"]
    assert len(other) < 0.02 * len(rows("zh"))


def test_wordings_that_choose_thresholds_are_not_fitted_on() -> None:
    fitted = {bare(text) for text, _ in questions("train", 0)}
    held_out = [text for text, _ in questions("val", 0)]
    again = [text for text in held_out if bare(text) in fitted]  # short ones coincide when filled
    assert len(again) < 0.03 * len(held_out)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_courtesy_leaves_the_wording_whole(language: Language) -> None:
    rng = random.Random(0)
    told = [intents._kindly("X", language, rng) for _ in range(50)]
    assert all("X" in text and text != "X" for text in told) and len(set(told)) > 10


def test_a_reader_that_is_too_sure_is_cooled_and_one_that_is_too_shy_sharpened() -> None:
    names = Intents.load().names[:2]
    read = Intents(names, *(np.zeros(0),) * 3, {}, Intents.load().encoder)
    asked = [("", names[int(n % 4 == 0)]) for n in range(40)]  # three in four are the first
    right = np.log([0.75, 0.25])
    sure, shy = (np.tile([*(right * k), 0.0], (40, 1)) for k in (3, 0.5))
    assert intents._temperature(read, sure, asked) == pytest.approx(3, abs=0.05)
    assert intents._temperature(read, shy, asked) == pytest.approx(0.5, abs=0.05)
