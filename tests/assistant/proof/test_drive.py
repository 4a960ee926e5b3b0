"""Talks through the systems over fakes: python -m pytest tests/assistant/proof"""

from assistant.proof.drive import drive
from assistant.proof.systems import Bare, Prompted, Shipped, System, TokensOnly
from assistant.proof.talks import Ask, Shown
from tests.assistant.factory import findings, healthy
from tests.assistant.proof.fakes import FakeVoice, shown, talk
from vision.catalogue import say

PHOTO = shown(findings(), 1)
OTHER = shown(healthy(), 2)


def known(*photos: Shown) -> dict[str, Shown]:
    return {photo.id: photo for photo in photos}


def test_the_checked_system_gets_the_words_of_the_raw_one_and_repairs_them() -> None:
    voice = FakeVoice(lambda heard: "There are 99 hard exudates.")
    systems: list[System] = [Prompted("raw", voice, sees=True), Shipped("shipped", voice)]
    asked = talk("count_lesion", "How many hard exudates?", PHOTO)
    answers = drive(systems, [asked], known(PHOTO))
    assert answers["raw"][asked.name][-1].text == "There are 99 hard exudates."
    last = answers["shipped"][asked.name][-1]
    assert "12" in last.text and "99" not in last.text and last.repaired == 1
    assert len(set(voice.rounds[0])) == 1  # one prompt for both, made by the pipeline


def test_each_system_goes_on_from_its_own_answers() -> None:
    voice = FakeVoice(
        lambda heard: "Because of 77 spots." if "Why?" in heard else "Grade 9, zebra."
    )
    before = Ask("grade", "en", 0, "What grade is it?")
    asked = talk("follow_why", "Why?", PHOTO, before=(before,))
    systems: list[System] = [
        Bare("base", voice), Prompted("raw", voice, sees=True), Shipped("shipped", voice),
    ]  # fmt: skip
    drive(systems, [asked], known(PHOTO))
    second = [heard for heard in voice.rounds[1] if "Why?" in heard]
    assert len(voice.rounds) == 2
    assert sum("zebra" in heard for heard in second) >= 2
    assert any("zebra" not in heard for heard in second)  # the checked one never said it


def test_the_bare_question_comes_with_no_word_of_the_findings() -> None:
    voice = FakeVoice(lambda heard: "No idea.")
    drive([Bare("base", voice)], [talk("grade", "What grade?", PHOTO)], known(PHOTO))
    assert "Photo" not in voice.rounds[0][0] and "microaneurysm" not in voice.rounds[0][0]


def test_tokens_alone_come_without_findings_and_facts_but_with_the_photo() -> None:
    voice = FakeVoice(lambda heard: "Retinopathy.")
    drive([TokensOnly("tokens", voice)], [talk("grade", "What grade?", PHOTO)], known(PHOTO))
    assert "microaneurysm" not in voice.rounds[0][0] and "Photo 1" in voice.rounds[0][0]


def test_a_system_without_visual_tokens_reads_the_findings_alone() -> None:
    seeing, blind = (FakeVoice(lambda heard: "Fine.") for _ in range(2))
    asked = talk("grade", "What grade?", PHOTO)
    drive([Prompted("a", seeing, sees=True)], [asked], known(PHOTO))
    drive([Prompted("b", blind, sees=False)], [asked], known(PHOTO))
    first, second = (next(iter(voice._known)) for voice in (seeing, blind))
    assert first.count(-1) == 4 and second.count(-1) == 0
    assert say("prompt.findings", "en") in blind.rounds[0][0]


def test_what_safety_answers_is_asked_of_the_raw_model_and_not_of_the_shipped_one() -> None:
    voice = FakeVoice(lambda heard: "About 40.")
    asked = talk("ask_age", "How old is this patient?", PHOTO)
    answers = drive([Shipped("shipped", voice)], [asked], known(PHOTO))
    assert voice.rounds == []
    assert answers["shipped"][asked.name][0].text == say("refuse.age", "en")
    raw = drive([Prompted("raw", voice, sees=False)], [asked], known(PHOTO))
    assert raw["raw"][asked.name][0].text == "About 40."
    assert say("prompt.findings", "en") in voice.rounds[0][0]


def test_the_template_answers_without_any_model() -> None:
    asked = talk("grade", "What is the DR grade?", PHOTO)
    answers = drive([Shipped("template", None)], [asked], known(PHOTO))
    assert "grade 2" in answers["template"][asked.name][0].text


def test_of_two_photos_the_last_is_in_focus_and_the_first_can_be_asked_about() -> None:
    voice = FakeVoice(lambda heard: "Words.")
    first = talk("pair_first", "In the first photo, are there haemorrhages?", PHOTO, OTHER)
    focus = talk("grade", "What is the DR grade?", PHOTO, OTHER)
    answers = drive([Shipped("shipped", voice)], [first, focus], known(PHOTO, OTHER))
    assert "5 haemorrhages" in answers["shipped"][first.name][0].text
    assert "grade 0" in answers["shipped"][focus.name][0].text
