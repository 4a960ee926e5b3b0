"""The last answer in fewer sentences: python -m pytest tests/assistant/test_shorter.py"""

import pytest

from tests.assistant.factory import measured
from tests.assistant.test_across import asked, session_of
from tests.assistant.test_of_it import talk


@pytest.mark.parametrize("wish", ["shorter", "too long, shorter please"])
def test_the_first_half_of_the_answer_is_said_again(wish: str) -> None:
    session = session_of(measured())
    first, _ = asked(session, "What do you see?")
    again, _ = asked(session, wish)
    assert again and len(again) < len(first) and first.startswith(again)
    assert session.messages[-1].about == session.messages[1].about


def test_a_wish_for_less_goes_on_until_one_sentence_is_left() -> None:
    whole, *_, before, last = [talk("你看到了什么？", *["短一点"] * times)[0] for times in range(5)]
    assert whole.startswith(last)
    assert last == before and last.count("。") == 1


def test_general_answers_keep_their_source() -> None:
    whole, sources = talk("What is glaucoma?")
    half, again = talk("What is glaucoma?", "shorter")
    assert whole.startswith(half) and len(half) < len(whole)
    assert again and set(again) <= set(sources)


def test_without_an_answer_before_it_nothing_is_shortened() -> None:
    said, _ = asked(session_of(measured()), "shorter")
    assert said
