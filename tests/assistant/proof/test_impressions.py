"""Impressions beside those of the records: python -m pytest tests/assistant/proof"""

import json
from pathlib import Path

import pytest

from assistant.impression.tables import table
from assistant.proof.impressions import Report, diagnoses, measure, reports, served
from assistant.proof.rouge import rouge_l, rouge_n
from assistant.proof.voices import Said
from vision.catalogue import LANGUAGES, Language
from vision.errors import InputError

GOLD = "Findings in the right eye suggest mild nonproliferative diabetic retinopathy."
ONE = Report("a", "en", "cfp", "Microaneurysms: 5\n\nImpression?", GOLD)
TWO = Report("b", "zh", "oct", "黄斑前膜 轻度\n\n请写结论", "右眼考虑轻度黄斑前膜。")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_the_report_forms_is_found_as_its_own_diagnosis(language: Language) -> None:
    codes = table(f"readings.{language}")["codes"]
    for code, told in codes.items():
        for name in told["names"]:
            said = name.format(level="moderate" if language == "en" else "中度")
            assert diagnoses(said, language) == {code}, said


def test_a_longer_name_is_not_taken_for_the_shorter_one_within_it() -> None:
    assert diagnoses("no diabetic retinopathy seen", "en") == {"cfp_dm_normal"}
    assert diagnoses("proliferative diabetic retinopathy", "en") == {"cfp_dr_pdr"}
    assert diagnoses("severe nonproliferative diabetic retinopathy", "en") == {"cfp_dr_severe"}


def test_the_right_diagnosis_scores_and_a_wrong_or_missing_one_does_not() -> None:
    right = measure([ONE, TWO], [Said("OD: mild NPDR.", True), Said("轻度黄斑前膜", True)])
    wrong = measure([ONE, TWO], [Said("Severe NPDR.", True), Said("黄斑正常", True)])
    assert right["impression_f1"]["all"]["value"] == 1
    assert wrong["impression_f1"]["all"]["value"] == 0
    half = measure([ONE, TWO], [Said("Mild NPDR.", True), Said("黄斑正常", True)])
    assert half["impression_f1"]["en"]["value"] == 1 and half["impression_f1"]["zh"]["value"] == 0


def test_an_impression_in_the_other_language_is_not_well_formed() -> None:
    said = [Said(GOLD, True), Said("Mild epiretinal membrane.", True)]
    told = measure([ONE, TWO], said)["impression_well_formed"]
    assert (told["en"]["value"], told["zh"]["value"]) == (1, 0)


def test_a_diagnosis_of_the_other_eye_is_not_of_the_right_one() -> None:
    two = Report("c", "en", "cfp", "", "Right eye: mild NPDR. Left eye: severe NPDR.")
    said = [Said("Left eye: mild NPDR. Left eye: severe NPDR.", True), Said(TWO.gold, True)]
    told = measure([two, TWO], said)["impression_laterality"]
    assert told["en"]["value"] == 0.5 and told["zh"]["value"] == 1


def test_words_that_carry_other_conclusions_are_not_served() -> None:
    text = "OCT report\nRight eye: central thickness 412 um, intraretinal fluid. Known diabetes."
    report = Report("d", "en", "oct", text, "")
    good, bad = Said(report.ruled, True), Said("Right eye: no abnormality.", True)
    assert served(report, good) == good
    assert served(report, bad).text == report.ruled
    assert served(report, Said(report.ruled, False)).ended


def test_rouge_is_that_of_the_paper() -> None:
    # Lin 2004: "police killed the gunman" beside "police kill the gunman": LCS 3 of 4
    assert rouge_l("police kill the gunman", "police killed the gunman") == pytest.approx(0.75)
    assert rouge_n("the cat sat", "the cat ran", 1) == pytest.approx(2 / 3)
    assert rouge_n("the cat sat", "the cat ran", 2) == pytest.approx(1 / 2)
    assert rouge_n("cat the", "the cat", 2) == 0 and rouge_l("", "the cat") == 0
    assert rouge_l("黄斑前膜", "黄斑水肿") == pytest.approx(0.5)


def test_reports_of_both_languages_are_read_up_to_a_number(tmp_path: Path) -> None:
    rows = [
        {"id": f"{kind}{language}{n}", "kind": kind, "language": language,
         "messages": [{"content": "asked", "intent": "report_oct"}, {"content": "gold"}]}
        for kind in ("report", "plain") for language in LANGUAGES for n in range(3)
    ]  # fmt: skip
    text = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "test.jsonl").write_text(text, encoding="utf-8")
    found = reports(tmp_path, "test", 2)
    assert [r.id for r in found] == ["reporten0", "reporten1", "reportzh0", "reportzh1"]
    with pytest.raises(InputError):
        reports(tmp_path, "val", 2)
