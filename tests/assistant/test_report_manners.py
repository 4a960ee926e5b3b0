"""Manners in which people write reports: python -m pytest tests/assistant/test_report_manners.py"""

import pytest

from assistant.impression.cases import Modality
from assistant.impression.conclude import conclusions
from assistant.impression.inverted import names_first
from assistant.impression.numerals import arabic
from assistant.impression.reader import read_report
from assistant.impression.shorthand import written_out
from assistant.impression.spelling import plain_spelling


def eyes(text: str, modality: Modality) -> dict[str, dict[str, object]]:
    return {e.side: dict(e.values) for e in read_report(text, modality).case.eyes}


def codes(text: str, modality: Modality) -> set[tuple[str, str]]:
    case = read_report(text, modality).case
    return {(side, one.code) for one in conclusions(case, "en") for side in one.eyes}


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("四点五秒", "4.5秒"),
        ("零点一六", "0.16"),
        ("六百二十微米", "620微米"),
        ("三十一分", "31分"),
        ("百分之五十", "50%"),
        ("三分之一", "33%"),
        ("osmolarity three hundred and two", "osmolarity 302"),
        ("height was point two four", "height was 0.24"),
    ],
)
def test_numerals_in_words_become_digits(words: str, digits: str) -> None:
    assert arabic(words) == digits


@pytest.mark.parametrize(
    "words", ["第一次破裂", "四个象限", "十分明显", "两眼", "one or more", "四十多年"]
)
def test_words_that_only_hold_a_numeral_stay(words: str) -> None:
    assert arabic(words) == words


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ("four of her ten recorded blinks were incomplete", "partial blinks 40%"),
        ("one incomplete blink out of ten", "partial blinks 10%"),
        ("RE 3 of 15 incomplete", "re partial blinks 20%"),
        ("sixty percent of them are incomplete", "partial blinks 60%"),
        ("10次瞬目中4次为不完全瞬目", "不完全瞬目 40%"),
        ("a quarter of those in the right upper lid", "right upper lid 25%"),
        ("two thirds of the glands in the left lower lid are lost", "left lower lid 67%"),
        ("lower lid half lost", "lower lid 50% lost"),
        ("45% loss in the upper lid", "upper lid 45%"),
    ],
)
def test_a_number_before_its_name_is_put_behind_it(told: str, named: str) -> None:
    assert names_first(plain_spelling(told)).strip() == named


@pytest.mark.parametrize("told", ["half of the disc", "two of 3 drusen", "half a disc area"])
def test_parts_of_something_else_stay_where_they_are(told: str) -> None:
    assert names_first(told) == told


def test_dictated_denials_are_of_what_follows_them() -> None:
    found = eyes("OD no intraretinal fluid no drusen ellipsoid zone intact", "oct")["OD"]
    assert found == {"irf": "none", "drusen": "none", "ez": "intact"}


def test_a_dash_behind_a_name_denies_nothing_by_itself() -> None:
    found = eyes("Arterioles - narrowed in both. MA - R few, L none", "cfp")
    assert [found[side]["arteries"] for side in ("OD", "OS")] == ["narrow", "narrow"]


@pytest.mark.parametrize(
    "text",
    [
        "Subretinal space\n  OD: dry\n  OS: small pocket of fluid",
        "              RIGHT | LEFT\nSRF           N     | Y",
        "┌────┬────┬────┐\n│项目│右眼│左眼│\n├────┼────┼────┤\n│SRF │无  │有  │\n└────┴────┴────┘",
        "右眼：☐SRF ☐ERM\n左眼：☑SRF ☐ERM",
        "OD: no SRF. OS: SRF (+), no cysts",
    ],
)
def test_fluid_of_the_left_eye_is_read_in_many_layouts(text: str) -> None:
    found = eyes(text, "oct")
    assert (found["OD"]["srf"], found["OS"]["srf"]) == ("none", "present")


def test_an_eye_that_heads_its_lines_is_no_head_of_a_table() -> None:
    text = "Right eye    image: good\n   CST 250\nLeft eye     image: good\n   SRF no; CST 300"
    found = eyes(text, "oct")
    assert (found["OD"]["cst"], found["OS"]["cst"]) == (250, 300)


@pytest.mark.parametrize(
    "text",
    [
        "OD: flame haemorrhages along the dilated superotemporal vein",
        "右眼颞上支静脉迂曲扩张，沿其分布区大量火焰状出血",
    ],
)
def test_bleeding_along_a_vein_is_of_its_sector(text: str) -> None:
    assert eyes(text, "cfp")["OD"]["haem"] == "sector_st"


def test_no_retinopathy_denies_its_signs_where_none_is_told() -> None:
    found = eyes("R&L no retinopathy seen, CDR 0.2", "cfp")["OD"]
    assert (found["ma"], found["haem"]) == ("none", "none")
    beside = eyes("OD: no diabetic retinopathy, few haemorrhages below the disc", "cfp")["OD"]
    assert beside["haem"] == "few"


def test_what_was_measured_at_an_earlier_visit_is_left_out() -> None:
    text = "At the last visit, in May, central subfield OD was 512. Central subfield OD now 389."
    assert eyes(text, "oct")["OD"]["cst"] == 389


def test_a_size_behind_an_eye_is_of_that_eye_alone() -> None:
    found = eyes("Drusen: R two nasal to the fovea, up to 110 um; L no drusen.", "oct")
    assert found["OD"]["drusen_size"] == 110 and "drusen_size" not in found["OS"]


def test_a_line_on_both_eyes_says_nothing_of_the_next_line() -> None:
    text = "VA 6/5 R&L\nNRR   R ISNT ok, pink / L inf notch, + splinter haem at the disc margin"
    found = eyes(text, "cfp")
    assert "disc_haem" not in found["OD"] and found["OS"]["disc_haem"] == "present"


def test_sectors_of_the_nerve_fibre_layer_may_have_their_unit() -> None:
    found = eyes("R: RNFL mean 81um, RNFL S 115um, N 72um, I 69um, T 66um", "oct")["OD"]
    assert [found[f"rnfl_{sector}"] for sector in "snit"] == [115, 72, 69, 66]


def test_the_widest_is_of_what_was_named_last() -> None:
    text = "OD: loss of RPE and outer retina, widest 900 um, soft drusen up to 160 um"
    found = eyes(text, "oct")["OD"]
    assert (found["atrophy_size"], found["drusen_size"]) == (900, 160)


def test_he_is_exudate_where_bleeding_goes_by_another_word() -> None:
    assert "hard exudates" in written_out("OD: no heme, HE near fovea")
    assert "hemorrhages" in written_out("OD: MA 3, HE 4, EX none")


def test_dictated_marks_end_sentences() -> None:
    assert written_out("OSDI nineteen full stop next") == "OSDI nineteen. next"


@pytest.mark.parametrize(
    "text",
    [
        "Stability, first break\n  OD 5.2 s\n  OS 8.1 s",
        "NIBUT first 5.2 / 8.1 s (R/L)",
        "NIBUT first OD 5.2 avg 7.0, OS 8.1 avg 9.9",
        "first break-up at five point two seconds right, eight point one left",
        "首次破裂时间：右眼五点二秒，左眼八点一秒",
        "NIBUT, first ...... R 5.2 s / L 8.1 s",
        "(R) NIBUT first 5.2 s, (L) NIBUT first 8.1 s",
        "Rigth eye: first break 5.2 s. Lfet eye: first break 8.1 s.",
        "             RIGHT (OD)    LEFT (OS)\nNIBUT 1st    [5.2]         [8.1]",
        "| Eye | NIBUT first (s) | Tears, 5 min |\n|--|--|--|\n| R | 5.2 | 12 |\n| L | 8.1 | 14 |",
    ],
)
def test_a_break_up_time_is_read_in_many_manners(text: str) -> None:
    found = eyes(text, "osa")
    assert (found["OD"]["nibut_first"], found["OS"]["nibut_first"]) == (5.2, 8.1)


@pytest.mark.parametrize(
    "text",
    [
        "OD\nIRF: N\nSRF: N\nERM: N",
        "OD: IRF [ ]  SRF [ ]  ERM [ ]",
        "OD: IRF 0, SRF 0, ERM 0",
        "OD: IRF/SRF/ERM (-)",
        "OD: no IRF/SRF, no ERM",
        "右眼：IRF0；SRF0；ERM0",
    ],
)
def test_forms_deny_with_letters_boxes_and_noughts(text: str) -> None:
    found = eyes(text + "\nCST OD 260", "oct")["OD"]
    assert (found["irf"], found["srf"], found["erm"]) == ("none", "none", "none")


def test_forms_affirm_with_letters_and_boxes() -> None:
    assert eyes("OD: IRF [x]  SRF [ ]  CST 400", "oct")["OD"]["irf"] == "present"
    assert eyes("OD: IRF: Y, CST 400", "oct")["OD"]["irf"] == "present"


@pytest.mark.parametrize(
    "text",
    [
        "OD CST 338 um, VA 6/12, IOP 395.",
        "OD CST 338 um. At the last visit CST was 395.",
        "右眼CST 338 um，上次CST 395 um",
        "OD: CST 338, visual acuity 0.4, axial length 295",
    ],
)
def test_other_examinations_and_earlier_visits_are_not_taken_for_the_value(text: str) -> None:
    read = read_report(text, "oct")
    assert read.case.eyes[0].values["cst"] == 338
    assert not read.conflicts


@pytest.mark.parametrize(
    "text",
    [
        "Mother is diabetic. OD: microaneurysms 3, CDR 0.3.",
        "Denies HTN, DM. OD: microaneurysms 3, CDR 0.3.",
        "Diabetes: no. OD: microaneurysms 3, CDR 0.3.",
        "否认高血压、糖尿病。OD: microaneurysms 3, CDR 0.3.",
        "母亲有糖尿病。OD: microaneurysms 3, CDR 0.3.",
    ],
)
def test_a_disease_that_is_denied_or_a_relatives_is_not_the_persons(text: str) -> None:
    assert not read_report(text, "cfp").case.known("diabetes")


@pytest.mark.parametrize(
    "text",
    [
        "RE only (LE prosthesis): CDR 0.3, no haemorrhages",
        "The left eye was not photographed. Right eye: CDR 0.3, no haemorrhages",
        "右眼C/D 0.3，未见出血。左眼未拍照",
    ],
)
def test_an_eye_that_was_not_examined_gets_no_findings(text: str) -> None:
    assert set(eyes(text, "cfp")) == {"OD"}


def test_a_denial_of_one_kind_does_not_deny_another() -> None:
    found = eyes("OS: diffuse atrophy, no patchy atrophy", "cfp")
    assert found["OS"]["atrophy"] == "diffuse"
    found = eyes("左眼颞下象限火焰状出血，其余象限未见出血", "cfp")
    assert found["OS"]["haem"] == "sector_it"


def test_meiboscores_are_no_percent_and_are_graded() -> None:
    text = "OSDI 30. Meiboscore R: UL 2, LL 3. L: UL 1, LL 1. NIBUT first R 5 s, L 6 s."
    found = eyes(text, "osa")
    assert (found["OD"]["meiboscore_upper"], found["OD"]["meiboscore_lower"]) == (2, 3)
    assert "mg_upper" not in found["OD"]
    assert {("OD", "osa_evaporative"), ("OS", "osa_unspecified")} <= codes(text, "osa")


def test_glands_that_remain_are_told_as_lost() -> None:
    found = eyes("残存腺体：右眼 上睑80% 下睑45%", "osa")
    assert (found["OD"]["mg_upper"], found["OD"]["mg_lower"]) == (20, 55)


def test_a_number_with_another_unit_is_not_the_names() -> None:
    assert "tmh" not in eyes("OD: TMH xx, lipd 49nm, OSDI 20, redness 1.0", "osa")["OD"]


def test_a_size_in_millimetres_becomes_micrometres() -> None:
    found = eyes("OD: geographic atrophy measuring 1.8 mm in width, no fluid", "oct")
    assert found["OD"]["atrophy_size"] == 1800


def test_of_a_range_of_drusen_the_largest_counts() -> None:
    found = eyes("OD: drusen 80-130 um, no haemorrhage", "cfp")
    assert found["OD"]["drusen_size"] == 130


def test_a_numbered_list_below_an_eye_is_no_table() -> None:
    found = eyes("OD\n - first break 5.5 s, mean 8.0 s\n - TMH 0.14 mm", "osa")
    assert found["OD"] == {"nibut_first": 5.5, "nibut_mean": 8.0, "tmh": 0.14}
