"""Talks of several turns, by rule: python -m pytest tests/assistant/test_follow_ups.py"""

from dataclasses import replace

import pytest

from assistant import truths
from assistant.findings import Findings
from assistant.session import Session
from tests.assistant.factory import findings, healthy
from tests.assistant.test_across import asked, session_of
from vision.catalogue import LANGUAGES, Language, say
from vision.types import Eye


def eye(found: Findings, side: Eye) -> Findings:
    return replace(found, image=replace(found.image, eye=side))


def both() -> Session:
    """A right eye with lesions and a healthy left one, which is in focus."""
    return session_of(eye(findings(), "OD"), eye(healthy(), "OS"))


@pytest.mark.parametrize(
    "turns",
    [
        ("How many haemorrhages does the right eye have?", "And the left?", "And the right one?"),
        ("右眼有出血吗", "左眼呢", "那右眼"),
    ],
)
def test_a_side_alone_asks_the_same_of_that_eye(turns: tuple[str, str, str]) -> None:
    session = both()
    language: Language = "en" if turns[0].isascii() else "zh"
    told = [asked(session, turn, language) for turn in turns]
    assert [about for _, about in told] == [(1,), (2,), (1,)]
    assert told[0][0] == told[2][0] != told[1][0]


def test_a_follow_up_goes_on_about_the_photo_that_was_spoken_of() -> None:
    session = both()
    asked(session, "How many haemorrhages does the right eye have?")
    assert asked(session, "Where are they?")[1] == (1,)
    assert asked(session, "And exudates?")[1] == (1,)
    assert asked(session, "And the other one?")[1] == (2,)


def test_who_turns_to_a_photo_is_answered_about_it() -> None:
    session = both()
    asked(session, "How many haemorrhages does the right eye have?")
    session.select(1)
    session.select(2)
    asked(session, "Are there exudates in the right eye?")
    session.select(1)
    assert asked(session, "Where are they?")[1] == (1,)


def test_a_question_on_the_whole_photo_leaves_the_topic() -> None:
    session = session_of(findings())
    first, _ = asked(session, "What does the photo show?")
    asked(session, "Are there microaneurysms?")
    assert asked(session, "ok but what does the photo show?")[0] == first


def test_what_was_explained_in_general_can_be_asked_of_the_photo() -> None:
    session = session_of(findings())
    asked(session, "What are microaneurysms?")
    said, _ = asked(session, "Do I have any?")
    assert said == truths.lesion("MA", findings(), "en")


@pytest.mark.parametrize("question", ["Any NVD or NVE?", "I had laser once, can you see scars?"])
def test_what_the_system_does_not_look_for_is_said(question: str) -> None:
    said, _ = asked(session_of(findings()), question)
    assert "does not look for" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_which_of_two_is_worse_is_told_first(language: Language) -> None:
    question = "Which eye is worse?" if language == "en" else "哪只更严重？"
    said, about = asked(both(), question, language)
    assert about == (1, 2) and said.startswith(say("template.pair.worse", language, number=1))
    same, _ = asked(session_of(eye(healthy(), "OD"), eye(healthy(), "OS")), question, language)
    assert same.startswith(say("template.pair.equal", language))
