"""Finding the passage that answers: python -m pytest tests/assistant/knowledge/test_search.py"""

import json
import re
from pathlib import Path

import pytest

from assistant.conversation import Message
from assistant.knowledge import DEFINE, FOLDER, SECTIONS, entries, passage, passages
from assistant.knowledge.search import Index, index, search, words
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
        ("OCT 是什么检查", "exams.oct"),
        ("FFA 是什么", "exams.ffa"),
        ("眼屎多是怎么搞的", "conjunctivitis"),
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


@pytest.mark.parametrize(
    ("language", "asking"), [("zh", "{}是什么"), ("zh", "为什么要做{}"), ("en", "what is {}")]
)
def test_an_abbreviation_finds_what_it_stands_for(language: Language, asking: str) -> None:
    short = re.compile(r"[A-Z][A-Z0-9/-]{1,6}")
    named = [
        (alias, entry)
        for entry in entries().values()
        if entry.kind == "examination"
        for alias in {name for names in entry.aliases.values() for name in names}
        if short.fullmatch(alias) and alias != "BUT"  # to the search, a word that says nothing
    ]
    found = [
        entry in [hit.passage.entry for hit in search(asking.format(alias), language)]
        for alias, entry in named
    ]
    assert len(named) > 20 and sum(found) >= 0.9 * len(found)


def test_a_name_with_a_letter_more_is_another() -> None:
    assert search("OCT-A是什么")[0].passage.entry.id == "exams.octa"
    assert search("OCT 是什么检查")[0].passage.entry.id == "exams.oct"


@pytest.mark.parametrize(
    ("said", "written"), [("干眼是啥", "干眼是什么"), ("白内障咋治", "白内障怎么治")]
)
def test_what_is_said_and_what_is_written_find_the_same(said: str, written: str) -> None:
    assert [hit.passage for hit in search(said)] == [hit.passage for hit in search(written)]


def test_lay_words_stand_for_terms_of_the_passages() -> None:
    lay: dict[str, list[str]] = json.loads((FOLDER / "lay_words.json").read_text(encoding="utf-8"))
    known = "".join(p.text["zh"] for p in passages().values())
    assert [t for terms in lay.values() for t in terms if t not in known] == []
    assert [said for said, terms in lay.items() if not terms or said in terms] == []


def test_every_section_and_kind_has_words_that_ask_for_it() -> None:
    cues = json.loads((FOLDER / "sections.json").read_text(encoding="utf-8"))
    assert set(cues) == {DEFINE, *SECTIONS, "glossary", "examination", "rule"}
    assert all(cue[language] for cue in cues.values() for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_left_out_fits_its_passage_less(language: Language) -> None:
    less = Index(language, without=0)
    for p in list(passages().values())[::200]:
        question = p.asks[language][0]
        with_it, without = (
            {hit.passage.id: hit.score for hit in one.search(question, most=2000)}.get(p.id, 0.0)
            for one in (index(language), less)
        )
        assert with_it > without


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
    assert len(asked) == 100 and found >= 85


def test_the_test_questions_are_nowhere_else() -> None:
    written = {text for p in passages().values() for texts in p.asks.values() for text in texts}
    written |= {str(q["question"]) for q in questions("dev")}
    assert not written & {str(q["question"]) for q in questions("test")}


def test_a_prompt_gives_the_passages_in_the_language_of_the_talk() -> None:
    one, two = (hit.passage.id for hit in search("How is glaucoma treated?", most=2))
    asked = Message("user", "怎么治？", passages=(one, two))
    (text,) = history_turns([asked], "zh")[0].parts
    assert f"[1] {passage(one).text['zh']}" in str(text) and str(text).startswith("怎么治？")
    assert f"[2] {passage(two).text['zh']}" in str(text)
