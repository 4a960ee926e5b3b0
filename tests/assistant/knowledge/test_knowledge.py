"""The passages as a whole: python -m pytest tests/assistant/knowledge/test_knowledge.py"""

import re
from collections import defaultdict

import pytest

from assistant.knowledge import (
    DEFINE,
    SECTIONS,
    Entry,
    Passage,
    entries,
    passage,
    passages,
    sources,
)
from vision.catalogue import LANGUAGES, Language

CONDITIONS = [entry for entry in entries().values() if entry.kind == "condition"]
URGENT = sorted(e for e in entries() if e.startswith("rules.urgent_") and e != "rules.urgent_not")
SEE_A_DOCTOR: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"eye doctor|emergency (?:department|eye service|assess)|eye department|call an ambulance",
        re.I,
    ),
    "zh": re.compile(r"急诊|眼科医生|就诊眼科|治疗的眼科|呼叫救护车"),
}


def of(entry: Entry) -> list[Passage]:
    return [p for p in passages().values() if p.entry is entry]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_hundreds_of_passages(language: Language) -> None:
    texts = [p.text[language] for p in passages().values()]
    assert len(texts) >= 600
    assert len(set(texts)) == len(texts)


def test_there_are_dozens_of_conditions() -> None:
    assert len(CONDITIONS) >= 30


def test_every_condition_has_its_definition_and_five_sections() -> None:
    found = {e.id: {p.section for p in of(e)} for e in CONDITIONS}
    assert {e: sections for e, sections in found.items() if sections != {DEFINE, *SECTIONS}} == {}


def test_the_languages_share_their_passages_by_id() -> None:
    assert all(set(p.text) == set(LANGUAGES) and all(p.text.values()) for p in passages().values())


def test_a_passage_is_had_by_its_id() -> None:
    assert all(passage(i).id == i for i in passages())


def test_every_passage_names_a_source_that_can_be_cited() -> None:
    assert {p.source for p in passages().values()} <= set(sources())
    assert all(len(cited) > 20 for cited in sources().values())


def test_every_entry_has_a_name_and_aliases_in_both_languages() -> None:
    for entry in entries().values():
        for language in LANGUAGES:
            assert entry.name[language]
            assert entry.aliases[language], entry.id


def test_an_english_passage_of_a_condition_stands_alone() -> None:
    begins = re.compile(r"(?:It|They|He|She|This (?:disease|condition)|These)\b")
    told = [p for entry in CONDITIONS for p in of(entry)]
    assert [p.id for p in told if begins.match(p.text["en"])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_red_flags_tell_to_see_a_doctor(language: Language) -> None:
    assert len(URGENT) >= 12
    told = {e: " ".join(p.text[language] for p in of(entries()[e])) for e in URGENT}
    assert [e for e, text in told.items() if not SEE_A_DOCTOR[language].search(text)] == []


def test_every_condition_with_a_retina_at_risk_says_when_to_come_the_same_day() -> None:
    by_entry = defaultdict(str)
    for p in passages().values():
        by_entry[p.entry.id] += p.text["en"]
    for condition in ("retinal_detachment", "retinal_tear", "pvd", "rao", "angle_closure"):
        assert re.search(r"same day|at once|emergency", by_entry[condition]), condition
