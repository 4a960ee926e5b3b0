"""Findings in plain words: python -m pytest tests/assistant/test_plain_words.py"""

from dataclasses import replace

import pytest

from assistant.findings import Findings
from assistant.ground import check_sentence
from assistant.plain_words import in_plain_words
from assistant.template_answer import answer_from_findings
from tests.assistant.factory import findings, measured
from vision.catalogue import LANGUAGES, Language


def graded(grade: int) -> Findings:
    one = measured()
    shares = tuple(0.8 if g == grade else 0.05 for g in range(5))
    return replace(one, dr=replace(one.dr, grade=grade, probabilities=shares))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("grade", range(5))
def test_plain_words_pass_the_check_of_sentences(grade: int, language: Language) -> None:
    one = graded(grade)
    for sentence in in_plain_words(one, language):
        assert check_sentence(sentence, (one,), language, (1,)).status == "ok", sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_words_of_another_grade_do_not_pass(language: Language) -> None:
    said = in_plain_words(graded(3), language)[0]
    assert check_sentence(said, (graded(1),), language, (1,)).status != "ok"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_photo_without_a_grade_has_no_plain_words(language: Language) -> None:
    one = findings()
    assert in_plain_words(replace(one, dr=replace(one.dr, grade=None)), language) == []


@pytest.mark.parametrize(
    ("question", "language", "told"),
    [
        ("Explain it to my grandmother", "en", "spots of blood"),
        ("in plain English please", "en", "spots of blood"),
        ("用大白话讲讲", "zh", "出血点"),
        ("怎么跟病人解释", "zh", "出血点"),
    ],
)
def test_who_asks_for_plain_words_gets_them(question: str, language: Language, told: str) -> None:
    assert told in answer_from_findings(question, (measured(),), language)


@pytest.mark.parametrize(
    ("question", "language"),
    [("What would make it a higher grade?", "en"), ("怎样会到更高一级？", "zh")],
)
def test_the_next_grade_is_told_by_its_rule_and_of_the_highest_that_it_is_that(
    question: str, language: Language
) -> None:
    below = answer_from_findings(question, (graded(2),), language)
    top = answer_from_findings(question, (graded(4),), language)
    assert ("grade 3" if language == "en" else "3级") in below
    assert ("highest" if language == "en" else "最高级") in top
