"""Run: python -m pytest tests/assistant/test_template_answer.py"""

import dataclasses

import pytest

from assistant.ground import check_sentence, split_sentences
from assistant.template_answer import answer_from_findings
from segmentation.labels import LESIONS
from segmentation.types import Central, Quadrants, Rim
from tests.assistant.factory import (
    ABSENT,
    RISKS,
    diseases,
    findings,
    healthy,
    lesion,
    lesions,
    measured,
    scan,
    ungradable,
)
from vision.catalogue import LANGUAGES

HAEMORRHAGES = lesion(
    100, 90_000, by_quadrant=Quadrants(25, 30, 21, 24), central_1dd=Central(3, 900),
    central_3dd=Central(20, 9000), nearest_to_fovea_dd=0.2,
)  # fmt: skip
SEVERE = measured(
    lesions=lesions(HE=HAEMORRHAGES, EX=ABSENT),
    notes=("note.grade_against_lesions", "note.eye_against_photo"),
)
UNSEEN = findings(
    lesions=dict.fromkeys(LESIONS, ABSENT), notes=("note.grade_without_lesions",), grade=3
)
SITUATIONS = {
    "typical": (findings(),),
    "healthy": (healthy(),),
    "measured": (measured(),),
    "lesions beyond the grade": (SEVERE,),
    "grade without lesions": (UNSEEN,),
    "risks differ": (measured(dme_grade=RISKS[1], notes=("note.dme_against_exudates",)),),
    "risk by the classifier alone": (findings(lesions=None, dme_grade=RISKS[2]),),
    "two measured": (measured(), measured(eye="OS", notes=("note.eye_from_photo",))),
    "ungradable": (ungradable(),),
    "proliferative": (findings(grade=4, diseases=diseases(G=0.7, A=0.49)),),
    "no segmenter": (findings(lesions=None),),
    "no classifier": (findings(grade=None, diseases=None),),
    "both": (findings(), healthy()),
    "photo and scan": (measured(), scan("RVO")),
    "three": (findings(), ungradable(), findings(grade=4, eye="unknown")),
    "none": (),
}
QUESTIONS = (
    "What do you see?",
    "Are there haemorrhages?",
    "Are there cotton wool spots?",
    "How many microaneurysms are there?",
    "How large are the hard exudates?",
    "Where are the haemorrhages?",
    "Are there exudates near the fovea?",
    "What grade is it?",
    "Why is this moderate and not mild?",
    "How sure are you?",
    "Is there glaucoma?",
    "Which eye is this?",
    "Is the photo good enough?",
    "What should I do next?",
    "Compare the two photos.",
    "Is it normal?",
    "Is there a macular hole?",
    "What is my eye pressure?",
    "What is the cup-to-disc ratio?",
    "Is the rim normal, by the ISNT rule?",
    "How dense are the vessels?",
    "Where are the lesions?",
    "How far are the exudates from the fovea?",
    "How many haemorrhages are in the central 3 disc diameters?",
    "Is the macula threatened?",
    "Is there macular edema?",
    "Which eye is this, and how do you know?",
    "Why this grade?",
    "Do the lesions fit the grade?",
    "Show me the exudates.",
    "Hello",
    "Which drops should I use?",
    "Tell me a joke.",
    "你看到了什么？",
    "有出血吗？",
    "有多少个微动脉瘤？",
    "硬性渗出面积多大？",
    "出血在哪里？",
    "是几级？",
    "为什么是中度而不是轻度？",
    "你有多大把握？",
    "有青光眼吗？",
    "这是哪只眼？",
    "照片质量够吗？",
    "我下一步该怎么办？",
    "比较这两张照片。",
    "正常吗？",
    "有黄斑裂孔吗？",
    "我的眼压是多少？",
    "杯盘比是多少？",
    "盘沿正常吗？",
    "血管密度是多少？",
    "病灶在哪里？",
    "渗出离中心凹多远？",
    "黄斑有危险吗？",
    "有黄斑水肿吗？",
    "这是哪只眼，怎么知道的？",
    "病灶和分级一致吗？",
    "你好",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_sentence_of_an_answer_is_carried_by_the_findings(situation, language):
    photos = SITUATIONS[situation]
    for question in QUESTIONS:
        finished, rest = split_sentences(answer_from_findings(question, photos, language))
        for sentence in [*finished, rest]:
            assert check_sentence(sentence, photos, language).status == "ok", (question, sentence)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "situation",
    ["typical", "measured", "lesions beyond the grade", "grade without lesions", "healthy", "none"],
)
def test_an_answer_has_one_to_four_sentences(situation, language):
    for question in QUESTIONS:
        answer = answer_from_findings(question, SITUATIONS[situation], language)
        finished, rest = split_sentences(answer)
        assert 1 <= len([s for s in [*finished, rest] if s.strip()]) <= 4, question


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Are there haemorrhages?", "The measurement found 5 haemorrhages."),
        ("Are there cotton wool spots?",
         "The measurement found no soft exudates (cotton-wool spots)."),
        ("How many microaneurysms?",
         "The measurement found 23 candidate microaneurysms (73% of such candidates proved real "
         "in tests)."),
        ("How large are the hard exudates?",
         "The hard exudates cover 24,600 px, 0.31% of the field of view."),
        ("Is there glaucoma?", "Glaucoma is not suspected (probability 8%)."),
        ("Which eye is this?", "This is a photo of the right eye (OD)."),
        ("Is the photo good enough?", "The photo quality is good (score 0.87)."),
        ("有出血吗？", "测量共发现5处出血。"),
        ("有青光眼吗？", "不怀疑青光眼（概率8%）。"),
        ("这是哪只眼？", "这是右眼（OD）的照片。"),
    ],
)  # fmt: skip
def test_a_plain_question_gets_the_one_fact_it_asks_for(question, answer):
    language = "zh" if "？" in question else "en"
    assert answer_from_findings(question, (findings(),), language) == answer


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("Where are the haemorrhages?", ["3 superotemporal, 0 superonasal", "central 3 disc"]),
        ("How far are the hard exudates from the fovea?", ["0.8 disc diameters from the fovea"]),
        ("Is the macula threatened?", ["risk 2 of 2", "OCT", "0.8 disc diameters"]),
        ("Is there macular edema?", ["within one disc diameter of the fovea", "OCT"]),
        ("What is the cup-to-disc ratio?",
         ["0.45", "0.19", "European Glaucoma Society", "0.31 disc diameters wide inferiorly"]),
        ("Is the rim normal?", ["0.16 temporally", "ISNT rule"]),
        ("How dense are the vessels?", ["11.7%"]),
        ("Which eye is this, and how do you know?", ["right eye", "given with the photo"]),
        ("Why this grade?", ["ICDR grade 2", "The rule for grade 2", "mean at least grade 2"]),
        ("出血在哪里？", ["颞上3处，鼻上0处", "中央3个视盘直径内"]),
        ("渗出离中心凹多远？", ["距中心凹0.8个视盘直径"]),
        ("有黄斑水肿吗？", ["风险为2级", "OCT"]),
        ("杯盘比是多少？", ["0.45", "0.19", "欧洲青光眼学会", "下方0.31"]),
        ("血管密度是多少？", ["11.7%"]),
        ("为什么是这个分级？", ["ICDR 2级", "2级的标准", "至少对应2级"]),
    ],
)  # fmt: skip
def test_what_was_measured_is_told_when_asked(question, phrases):
    answer = answer_from_findings(question, (measured(),), "zh" if "？" in question else "en")
    assert all(phrase in answer for phrase in phrases), answer


@pytest.mark.parametrize(
    ("seen", "phrases"),
    [(2, ["risk 2 of 2", "networks suggest risk 2 of 2"]),
     (1, ["risk 2 of 2", "networks suggest risk 1 of 2", "disagree"])],
)  # fmt: skip
def test_the_edema_risk_is_told_by_exudates_and_by_the_classifier(seen, phrases):
    notes = () if seen == 2 else ("note.dme_against_exudates",)
    one = measured(dme_grade=RISKS[seen], notes=notes)
    answer = answer_from_findings("Is there macular edema?", (one,), "en")
    assert all(phrase in answer for phrase in phrases), answer
    assert ("不一致" in answer_from_findings("有黄斑水肿吗？", (one,), "zh")) == bool(notes)


def test_without_a_segmentation_the_classifier_tells_the_edema_risk():
    one = findings(lesions=None, dme_grade=RISKS[1])
    answer = answer_from_findings("Is there macular edema?", (one,), "en")
    assert "risk 1 of 2" in answer and "no proof" in answer


@pytest.mark.parametrize("question", ["Why this grade?", "What grade is it?", "为什么是这个分级？"])
def test_where_grade_and_lesions_differ_both_are_told(question):
    language = "zh" if "？" in question else "en"
    severe = answer_from_findings(question, (SEVERE,), language)
    unseen = answer_from_findings(question, (UNSEEN,), language)
    for answer, phrases in ((severe, ("2", "3", "ICDR")), (unseen, ("ICDR", "3"))):
        assert all(phrase in answer for phrase in phrases)
        assert ("disagree" if language == "en" else "不一致") in answer


def test_how_the_side_is_known_is_told_where_it_came_from_the_photo():
    told = answer_from_findings("Which eye is this?", SITUATIONS["two measured"], "en")
    assert "told from where the optic disc lies" in told
    against = answer_from_findings("Which eye is this?", (SEVERE,), "en")
    assert "does not fit" in against


def test_a_rim_out_of_order_is_said_to_be_so():
    rim = dataclasses.replace(measured().anatomy, rim=Rim(0.1, 0.2, 0.3, 0.05))
    answer = answer_from_findings("Is the rim normal?", (measured(anatomy=rim),), "en")
    assert "not the usual order" in answer and "healthy eyes differ" in answer


def test_without_a_photo_a_photo_is_asked_for():
    assert answer_from_findings("How many haemorrhages?", (), "en").startswith("There is no photo")
    assert answer_from_findings("有多少处出血？", (), "zh").startswith("还没有照片")


@pytest.mark.parametrize(
    ("grade", "advice"),
    [
        (0, "in 12 months"),
        (1, "in 6 to 12 months"),
        (2, "within 3 to 6 months"),
        (3, "prompt referral"),
        (4, "urgent referral"),
    ],
)
def test_the_next_step_follows_the_grade(grade, advice):
    answer = answer_from_findings("What should I do next?", (findings(grade=grade),), "en")
    assert advice in answer


def test_a_suspected_disease_is_not_sent_home_for_a_year():
    one = findings(grade=0, diseases=diseases(G=0.9, D=0.1))
    answer = answer_from_findings("What should I do next?", (one,), "en")
    assert "12 months" not in answer
    assert "glaucoma" in answer


def test_answers_on_several_photos_name_each_photo():
    answer = answer_from_findings("Are there haemorrhages?", (findings(), healthy()), "en", (2, 5))
    assert answer == (
        "Photo 2: The measurement found 5 haemorrhages. "
        "Photo 5: The measurement found no haemorrhages."
    )


def test_no_dose_is_ever_given():
    answer = answer_from_findings("Which drops should I use, and how many?", (findings(),), "en")
    assert answer.startswith("I do not give doses")


def test_lesions_beyond_the_grade_shorten_the_interval() -> None:
    doubted = findings(grade=1, notes=("note.grade_against_lesions",))
    said = answer_from_findings("What should be done next?", (doubted,), "en")
    assert "disagree" in said and "3 to 6 months" in said
    assert "not referable" not in answer_from_findings("Is it referable?", (doubted,), "en")
