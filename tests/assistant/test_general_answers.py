"""General questions over fake models: python -m pytest tests/assistant/test_general_answers.py"""

import threading

import pytest

from assistant.ground_passages import first_sentence
from assistant.knowledge import passage
from assistant.pipeline import AnswerEvent
from assistant.session import Session
from tests.assistant.test_pipeline import analysis, answer
from tests.fakes import ScriptedEngine, scripted_pipeline
from vision.catalogue import Language, say

CURED = "Can glaucoma be cured?"


def best(question: str, language: Language = "en", place: int = 0) -> str:
    """The first sentence of one of the passages that a first question is given."""
    pipeline, _ = scripted_pipeline()
    pipeline.speaker = None
    session = Session()
    answer(pipeline, session, question, language)
    return first_sentence(passage(session.messages[0].passages[place]).text[language])


def asked(
    question: str, *said: str | Exception, language: Language = "en", photo: bool = False
) -> tuple[AnswerEvent, Session, ScriptedEngine]:
    """The last event of a first question that the model answers so."""
    pipeline, engine = scripted_pipeline(*said)
    session = Session()
    if photo:
        session.add(analysis(pipeline))
    return answer(pipeline, session, question, language), session, engine


@pytest.mark.parametrize(("question", "language"), [(CURED, "en"), ("青光眼会遗传吗", "zh")])
def test_a_general_question_is_given_three_passages_and_no_facts(
    question: str, language: Language
) -> None:
    _, session, engine = asked(question, "Well.", language=language, photo=True)
    given = session.messages[0].passages
    assert len(given) == 3 and not session.messages[0].facts
    told = "\n".join(f"[{i}] {passage(p).text[language]}" for i, p in enumerate(given, 1))
    assert say("prompt.passages", language, passages=told, question=question) in engine.heard()


def test_a_question_about_the_photo_is_given_facts_and_no_passages() -> None:
    event, session, engine = asked("Are there haemorrhages?", "Fine.", photo=True)
    assert session.messages[0].facts and not session.messages[0].passages
    assert event.about == (1,) and event.sources == () and "Facts" in engine.heard()


def test_what_a_passage_says_stands_and_the_passage_is_named() -> None:
    event, session, _ = asked(CURED, best(CURED), photo=True)
    assert event.text == best(CURED) and event.notice is None
    assert event.sources == session.messages[0].passages[:1]
    assert event.about == () and (event.repaired, event.withheld) == (0, 0)


def test_sources_come_in_the_order_of_the_answer() -> None:
    event, session, _ = asked(CURED, f"{best(CURED, place=1)} {best(CURED)}")
    assert event.sources == session.messages[0].passages[1::-1]


def test_a_sentence_that_no_passage_carries_is_replaced_once_and_then_dropped() -> None:
    event, session, _ = asked(CURED, "Carrots cure it in 3 days. So does tea. Trust me on it.")
    text = passage(session.messages[0].passages[0]).text["en"]
    assert text.startswith(event.text) and event.text
    assert (event.repaired, event.withheld) == (1, 2)
    assert event.sources == session.messages[0].passages[:1]


def test_what_stands_is_kept_beside_what_falls() -> None:
    event, _, _ = asked(CURED, f"{best(CURED)} Green tea helps too.")
    assert event.text.startswith(best(CURED)) and "tea" not in event.text
    assert event.repaired + event.withheld == 1


@pytest.mark.parametrize(
    ("question", "bare", "language"), [(CURED, "No.", "en"), ("青光眼会遗传吗", "会。", "zh")]
)
def test_a_bare_yes_or_no_is_replaced_by_what_the_passage_says(
    question: str, bare: str, language: Language
) -> None:
    event, session, _ = asked(question, bare, language=language)
    assert event.text in passage(session.messages[0].passages[0]).text[language]
    assert len(event.text) > len(bare) and event.repaired == 1


@pytest.mark.parametrize(
    ("question", "silent", "language"),
    [
        (CURED, "The passages I have do not say that.", "en"),
        ("青光眼会遗传吗", "我手头的资料没有提到这一点。", "zh"),
    ],
)
def test_that_the_passages_do_not_say_may_be_said(
    question: str, silent: str, language: Language
) -> None:
    event, _, _ = asked(question, silent, language=language)
    assert event.text == silent and event.sources == () and event.notice is None


def test_after_silence_no_passage_follows_by_repair() -> None:
    event, _, _ = asked(CURED, "The passages I have do not say that. But carrots help.")
    assert event.text == "The passages I have do not say that." and event.withheld == 1


def test_a_dose_is_withheld_whatever_the_question() -> None:
    event, _, _ = asked(CURED, f"{best(CURED)} Take 2 drops three times a day.")
    assert "2 drops" not in event.text and say("check.dose", "en") in event.text
    assert event.withheld == 1


def test_an_answer_of_which_nothing_stands_is_the_best_passage_and_says_so() -> None:
    event, session, _ = asked(CURED, "Take 2 drops three times a day.")
    assert event.text == passage(session.messages[0].passages[0]).text["en"]
    assert event.notice == "answer.passage" and len(event.sources) == 1


def test_a_general_answer_claims_nothing_of_the_photo() -> None:
    event, _, _ = asked(CURED, "Your photo shows 57 hard exudates.", photo=True)
    assert "57" not in event.text and event.repaired == 1


def test_without_a_language_model_the_best_passage_answers_with_the_usual_notice() -> None:
    pipeline, _ = scripted_pipeline()
    pipeline.speaker = None
    session = Session()
    event = answer(pipeline, session, CURED)
    assert event.text == passage(event.sources[0]).text["en"] and event.notice == "answer.no_llm"
    assert event.sources == session.messages[0].passages[:1]


def test_when_the_language_model_dies_the_best_passage_answers() -> None:
    event, _, _ = asked(CURED, RuntimeError("out of memory"))
    assert event.text == passage(event.sources[0]).text["en"]
    assert event.notice == "answer.degraded_llm"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_where_nothing_is_known_that_is_said_and_nothing_else(language: Language) -> None:
    event, session, engine = asked("What is a zxqv blorp?", language=language)
    assert event.text == say("answer.no_passage", language) and event.done
    assert event.sources == () and not session.messages[0].passages and not engine.prompts


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("What dose of latanoprost do I take for glaucoma?", "refuse.dose"),
        ("I suddenly lost vision in my right eye, what causes it?", "urgent.vision_loss"),
    ],
)
def test_refusals_and_emergencies_come_before_any_passage(question: str, key: str) -> None:
    event, session, engine = asked(question)
    assert event.text == say(key, "en") and event.sources == ()
    assert not session.messages[0].passages and not engine.prompts


def entries_of(session: Session) -> set[str]:
    return {one.split(".")[0] for one in session.messages[-2].passages}


@pytest.mark.parametrize(
    ("first", "then", "language"),
    [
        ("What is glaucoma?", "and how is that treated?", "en"),
        ("What is glaucoma?", "那怎么治疗", "zh"),  # the language changes in mid-conversation
        ("什么是青光眼？", "And is it hereditary?", "en"),
    ],
)
def test_a_follow_up_is_looked_up_with_the_subject_of_the_question_before(
    first: str, then: str, language: Language
) -> None:
    pipeline, engine = scripted_pipeline("Well.", "Well.")
    session = Session()
    session.add(analysis(pipeline))
    answer(pipeline, session, first)
    event = answer(pipeline, session, then, language)
    assert "glaucoma" in entries_of(session)
    assert event.text in passage(session.messages[-2].passages[0]).text[language]
    assert passage(session.messages[-2].passages[0]).text[language] in engine.heard()


def test_the_subject_lasts_over_several_follow_ups() -> None:
    pipeline, _ = scripted_pipeline(*["Well."] * 3)
    session = Session()
    for question in ("What is keratoconus?", "how is it treated?", "is it hereditary?"):
        answer(pipeline, session, question)
    assert "keratoconus" in entries_of(session)


def test_asking_for_more_gives_what_was_not_given_before() -> None:
    pipeline, _ = scripted_pipeline("Well.", "Well.")
    session = Session()
    answer(pipeline, session, "What is keratoconus?")
    answer(pipeline, session, "Tell me more.")
    before, after = (set(m.passages) for m in session.messages if m.role == "user")
    assert "keratoconus" in entries_of(session) and not before & after


def test_a_why_after_a_photo_answer_stays_with_the_photo() -> None:
    pipeline, _ = scripted_pipeline("Well.", "Well.", "Well.")
    session = Session()
    session.add(analysis(pipeline))
    answer(pipeline, session, "What is glaucoma?")
    answer(pipeline, session, "What grade is this photo?")
    event = answer(pipeline, session, "why?")
    assert event.about == (1,) and session.messages[-2].facts and not event.sources


def test_later_prompts_repeat_the_passages_of_earlier_questions() -> None:
    pipeline, engine = scripted_pipeline("Well.", "Well.")
    session = Session()
    session.add(analysis(pipeline))
    answer(pipeline, session, CURED)
    answer(pipeline, session, "What grade is this photo?")
    first = session.messages[0]
    told = "\n".join(f"[{i}] {passage(p).text['en']}" for i, p in enumerate(first.passages, 1))
    assert say("prompt.passages", "en", passages=told, question=CURED) in engine.heard()


def test_a_long_question_is_answered_whole() -> None:
    question = "My grandmother has been told many things. " * 80 + CURED
    event, session, _ = asked(question, "Well.")
    assert session.messages[0].text == question and session.messages[0].passages
    assert event.text and event.sources


def test_stop_keeps_what_stands_and_gives_no_passage_instead() -> None:
    pipeline, _ = scripted_pipeline(f"{best(CURED)} " + "Green tea helps. " * 20)
    session, stop = Session(), threading.Event()
    events = []
    for event in pipeline.ask(session, CURED, "en", stop):
        events.append(event)
        if event.text:
            stop.set()
    assert best(CURED).startswith(events[-1].text) and events[-1].notice is None
    assert session.messages[-1].text == events[-1].text


def test_a_sentence_cut_off_by_the_limit_is_completed_from_the_passage() -> None:
    whole = best(CURED)
    event, _, _ = asked(CURED, whole[: len(whole) - 12])
    assert event.text == whole and event.repaired == 0


def test_what_answers_best_is_said_first_where_the_words_draw_on_another_passage() -> None:
    event, session, _ = asked(CURED, best(CURED, place=1))
    assert event.text == f"{best(CURED)} {best(CURED, place=1)}" and event.added == 1
    assert event.sources == session.messages[0].passages[:2]
