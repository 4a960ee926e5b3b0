"""Which question is asked about which photo: python -m pytest tests/assistant/proof"""

from collections import Counter

import pytest

from assistant.proof.expected import facts
from assistant.proof.questions import QUESTIONS, about, findings_of, plan, wordings
from assistant.proof.talks import Shown, Talk
from segmentation.types import Quadrants
from tests.assistant.factory import diseases, healthy, lesion, lesions, measured
from tests.assistant.proof.fakes import shown


def photos() -> list[Shown]:
    sick = [shown(measured(diseases=diseases(G=0.9)), n) for n in range(1, 7)]
    return [*sick, shown(healthy(), 7), shown(measured(eye="OS", grade=3), 8)]


def talks(which: str = "dev") -> tuple[list[Talk], dict[str, Shown]]:
    every = photos()
    pairs = [(every[6], every[0]), (every[1], every[7])]
    return plan(wordings(which), every, pairs, seed=0), {one.id: one for one in every}


@pytest.mark.parametrize("which", QUESTIONS)
def test_every_line_is_asked_in_a_talk_of_its_own_with_its_slots_filled(which: str) -> None:
    found, _ = talks(which)
    lines = [w for w in wordings(which) if not w.intent.endswith("_flag")]
    asked = Counter((t.asked.intent, t.asked.language) for t in found)
    assert {(w.intent, w.language) for w in lines} <= set(asked)
    assert len({t.name for t in found}) == len(found)
    assert not any("{" in ask.text for t in found for ask in t.asks)


def test_photos_are_asked_about_equally_often_in_both_languages() -> None:
    found, _ = talks()
    by_photo = Counter((t.photos[-1], t.asked.language) for t in found if len(t.photos) == 1)
    counts = by_photo.values()
    assert max(counts) <= 3 * min(counts)
    for (photo, language), count in by_photo.items():
        assert count == by_photo[photo, "zh" if language == "en" else "en"]


def test_yes_no_questions_come_as_one_that_is_there_and_one_that_is_not() -> None:
    found, known = talks()
    for talk in (t for t in found if t.asked.intent == "has_lesion"):
        there = (known[talk.photos[0]].findings.lesions or {})[talk.asked.slot("lesion")].present
        twin = [
            t for t in found
            if t.asked.intent == "has_lesion" and t.photos == talk.photos
            and (t.asked.form, t.asked.language) == (talk.asked.form, talk.asked.language)
        ]  # fmt: skip
        present = [
            (known[t.photos[0]].findings.lesions or {})[t.asked.slot("lesion")].present
            for t in twin
        ]
        assert sorted(present) == [False, True] and there in present


def test_false_premises_are_false_of_the_photo() -> None:
    found, known = talks()
    for talk in (t for t in found if t.asked.intent.startswith("false_")):
        one = known[talk.photos[0]].findings
        if talk.asked.intent == "false_lesion":
            assert not (one.lesions or {})[talk.asked.slot("lesion")].present
        elif talk.asked.intent == "false_grade":
            assert talk.asked.slot("grade") != str(one.dr.grade)
        else:
            assert talk.asked.slot("side") not in (one.image.eye, "unknown")


def test_a_follow_up_stands_after_the_question_that_names_its_subject() -> None:
    found, _ = talks()
    for talk in (t for t in found if t.asked.intent.startswith("follow_")):
        first, last = talk.asks
        assert first.intent in ("has_lesion", "grade")
        if last.intent in ("follow_where", "follow_count"):
            assert first.slot("lesion") == last.slot("lesion") != ""


def test_of_a_pair_each_question_is_about_the_photo_that_it_names() -> None:
    found, known = talks()
    by_intent = {t.asked.intent: t for t in found if len(t.photos) == 2}
    assert about(by_intent["pair_first"]) == (1,) and about(by_intent["pair_which"]) == (1, 2)
    other = by_intent["pair_other"]
    assert other.focus == 1 and findings_of(other, known) == (known[other.photos[1]].findings,)


def test_answerable_questions_have_facts_and_unanswerable_ones_have_none() -> None:
    found, known = talks()
    none = ("ask_", "off_topic", "no_photo", "what_if_grade")
    for talk in found:
        expected = facts(talk.asked, findings_of(talk, known))
        assert bool(expected) != talk.asked.intent.startswith(none), talk.name


def test_a_place_that_was_not_measured_is_not_asked_for() -> None:
    unknown = lesion(12, 24600, by_quadrant=Quadrants(1, 0, 7, 4))  # no distance to the fovea
    blank = [shown(measured(lesions=lesions(EX=unknown)), 1)]
    found = plan(wordings("dev"), blank, [], seed=0)
    assert not any(t.asked.intent in ("where_lesion", "near_fovea") for t in found)
