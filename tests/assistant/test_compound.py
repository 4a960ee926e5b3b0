"""Several questions in one: python -m pytest tests/assistant/test_compound.py"""

import pytest

from assistant import truths
from assistant.compound import asked_too, questions_in
from assistant.intents import Intents, Wanted
from assistant.template_answer import answer_from_findings
from tests.assistant.factory import findings
from vision.catalogue import Language


def read(part: str) -> Wanted:
    return Intents.load().wanted(part).placed(part, photos=1, follows=True)


def more(question: str, language: Language = "en") -> str:
    one = findings()
    shares = Intents.load().wanted(question).placed(question, photos=1, follows=False).shares
    said = answer_from_findings(question, (one,), language, (1,), "", shares)
    return " ".join([said, *asked_too(question, read, said, (one,), language, (1,))])


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Which eye is it and is it healthy?", ["Which eye is it", "is it healthy"]),
        ("Haemorrhages: count, area", ["Haemorrhages", "count", "area"]),
        ("是哪只眼，正常吗？", ["是哪只眼", "正常吗"]),
        ("What is the grade? And why?", ["What is the grade", "why"]),
        ("Which grade is it?", []),
    ],
)  # fmt: skip
def test_a_question_is_cut_where_another_may_begin(question: str, parts: list[str]) -> None:
    assert questions_in(question) == parts


def test_a_long_story_is_not_cut_at_its_commas() -> None:
    story = "my mother, who is old and lives alone, and saw no doctor, asks, or I do, if it is bad"
    assert questions_in(story) == []


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Which eye is it and is it healthy?", "en"),
        ("Is it healthy, and which eye is it?", "en"),
        ("是哪只眼，正常吗？", "zh"),
    ],
)
def test_each_of_two_questions_is_answered(question: str, language: Language) -> None:
    one = findings()
    said = more(question, language)
    assert truths.eye(one, language) in said
    assert truths.normal(one, language)[0] in said


def test_what_was_said_is_not_said_again() -> None:
    said = more("Which grade is it and what grade is it?")
    assert said == more("Which grade is it?")


@pytest.mark.parametrize("question", ["Which eye is it?", "I am tired, which eye is it?"])
def test_one_question_gets_one_answer(question: str) -> None:
    assert more(question) == more("Which eye is it?")
