"""Lay names in questions: python -m pytest tests/assistant/test_lay_names.py"""

import pytest

from assistant.lay_names import codes_named
from assistant.lexicon import normalise


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("how much blood is in there", ["HE"]),
        ("dot hemorages?", ["MA", "HE"]),
        ("the yellow crumbs", ["EX"]),
        ("exsudates?", ["EX"]),
        ("those fluffy white bits", ["SE"]),
        ("microanurysms", ["MA"]),
        ("tiny bulges on the vessels", ["MA"]),
        ("有没有血点子", ["HE"]),
        ("黄黄的那种油点子", ["EX"]),
        ("棉花团一样的", ["SE"]),
        ("Any haemorrhages?", ["HE"]),  # a term of the lexicon: lay words are not read beside it
        ("血压高不高", []),
        ("is the picture sharp", []),
    ],
)
def test_lesions_are_known_by_what_people_call_them(text: str, codes: list[str]) -> None:
    assert codes_named(normalise(text), "lesion") == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("POAG?", ["G"]),
        ("glocoma", ["G"]),
        ("老黄", ["A"]),
        ("糖网", ["D"]),
        ("shortsighted", ["M"]),
    ],
)
def test_diseases_are_known_by_what_people_call_them(text: str, codes: list[str]) -> None:
    assert codes_named(normalise(text), "disease") == codes
