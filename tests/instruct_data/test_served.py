"""Dialogues as serving holds them: python -m pytest tests/instruct_data/test_served.py"""

import random

import pytest

from assistant.impression.cases import MODALITIES
from assistant.impression.check import check
from assistant.impression.reader import read_report
from assistant.intents import RULED
from instruct_data import served
from instruct_data.check import problems
from instruct_data.observe import load
from instruct_data.schema import Record
from vision.catalogue import LANGUAGES, say


@pytest.fixture(scope="module")
def talks() -> list[Record]:
    return list(served.dialogues("val", 40, seed=3))


def test_every_claim_of_every_answer_is_carried(talks: list[Record]) -> None:
    findings = {o.findings.image.id: o.findings for o in load()}
    assert len(talks) == 40
    for record in talks:
        assert problems(record, findings) == []


def test_the_same_seed_draws_the_same_dialogues(talks: list[Record]) -> None:
    assert list(served.dialogues("val", 5, seed=3)) == talks[:5]
    assert list(served.dialogues("val", 5, seed=4)) != talks[:5]


def test_no_wording_of_training_is_in_validation() -> None:
    for language in LANGUAGES:
        seen = {t for texts in served.wordings("train", language).values() for t in texts}
        held_out = {t for texts in served.wordings("val", language).values() for t in texts}
        assert len(seen & held_out) < 0.01 * len(held_out)  # forms with other slots may meet


def test_emergencies_and_refusals_get_the_rule_and_nothing_else(talks: list[Record]) -> None:
    told = 0
    for record in talks:
        for asked, answer in zip(record.messages[::2], record.messages[1::2], strict=True):
            if asked.intent in RULED:
                assert answer.content == say(RULED[asked.intent], record.language)
                told += 1
            if asked.intent.startswith("red_flag."):
                key = asked.intent.replace("red_flag", "urgent")
                assert answer.content == say(key, record.language)
                told += 1
    assert told > 5


def test_a_question_in_words_no_rule_knows_gets_what_it_wants() -> None:
    shown = next(o for o in load() if o.findings.lesions and o.findings.lesions["HE"].count > 1)
    talk = served.Talk((shown.findings,), "en")
    count = (shown.findings.lesions or {})["HE"].count
    assert talk.say("count_lesion", "Bleeds: tally?")
    assert f"{count} haemorrhages" in talk.said[1].content
    assert talk.say("then_near", "and the closest of the lot?")
    assert "haemorrhages" in talk.said[3].content
    assert "fovea" in talk.said[3].content


def test_a_follow_up_that_goes_on_about_nothing_is_not_asked() -> None:
    shown = next(o for o in load() if o.findings.lesions)
    talk = served.Talk((shown.findings,), "en")
    assert not talk.say("then_where", "and where?")
    assert talk.said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_impressions_carry_what_their_reports_support(language: str) -> None:
    made = [r for r in served.impressions("train", 30, seed=1) if r.language == language]
    assert {r.messages[0].intent.removeprefix("report_") for r in made} == set(MODALITIES)
    for record in made:
        asked, told = record.messages
        modality = next(m for m in MODALITIES if asked.intent.endswith(m))
        report = asked.content.partition("\n")[2]
        held = check(told.content, read_report(report, modality).case, report, record.language)
        assert held.passed, (asked.content, told.content)


def test_dialogues_without_a_photo_say_that_there_is_none() -> None:
    record = served.dialogue([], 0, "train", random.Random(1))
    assert record.kind == "plain"
    assert record.images == ()
    assert all(message.about == () for message in record.messages)
