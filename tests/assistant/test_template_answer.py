"""Run: python -m pytest tests/assistant/test_template_answer.py"""

import pytest

from assistant.ground import check_sentence, split_sentences
from assistant.template_answer import answer_from_findings
from tests.assistant.factory import diseases, findings, healthy, ungradable
from vision.catalogue import LANGUAGES

SITUATIONS = {
    "typical": (findings(),),
    "healthy": (healthy(),),
    "ungradable": (ungradable(),),
    "proliferative": (findings(grade=4, diseases=diseases(G=0.7, A=0.49)),),
    "no segmenter": (findings(lesions=None),),
    "no classifier": (findings(grade=None, diseases=None),),
    "both": (findings(), healthy()),
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
@pytest.mark.parametrize("situation", ["typical", "healthy", "none"])
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
         "The measurement found 23 candidate microaneurysms (66% of such candidates proved real "
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
