"""The whole way over fake models: python -m pytest tests/assistant/test_pipeline.py"""

import io
import threading
from dataclasses import replace

import pytest
from PIL import Image

from assistant.analysis import Analysis, Reader, Step
from assistant.findings import GRADE_TOO_LOW
from assistant.pipeline import AnswerEvent, Pipeline
from assistant.session import Session
from segmentation.types import RetinaMap
from tests.drawing import draw_fundus
from tests.fakes import ConstantClassifier, SquareSegmenter, scripted_pipeline
from vision.catalogue import Language, say
from vision.errors import InputError
from vision.fov import FieldOfView
from vision.types import Diagnosis, FundusImage


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


def test_steps_come_in_order_and_the_findings_last() -> None:
    pipeline, _ = scripted_pipeline()
    items = list(pipeline.analyze(png()))
    done = [i.name for i in items if isinstance(i, Step) and i.status == "done"]
    assert done == ["intake", "quality", "diseases", "lesions"]
    assert isinstance(items[-1], Analysis)


def test_a_true_sentence_passes_and_the_session_keeps_it() -> None:
    pipeline, _ = scripted_pipeline("Diabetic retinopathy is suspected in this photo.")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What do you see?")
    assert event.text == "Diabetic retinopathy is suspected in this photo."
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


def test_when_the_segmenter_dies_the_diagnosis_still_stands_with_a_note() -> None:
    class Broken(SquareSegmenter):
        def segment(self, image: FundusImage, fov: FieldOfView):  # type: ignore[no-untyped-def]
            raise RuntimeError("boom")

    reader = Reader(ConstantClassifier(), Broken())
    found = list(reader.read(png()))[-1]
    assert isinstance(found, Analysis)
    assert found.findings.lesions is None and found.findings.dr.grade == 2
    assert "note.segmentation_failed" in found.findings.notes


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


def test_a_question_of_definition_is_left_to_the_model() -> None:
    pipeline, engine = scripted_pipeline("Glaucoma is a disease of the optic nerve.")
    session = Session()
    session.add(analysis(pipeline))
    event = answer(pipeline, session, "What is glaucoma?")
    assert event.text == "Glaucoma is a disease of the optic nerve."
    assert "Facts" not in engine.heard()


@pytest.mark.parametrize(("haemorrhages", "noted"), [(0, False), (1, False), (2, True)])
def test_a_grade_below_what_the_lesions_say_is_noted(haemorrhages: int, noted: bool) -> None:
    class Mild(ConstantClassifier):
        def diagnose(self, image: FundusImage, fov: FieldOfView) -> Diagnosis:
            return replace(super().diagnose(image, fov), dr_probabilities=(0.2, 0.6, 0.2, 0, 0))

    class Spots(SquareSegmenter):
        def segment(self, image: FundusImage, fov: FieldOfView) -> RetinaMap:
            found = super().segment(image, fov)
            mask = found.lesions["HE"]
            mask[:] = False
            for i in range(haemorrhages):
                mask[200:212, 200 + 30 * i : 212 + 30 * i] = True
            return found

    found = list(Reader(Mild(), Spots()).read(png()))[-1]
    assert isinstance(found, Analysis)
    assert (GRADE_TOO_LOW in found.findings.notes) == noted


def test_stop_keeps_what_was_said_and_writes_no_more() -> None:
    pipeline, _ = scripted_pipeline("Glaucoma is a disease of the optic nerve. " * 20)
    session, stop = Session(), threading.Event()
    events = []
    for event in pipeline.ask(session, "What is glaucoma?", "en", stop):
        events.append(event)
        if len(event.text) > 40:
            stop.set()
    assert events[-1].done and len(events[-1].text) < 120
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


def test_the_engine_gets_as_many_visual_places_as_rows() -> None:
    pipeline, heard = scripted_pipeline("Fine.")
    session = Session()
    session.add(analysis(pipeline))
    answer(pipeline, session, "What do you see?")
    prompt = heard.prompts[-1]
    assert sum(i < 0 for i in prompt.ids) == len(prompt.visual_keys) == prompt.visual.shape[0]
