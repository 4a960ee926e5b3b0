"""Questions in plain words: python -m pytest tests/assistant/test_plain_question.py"""

import pytest

from assistant.lexicon import normalise
from assistant.plain_question import CERTAIN, LIKELY, Plain, plain_question
from assistant.template_answer import answer_from_findings
from tests.assistant.factory import measured


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("how many dot bleeds u got", "count_lesion", "how many haemorrhages, microaneurysms"),
        ("硬渗都在啥地方", "where_lesion", "in which quadrant lie the hard exudates"),
        ("any spots", "has_lesion", "are there lesions"),
        ("is it POAG", "has_disease", "is there glaucoma"),
        ("bet on the stage?", "sure_grade", "how sure is the grade"),
        ("how firm is the AMD", "sure_grade", "how sure is age-related macular degeneration"),
        ("what makes a grade 3", "what_if_grade", "what would it take to be grade 3"),
        ("what would make this a 4", "what_if_grade", "what would it take to be grade 4"),
        ("如果是4", "what_if_grade", "what would it take to be grade 4"),
        ("what makes it worse", "what_if_grade", "what would it take to be a higher grade"),
    ],
)
def test_a_question_stands_in_plain_words_with_what_it_names(
    text: str, intent: str, expected: str
) -> None:
    plain = plain_question(normalise(text), {intent: 0.9})
    assert plain.text == expected and plain.certain


def test_intents_of_one_meaning_count_together() -> None:
    plain = plain_question("now what", {"next_step": 0.25, "then_next": 0.2, "grade": 0.4})
    assert plain.text == "what should be done next" and not plain.certain


@pytest.mark.parametrize("share", [0.0, LIKELY - 0.01])
def test_what_is_not_likely_has_no_plain_words(share: float) -> None:
    assert plain_question("hm", {"grade": share}) == Plain()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("is it contagious", "has_disease"),  # no disease is named
        ("any retinal detachment?", "has_disease"),  # not looked for: said by rule
        ("the optician writes 0.4 here", "what_if_grade"),
    ],
)
def test_a_form_without_what_it_needs_is_none(text: str, intent: str) -> None:
    assert plain_question(normalise(text), {intent: 0.99}) == Plain()


@pytest.mark.parametrize(
    ("intent", "told"),
    [
        ("grade", "ICDR grade 2"),
        ("which_eye", "right eye"),
        ("cup_disc", "cup-to-disc ratio"),
        ("next_step", "eye doctor"),
        ("quality", "quality"),
        ("vessels", "field of view"),
        ("oedema", "edema"),
        ("size_lesion", "field of view"),
        ("near_fovea", "disc diameters from the fovea"),
    ],
)
def test_words_that_no_rule_knows_are_answered_by_what_they_want(intent: str, told: str) -> None:
    text = answer_from_findings("blorp?", (measured(),), "en", shares={intent: CERTAIN})
    assert told in text


def test_why_it_is_retinopathy_is_asked_of_the_grade() -> None:
    shares = {"why_grade": 0.9}
    assert plain_question("why is it diabetic retinopathy", shares).text == "why is it the grade"
    assert plain_question("why glaucoma", shares).text == "why is it glaucoma"
