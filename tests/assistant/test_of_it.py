"""General questions about what was spoken of: python -m pytest tests/assistant/test_of_it.py"""

import threading
from collections.abc import Callable

import pytest

from assistant.analysis import Reader
from assistant.findings import Findings
from assistant.knowledge import entries
from assistant.of_it import ENTRIES
from assistant.pipeline import Pipeline
from tests.assistant.factory import healthy, measured
from tests.assistant.test_across import session_of
from vision.catalogue import detect_language, say


def talk(*questions: str, found: Callable[[], Findings] = measured) -> tuple[str, tuple[str, ...]]:
    """The last answer of a talk about one photo, and its sources."""
    pipeline = Pipeline(Reader(None, None), None, {}, [])
    session = session_of(found())
    for question in questions:
        language = detect_language(question) or "en"
        *_, event = pipeline.ask(session, question, language, threading.Event())
    return event.text, event.sources


@pytest.mark.parametrize(
    ("questions", "entry"),
    [
        (("Are there cotton-wool spots?", "What causes them?"), "signs.cotton_wool_spot"),
        (("Are there cotton-wool spots?", "Do they go away?"), "signs.cotton_wool_spot"),
        (("Is there glaucoma?", "Can it be cured?"), "glaucoma"),
        (("Which grade is it?", "How is it treated?"), "dr"),
        (("有没有硬性渗出？", "是怎么引起的"), "signs.hard_exudate"),
        (("是几级？", "能治好吗"), "dr"),
        (("Which grade is it?", "Should she stop eating sugar?"), "dr"),
        (("是几级？", "他血糖控制不好有影响吗"), "dr"),
    ],
)
def test_a_general_question_goes_on_about_what_was_asked_of_the_photo(
    questions: tuple[str, ...], entry: str
) -> None:
    _, sources = talk(*questions)
    assert sources[0].startswith(f"{entry}.")


def test_with_nothing_spoken_of_it_is_what_is_suspected() -> None:
    _, sources = talk("Can it be cured?")
    assert sources[0].startswith("dr.")


def test_where_nothing_is_suspected_the_photo_cannot_tell() -> None:
    said, sources = talk("Can it be cured?", found=healthy)
    assert said == say("refuse.prognosis", "en")
    assert sources == ()


@pytest.mark.parametrize(
    "question", ["What causes you to say grade 2?", "Can it be seen in quadrant 2?", "Where is it?"]
)
def test_a_question_that_the_photo_answers_stays_one(question: str) -> None:
    _, sources = talk("Are there haemorrhages?", question)
    assert sources == ()


def test_an_emergency_comes_before_what_it_is_about() -> None:
    said, _ = talk("Is there glaucoma?", "My eye hurts terribly since today, can it be cured?")
    assert say("refuse.prognosis", "en") not in said
    assert "emergency" in said or "eye doctor now" in said


def test_everything_that_findings_speak_of_has_its_entry() -> None:
    assert set(ENTRIES.values()) <= set(entries())


def test_what_was_told_beside_a_question_is_not_refused() -> None:
    said, _ = talk("My mum is 71, diabetic, this is hers. Is it bad?")
    assert say("refuse.sugar", "en") not in said
    assert say("refuse.gender", "en") not in said
    assert "ICDR grade" in said


def test_how_the_side_is_known_is_asked_after_the_side() -> None:
    said, _ = talk("这是左眼还是右眼？", "你怎么知道")
    assert "眼别" in said


def test_what_the_system_is_not_approved_for_is_said() -> None:
    assert talk("Is this FDA approved?")[0].startswith(say("notice.long", "en"))
    assert talk("这是医疗器械吗")[0].startswith(say("notice.long", "zh"))
