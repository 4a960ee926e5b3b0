"""Run: python -m pytest tests/assistant/test_findings_text.py"""

import dataclasses

import pytest

from assistant import numbers
from assistant.findings_text import (
    disease_name,
    grade_name,
    grade_rule,
    lesion_name,
    suspicion,
    to_text,
)
from segmentation.labels import LESIONS
from segmentation.types import Anatomy, DMERisk
from tests.assistant.factory import diseases, findings, healthy, measured, ungradable
from vision.catalogue import LANGUAGES, table
from vision.labels import DISEASES, ICDR_GRADES
from vision.types import DiseaseScore, Quality


def test_the_typical_photo_reads_as_written_here():
    assert to_text(findings(), "en").splitlines() == [
        "Colour fundus photo, right eye (OD).",
        "Quality: gradable.",
        "Suspected: diabetic retinopathy 86%.",
        "Not suspected: other abnormality 21%, age-related macular degeneration 11%, glaucoma 8%, "
        "hypertensive retinopathy 5% (low confidence), cataract 3%, pathologic myopia 2%.",
        "Normal fundus: 6%.",
        "Retinopathy grade: ICDR 2, moderate non-proliferative diabetic retinopathy (71%).",
        "Rule: more than just microaneurysms, but less than severe.",
        "Referable: yes.",
        "By the measured lesions: at least grade 2 (haemorrhages or exudates); venous beading, "
        "IRMA and new vessels are not segmented.",
        "Macular oedema risk: not known (hard exudates, but no fovea located).",
        "Microaneurysms: 23 candidates (73% of such are real); 4,140 px; 0.05% of the field.",
        "Haemorrhages: 5; 9,876 px; 0.12% of the field.",
        "Hard exudates: 12; 24,600 px; 0.31% of the field.",
        "Absent: soft exudates (cotton-wool spots).",
        "Optic disc: 520 px wide.",
        "Not measured: fovea (so no places or distances relative to it), cup-to-disc ratio.",
    ]


def test_all_that_is_measured_takes_few_lines_more():
    lines = to_text(measured(), "en").splitlines()
    assert lines[-5:] == [
        "Optic disc: 520 px wide.",
        "Fovea: located.",
        "Cup-to-disc ratio: vertical 0.45, area 0.19.",
        "Rim width in disc diameters: inferior 0.31, superior 0.27, nasal 0.24, temporal 0.16.",
        "Vessel density: 11.7% of the field.",
    ]
    assert len(lines) - len(to_text(findings(), "en").splitlines()) == 4
    assert "By the networks: macular oedema risk 2 of 2 (83%)." in lines


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", [
            "Macular oedema risk: 2 of 2 (hard exudates within one disc diameter of the fovea).",
            "Haemorrhages: 5; 9,876 px; 0.12% of the field; ST 3, SN 0, IT 2, IN 0; 1 in the "
            "central 1 disc diameter, 4 in the central 3 disc diameters; nearest to the fovea "
            "0.4 disc diameters.",
        ]),
        ("zh", [
            "黄斑水肿风险：2/2（距中心凹1个视盘直径内有硬性渗出）。",
            "出血：5处；9,876像素；占视野0.12%；颞上3、鼻上0、颞下2、鼻下0；中央1个视盘直径内1处、"
            "3个视盘直径内4处；距中心凹最近0.4个视盘直径。",
            "视杯/视盘比：垂直0.45、面积0.19。",
            "盘沿宽度（以视盘直径为单位）：下方0.31、上方0.27、鼻侧0.24、颞侧0.16。",
            "按测量到的病灶：至少2级（有出血或渗出）；静脉串珠、IRMA和新生血管未分割。",
        ]),
    ],
)  # fmt: skip
def test_places_and_rules_are_told_in_both_languages(language, lines):
    assert set(lines) <= set(to_text(measured(), language).splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_located_is_one_line(language):
    notes = ("note.disc_not_seen", "note.fovea_not_seen", "note.cup_not_seen")
    text = to_text(findings(anatomy=Anatomy(), notes=notes), language)
    assert not any(table(language)[note] in text for note in notes)
    assert text.splitlines()[-1].startswith("Not measured" if language == "en" else "未测量")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "note",
    ["note.eye_from_photo", "note.eye_against_photo", "note.grade_without_lesions",
     "note.grade_against_lesions"],
)  # fmt: skip
def test_doubts_are_told_in_full(note, language):
    assert table(language)[note] in to_text(findings(notes=(note,)), language)


def test_an_edema_risk_that_is_not_known_says_why():
    assert "no optic disc located" in to_text(findings(dme=DMERisk(None, "dme.no_disc")), "en")
    assert "Macular oedema risk: 0 of 2 (no hard exudates)." in to_text(healthy(), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_is_the_same_every_time(language):
    assert to_text(findings(), language) == to_text(findings(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_tell_the_same_numbers(language):
    text = to_text(findings(), language)
    for number in ("86%", "21%", "71%", "23", "4,140", "0.05%", "9,876", "24,600", "520"):
        assert number in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_absent_lesions_are_named(language):
    text = to_text(healthy(), language)
    assert all(lesion_name(code, language) in text for code in LESIONS)


@pytest.mark.parametrize(
    ("one", "phrase"),
    [
        (findings(lesions=None, notes=("note.segmentation_failed",)), "Lesions: unknown."),
        (findings(diseases=None, grade=None), "No retinopathy grade."),
        (ungradable(), "Quality: not gradable."),
        (ungradable(), "unknown side"),
        (findings(eye="OS"), "left eye (OS)"),
        (findings(grade=0), "Referable: no."),
        (findings(diseases=diseases(D=0.1)), "No disease is suspected."),
        (findings(diseases=diseases(G=0.48)), "Uncertain, near the threshold: glaucoma 48%."),
        (findings(diseases=diseases(H=0.9)), "hypertensive retinopathy 90% (low confidence)"),
        (findings(diseases=diseases(C=0.999, M=0.001)), "cataract >99%"),
        (findings(diseases=diseases(M=0.001)), "pathologic myopia <1%"),
        (findings(grade=3), "next moderate 24%"),
    ],
)
def test_special_states_are_said(one, phrase):
    assert phrase in to_text(one, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_photo_that_is_no_fundus_is_called_so(language):
    image = dataclasses.replace(findings().image, modality="oct")
    one = findings(
        image=image, quality=Quality("oct", "no", 0.0), diseases=None, grade=None, lesions=None,
        notes=("note.not_fundus",),
    )  # fmt: skip
    assert table(language)["note.not_fundus"] in to_text(one, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_name_and_every_grade_a_rule(language):
    assert all(disease_name(code, language) for code in DISEASES)
    assert all(grade_name(grade, language) for grade in (*ICDR_GRADES, None))
    assert all(grade_rule(grade, language) for grade in (*ICDR_GRADES, None))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_called_a_diagnosis(language):
    texts = [to_text(one, language) for one in (findings(), healthy(), ungradable())]
    assert not any("diagnos" in text or "诊断" in text for text in texts)


@pytest.mark.parametrize(
    ("probability", "threshold", "word"),
    [
        (0.86, 0.5, "suspected"),
        (0.40, 0.5, "uncertain"),
        (0.60, 0.5, "uncertain"),
        (0.39, 0.5, "not_suspected"),
        (0.61, 0.5, "suspected"),
        (0.02, 0.15, "not_suspected"),
        (0.26, 0.15, "suspected"),
        (1.0, 0.5, "suspected"),
        (0.0, 0.5, "not_suspected"),
    ],
)
def test_words_for_probabilities_follow_the_band_around_the_threshold(probability, threshold, word):
    score = DiseaseScore("G", probability, threshold, threshold - 0.1, threshold + 0.105)
    assert suspicion(score) == word


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (numbers.percent(0.856), "86%"),
        (numbers.percent(0.004), "<1%"),
        (numbers.percent(0.996), ">99%"),
        (numbers.area_percent(0.0), "0%"),
        (numbers.area_percent(0.004), "<0.01%"),
        (numbers.area_percent(0.314), "0.31%"),
        (numbers.area_percent(12.34), "12.3%"),
        (numbers.count(1234), "1,234"),
        (numbers.pixels(12345.4, "en"), "12,345 px"),
        (numbers.pixels(12345.4, "zh"), "12,345像素"),
        (numbers.distance(1.26, "en"), "1.3 disc diameters"),
        (numbers.ratio(0.456), "0.46"),
    ],
)
def test_numbers_are_written_one_way(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("12", 12, 12, ""),
        ("twenty-three", 23, 23, ""),
        ("1,234 px", 1234, 1234, "px"),
        ("0.31 %", 0.31, 0.31, "percent"),
        ("百分之八十六", 86, 86, "percent"),
        ("十二处", 12, 12, ""),
        ("5 to 10", 5, 10, ""),
        ("between 5 and 10", 5, 10, ""),
        ("more than 20", 21, float("inf"), ""),
        ("fewer than 20", float("-inf"), 19, ""),
        ("20处以上", 20, float("inf"), ""),
        ("3 months", 3, 3, "time"),
        ("0.4 mm", 0.4, 0.4, "length"),
    ],
)
def test_numbers_are_read_back(text, low, high, unit):
    (number,) = numbers.read_numbers(text)
    assert (number.low, number.high, number.unit) == (low, high, unit)
