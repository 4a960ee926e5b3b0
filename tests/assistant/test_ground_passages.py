"""Sentences against passages: python -m pytest tests/assistant/test_ground_passages.py"""

import pytest

from assistant.ground_passages import (
    carried_by,
    first_sentence,
    is_verbatim,
    nearest,
    says_nothing,
)
from assistant.knowledge import passages
from assistant.sentences import split_sentences
from instruct_data import forms
from vision.catalogue import LANGUAGES, Language

LASER = (
    "Selective laser trabeculoplasty can be offered as a first treatment for primary open-angle "
    "glaucoma or added to drops. In the LiGHT trial about 74% of patients treated with laser first "
    "needed no drops after 3 years; the effect can fade and the laser can be repeated."
)
DROPS = (
    "Drops for glaucoma work only while they are in use, and they neither mend nerve fibres nor "
    "bring back lost sight. Lowering the eye pressure slows the damage."
)
HAN_LASER = (
    "选择性激光小梁成形术可作为原发性开角型青光眼的初始治疗，也可与滴眼液联合。"
    "LiGHT 试验中，先行激光治疗的患者约 74% 在 3 年时无需用药；疗效可能减弱，激光可重复进行。"
)
HAN_DROPS = (
    "青光眼的滴眼液只在使用期间有效，不能修复神经纤维，也不能恢复已丧失的视力。降低眼压可延缓损害。"
)
GIVEN = (LASER, DROPS, HAN_LASER, HAN_DROPS)

CARRIED = [
    ("About 74% of patients treated with laser first needed no drops after 3 years.", 0),
    ("Laser trabeculoplasty can be a first treatment for primary open-angle glaucoma.", 0),
    ("The effect of the laser can fade, and the laser can be repeated.", 0),
    ("Lowering eye pressure slows the damage.", 1),
    ("Drops work only while they are in use.", 1),
    ("The drops do not mend nerve fibres.", 1),
    ("Drops neither mend nerve fibres nor bring back lost sight.", 1),
    ("选择性激光小梁成形术可作为开角型青光眼的初始治疗。", 2),
    ("激光的疗效可能减弱，可重复进行。", 2),
    ("先行激光治疗的患者约74%在3年时无需用药。", 2),
    ("滴眼液不能恢复已丧失的视力。", 3),
    ("降低眼压可以延缓损害。", 3),
]  # fmt: skip
NOT_CARRIED = [
    "About 84% of patients treated with laser first needed no drops after 3 years.",
    "About 74% of patients treated with laser first needed no drops after 5 years.",
    "The drops mend nerve fibres and bring back lost sight.",
    "Drops work also while they are not in use.",
    "The laser cannot be repeated.",
    "Raising the eye pressure slows the damage.",
    "Laser can never be offered as a first treatment for primary open-angle glaucoma.",
    "Consult a dermatologist about your skin.",
    "Glaucoma is caused by reading in bad light.",
    "In the LiGHT trial all patients treated with laser first needed no drops.",
    "Yes.",
    "",
    "先行激光治疗的患者约84%在3年时无需用药。",
    "滴眼液可以修复神经纤维，恢复已丧失的视力。",
    "激光不可重复进行。",
    "升高眼压可延缓损害。",
    "青光眼是看手机引起的。",
    "是的。",
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "place"), CARRIED)
def test_what_a_passage_says_stands_in_nearly_its_words(sentence: str, place: int) -> None:
    assert carried_by(sentence, GIVEN) == place


@pytest.mark.parametrize("sentence", NOT_CARRIED)
def test_another_number_a_denial_a_turned_direction_or_other_words_do_not_stand(
    sentence: str,
) -> None:
    assert carried_by(sentence, GIVEN) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_every_passage_is_carried_by_it(language: Language) -> None:
    for one in passages().values():
        text = one.text[language]
        finished, rest = split_sentences(text)
        assert all(carried_by(s, [text]) == 0 for s in [*finished, rest] if s.strip()), one.id


def test_nothing_is_carried_where_no_passage_is_given() -> None:
    assert carried_by("Drops lower the pressure.", ()) is None


def test_the_nearest_passage_is_that_of_most_words_and_else_the_first() -> None:
    assert nearest("Drops for glaucoma mend nerve fibres.", GIVEN) == 1
    assert nearest("Consult a dermatologist.", GIVEN) == 0


def test_word_for_word_is_told_from_nearly() -> None:
    assert is_verbatim("Lowering the eye pressure slows the damage. ", GIVEN)
    assert not is_verbatim("Lowering eye pressure slows the damage.", GIVEN)


def test_a_passage_begins_with_its_first_sentence() -> None:
    assert LASER.startswith(first_sentence(LASER)) and first_sentence(LASER).endswith("drops.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_saying_that_the_passages_are_silent_is_recognised(
    language: Language,
) -> None:
    finished = [split_sentences(text) for text in forms.texts("passages.none", language)]
    assert all(says_nothing(s) for cut, rest in finished for s in [*cut, rest] if s.strip())


@pytest.mark.parametrize(
    "sentence",
    [
        "Glaucoma cannot be cured.",
        "The passages do not say 20 drops, but take two of them.",
        "The passages say that glaucoma is inherited.",
        "青光眼不能治愈。",
        "资料说青光眼会遗传。",
    ],
)
def test_a_claim_is_not_taken_for_silence(sentence: str) -> None:
    assert not says_nothing(sentence)
