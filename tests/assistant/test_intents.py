"""The learned reading of questions: python -m pytest tests/assistant/test_intents.py"""

import json
from pathlib import Path

import numpy as np
import pytest

from assistant import safety
from assistant.intents import BUCKETS, CUES, Intents, Wanted, buckets, cue_buckets, cues, grams
from assistant.routing import is_foreign
from tests.assistant import safety_cases, safety_cases_zh

QUESTIONS = Path(__file__).parents[2] / "assistant" / "proof" / "questions_dev.jsonl"
LIMITS = {"red_flag": 0.2, "rule": 0.5, "general_rule": 0.9}


def blind(*intents: str) -> list[str]:
    """Questions of people that the classifier was not fitted on."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    return [line["text"] for line in lines if line["intent"] in intents]


def alarm(question: str) -> bool:
    """Whether rules and classifier together say "go now", as the pipeline asks them."""
    wanted = Intents.load().wanted(question)
    return bool((None if wanted.is_calm else safety.red_flag(question)) or wanted.red_flag)


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("how many little bleeds did you count", "count_lesion"),
        ("这只眼是左眼还是右眼呀", "which_eye"),
        ("What made you settle on that grade?", "why_grade"),
        ("糖尿病视网膜病变怎么治疗比较好", "know"),
        ("what dose of the tablets should I be on", "ask_dose"),
        ("帮我订一张去上海的机票", "off_topic"),
        ("Does this person smoke, by the look of it?", "ask_other"),
        ("治这个大概得花多少钱", "ask_other"),
    ],
)
def test_an_intent_is_read_in_words_of_its_own(question: str, intent: str) -> None:
    shares = Intents.load().wanted(question).shares
    assert max(shares, key=shares.__getitem__) == intent


def test_shares_are_probabilities() -> None:
    shares = Intents.load().wanted("有出血吗").shares
    assert abs(sum(shares.values()) - 1) < 1e-5 and min(shares.values()) >= 0


def test_emergencies_that_the_rules_miss_are_mostly_found() -> None:
    missed = [q for q in blind("red_flag") if safety.red_flag(q) is None]
    found = [q for q in missed if Intents.load().wanted(q).red_flag]
    assert len(missed) >= 5 and len(found) >= 0.6 * len(missed)


def test_what_only_sounds_like_an_emergency_seldom_raises_an_alarm() -> None:
    alarms = [question for question in blind("no_flag") if alarm(question)]
    assert len(alarms) <= 0.05 * len(blind("no_flag"))


def test_every_emergency_of_the_development_questions_is_found() -> None:
    assert not [question for question in blind("red_flag") if not alarm(question)]


@pytest.mark.parametrize("cases", [safety_cases.EMERGENCIES_EN, safety_cases_zh.EMERGENCIES_ZH])
def test_an_emergency_that_the_rules_know_is_never_taken_for_calm(cases: dict[str, str]) -> None:
    told = [line for lines in cases.values() for line in lines.strip().splitlines()]
    assert not [line for line in told if Intents.load().wanted(line).is_calm]


@pytest.mark.parametrize(
    "question",
    [
        "A droopy lid from birth, both my brothers have it too. Does it affect the photo?",
        "七岁那年石灰进过眼，后来啥事没有",
    ],
)
def test_a_memory_of_an_emergency_is_calm(question: str) -> None:
    assert safety.red_flag(question) and not alarm(question)


def test_what_is_told_as_new_is_never_calm() -> None:
    assert Wanted({"know": 1.0}, 0.02, False, LIMITS, now=False).is_calm
    assert not Wanted({"know": 1.0}, 0.05, False, LIMITS, now=True).is_calm
    assert not Wanted({"know": 1.0}, 0.2, False, LIMITS, now=False).is_calm


def test_questions_on_photos_are_hardly_ever_taken_for_an_emergency_or_refused() -> None:
    asked = blind("grade", "has_lesion", "count_lesion", "what_seen", "quality", "next_step")
    wanted = [Intents.load().wanted(question) for question in asked]
    assert sum(bool(one.red_flag or one.rule()) for one in wanted) <= 1


def test_the_likeliest_emergency_is_the_one_that_is_told() -> None:
    shares = {"red_flag.pain": 0.1, "red_flag.chemical": 0.15, "know": 0.75}
    assert Wanted(shares, 0.3, False, LIMITS).red_flag == "urgent.chemical"
    assert Wanted(shares, 0.1, False, LIMITS).red_flag is None


def test_who_speaks_of_a_photo_must_be_in_clear_need() -> None:
    shares = {"red_flag.pain": 0.2, "know": 0.8}
    assert Wanted(shares, 0.4, True, LIMITS).red_flag is None
    assert Wanted(shares, 0.6, True, LIMITS).red_flag == "urgent.pain"


def test_a_clear_question_on_the_photo_raises_no_alarm() -> None:
    shares = {"red_flag.pain": 0.2, "grade": 0.8}
    assert Wanted(shares, 0.7, False, LIMITS).red_flag is None
    assert Wanted(shares, 0.9, False, LIMITS).red_flag == "urgent.pain"


def test_a_first_question_follows_nothing_and_one_photo_is_compared_with_nothing() -> None:
    shares = {"then_where": 0.5, "pair_which": 0.3, "grade": 0.2}
    first = Wanted(shares, 0.0, False, LIMITS).placed("where", photos=1, follows=False).shares
    later = Wanted(shares, 0.0, False, LIMITS).placed("where", photos=2, follows=True).shares
    assert max(first, key=first.__getitem__) == "grade"
    assert max(later, key=later.__getitem__) == "then_where" and later["then_where"] > 0.5
    assert abs(sum(first.values()) - 1) < 1e-9 and abs(sum(later.values()) - 1) < 1e-9


def test_a_long_question_is_no_likelier_to_follow_than_it_reads() -> None:
    shares = {"then_where": 0.5, "grade": 0.5}
    long = "and where did you say that they were lying in this retina of mine"
    assert Wanted(shares, 0.0, False, LIMITS).placed(long, photos=1, follows=True).shares == shares


def test_a_rule_answers_only_where_its_intent_is_sure() -> None:
    assert Wanted({"ask_age": 0.6, "grade": 0.4}, 0.0, False, LIMITS).rule() == "refuse.age"
    assert Wanted({"ask_age": 0.4, "grade": 0.3}, 0.0, False, LIMITS).rule() is None
    assert Wanted({"grade": 0.9, "ask_age": 0.1}, 0.0, False, LIMITS).rule() is None


def test_what_has_an_answer_is_not_refused_where_that_is_likelier() -> None:
    wanted = Wanted({"ask_age": 0.3, "ask_sex": 0.21, "normal": 0.49}, 0.0, False, LIMITS)
    assert wanted.rule() == "refuse.age"
    likelier = Wanted({"ask_age": 0.3, "ask_sex": 0.2, "normal": 0.5}, 0.0, False, LIMITS)
    assert likelier.rule() == "refuse.age"  # as likely
    assert Wanted({"ask_age": 0.45, "normal": 0.55}, 0.0, False, {"rule": 0.4}).rule() is None


def test_intents_that_no_photo_answers_count_together_and_the_likeliest_is_told() -> None:
    wanted = Wanted({"ask_age": 0.3, "ask_sex": 0.25, "grade": 0.4}, 0.0, False, LIMITS)
    assert wanted.rule() == "refuse.age"


def test_what_sounds_general_is_refused_only_where_that_is_surer() -> None:
    wanted = Wanted({"ask_pressure": 0.7, "know": 0.3}, 0.0, False, LIMITS)
    assert wanted.rule() == "refuse.pressure" and wanted.rule(general=True) is None


def test_a_lesion_s_name_reads_as_any_lesion() -> None:
    assert grams("how many microaneurysms?") == grams("how many hard exudates?")
    assert grams("青光眼严重吗") == grams("白内障严重吗")


def test_a_question_is_a_sparse_unit_vector() -> None:
    places, values = buckets("Where are the exudates? 在哪里")
    assert len(set(places.tolist())) == len(places) and int(places.max()) < BUCKETS
    assert abs(float(np.linalg.norm(values)) - 1) < 1e-5


def test_cues_stand_by_themselves_two_by_two_and_beside_the_rules() -> None:
    found = cues("A curtain came down over my sight years ago")
    assert {"PAST", "SELF", "PAST+SELF"} <= {*found}
    assert "urgent.chemical" in cues("bleach in my eye") and "none" in cues("Which eye is it?")
    places, values = cue_buckets("What if I see a curtain one day?")
    assert int(places.max()) < CUES and abs(float(np.linalg.norm(values)) - 1) < 1e-5


def test_an_empty_text_is_read_too() -> None:
    assert Intents.load().wanted("?!").shares


@pytest.mark.parametrize(
    "question", ["帮我算一下这个月的房租水电", "which film should we watch tonight"]
)
def test_less_is_needed_to_refuse_what_names_nothing_of_eyes(question: str) -> None:
    wanted = Intents.load().wanted(question)
    assert is_foreign(question) and wanted.rule(foreign=True) == "refuse.off_topic"


@pytest.mark.parametrize(
    "question", ["哪只眼更重", "and the bleeds, where", "is this picture sharp?"]
)
def test_what_names_eyes_or_photos_is_not_foreign(question: str) -> None:
    assert not is_foreign(question)
