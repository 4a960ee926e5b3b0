"""The grade step by step: python -m pytest tests/demo/practice/test_explain.py"""

from dataclasses import replace

import pytest

from demo.practice.explain import Step, steps
from segmentation.types import Quadrants
from tests.assistant import factory
from vision.catalogue import LANGUAGES, Language

NONE = dict.fromkeys(("MA", "HE", "EX", "SE"), factory.ABSENT)


def verdicts(**lesions: object) -> list[str | None]:
    """Any? Enough? More than microaneurysms? Severe? Proliferative? Then conclusions."""
    found = factory.findings(lesions={**NONE, **lesions})
    return [step.verdict for step in steps(found, "en")]


def test_no_lesion_answers_no_and_concludes_grade_0() -> None:
    assert verdicts()[:4] == ["no", "no", "no", "no"]
    assert "grade 0" in steps(factory.healthy(), "en")[5].question


def test_fewer_lesions_than_in_healthy_eyes_are_no_evidence() -> None:
    assert verdicts(MA=factory.lesion(3))[:3] == ["yes", "no", "no"]


def test_microaneurysms_alone_are_not_more_than_microaneurysms() -> None:
    assert verdicts(MA=factory.lesion(9))[:3] == ["yes", "yes", "no"]


def test_haemorrhages_are_more_than_microaneurysms() -> None:
    assert verdicts(HE=factory.lesion(2))[:3] == ["yes", "yes", "yes"]


def test_more_than_twenty_haemorrhages_in_every_quadrant_are_severe() -> None:
    many = replace(factory.lesion(84), by_quadrant=Quadrants(21, 21, 21, 21))
    one_short = replace(factory.lesion(83), by_quadrant=Quadrants(21, 21, 21, 20))
    assert verdicts(HE=many)[3] == "yes"
    assert verdicts(HE=one_short)[3] == "no"


def test_many_haemorrhages_in_unknown_quadrants_cannot_be_told() -> None:
    assert verdicts(HE=factory.lesion(81))[3] == "unknown"
    assert verdicts(HE=factory.lesion(80))[3] == "no"


def test_what_outlines_cannot_show_is_never_answered() -> None:
    assert verdicts()[4] == "unknown"


@pytest.mark.parametrize("grade", range(5))
def test_the_steps_conclude_what_the_rule_concludes(grade: int) -> None:
    found = factory.measured(grade=grade)
    assert found.lesion_grade is not None
    conclusion = steps(found, "en")[5]
    assert f"at least grade {found.lesion_grade.at_least}" in conclusion.question


def test_a_grade_below_what_the_lesions_establish_is_said_to_be_so() -> None:
    last = steps(factory.findings(grade=0), "en")[-1]
    assert "a person should look" in last.because


def test_lesions_that_were_not_measured_have_no_steps() -> None:
    assert steps(factory.ungradable(), "en") == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_said_in_each_language(language: Language) -> None:
    def text(step: Step) -> str:
        return step.question + step.because

    for step in steps(factory.measured(), language):
        assert any("\u4e00" <= char <= "\u9fff" for char in text(step)) == (language == "zh")
