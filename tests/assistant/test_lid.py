"""What is said of meibography pictures: python -m pytest tests/assistant/test_lid.py"""

import json

import pytest

from assistant.findings import Findings
from assistant.findings_table import sections
from assistant.findings_text import to_text
from assistant.ground import Verdict, check_sentence, split_sentences
from assistant.lid_facts import everything
from assistant.template_answer import answer_from_findings
from tests.assistant.factory import lid
from tests.assistant.test_template_answer import QUESTIONS
from vision.catalogue import LANGUAGES, Language, say

ASKED = ("How much of the glands is lost?", "What is the meiboscore?", "腺体缺失了多少？")


def sentences(text: str) -> list[str]:
    finished, rest = split_sentences(text)
    return [s for s in [*finished, rest] if s.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_system_says_of_a_lid_is_never_touched(language: Language) -> None:
    for one in (lid(), lid(None)):
        for line in [*everything(one, language), *to_text(one, language).splitlines()]:
            for sentence in sentences(line):
                assert check_sentence(sentence, (one,), language) == Verdict("ok", sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_an_answer_is_carried_by_the_lid(language: Language) -> None:
    for question in (*QUESTIONS, *ASKED):
        said = sentences(answer_from_findings(question, (lid(),), language))
        assert 1 <= len(said) <= 4, question
        for sentence in said:
            assert check_sentence(sentence, (lid(),), language).status == "ok", (question, sentence)


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("How much of the glands is lost?", ["28%", "not validated", "meiboscore 1 of 3"]),
        ("What is the meiboscore?", ["meiboscore 1 of 3", "Arita"]),
        ("Are there haemorrhages?", ["cannot be told from a meibography picture"]),
        ("Which eye is this?", ["right eye"]),
        ("What should the patient do next?", ["An eye doctor should judge the glands"]),
        ("睑板腺评分是多少？", ["评分为1分"]),
        ("睑板腺缺失多少？", ["28%"]),
        ("有出血吗？", ["睑板腺图像无法说明"]),
    ],
)
def test_a_question_about_a_lid_gets_its_answer(question: str, phrases: list[str]) -> None:
    language: Language = "zh" if "？" in question else "en"
    answer = answer_from_findings(question, (lid(),), language)
    assert all(phrase in answer for phrase in phrases), answer
    limits = say("glands.limits", language) in answer
    assert limits == ("haemorrhages" in question or "出血" in question)


def test_a_lid_without_glands_is_refused_with_its_sentence() -> None:
    for language in LANGUAGES:
        assert say("note.glands_not_found", language) in to_text(lid(None), language)
        answer = answer_from_findings("What is the meiboscore?", (lid(None),), language)
        assert say("quality.osa", language) in answer and "1 of 3" not in answer


@pytest.mark.parametrize(
    ("sentence", "is_carried"),
    [
        ("In this picture 28% of the area of the lid has no gland near.", True),
        ("In this picture 64% of the area of the lid has no gland near.", False),
        ("There are 5 haemorrhages in this picture.", False),
        ("This picture shows diabetic retinopathy.", False),
    ],
)
def test_a_sentence_is_held_against_what_was_measured(sentence: str, is_carried: bool) -> None:
    verdict = check_sentence(sentence, (lid(),), "en")
    assert (verdict.status == "ok") == is_carried, verdict


def test_json_and_back_gives_an_equal_value_and_says_how_it_was_measured() -> None:
    told = json.loads(lid().to_json())
    assert Findings.from_dict(told) == lid()
    assert "not validated" in told["glands"]["method"]


def test_the_table_has_the_glands_and_nothing_of_a_retina() -> None:
    quality, glands = sections(lid(), "en")
    assert quality.rows[0].value == "photo of the eye's surface"
    assert [row.value for row in glands.rows] == ["21%", "28%", "1"]
    assert "not validated" in glands.title and "not validated" in glands.rows[-1].detail
