"""The checker of the passages: python -m pytest tests/assistant/knowledge/test_check.py"""

from dataclasses import replace

import pytest

from assistant.knowledge import DEFINE, SECTIONS, Entry, Passage, check
from assistant.knowledge.check import faults, problems

EN = "Made-up disease is seen after 6 weeks, and anti-VEGF agents lower its risk by 20% in 2 years."
ZH = "虚构病在 6 周后复查，抗 VEGF 药物使其风险在 2 年内降低 20%，这一点已有证据。"
ENTRY = Entry(
    "made_up", "condition", {"en": "made-up disease", "zh": "虚构病"}, {"en": (), "zh": ()}
)


def passage(en: str = EN, zh: str = ZH, source: str = "kanski", entry: Entry = ENTRY) -> Passage:
    asks = {"en": (), "zh": ()}
    return Passage("made_up.visual.1", entry, "visual", source, {"en": en, "zh": zh}, asks)


def condition(entry: Entry, per_section: int = 3) -> list[Passage]:
    counts = {DEFINE: 1, **dict.fromkeys(SECTIONS, per_section)}
    return [
        replace(passage(entry=entry), id=f"{entry.id}.{section}.{place}", section=section)
        for section, count in counts.items()
        for place in range(count)
    ]


def test_a_passage_that_says_the_same_in_both_languages_has_no_fault() -> None:
    assert faults(passage()) == []


def test_the_passages_of_the_project_have_no_fault() -> None:
    assert problems() == []


@pytest.mark.parametrize(("source", "status"), [("kanski", 0), ("my_neighbour", 2)])
def test_the_command_says_so_by_its_status(
    source: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {str(i): replace(p, source=source) for i, p in enumerate(condition(ENTRY))}
    monkeypatch.setattr(check, "passages", lambda: told)
    assert check.main() == status
    assert len(capsys.readouterr().out.splitlines()) == (len(told) if status else 0)


@pytest.mark.parametrize(
    ("said", "instead", "fault"),
    [
        ("6 周", "8 周", "numbers"),
        ("2 年", "2 个月", "years"),
        ("2 年", "2 个月", "months"),
        ("6 周", "6 天", "weeks"),
        ("6 周", "6 天", "days"),
        ("6 周", "6 小时", "hours"),
        ("6 周", "6 分钟", "minutes"),
        ("20%", "20 mmHg", "mmHg"),
        ("20%", "20 mmHg", "%"),
        ("20%", "20 µm", "µm"),
        ("20%", "20 mm", "mm"),
        ("20%", "20 D", "dioptres"),
        ("抗 VEGF", "他汀类", "medicine anti_vegf"),
        ("抗 VEGF", "他汀类", "medicine statin"),
    ],
)
def test_what_only_one_language_says_is_found(said: str, instead: str, fault: str) -> None:
    found = faults(passage(zh=ZH.replace(said, instead)))
    assert any(one.startswith(fault) for one in found)


@pytest.mark.parametrize(
    ("en", "fault"),
    [
        ("Macular edema is checked.", "American spelling"),
        ("It is characterized by a change.", "American spelling"),
        ("It is treated with Lucentis.", "brand name"),
        ("It is treated with 5 mg of something.", "a dose"),
        ("Put in 1 drop of the medicine 4 times a day.", "a dose"),
        ("One. Two. Three. Four.", "sentences"),
        ("Word " * 60, "English words"),
    ],
)
def test_english_that_should_not_stand_is_found(en: str, fault: str) -> None:
    assert any(fault in found for found in faults(passage(f"{EN} {en}")))


@pytest.mark.parametrize(
    ("zh", "fault"),
    [
        ("这是错的,应改正。", "half-width"),
        ("这也(是错的)。", "half-width"),
        ("每天滴 3 次眼药水。", "a dose"),
        ("用诺适得治疗。", "brand name"),
        ("很长。" * 60, "Chinese characters"),
    ],
)
def test_chinese_that_should_not_stand_is_found(zh: str, fault: str) -> None:
    assert any(fault in found for found in faults(passage(zh=ZH + zh)))


def test_a_passage_too_short_to_stand_alone_is_found() -> None:
    found = faults(passage("It is 6.", "为 6。"))
    assert any("English words" in fault for fault in found)
    assert any("Chinese characters" in fault for fault in found)


def test_a_source_that_nobody_knows_is_found() -> None:
    assert faults(passage(source="my_neighbour")) == ["unknown source my_neighbour"]


def test_an_alias_may_be_spelt_as_americans_do() -> None:
    entry = replace(ENTRY, aliases={"en": ("macular edema",), "zh": ()})
    assert faults(passage(entry=entry)) == []


def test_a_whole_condition_has_no_problem() -> None:
    assert problems(condition(ENTRY)) == []


def test_a_condition_without_its_definition_is_found() -> None:
    told = [p for p in condition(ENTRY) if p.section != DEFINE]
    assert problems(told) == ["made_up: 0 definitions"]


@pytest.mark.parametrize("count", [2, 9])
def test_a_section_with_too_few_or_too_many_passages_is_found(count: int) -> None:
    found = problems(condition(ENTRY, count))
    assert found == [f"made_up.{section}: {count} passages" for section in SECTIONS]


def test_a_section_that_is_missing_is_found() -> None:
    told = [p for p in condition(ENTRY) if p.section != "prognosis"]
    assert problems(told) == ["made_up.prognosis: 0 passages"]


def test_an_id_that_is_there_twice_is_found() -> None:
    told = condition(ENTRY)
    told[2] = replace(told[2], id=told[1].id)
    assert problems(told) == ["made_up.visual.0: there 2 times"]


def test_a_name_of_two_conditions_is_found() -> None:
    names = {"en": "other disease", "zh": "另一种病"}
    other = Entry("other", "condition", names, {"en": ("Made-up disease",), "zh": ()})
    found = problems([*condition(ENTRY), *condition(other)])
    assert found == ["other: the name Made-up disease is also one of made_up"]
