"""What a follow-up is about: python -m pytest tests/assistant/test_topic.py"""

import pytest

from assistant.conversation import Message
from assistant.topic import topic_of


def _asked(*questions: str) -> list[Message]:
    return [Message("user", question, (1,), "facts") for question in questions]


@pytest.mark.parametrize(
    ("question", "before", "expected"),
    [
        ("where?", "Any haemorrhages?", "haemorrhages"),
        ("Whereabouts do they lie?", "Did you see microaneurysms?", "microaneurysms"),
        ("a few or many?", "any hard exudates", "hard exudates"),
        ("Are those large?", "有硬性渗出吗", "hard exudates"),
        ("它们大吗", "有微动脉瘤吗", "microaneurysms"),
        ("一处还是好几处", "有没有出血", "haemorrhages"),
        ("靠鼻子还是太阳穴", "有没有出血", "haemorrhages"),
        ("how so?", "Which grade?", "grade"),
        ("凭啥这么说", "几级", "grade"),
        ("any doubts?", "Is there glaucoma?", "glaucoma"),
        ("how do you know", "Which eye is it?", "which eye"),
        ("And the other one?", "Which grade?", "grade"),
        ("同样看看另一张", "有没有出血", "haemorrhages"),
    ],
)
def test_a_follow_up_takes_up_what_was_asked(question: str, before: str, expected: str) -> None:
    assert topic_of(question, _asked(before)) == expected


def test_what_was_asked_in_words_that_no_rule_knows_is_taken_up_as_it_was_understood() -> None:
    before = Message("user", "on what step am I", (1,), "facts", plain="which grade")
    assert topic_of("how so?", [before]) == "grade"


@pytest.mark.parametrize(
    "question",
    [
        "Where are the hard exudates?",
        "What grade is it?",
        "Is the photo sharp?",
        "Which eye is it?",
        "So what now?",
        "接下来怎么办",
        "Is it normal?",
        "Tell me a joke.",
    ],
)
def test_what_names_its_own_subject_or_asks_what_is_next_takes_up_nothing(question: str) -> None:
    assert topic_of(question, _asked("Any haemorrhages?")) == ""


def test_the_newest_question_that_names_what_can_be_meant_counts() -> None:
    before = _asked("Any haemorrhages?", "Which grade?", "why?")
    assert topic_of("how many?", before) == "haemorrhages"
    assert topic_of("are you certain?", before) == "grade"


def test_a_question_without_facts_and_one_on_all_lesions_give_no_topic() -> None:
    assert topic_of("where?", [Message("user", "What is a haemorrhage?")]) == ""
    assert topic_of("where?", _asked("Which lesions are there?")) == ""
    assert topic_of("where?", []) == ""


def test_words_that_no_rule_knows_go_on_by_their_learned_reading() -> None:
    shares = {"then_where": 0.4, "then_near": 0.2}
    assert topic_of("whither, pray?", _asked("Any haemorrhages?"), shares) == "haemorrhages"
    assert topic_of("whither, pray?", _asked("Any haemorrhages?")) == ""


def test_a_question_that_names_something_goes_on_about_nothing_whatever_is_learned() -> None:
    assert topic_of("the exudates then", _asked("Any haemorrhages?"), {"then_where": 0.9}) == ""
