"""What a question takes for granted: python -m pytest tests/assistant/test_premises.py"""

import threading

import pytest

from assistant.premises import corrections
from assistant.session import Session
from tests.assistant.factory import findings, healthy
from tests.assistant.test_pipeline import analysis
from tests.fakes import scripted_pipeline
from vision.catalogue import Language, say


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("Will the haemorrhages go away?", "en", "no haemorrhages"),
        ("这些棉绒斑长了多久了", "zh", "未见软性渗出"),
        ("How long have I had grade 3?", "en", "ICDR grade 0"),
        ("Will my right eye go blind?", "en", "left eye"),
    ],
)
def test_what_is_wrongly_taken_for_granted_is_put_right(
    question: str, language: Language, expected: str
) -> None:
    assert expected in " ".join(corrections(question, healthy(), language))


@pytest.mark.parametrize("question", ["How long have I had it?", "Will the left eye go blind?"])
def test_a_question_that_takes_nothing_wrong_for_granted_is_left_alone(question: str) -> None:
    assert not corrections(question, healthy(), "en")


def test_a_grade_that_was_told_is_not_put_right() -> None:
    assert not corrections("How long have I had grade 2?", findings(grade=2), "en")


def test_a_refusal_says_first_that_the_lesions_asked_about_are_not_there() -> None:
    pipeline, _ = scripted_pipeline()
    session = Session()
    session.add(analysis(pipeline))
    stop = threading.Event()
    *_, event = pipeline.ask(session, "How old is a patient with exudates, 60?", "en", stop)
    absent, refusal = event.text.split(". ", 1)
    assert "no hard exudates" in absent and say("refuse.age", "en") in refusal
