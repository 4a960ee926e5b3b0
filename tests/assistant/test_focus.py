"""What a question wants: python -m pytest tests/assistant/test_focus.py"""

import pytest

from assistant.focus import answer_language, images_asked_about, wants_report

CASES = [  # question, photos, active, expected
    ("What do you see?", 0, 0, ()),
    ("What do you see?", 1, 1, (1,)),
    ("What do you see?", 3, 2, (2,)),
    ("Any exudates in photo 1?", 2, 2, (1,)),
    ("Any exudates in image 7?", 2, 2, (2,)),
    ("And the first one?", 2, 2, (1,)),
    ("Compare both eyes", 2, 2, (1, 2)),
    ("What is the difference between photo 1 and photo 3?", 3, 2, (1, 3)),
    ("Compare it with the previous photo", 1, 1, (1,)),
    ("And the other one?", 2, 2, (1,)),
    ("第一张照片有出血吗？", 2, 2, (1,)),
    ("图2呢？", 2, 1, (2,)),
    ("比较两张照片", 2, 1, (1, 2)),
    ("另一只眼呢？", 2, 2, (1,)),
    ("Is grade 2 referable?", 2, 1, (1,)),
    ("How many of the 3 lesions are large?", 3, 1, (1,)),
]


@pytest.mark.parametrize(("question", "count", "active", "expected"), CASES)
def test_the_words_of_a_question_pick_its_photos(
    question: str, count: int, active: int, expected: tuple[int, ...]
) -> None:
    assert images_asked_about(question, count, active) == expected


@pytest.mark.parametrize(
    ("question", "page", "expected"),
    [
        ("What do you see?", "zh", "en"),
        ("这张照片有出血吗？", "en", "zh"),
        ("OCT 是什么检查", "en", "zh"),
        ("CDR?", "zh", "zh"),
        ("DR?", "en", "en"),
        ("3?", "zh", "zh"),
        ("drusen", "zh", "en"),
    ],
)
def test_the_answer_is_in_the_language_of_the_question(
    question: str, page: str, expected: str
) -> None:
    assert answer_language(question, page) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "question", ["Write the report.", "出一份报告", "一步一步地讲", "Go step by step"]
)
def test_a_report_may_be_longer_than_an_answer(question: str) -> None:
    assert wants_report(question)


@pytest.mark.parametrize("question", ["What do you see?", "有出血吗", "Is it reportable?"])
def test_other_answers_are_short(question: str) -> None:
    assert not wants_report(question)
