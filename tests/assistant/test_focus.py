"""Which photo a question is about: python -m pytest tests/assistant/test_focus.py"""

import pytest

from assistant.focus import images_asked_about

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
