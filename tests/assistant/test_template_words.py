"""Questions in many words: python -m pytest tests/assistant/test_template_words.py"""

import re

import pytest

from assistant.ground import check_sentence, split_sentences
from assistant.template_answer import answer_from_findings
from tests.assistant.factory import findings, healthy, measured


def _said(question: str, one, topic: str = "") -> str:
    language = "zh" if re.search("[\u4e00-\u9fff]", question) else "en"
    answer = answer_from_findings(question, (one,), language, (), topic)
    finished, rest = split_sentences(answer)
    for sentence in [*finished, rest]:
        assert check_sentence(sentence, (one,), language).status == "ok", (question, sentence)
    return answer


@pytest.mark.parametrize(
    "question",
    [
        "How wide are the haemorrhages, in DD?",
        "Give me the sizes of the bleeds in disc diameters",
        "Are the haemorrhages tiny or huge?",
        "the biggest haemorrhage, what area",
        "最大的出血占几个PD",
        "出血是一小点还是一大片",
        "出血大不大",
    ],
)
def test_a_size_in_whatever_words_is_told_as_the_area(question):
    assert _said(question, measured()).find("9,876") in range(0, 70)


@pytest.mark.parametrize(
    "question",
    [
        "Do the haemorrhages sit in the upper or the lower half?",
        "are the bleeds on the nose side or the temple side",
        "Which part of the retina has haemorrhages?",
        "How are the haemorrhages distributed?",
        "出血偏上还是偏下",
        "出血在鼻侧还是颞侧",
        "出血靠近耳侧吗",
        "出血分布在哪些区",
    ],
)
def test_above_and_below_nasal_and_temporal_are_told_by_quadrant(question):
    said = _said(question, measured())
    assert "3 superotemporal" in said or "颞上3处" in said


@pytest.mark.parametrize(
    "question",
    [
        "exudates to fovea, how many DD",
        "渗出距fovea几个DD",
        "渗出离黄斑中心近不近",
        "Do exudates touch the centre of the macula",
    ],
)
def test_near_in_whatever_words_is_told_as_a_distance(question):
    assert "0.8" in _said(question, measured())


@pytest.mark.parametrize(
    "question",
    [
        "Could the middle of the retina be swollen?",
        "Any thickening at the macula?",
        "Describe the macula, please",
        "黄斑肿没肿",
        "有没有可能黄斑已经肿起来了",
        "请描述黄斑",
    ],
)
def test_a_swelling_of_the_macula_is_told_as_its_risk(question):
    said = _said(question, measured())
    assert "risk 2 of 2" in said or "风险为2级" in said


def test_a_swelling_of_the_disc_is_no_swelling_of_the_macula():
    assert "risk" not in _said("Is there swelling of the optic disc?", measured())


@pytest.mark.parametrize(
    "question",
    [
        "Is the nerve excavated?",
        "how much cupping",
        "Describe the optic disc",
        "视盘凹陷深不深",
        "视神经怎么样",
        "C/D多少",
    ],
)
def test_the_disc_is_told_by_its_cup(question):
    assert "0.45" in _said(question, measured())


@pytest.mark.parametrize("question", ["OD/OS?", "OS还是OD", "左右哪边的眼", "is it OD?"])
def test_the_side_is_told_where_it_is_asked(question):
    one = healthy()
    assert _said(question, one) in (
        "This is a photo of the left eye (OS).",
        "这是左眼（OS）的照片。",
    )


@pytest.mark.parametrize(
    "question", ["这图发虚吗", "图糊了吗", "画质行不行", "is it in focus", "too fuzzy?"]
)
def test_a_blurred_photo_is_asked_about_in_many_words(question):
    said = _said(question, findings())
    assert "0.87" in said


@pytest.mark.parametrize(
    "question",
    [
        "Do I have to go to hospital with this?",
        "Should she be sent to an eye clinic?",
        "refer or not",
        "要转到上级医院吗",
        "需不需要去看眼科",
        "用不用挂个眼科",
    ],
)
def test_who_must_see_it_is_told_by_referable(question):
    said = _said(question, findings())
    assert "This grade is referable" in said or "该分级达到转诊标准" in said


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("What are the requirements for stage 4?", ["The rule for grade 4", "ICDR grade 2"]),
        ("How is ICDR level 1 defined?", ["The rule for grade 1", "ICDR grade 2"]),
        ("What would it need to show to be a grade 3?", ["The rule for grade 3", "ICDR grade 2"]),
        ("怎样才算4级", ["4级的标准", "ICDR 2级"]),
        ("3级糖网的标准是什么", ["3级的标准", "ICDR 2级"]),
    ],
)
def test_the_rule_of_any_grade_is_told_with_the_grade_of_the_photo(question, phrases):
    said = _said(question, findings())
    assert all(phrase in said for phrase in phrases), said


@pytest.mark.parametrize(
    ("question", "first", "then"),
    [
        ("As this is the left eye, are there haemorrhages?", "right eye", "5 haemorrhages"),
        ("My left eye here, how is it?", "right eye", "ICDR grade 2"),
        ("this being OS, describe the disc", "right eye", "0.45"),
        ("左眼的渗出多吗", "这是右眼", "12处硬性渗出"),
        ("既然是我左眼的片子，请描述黄斑", "这是右眼", "风险为2级"),
        ("Now that it is grade 4, when is surgery needed?", "ICDR grade 2", "3 to 6 months"),
        ("Stage 1, ok, but why?", "ICDR grade 2", "The rule for grade 2"),
        ("我都4级了，平时注意什么", "ICDR 2级", "3至6个月"),
    ],
)
def test_a_wrong_side_or_grade_is_put_right_before_the_rest(question, first, then):
    said = _said(question, measured())
    assert 0 <= said.find(first) < said.find(then), said


def test_a_right_side_is_no_matter():
    assert _said("In my right eye, are there haemorrhages?", findings()) == (
        "The measurement found 5 haemorrhages."
    )


@pytest.mark.parametrize(
    ("question", "topic", "phrase"),
    [
        ("where?", "haemorrhages", "3 superotemporal"),
        ("how come", "grade", "The rule for grade 2"),
        ("Are you sure?", "glaucoma", "Glaucoma is not suspected"),
        ("大吗？", "microaneurysms", "4,140"),
    ],
)
def test_a_follow_up_is_answered_on_its_topic(question, topic, phrase):
    assert phrase in _said(question, measured(), topic)


def test_which_of_two_photos_is_worse_is_told_by_their_grades():
    for question in ("Which one is worse?", "哪只眼更严重？"):
        language = "zh" if "？" in question else "en"
        said = answer_from_findings(question, (findings(), healthy()), language)
        assert "2" in said and ("grade 0" in said or "0级" in said)
