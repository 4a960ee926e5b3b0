"""Parts of the eye, thickness, limits: python -m pytest tests/assistant/test_eye_parts.py"""

import threading

import pytest

from assistant.analysis import Reader
from assistant.pipeline import Pipeline
from assistant.session import Session
from tests.assistant.factory import measured
from tests.assistant.test_across import session_of
from vision.catalogue import Language, detect_language, say


def ask(question: str) -> str:
    pipeline = Pipeline(Reader(None, None), None, {}, [])
    session = session_of(measured())
    language: Language = detect_language(question) or "en"
    *_, event = pipeline.ask(session, question, language, threading.Event())
    return event.text


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Describe the disc, vessels and macula.", ("cup-to-disc", "Vessels", "oedema")),
        ("What about disc and macula?", ("cup-to-disc", "oedema")),
        ("请描述视盘、血管、黄斑和周边。", ("视杯", "血管", "黄斑水肿", "远周边")),
        ("How does the periphery look?", ("far periphery",)),
    ],
)
def test_each_part_of_the_eye_that_is_named_gets_its_sentence(
    question: str, parts: tuple[str, ...]
) -> None:
    said = ask(question)
    assert [part for part in parts if part not in said] == []


@pytest.mark.parametrize(
    "question",
    ["What is the central macular thickness?", "How thick is the retina here?", "中心凹厚度多少"],
)
def test_a_fundus_photo_tells_no_thickness(question: str) -> None:
    language = detect_language(question) or "en"
    assert say("template.thickness", language) in ask(question)


@pytest.mark.parametrize(
    "question",
    ["What can't you see?", "Explain the limitations of this analysis", "你看不出什么？"],
)
def test_what_the_system_cannot_see_is_told(question: str) -> None:
    language = detect_language(question) or "en"
    assert say("template.limits", language) in ask(question)


@pytest.mark.parametrize("question", ["多少天内要去看医生", "几天内就诊", "几周之内必须去"])
def test_within_how_many_days_is_no_question_of_doses(question: str) -> None:
    said = ask(question)
    assert say("refuse.dose", "zh") not in said
    assert "建议" in said


def test_a_dose_within_days_is_still_a_dose() -> None:
    assert ask("几天内吃多少毫克") == say("refuse.dose", "zh")


@pytest.mark.parametrize("question", ["AMD then?", "And AMD?"])
def test_a_disease_after_then_is_asked_of_the_photo(question: str) -> None:
    assert "not suspected" in ask(question) or "suspected" in ask(question)


@pytest.mark.parametrize(
    "question",
    [
        "Any exudates near the macula or the disc?",
        "What is a normal macular thickness?",
        "Why is thickness measured?",
    ],
)
def test_other_questions_that_name_the_same_parts_stay_what_they_were(question: str) -> None:
    said = ask(question)
    assert say("template.thickness", "en") not in said
    assert say("template.periphery", "en") not in said


def test_what_a_disease_is_begins_with_its_definition() -> None:
    for question, begins in (
        ("What is glaucoma?", "Glaucoma is a group of diseases"),
        ("什么是白内障？", "白内障是眼内天然晶状体变混浊"),
        ("What is AMD?", "Age-related macular degeneration (AMD) is"),
    ):
        assert ask(question).startswith(begins)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "Structured description please: disc, vessels, macula, periphery.",
            ("ICDR grade", "cup-to-disc", "Vessels", "far periphery"),
        ),
        ("Run me through it from the disc to the periphery.", ("ICDR grade", "far periphery")),
        ("请逐一描述", ("ICDR", "视杯", "血管", "远周边")),
    ],
)
def test_a_tour_of_the_photo_begins_with_the_whole(question: str, told: tuple[str, ...]) -> None:
    said = ask(question)
    assert [one for one in told if one not in said] == []


def test_what_there_is_beside_the_parts_is_no_question_of_the_parts() -> None:
    assert "视杯" not in ask("除了血管和视盘，还多了些什么？")


@pytest.mark.parametrize(
    "question",
    ["Who's right, you or my doctor?", "My ophthalmologist disagrees.", "该听你的还是听医生的"],
)
def test_an_eye_doctor_is_to_be_believed_rather_than_the_system(question: str) -> None:
    assert say("template.doctor", detect_language(question) or "en") in ask(question)


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("Are you a medical device?", "notice.long"),
        ("Who should I believe, you or the doctor?", "template.doctor"),
        ("你看不出什么？", "template.limits"),
    ],
)
def test_what_is_said_of_the_system_itself_needs_no_photo(question: str, key: str) -> None:
    language: Language = detect_language(question) or "en"
    pipeline = Pipeline(Reader(None, None), None, {}, [])
    *_, event = pipeline.ask(Session(), question, language, threading.Event())
    assert event.text.startswith(say(key, language))


@pytest.mark.parametrize("question", ["这个准确度有多高？", "How accurate is this?"])
def test_how_far_to_rely_on_it_is_told_with_its_probability(question: str) -> None:
    assert "%" in ask(question)
