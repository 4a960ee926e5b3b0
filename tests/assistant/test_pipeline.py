"""The whole way over fake models: python -m pytest tests/assistant/test_pipeline.py"""

import io
import threading

import pytest
from PIL import Image

from assistant.analysis import Analysis
from assistant.pipeline import AnswerEvent, Pipeline
from assistant.session import Session
from tests.drawing import draw_fundus
from tests.fakes import SCAN, FakeClassifier, scripted_pipeline, tiny_projector
from vision.catalogue import Language, say
from vision.errors import InputError


def png(seed: int = 0) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(draw_fundus(seed=seed)).save(stream, "PNG")
    return stream.getvalue()


def analysis(pipeline: Pipeline, seed: int = 0) -> Analysis:
    last = list(pipeline.analyze(png(seed)))[-1]
    assert isinstance(last, Analysis)
    return last


def answer(
    pipeline: Pipeline, session: Session, question: str, language: Language = "en"
) -> AnswerEvent:
    return list(pipeline.ask(session, question, language, threading.Event()))[-1]


def test_a_true_sentence_passes_and_the_session_keeps_it() -> None:
    pipeline, _ = scripted_pipeline("Diabetic retinopathy is suspected in this photo.")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What do you see?")
    assert event.text.startswith("Diabetic retinopathy is suspected in this photo. ")
    assert not event.repaired and not event.withheld
    assert [m.role for m in session.messages] == ["user", "assistant"]
    assert event.about == (1,)


def test_a_claim_that_the_findings_do_not_carry_never_becomes_final() -> None:
    pipeline, _ = scripted_pipeline("The photo shows 57 hard exudates and a macular hole.")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What do you see?")
    assert "57" not in event.text and "no hard exudates" in event.text
    assert "does not look for a macular hole" in event.text
    assert event.repaired + event.withheld > 0


def test_the_prompt_carries_the_findings_of_the_photo_asked_about_and_of_no_other() -> None:
    pipeline, engine = scripted_pipeline("Fine.", "Fine.")
    session = Session()
    first, second = analysis(pipeline, 0), analysis(pipeline, 1)
    session.add(first)
    session.add(second)
    session.set_eye(1, "OS")
    answer(pipeline, session, "What about photo 1?")
    assert say("prompt.photo", "en", number=1) in engine.heard()
    assert say("prompt.photo", "en", number=2) not in engine.heard()


def test_a_second_photo_does_not_reuse_the_first_findings() -> None:
    pipeline, _ = scripted_pipeline()
    session = Session()
    session.add(analysis(pipeline, 0))
    session.add(analysis(pipeline, 1))
    assert session.analyses[0].findings.image.id != session.analyses[1].findings.image.id
    assert session.active == 1


def test_when_the_language_model_dies_the_findings_still_answer_and_say_so() -> None:
    pipeline, _ = scripted_pipeline(RuntimeError("out of memory"))
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "Is there a haemorrhage?")
    assert event.notice == "answer.degraded_llm" and event.text


@pytest.mark.parametrize(
    ("question", "language", "bare"),
    [("Is there a cotton wool spot?", "en", "Yes."), ("有棉绒斑吗？", "zh", "是")],
)
def test_a_bare_yes_is_replaced_by_what_the_findings_say(
    question: str, language: Language, bare: str
) -> None:
    pipeline, _ = scripted_pipeline(bare)
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, question, language)
    assert event.repaired == 1 and event.text != bare and len(event.text) > len(bare)


def test_words_that_say_nothing_of_the_photo_give_way_to_its_findings() -> None:
    pipeline, _ = scripted_pipeline("The patient should look.")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "Is there diabetic retinopathy?")
    assert event.notice == "answer.template" and "iabetic retinopathy" in event.text


def test_the_question_said_again_is_no_answer() -> None:
    pipeline, _ = scripted_pipeline("有糖尿病视网膜病变，有多严重？")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "有糖尿病视网膜病变吗？有糖尿病视网膜病变，有多严重？", "zh")
    assert "？" not in event.text and "2" in event.text


def test_a_note_that_nobody_asked_for_is_no_answer() -> None:
    note = say("note.eye_unknown", "en")
    pipeline, _ = scripted_pipeline(note)
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "Are there haemorrhages?")
    assert note not in event.text and "haemorrhage" in event.text


def test_stop_keeps_what_was_said_and_writes_no_more() -> None:
    pipeline, _ = scripted_pipeline("I am a research assistant. I look at eye photographs. " * 20)
    session, stop = Session(), threading.Event()
    events = []
    for event in pipeline.ask(session, "Hi, who are you?", "en", stop):
        events.append(event)
        if event.text:
            stop.set()
    assert events[-1].done and events[-1].text == "I am a research assistant."
    assert session.messages[-1].text == events[-1].text


@pytest.mark.parametrize(
    ("question", "key"), [("  ", "question.empty"), ("a" * 100_000, "question.too_long")]
)
def test_an_unusable_question_gets_a_sentence_and_changes_nothing(question: str, key: str) -> None:
    pipeline, _ = scripted_pipeline()
    session = Session()
    with pytest.raises(InputError) as caught:
        answer(pipeline, session, question)
    assert caught.value.key == key and session.messages == []
    assert caught.value.text("zh") != caught.value.text("en")


def test_a_red_flag_gets_see_a_doctor_now_and_nothing_else() -> None:
    pipeline, _ = scripted_pipeline("Floaters are common.")
    event = answer(pipeline, Session(), "I suddenly lost vision in my right eye, what is it?")
    assert "now" in event.text.split(".")[0].lower() and "Floaters" not in event.text


def test_without_a_photo_a_claim_about_one_is_not_made() -> None:
    pipeline, _ = scripted_pipeline("Your photo shows many haemorrhages.")
    event = answer(pipeline, Session(), "What do you see in my photo?")
    assert "haemorrhages" not in event.text


def test_the_same_photo_twice_is_one_photo() -> None:
    pipeline, _ = scripted_pipeline()
    session = Session()
    assert session.add(analysis(pipeline)) == session.add(analysis(pipeline)) == 1


def test_undo_takes_back_the_question_and_its_answer() -> None:
    pipeline, _ = scripted_pipeline("Hello.")
    session = Session()
    answer(pipeline, session, "Hi, who are you?")
    assert session.undo() == "Hi, who are you?" and session.messages == []


def test_the_engine_gets_a_place_for_each_token_of_the_grid_and_of_the_lesion_classes() -> None:
    pipeline, heard = scripted_pipeline("Fine.", projector=tiny_projector())
    session = Session()
    session.add(analysis(pipeline))
    answer(pipeline, session, "What do you see?")
    prompt = heard.prompts[-1]
    assert sum(i < 0 for i in prompt.ids) == len(prompt.visual_keys) == 4 + 4
    assert prompt.visual.shape == (8, heard.width)


def test_without_a_projector_the_prompt_has_no_visual_places() -> None:
    pipeline, heard = scripted_pipeline("Fine.")
    session = Session()
    session.add(analysis(pipeline))
    answer(pipeline, session, "What do you see?")
    assert all(i >= 0 for i in heard.prompts[-1].ids) and not heard.prompts[-1].visual_keys


def test_a_scan_is_talked_about_by_its_class_and_without_visual_tokens() -> None:
    pipeline, heard = scripted_pipeline(
        "The scan shows an epiretinal membrane.",
        classifier=FakeClassifier(SCAN),
        projector=tiny_projector(),
    )
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What does the scan show?")
    assert "most likely shows diabetic macular oedema" in event.text and event.repaired
    assert "OCT scan (B-scan)" in heard.heard() and not heard.prompts[-1].visual_keys


def test_a_sentence_in_another_language_is_left_out() -> None:
    pipeline, _ = scripted_pipeline(
        "怀疑糖尿病视网膜病变。 Diabetic retinopathy is suspected here."
    )
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What do you see?")
    assert event.text.startswith("Diabetic retinopathy is suspected here. The photo suggests ICDR")
    assert "怀疑" not in event.text and event.withheld == 1


def test_an_answer_wholly_in_another_language_gives_way_to_the_findings() -> None:
    pipeline, _ = scripted_pipeline("Diabetic retinopathy is suspected here.")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "看到什么？", "zh")
    assert "怀疑糖尿病视网膜病变" in event.text and event.notice == "answer.template"


def test_a_last_sentence_that_broke_off_at_the_limit_is_left_out() -> None:
    true = "Diabetic retinopathy is suspected in this photo. "
    pipeline, _ = scripted_pipeline(true + "A 1 haemorrhage was " + "very " * 200)
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What do you see?")
    assert event.text.startswith(true) and "very very" not in event.text


def test_a_report_may_take_more_tokens_than_an_answer() -> None:
    text = "Diabetic retinopathy is suspected. " + "This is a photo. " * 120
    spoken = []
    for question in ("What do you see?", "Please write the report."):
        pipeline, _ = scripted_pipeline(text)
        session = Session()
        session.add(analysis(pipeline))
        spoken.append(answer(pipeline, session, question).tokens)
    assert spoken[1] > 1.5 * spoken[0]


def test_the_facts_are_handed_to_the_engine_as_what_the_answer_may_repeat() -> None:
    pipeline, heard = scripted_pipeline("The measurement found 1 haemorrhage.")
    session = Session()
    session.add(analysis(pipeline))
    answer(pipeline, session, "Any haemorrhages?")
    assert heard.tokenizer.decode(list(heard.drafts[-1])) == "The measurement found 1 haemorrhage."


def test_a_standard_that_the_model_garbled_is_withheld() -> None:
    pipeline, _ = scripted_pipeline("按ICDR标准，3至6级为重度，超过6级为危急。")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "糖尿病视网膜病变几级？", "zh")
    assert "危急" not in event.text and event.withheld == 1 and "2级" in event.text


def test_a_sentence_about_the_side_that_says_nothing_true_is_withheld() -> None:
    odd = "The side was told where the optic disc lies, but it was not; please ask an eye doctor."
    pipeline, _ = scripted_pipeline(odd)
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "Which eye is it?")
    assert "it was not" not in event.text


def test_advice_in_the_systems_own_words_stands() -> None:
    stands = say("template.grade.not_certain", "en")
    pipeline, _ = scripted_pipeline(f"Diabetic retinopathy is suspected. {stands}")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What do you see?")
    assert stands in event.text and not event.withheld


def test_small_talk_stands_without_a_photo_but_no_medicine_of_the_models_own() -> None:
    pipeline, _ = scripted_pipeline("Hello, nice to meet you.", "Glaucoma goes away with rest.")
    session = Session()
    assert "nice to meet you" in answer(pipeline, session, "Hello!").text
    assert "goes away" not in answer(pipeline, session, "Anything in my picture?").text


def test_beside_what_no_photo_tells_the_rest_of_a_question_is_answered() -> None:
    for question in (
        "Which grade is it, and what is the eye pressure?",
        "What is the eye pressure, and which grade is it?",
    ):
        pipeline, _ = scripted_pipeline("The photo suggests grade 2.")
        session = Session()
        session.add(analysis(pipeline))
        text = answer(pipeline, session, question).text
        assert say("refuse.pressure", "en") in text and "grade 2" in text


def test_without_a_photo_the_answer_always_says_so() -> None:
    pipeline, _ = scripted_pipeline("Happy to help.", "There is no photo yet.")
    missing = say("template.no_image", "en")
    for _ in range(2):
        event = answer(pipeline, Session(), "What do you make of my picture?")
        assert event.text.count(missing) == 1


def test_advice_for_another_grade_is_withheld() -> None:
    pipeline, _ = scripted_pipeline("The usual advice is to rescreen in 12 months.")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What should the patient do next?")
    assert "12 months" not in event.text and "3 to 6 months" in event.text
