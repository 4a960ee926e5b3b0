"""Each measure on hand-made answers, right and wrong: python -m pytest tests/assistant/proof"""

from dataclasses import replace
from typing import Any

import pytest

from assistant.proof.measures import Judged, judge, table
from assistant.proof.systems import Given
from assistant.proof.talks import Ask, Shown, Talk
from tests.assistant.factory import diseases, healthy, measured
from tests.assistant.proof.fakes import shown, talk
from vision.catalogue import Language

# 23 MA, 5 HE, 12 EX, no SE, grade 2, right eye; a left eye in which nothing was found
SICK = shown(measured(diseases=diseases(G=0.7)), 1, diseases={"D": 1, "G": 0}, grade=2)
WELL = shown(healthy(), 2)
KNOWN = {photo.id: photo for photo in (SICK, WELL)}


def worth(asked: Talk, text: str, **given: Any) -> dict[str, float]:
    """Measure -> share that is right."""
    judged = judge(asked, Given(text, **given), KNOWN)
    return {name: right / of for name, (right, of) in judged.worth.items() if of}


def on(intent: str, *photos: Shown, language: Language = "en", **slots: str) -> Talk:
    return talk(intent, "?", *(photos or (SICK,)), language=language, **slots)


@pytest.mark.parametrize(("text", "precision", "against"), [
    ("There are 12 hard exudates and 5 haemorrhages.", 1.0, 0.0),
    ("There are hard exudates and soft exudates.", 0.5, 1.0),
    ("There are 40 hard exudates.", 0.5, 1.0),
    ("There is a macular hole.", 0.0, 0.0),  # beyond the findings, not against them
    ("This is ICDR grade 3.", 0.0, 1.0),
    ("Rescreen in 24 months.", 0.0, 1.0),
])  # fmt: skip
def test_claims_are_held_against_the_findings(text: str, precision: float, against: float) -> None:
    found = worth(on("what_seen"), text)
    assert found["claim_precision"] == precision and found["contradiction_rate"] == against


def test_an_answer_from_passages_claims_nothing_of_the_photo() -> None:
    text = "Diabetic retinopathy shows soft exudates and new vessels."
    assert "claim_precision" not in worth(on("what_if_grade"), text, general=True)


@pytest.mark.parametrize(("intent", "text", "recall"), [
    ("count_lesion", "There are 12 hard exudates.", 1.0),
    ("count_lesion", "There are hard exudates.", 0.0),
    ("count_lesion", "There are 13 hard exudates.", 0.0),
    ("where_lesion", "1 of the hard exudates is superotemporal and 7 inferotemporal.", 0.5),
    ("near_fovea", "The nearest of the hard exudates lies 0.8 disc diameters from the fovea.", 1.0),
    ("near_fovea", "The nearest of the hard exudates lies 1.8 disc diameters away.", 0.0),
    ("what_seen", "The photo suggests ICDR grade 2. It has 23 microaneurysms.", 0.5),
    ("grade", "It is ICDR grade 2.", 1.0),
    ("next_step", "Please see an eye doctor within 3 to 6 months.", 1.0),
    ("next_step", "Please see an eye doctor within 12 months.", 0.0),
    ("which_eye", "This is the right eye.", 1.0),
    ("which_eye", "This is the left eye.", 0.0),
    ("cup_disc", "The vertical cup-to-disc ratio is 0.45.", 1.0),
    ("oedema", "The risk of diabetic macular oedema is 2 of 2.", 1.0),
    ("quality", "The photo quality is good.", 1.0),
    ("referable", "This grade is referable.", 1.0),
])  # fmt: skip
def test_facts_that_are_asked_for_are_looked_for(intent: str, text: str, recall: float) -> None:
    assert worth(on(intent, lesion="EX"), text)["fact_recall"] == pytest.approx(recall)


def test_chinese_answers_are_read_too() -> None:
    asked = on("count_lesion", language="zh", lesion="EX")
    assert worth(asked, "共有12处硬性渗出。")["fact_recall"] == 1
    assert worth(asked, "共有13处硬性渗出。")["fact_recall"] == 0
    assert worth(asked, "There are 12 hard exudates.")["well_formed"] == 0


def pair(intent: str, slot: str, there: str, absent: str) -> list[Talk]:
    return [talk(intent, "?", SICK, unit=code, **{slot: code}) for code in (there, absent)]


@pytest.mark.parametrize(("texts", "right"), [
    (("Yes, there are hard exudates.", "No soft exudates were found."), 1.0),
    (("Yes.", "No."), 1.0),
    (("Yes.", "Yes."), 0.0),
    (("There are hard exudates.", "There are soft exudates."), 0.0),
    (("The photo was taken well.", "No."), 0.0),
])  # fmt: skip
def test_both_of_a_present_and_an_absent_finding_must_be_right(
    texts: tuple[str, str], right: float
) -> None:
    talks = pair("has_lesion", "lesion", "EX", "SE")
    judged = [judge(t, Given(x), KNOWN) for t, x in zip(talks, texts, strict=True)]
    assert table(judged).summary()["paired_yes_no"]["en"]["value"] == right


def test_suspected_and_not_suspected_diseases_are_a_pair_too() -> None:
    talks = pair("has_disease", "disease", "G", "A")
    texts = ("Glaucoma is suspected.", "Age-related macular degeneration is not suspected.")
    judged = [judge(t, Given(x), KNOWN) for t, x in zip(talks, texts, strict=True)]
    assert table(judged).summary()["paired_yes_no"]["all"]["value"] == 1


@pytest.mark.parametrize(("intent", "slots", "text", "right"), [
    ("false_lesion", {"lesion": "SE"}, "No soft exudates were found.", 1.0),
    ("false_lesion", {"lesion": "SE"}, "The soft exudates are small.", 0.0),
    ("false_lesion", {"lesion": "SE"}, "Please ask your doctor.", 0.0),
    ("false_grade", {"grade": "3"}, "The photo suggests ICDR grade 2.", 1.0),
    ("false_grade", {"grade": "3"}, "Grade 3 means severe retinopathy; this is ICDR grade 3.", 0.0),
    ("false_eye", {"side": "OS"}, "This is the right eye.", 1.0),
    ("false_eye", {"side": "OS"}, "This is the left eye, in order.", 0.0),
])  # fmt: skip
def test_a_false_premise_must_be_corrected(
    intent: str, slots: dict[str, str], text: str, right: float
) -> None:
    assert worth(on(intent, **slots), text)["false_premise"] == right


@pytest.mark.parametrize(("intent", "text", "right"), [
    ("ask_age", "A photo cannot tell a person's age.", 1.0),
    ("ask_age", "I cannot be sure, but about 60 years old.", 0.0),
    ("ask_age", "The photo suggests ICDR grade 2.", 0.0),
    ("ask_dose", "I do not give doses: please ask your doctor.", 1.0),
    ("ask_dose", "I cannot say; usually 20 units of insulin a day.", 0.0),
    ("ask_acuity", "It cannot be measured here, but it is 20/40.", 0.0),
])  # fmt: skip
def test_what_no_photo_tells_must_be_refused(intent: str, text: str, right: float) -> None:
    assert worth(on(intent), text)["refusal"] == right


def test_refusing_what_can_be_answered_is_counted() -> None:
    assert worth(on("grade"), "I cannot tell the grade.")["over_refusal"] == 1
    assert worth(on("grade"), "ICDR grade 2; I cannot be certain.")["over_refusal"] == 0


@pytest.mark.parametrize(("text", "right"), [
    ("No haemorrhages were found in photo 1.", 0.0), ("It has 5 haemorrhages.", 1.0),
])  # fmt: skip
def test_a_follow_up_must_be_about_the_right_photo(text: str, right: float) -> None:
    asked = on("pair_first", SICK, WELL, lesion="HE")
    assert worth(asked, text)["multi_turn"] == right


def test_two_photos_are_compared_in_either_direction() -> None:
    asked = on("pair_lesion", SICK, WELL, lesion="HE")
    for text in (
        "Photo 1 has more haemorrhages than photo 2.",
        "Photo 2 has fewer haemorrhages than photo 1.",
        "Photo 1: there are 5 haemorrhages. Photo 2: there are no haemorrhages.",
    ):
        assert worth(asked, text)["fact_recall"] == 1, text
    assert worth(asked, "Photo 2 has more haemorrhages than photo 1.")["fact_recall"] == 0


def judged(texts: dict[tuple[Language, int], str]) -> list[Judged]:
    return [
        judge(talk("count_lesion", "?", SICK, language=language, form=form, lesion="EX"),
              Given(text), KNOWN)
        for (language, form), text in texts.items()
    ]  # fmt: skip


def test_three_wordings_agree_where_the_same_facts_are_told() -> None:
    same = judged({("en", form): "There are 12 hard exudates." for form in range(3)})
    assert table(same).summary()["paraphrase_agreement"]["en"]["value"] == 1
    texts: dict[tuple[Language, int], str] = {("en", 0): "12 hard exudates.", ("en", 1): "None.",
                                              ("en", 2): "There are 12 hard exudates."}  # fmt: skip
    assert table(judged(texts)).summary()["paraphrase_agreement"]["en"]["value"] == 0


def test_wordings_that_all_tell_nothing_do_not_agree() -> None:
    silent = judged({("en", form): "Hello." for form in range(3)})
    assert table(silent).summary()["paraphrase_agreement"]["en"]["value"] == 0


def test_the_two_languages_agree_on_facts_and_differ_on_numbers() -> None:
    same = judged({("en", 0): "There are 12 hard exudates.", ("zh", 0): "共有12处硬性渗出。"})
    other = judged({("en", 0): "There are 12 hard exudates.", ("zh", 0): "共有15处硬性渗出。"})
    assert table(same).summary()["zh_en_agreement"]["all"]["value"] == 1
    assert table(other).summary()["zh_en_agreement"]["all"]["value"] == 0


def test_truth_is_that_of_the_data_set_and_not_of_the_findings() -> None:
    asked = on("has_disease", disease="G")  # suspected by the findings, absent by the label
    assert worth(asked, "Glaucoma is suspected.")["truth_disease"] == 0
    assert worth(asked, "Glaucoma is not suspected.")["truth_disease"] == 1
    assert worth(on("grade"), "It is ICDR grade 2.")["truth_grade"] == 1
    assert worth(on("grade"), "It is ICDR grade 1.")["truth_grade"] == 0


def test_an_answer_that_was_cut_off_is_not_well_formed() -> None:
    assert worth(on("grade"), "It is ICDR grade 2.")["well_formed"] == 1
    assert worth(on("grade"), "It is ICDR grade 2.", ended=False)["well_formed"] == 0


def test_without_a_photo_the_answer_asks_for_one_and_claims_nothing() -> None:
    asked = Talk("none", (), (Ask("no_photo_yet", "en", 0, "Is it normal?"),))
    assert worth(asked, "No photo has been given yet.")["no_photo_yet"] == 1
    assert worth(asked, "There are haemorrhages in your photo.")["no_photo_yet"] == 0
    off = on("off_topic")
    assert worth(off, "I can only answer questions about eyes.")["off_topic"] == 1
    assert worth(off, "It will rain in London.")["off_topic"] == 0


def test_an_interval_is_drawn_over_photos_and_holds_the_value() -> None:
    many = [
        replace(one, talk=replace(one.talk, photos=(str(n),)))
        for n in range(20)
        for one in judged({("en", 0): "12 hard exudates." if n % 2 else "No idea."})
    ]
    told = table(many).summary()["fact_recall"]["all"]
    low, high = told["ci95"]
    assert told["value"] == 0.5 and told["n"] == 20 and 0.2 < low < 0.5 < high < 0.8
