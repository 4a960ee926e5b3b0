"""Finding the passage that answers: python -m pytest tests/assistant/knowledge/test_search.py"""

import json
from pathlib import Path

import pytest

from assistant.conversation import Message
from assistant.knowledge import passage, passages
from assistant.knowledge.search import search, words
from assistant.prompts import history_turns
from vision.catalogue import LANGUAGES, Language

HERE = Path(__file__).parent


def questions(split: str) -> list[dict[str, object]]:
    with (HERE / f"questions_{split}.jsonl").open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("what is macular pucker", "erm"),
        ("How is wet AMD treated?", "amd_wet"),
        ("clogged oil glands in the lids", "mgd"),
        ("黄斑前膜要手术吗", "erm"),
        ("飞蚊症严重吗", "pvd"),
        ("干眼怎么办", "dry_eye"),
        ("光学相干断层扫描是做什么的", "exams.oct"),
        ("IRMA", "signs.irma"),
    ],
)
def test_a_subject_is_found_by_what_people_call_it(question: str, entry: str) -> None:
    assert entry in {hit.passage.entry.id for hit in search(question)}


def test_the_best_comes_first_and_no_more_than_asked_for() -> None:
    hits = search("How is glaucoma treated?", most=5)
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("nothing", ["", "   ", "???", "the of and", "的了吗"])
def test_a_question_without_a_word_finds_nothing(nothing: str) -> None:
    assert search(nothing) == []


def test_a_question_of_other_things_finds_nothing_or_little() -> None:
    assert not search("zxqv blorp", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_languages_abbreviations_are_understood(language: Language) -> None:
    assert search("DME OCT", language)


def test_the_forms_of_an_english_word_are_one() -> None:
    assert words("bleeding bleeds") == words("bleed bleed")


def test_chinese_names_of_conditions_stay_whole() -> None:
    assert "视网膜前膜" in words("我有视网膜前膜")


@pytest.mark.parametrize("split", ["dev", "test"])
def test_every_judged_passage_is_there(split: str) -> None:
    for asked in questions(split):
        assert set(asked["passages"]) <= passages().keys()  # type: ignore[call-overload]


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_questions_find_an_answer_among_three(language: Language) -> None:
    asked = [q for q in questions("test") if q["language"] == language]
    found = sum(
        any(hit.passage.id in q["passages"] for hit in search(str(q["question"]), language))  # type: ignore[operator]
        for q in asked
    )
    assert len(asked) == 100 and found >= 75


def test_the_test_questions_are_not_those_beside_the_passages() -> None:
    written = {text for p in passages().values() for texts in p.asks.values() for text in texts}
    assert not written & {str(q["question"]) for q in questions("test")}


def test_a_prompt_gives_the_passages_in_the_language_of_the_talk() -> None:
    one, two = (hit.passage.id for hit in search("How is glaucoma treated?", most=2))
    asked = Message("user", "怎么治？", passages=(one, two))
    (text,) = history_turns([asked], "zh")[0].parts
    assert f"[1] {passage(one).text['zh']}" in str(text) and str(text).startswith("怎么治？")
    assert f"[2] {passage(two).text['zh']}" in str(text)
