"""A wish for another language: python -m pytest tests/assistant/test_language.py"""

import pytest

from assistant.language import asks_only_language, language_asked
from tests.assistant.factory import findings
from tests.assistant.test_across import asked, session_of
from vision.catalogue import detect_language


@pytest.mark.parametrize(
    ("question", "language", "only"),
    [
        ("now in Chinese", "zh", True),
        ("In English, please.", "en", True),
        ("用英文再说一遍", "en", True),
        ("请用中文回答", "zh", True),
        ("Describe the lesions and the grade of this photo in Chinese", "zh", False),
        ("Are there exudates?", None, False),
        ("Is it common in Chinese people with diabetes?", None, False),
    ],
)
def test_a_wish_for_a_language_is_heard(question: str, language: str | None, only: bool) -> None:
    assert language_asked(question) == language
    assert asks_only_language(question) is only


def test_the_last_question_is_answered_again_in_the_language_that_is_wished() -> None:
    session = session_of(findings())
    first, _ = asked(session, "Which grade is it?")
    for wish in ("now in Chinese", "用英文再说一遍"):
        again, _ = asked(session, wish)
        assert detect_language(again) == language_asked(wish) and "ICDR" in again
    assert again == first
    assert [m.text for m in session.messages if m.role == "user"][1] == "now in Chinese"


def test_a_whole_question_is_answered_in_the_language_that_it_wishes() -> None:
    said, _ = asked(session_of(findings()), "Which grade of retinopathy is it? Answer in Chinese.")
    assert detect_language(said) == "zh" and "ICDR" in said
