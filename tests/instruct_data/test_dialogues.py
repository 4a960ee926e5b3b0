"""Dialogues from findings and passages: python -m pytest tests/instruct_data/test_dialogues.py"""

import random
from collections.abc import Iterator

import pytest

from assistant.ground import check_sentence
from assistant.knowledge import passages
from assistant.sentences import split_sentences
from instruct_data import (
    explained,
    from_images,
    from_knowledge,
    pair_asks,
    photo_asks,
    plain,
    scan_asks,
)
from instruct_data import forms as spoken
from instruct_data.asked import Asked, worded
from instruct_data.observe import Observation, load, of_split
from instruct_data.photos import SPLITS
from instruct_data.schema import Record
from vision.catalogue import LANGUAGES, Language, detect_language


def sample(count: int) -> list[Observation]:
    """Some kept observations, spread over all of them."""
    return list(load()[:: max(1, len(load()) // count)])


def photos() -> list[Observation]:
    return [o for o in load() if o.findings.oct is None and o.findings.lesions is not None]


def everything(one: Observation, language: Language, rng: random.Random) -> list[Asked]:
    found = one.findings
    if found.oct is not None:
        return scan_asks.asks(found, found.oct, language, rng)
    return photo_asks.asks(found, language, rng) + explained.asks(found, language, rng)


def sentences(text: str) -> Iterator[str]:
    finished, rest = split_sentences(text)
    yield from (sentence for sentence in [*finished, rest] if sentence.strip())


def talks(count: int, pair: bool = False) -> list[Record]:
    """Drawn dialogues, of one image or of two."""
    rng, found = random.Random(3), []
    for number in range(count):
        shown = rng.sample(photos(), 2) if pair else [rng.choice(load())]
        record = from_images.dialogue(shown, number, "train", rng)
        if record is not None:
            found.append(record)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_about_an_image_is_carried_by_its_findings(language: Language) -> None:
    rng = random.Random(5)
    for one in sample(8):
        for asked in everything(one, language, rng):
            for sentence in sentences(worded(asked, language, rng)):
                verdict = check_sentence(sentence, (one.findings,), language)
                assert verdict.status == "ok", (one.photo.path, asked.intent, sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_about_two_photos_is_carried_by_their_findings(language: Language) -> None:
    rng, known = random.Random(5), photos()
    for first, second in zip(known[::40], known[7::40], strict=False):
        pair = (first.findings, second.findings)
        for asked in pair_asks.asks(pair, language, rng):
            for sentence in sentences(worded(asked, language, rng)):
                verdict = check_sentence(sentence, pair, language)
                assert verdict.status == "ok", (asked.intent, sentence)


def test_every_intent_that_is_asked_has_forms_in_both_languages() -> None:
    rng = random.Random(1)
    for language in LANGUAGES:
        asked = {a.intent for one in sample(30) for a in everything(one, language, rng)}
        assert asked <= spoken.questions(language).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_families_of_an_intent_are_parted_between_the_splits(language: Language) -> None:
    for intent in spoken.questions(language):
        used = [number for split in SPLITS for number in spoken.families(intent, language, split)]
        assert len(used) == len(set(used)) == len(spoken.questions(language)[intent])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_form_is_there_twice(language: Language) -> None:
    forms = [f for families in spoken.questions(language).values() for fs in families for f in fs]
    assert len(forms) == len(set(forms))


def test_one_photo_is_asked_and_told_of_in_many_ways() -> None:
    shown, rng = [photos()[3]], random.Random(2)
    told = [from_images.dialogue(shown, n, "train", rng) for n in range(120)]
    opened = {t.messages[0].content for t in told if t is not None}
    answers = {t.messages[1].content for t in told if t is not None}
    assert len(opened) > 80 and len(answers) > 80


def test_a_dialogue_is_the_same_for_the_same_draw() -> None:
    first = from_images.dialogue([photos()[5]], 1, "train", random.Random(9))
    again = from_images.dialogue([photos()[5]], 1, "train", random.Random(9))
    assert first == again


def test_dialogues_have_one_to_eight_questions_and_some_have_eight() -> None:
    turns = {len(record.messages) // 2 for record in talks(150)}
    assert min(turns) == 1 and max(turns) == 8


def test_a_follow_up_without_a_name_is_answered_about_what_was_asked_before() -> None:
    followed = 0
    for record in talks(400):
        for before, question, answer in zip(
            record.messages, record.messages[2:], record.messages[3:], strict=False
        ):
            if question.intent == "then_where" and record.language == "en":
                followed += 1
                assert before.intent in {
                    "has_lesion", "count_lesion", "size_lesion", "near_fovea", "show_lesion",
                    "false_lesion", "false_count", "then_lesion", "then_count", "then_near",
                    "then_size", "pair_lesion",
                }  # fmt: skip
                assert answer.content
    assert followed


def test_in_a_dialogue_of_two_photos_each_answer_knows_which_it_is_about() -> None:
    about = {message.about for record in talks(40, pair=True) for message in record.messages}
    assert {(1, 2), (2,), (1,)} <= about


def test_the_other_photo_is_named_by_its_number() -> None:
    other = pair_asks.other(photos()[0].findings, 1, "en")
    assert all(sentence.startswith("Photo 1:") for sentence in other.said)


@pytest.mark.parametrize("split", SPLITS)
def test_an_observed_patient_is_in_one_split_alone(split: str) -> None:
    own = {o.photo.patient for o in load() if o.photo.split == split}
    others = {o.photo.patient for o in load() if o.photo.split != split}
    assert own and not own & others


def test_no_photo_is_in_two_splits() -> None:
    places: dict[str, set[str]] = {}
    for one in load():
        places.setdefault(one.findings.image.id, set()).add(one.photo.split)
    assert all(len(splits) == 1 for splits in places.values())


def test_no_photo_of_the_lesion_test_set_is_in_train() -> None:
    """IDRiD's grading-train photos that are in a test set of it; see vision.data."""
    numbers = (28, 73, 118, 20, 27, 57, 58, 59, 66, 128, 186, 309, 313, 327, 328, 329, 356, 375)
    overlapping = {f"idrid_grading/train/IDRiD_{n:03d}.jpg" for n in numbers}
    assert not overlapping & {o.photo.path for o in of_split("train")}


def test_an_answer_from_knowledge_is_one_of_the_passages_given() -> None:
    rng, silent = random.Random(4), 0
    for number in range(60):
        record = from_knowledge.dialogue(number, "train", rng)
        for question, answer in zip(record.messages[::2], record.messages[1::2], strict=True):
            given = [passages()[p].text[record.language] for p in question.passages]
            assert len(given) <= from_knowledge.GIVEN
            if answer.content in spoken.texts("passages.none", record.language):
                silent += 1
            else:
                assert any(text in answer.content for text in given)
    assert 0 < silent < 40


def test_where_the_passages_do_not_say_none_of_the_subject_is_given() -> None:
    rng = random.Random(6)
    for number in range(80):
        record = from_knowledge.dialogue(number, "train", rng)
        question, answer = record.messages[:2]
        if answer.content in spoken.texts("passages.none", record.language):
            subjects = {passages()[p].entry for p in question.passages}
            names = {n for e in subjects for n in (e.name["en"], e.name["zh"])}
            assert not any(n == question.content for n in names)


def test_an_emergency_is_answered_by_going_to_a_doctor_and_ends_the_dialogue() -> None:
    rng, seen = random.Random(8), 0
    for number in range(200):
        record = plain.dialogue(number, "train", rng)
        for place, message in enumerate(record.messages):
            if message.intent.startswith("red_flag"):
                seen += 1
                assert place == len(record.messages) - 2
                answer = record.messages[place + 1].content
                assert any(w in answer.lower() for w in ("doctor", "emergency", "医", "急"))
    assert seen > 10


def test_without_a_photo_nothing_is_told_of_one() -> None:
    rng = random.Random(8)
    for number in range(100):
        record = plain.dialogue(number, "test", rng)
        for answer in record.messages[1::2]:
            assert detect_language(answer.content) == record.language
            for sentence in sentences(answer.content):
                assert check_sentence(sentence, (), record.language).status == "ok", sentence
