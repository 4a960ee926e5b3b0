"""Run: python -m pytest tests/assistant/test_ground_measured.py"""

import pytest

from assistant.ground import Verdict, check_sentence, split_sentences
from segmentation.labels import LESIONS
from segmentation.types import DMERisk
from tests.assistant.factory import (
    ABSENT,
    RISKS,
    findings,
    healthy,
    lesion,
    lesions,
    measured,
)
from tests.assistant.ground_cases_measured import CHINESE, ENGLISH, GENERAL
from tests.assistant.ground_cases_measured_free import FREE_FALSE, FREE_TRUE
from vision.catalogue import detect_language


@pytest.mark.parametrize(("sentence", "status"), ENGLISH)
def test_an_english_measurement_is_held_against_the_findings(sentence, status):
    assert check_sentence(sentence, (measured(),), "en").status == status


@pytest.mark.parametrize(("sentence", "status"), CHINESE)
def test_a_chinese_measurement_is_held_against_the_findings(sentence, status):
    assert check_sentence(sentence, (measured(),), "zh").status == status


@pytest.mark.parametrize("sentence", FREE_TRUE)
def test_a_freely_worded_true_measurement_stands(sentence):
    assert check_sentence(sentence, (measured(),), "en") == Verdict("ok", sentence)


@pytest.mark.parametrize("sentence", FREE_FALSE)
def test_a_freely_worded_false_measurement_does_not_stand(sentence):
    assert check_sentence(sentence, (measured(),), "en").status != "ok"


@pytest.mark.parametrize("sentence", GENERAL)
def test_what_is_generally_so_is_no_measurement(sentence):
    for one in (measured(), healthy()):
        assert check_sentence(sentence, (one,), "en") == Verdict("ok", sentence)
    assert check_sentence(sentence, (), "en") == Verdict("ok", sentence)


@pytest.mark.parametrize("cases", [ENGLISH, CHINESE])
def test_a_repaired_measurement_passes_the_check_itself(cases):
    for sentence, status in cases:
        text = check_sentence(sentence, (measured(),), "en").text
        finished, rest = split_sentences(text)
        for said in [*finished, rest] if status != "ok" else ():
            language = detect_language(said) or "en"
            assert check_sentence(said, (measured(),), language).status == "ok", said


@pytest.mark.parametrize(
    ("sentence", "truth"),
    [
        ("2 haemorrhages lie in the superotemporal quadrant.",
         "The haemorrhages by quadrant: 3 superotemporal, 0 superonasal, 2 inferotemporal "
         "and 0 inferonasal."),
        ("There are haemorrhages in the superior nasal quadrant of this photo.",
         "The haemorrhages by quadrant: 3 superotemporal, 0 superonasal, 2 inferotemporal "
         "and 0 inferonasal."),
        ("4 haemorrhages reach into the central 1 disc diameter.",
         "Of the haemorrhages, 1 reach into the central 1 disc diameter and 4 into the central 3 "
         "disc diameters. The nearest of the haemorrhages lies 0.4 disc diameters from the fovea."),
        ("The cup-to-disc ratio is 0.75.",
         "The vertical cup-to-disc ratio is 0.45 and the area ratio 0.19."),
        ("The vessel density is 21%.",
         "Vessels cover 11.7% of the field of view; arteries and veins are not told apart."),
        ("颞上象限有2处出血。", "出血按象限：颞上3处，鼻上0处，颞下2处，鼻下0处。"),
        ("出血位于鼻上象限。", "出血按象限：颞上3处，鼻上0处，颞下2处，鼻下0处。"),
        ("杯盘比为0.75。", "垂直视杯/视盘比为0.45，面积视杯/视盘比为0.19。"),
        ("血管密度为21%。", "血管占视野的11.7%（不区分动脉和静脉）。"),
    ],
)  # fmt: skip
def test_a_wrong_measurement_is_replaced_by_the_true_one(sentence, truth):
    verdict = check_sentence(sentence, (measured(),), "en")
    assert verdict.status == "repaired" and truth in verdict.text


def test_a_wrong_edema_risk_is_replaced_by_the_rule_that_applied():
    text = check_sentence("The risk of macular oedema is 0 of 2.", (measured(),), "en").text
    assert "within one disc diameter of the fovea" in text and "OCT" in text
    text = check_sentence("没有黄斑水肿风险。", (measured(),), "zh").text
    assert "一个视盘直径以内有硬性渗出" in text and "OCT" in text


@pytest.mark.parametrize(
    ("sentence", "rule", "seen", "status"),
    [
        ("The risk of macular oedema is 1 of 2.", 1, 1, "ok"),
        ("The risk of macular oedema is 1 of 2.", 1, 2, "repaired"),
        ("The risk of macular oedema is 2 of 2.", 1, 2, "ok"),
        ("The risk of macular oedema is 2 of 2.", 2, 0, "ok"),
        ("There is no risk of macular oedema.", 2, 0, "repaired"),
        ("There is no risk of macular oedema.", 0, 2, "repaired"),
        ("The classifier puts the risk of macular oedema at 1 of 2.", 2, 1, "ok"),
        ("The classifier puts the risk of macular oedema at 2 of 2.", 2, 1, "repaired"),
        ("The risk of macular oedema is 2 of 2.", None, 2, "ok"),
        ("The risk of macular oedema is 1 of 2.", None, 2, "repaired"),
        ("黄斑水肿风险为1级。", 1, 2, "repaired"),
        ("黄斑水肿风险为2级。", 1, 2, "ok"),
        ("分类器给出的黄斑水肿风险为1级。", 2, 1, "ok"),
    ],
)
def test_where_the_methods_differ_the_graver_edema_risk_is_held_to(sentence, rule, seen, status):
    reason = "dme.no_fovea" if rule is None else f"dme.{rule}"
    one = measured(dme=DMERisk(rule, reason), dme_grade=RISKS[seen])
    language = detect_language(sentence)
    assert check_sentence(sentence, (one,), language).status == status


@pytest.mark.parametrize("percent", [83, 13])
def test_a_probability_of_an_edema_risk_is_the_classifier_s(percent):
    for said, status in ((percent, "ok"), (percent + 30, "withheld")):
        sentence = f"The probability of macular oedema is {said}%."
        one = (findings(dme_grade=RISKS[2]),)
        assert (check_sentence(sentence, one, "en").status == "ok") == (status == "ok")


def test_a_wrong_grade_by_lesions_is_replaced_with_what_masks_cannot_show():
    text = check_sentence("By the lesions alone it is severe NPDR.", (measured(),), "en").text
    assert "at least grade 2" in text and "IRMA" in text
    text = check_sentence("仅凭病灶，分级至少为3级。", (measured(),), "zh").text
    assert "至少对应2级" in text and "IRMA" in text


@pytest.mark.parametrize(
    "sentence",
    [
        "The vertical cup-to-disc ratio is 0.45.",
        "The rim is widest inferiorly.",
        "The vessel density is 11.7%.",
        "3 haemorrhages lie in the superotemporal quadrant.",
        "There are hard exudates within one disc diameter of the fovea.",
        "The risk of macular oedema is low.",
        "The risk of macular oedema is 1 of 2.",
        "The fovea was located.",
        "盘沿符合ISNT规则。",
        "黄斑水肿风险为0级。",
    ],
)
def test_what_was_not_measured_cannot_be_claimed(sentence):
    assert check_sentence(sentence, (findings(),), "en").status != "ok"


def test_without_fovea_a_macula_at_risk_is_neither_claimed_nor_denied():
    for sentence in ("The macula is threatened.", "The macula is not threatened."):
        verdict = check_sentence(sentence, (findings(),), "en")
        assert verdict.status == "repaired" and "fovea was not located" in verdict.text


def test_where_no_lesion_of_a_class_exists_none_lies_anywhere():
    sentences = (
        "No soft exudates lie in the superotemporal quadrant.",
        "No soft exudates lie within one disc diameter of the fovea.",
        "中心凹周围1个视盘直径内未见棉绒斑。",
    )
    for sentence in sentences:
        assert check_sentence(sentence, (measured(),), "en").status == "ok"


def test_a_severe_grade_by_lesions_needs_more_than_twenty_in_each_quadrant():
    none = dict.fromkeys(LESIONS, ABSENT)
    grades = {
        0: findings(lesions=none),
        1: findings(lesions={**none, "MA": lesion(5)}),
        2: findings(lesions=lesions()),
    }
    for grade, one in grades.items():
        for said in range(4):
            sentence = f"By the measured lesions it is at least grade {said}."
            assert (check_sentence(sentence, (one,), "en").status == "ok") == (said == grade)
