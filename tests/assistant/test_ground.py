"""Run: python -m pytest tests/assistant/test_ground.py"""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import truths, truths_anatomy
from assistant.findings_text import to_text
from assistant.ground import Verdict, check_sentence, split_sentences, supported_claims
from segmentation.labels import LESIONS
from segmentation.types import Anatomy, Central, Disc, Fovea, Quadrants, Rim
from tests.assistant import (
    ground_cases_en,
    ground_cases_free,
    ground_cases_more,
    ground_cases_zh,
)
from tests.assistant.factory import (
    ABSENT,
    RISKS,
    diseases,
    findings,
    healthy,
    lesion,
    lesions,
    measured,
    ungradable,
)
from tests.assistant.general_knowledge import SENTENCES
from vision.catalogue import LANGUAGES, say
from vision.labels import DISEASES, ICDR_GRADES

SITUATIONS = {
    "typical": (findings(),),
    "healthy": (healthy(),),
    "ungradable": (ungradable(),),
    "both": (findings(), healthy()),
    "none": (),
}
PLACED = measured()
SEVERE = measured(
    lesions=lesions(
        HE=lesion(
            100, 90_000, by_quadrant=Quadrants(25, 30, 21, 24), central_1dd=Central(3, 900),
            central_3dd=Central(20, 9000), nearest_to_fovea_dd=0.2,
        ),
        EX=lesion(
            2, 900, by_quadrant=Quadrants(1, 0, 0, 1), central_1dd=Central(0, 0),
            central_3dd=Central(0, 0), nearest_to_fovea_dd=2.4,
        ),
    ),
    notes=("note.grade_against_lesions", "note.eye_from_photo"),
)  # fmt: skip
UNUSUAL_RIM = Anatomy(
    Disc((1.0, 1.0), 480.0), None, 0.78, 0.6, Rim(0.05, 0.12, 0.2, 0.07), vessel_density=0.08
)
VARIED = {
    "typical": findings(),
    "healthy": healthy(),
    "ungradable": ungradable(),
    "placed": PLACED,
    "severe by lesions": SEVERE,
    "grade without lesions": findings(
        lesions=dict.fromkeys(LESIONS, ABSENT), notes=("note.grade_without_lesions",)
    ),
    "only microaneurysms": findings(
        grade=1, lesions={**dict.fromkeys(LESIONS, ABSENT), "MA": lesion(1)}
    ),
    "unusual rim": findings(anatomy=UNUSUAL_RIM, notes=("note.fovea_not_seen",)),
    "no disc": findings(
        anatomy=Anatomy(fovea=Fovea((1.0, 1.0), 0.8)),
        notes=("note.disc_not_seen", "note.cup_not_seen", "note.eye_unknown"),
        eye="unknown",
    ),
    "one of each": findings(lesions={code: lesion(1) for code in LESIONS}),
    "thousands": findings(lesions=lesions(MA=lesion(1234, 400_000), HE=lesion(21, 123_456))),
    "no segmenter": findings(lesions=None, notes=("note.segmentation_failed",)),
    "no classifier": findings(grade=None, diseases=None, notes=("note.classifier_failed",)),
    "witnesses disagree": findings(grade=2, diseases=diseases(D=0.2)),
    "witnesses disagree again": findings(grade=0, diseases=diseases(D=0.8)),
    "risks differ": measured(dme_grade=RISKS[1], notes=("note.dme_against_exudates",)),
    "risk by the classifier alone": findings(lesions=None, dme_grade=RISKS[2]),
    "near the threshold": findings(diseases=diseases(G=0.49, H=0.52, A=0.7), eye="unknown"),
    "extreme probabilities": findings(diseases=diseases(C=0.998, N=0.001, M=0.99)),
    **{f"grade {grade}": findings(grade=grade) for grade in ICDR_GRADES},
}


@pytest.mark.parametrize(("sentence", "situation", "status"), ground_cases_en.CASES)
def test_english_sentence_is_kept_repaired_or_withheld(sentence, situation, status):
    assert check_sentence(sentence, SITUATIONS[situation], "en").status == status


@pytest.mark.parametrize(("sentence", "situation", "status"), ground_cases_zh.CASES)
def test_chinese_sentence_is_kept_repaired_or_withheld(sentence, situation, status):
    assert check_sentence(sentence, SITUATIONS[situation], "zh").status == status


@pytest.mark.parametrize(("sentence", "status"), ground_cases_more.CASES)
def test_other_words_come_to_the_same(sentence, status):
    assert check_sentence(sentence, SITUATIONS["typical"], "en").status == status


@pytest.mark.parametrize("sentence", ground_cases_free.FALSE)
def test_a_freely_worded_false_claim_does_not_stand(sentence):
    assert check_sentence(sentence, SITUATIONS["typical"], "en").status != "ok"


@pytest.mark.parametrize("sentence", ground_cases_free.TRUE)
def test_a_freely_worded_true_claim_stands(sentence):
    assert check_sentence(sentence, SITUATIONS["typical"], "en") == Verdict("ok", sentence)


@pytest.mark.parametrize("situation", ["typical", "healthy", "none"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_general_knowledge_is_never_touched(sentence, situation):
    assert check_sentence(sentence, SITUATIONS[situation], "en") == Verdict("ok", sentence)


@pytest.mark.parametrize("cases", [ground_cases_en.CASES, ground_cases_zh.CASES])
def test_a_repair_passes_the_check_itself(cases):
    for sentence, situation, status in cases:
        if status != "ok":
            verdict = check_sentence(sentence, SITUATIONS[situation], "en")
            finished, rest = split_sentences(verdict.text)
            for text in [*finished, rest]:
                assert check_sentence(text, SITUATIONS[situation], "en").status == "ok", text


def own_sentences(one, language):
    """All that the system itself says of findings, as single sentences."""
    said = [truths.grade(one, language), truths.rule(one, language), truths.eye(one, language)]
    said += [truths.referable(one, language), truths_anatomy.cup_to_disc(one, language)]
    said += [truths_anatomy.cup_limit(language), truths_anatomy.vessels(one, language)]
    said += [truths_anatomy.located(part, one, language) for part in ("disc", "fovea", "cup")]
    for told in (
        truths_anatomy.rim, truths_anatomy.oedema_risk, truths_anatomy.lesion_grade,
        truths_anatomy.eye_source,
    ):  # fmt: skip
        said += told(one, language)
    said += [truths.disease(code, one, language) for code in DISEASES]
    for code in LESIONS:
        said += [truths.lesion(code, one, language), truths.area(code, one, language)]
        said += [truths.quadrants(code, one, language), truths.nearest(code, one, language)]
        said.append(truths.central(code, one, language))
    for several in (truths.lesions, truths.diseases, truths.quality, truths.normal):
        said += several(one, language)
    said += [*truths.next_step(one, language), *truths.runner_up(one, language)]
    lines = to_text(one, language).splitlines()
    return [*said, *lines, *(say(note, language) for note in one.notes)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIED)
def test_what_the_system_says_itself_is_never_touched(name, language):
    one = VARIED[name]
    for sentence in own_sentences(one, language):
        assert check_sentence(sentence, (one,), language) == Verdict("ok", sentence)


def test_the_repair_of_a_count_tells_the_measured_count():
    verdict = check_sentence("There are 12 haemorrhages.", (findings(),), "en")
    assert verdict.text == "The measurement found 5 haemorrhages."
    assert verdict.reasons == ("count:HE",)


def test_the_repair_is_in_the_sentence_s_language():
    verdict = check_sentence("照片中有12处出血。", (findings(),), "en")
    assert verdict.text == "测量共发现5处出血。"


def test_a_repair_keeps_the_list_mark_and_the_line_end():
    verdict = check_sentence("- There are 12 haemorrhages.\n", (findings(),), "en")
    assert verdict.text == "- The measurement found 5 haemorrhages.\n"


def test_a_repair_names_the_photo_where_there_are_several():
    verdict = check_sentence("Photo 2 shows 5 haemorrhages.", (findings(), healthy()), "en")
    assert verdict.text == "Photo 2: The measurement found no haemorrhages."


def test_photo_numbers_of_the_conversation_are_understood():
    pair = (findings(), healthy())
    assert check_sentence("Photo 3 shows 5 haemorrhages.", pair, "en", (3, 7)).status == "ok"
    assert check_sentence("Photo 7 shows 5 haemorrhages.", pair, "en", (3, 7)).status == "repaired"
    assert check_sentence("Photo 4 shows 5 haemorrhages.", (findings(),), "en").status == "ok"


def test_a_kept_sentence_is_returned_letter_by_letter():
    sentence = "  **Haemorrhages**: 5 (see the overlay).\n\n"
    assert check_sentence(sentence, (findings(),), "en") == Verdict("ok", sentence)


def test_an_uncertain_disease_may_be_called_uncertain():
    one = (findings(diseases=diseases(G=0.49)),)
    assert check_sentence("Glaucoma is uncertain.", one, "en").status == "ok"
    assert check_sentence("There may be glaucoma in this photo.", one, "en").status == "ok"
    assert check_sentence("You have glaucoma.", one, "en").status == "repaired"
    assert check_sentence("青光眼不确定，接近阈值。", one, "zh").status == "ok"


@pytest.mark.parametrize("grade", ICDR_GRADES)
def test_only_the_given_grade_can_be_claimed(grade):
    one = (findings(grade=grade),)
    verdicts = {g: check_sentence(f"The grade is {g}.", one, "en").status for g in ICDR_GRADES}
    assert [g for g, status in verdicts.items() if status == "ok"] == [grade]


@given(st.integers(0, 300))
@settings(max_examples=60, deadline=None)
def test_no_count_but_the_measured_one_passes(count):
    for sentence in (f"There are {count} haemorrhages in this photo.", f"照片中有{count}处出血。"):
        verdict = check_sentence(sentence, (findings(),), "en")
        assert (verdict.status == "ok") == (count == 5)


@given(st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_no_probability_but_the_classifier_s_passes(percent):
    for sentence in (f"The probability of glaucoma is {percent}%.", f"青光眼的概率为{percent}%。"):
        verdict = check_sentence(sentence, (findings(),), "en")
        # the threshold is a number of the findings too
        assert (verdict.status == "ok") == (percent in (8, 50))


@given(st.text(max_size=80))
@settings(max_examples=50, deadline=None)
def test_any_text_gets_a_verdict(text):
    for situation in SITUATIONS.values():
        assert check_sentence(text, situation, "en").status in ("ok", "repaired", "withheld")


@pytest.mark.parametrize(
    "text", ["no " * 300, "haemorrhages, " * 70, "没有出血、" * 190, "1 " * 490, "a" * 99999]
)
def test_a_hostile_text_is_checked_quickly(text):
    start = time.perf_counter()
    check_sentence(text, (findings(),), "en")
    assert time.perf_counter() - start < 3.0


def test_supported_claims_are_counted():
    text = "There are 5 haemorrhages. Glaucoma is suspected. Exudates are lipid deposits."
    assert supported_claims(text, (findings(),), "en") == (2, 3)


def test_without_a_photo_no_claim_is_supported():
    assert supported_claims("The photo shows 5 haemorrhages.", (), "en") == (0, 2)
