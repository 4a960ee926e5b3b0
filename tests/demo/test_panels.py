"""The findings table as values: python -m pytest tests/demo/test_panels.py"""

import dataclasses

import pytest

from assistant.findings import GRADE_DOUBTS, RISKS_DIFFER, Findings
from assistant.findings_table import Row, sections
from demo.panels import findings_html, step_result
from segmentation.labels import LESIONS
from segmentation.types import LesionStats, Rim
from tests.assistant.factory import (
    ABSENT,
    RISKS,
    diseases,
    findings,
    healthy,
    lesion,
    lesions,
    measured,
    scan,
    ungradable,
)
from vision.catalogue import LANGUAGES, Language, table
from vision.types import Quality


def rows(one: Findings, language: Language = "en") -> dict[str, Row]:
    return {row.name: row for part in sections(one, language) for row in part.rows}


def test_each_structure_has_its_measure() -> None:
    shown = rows(measured())
    assert shown["Optic disc, diameter"].value == "520 px"
    assert shown["Fovea"].value == "located"
    assert shown["Cup-to-disc ratio"].value == "vertical 0.45, area 0.19"
    assert shown["Rim width"].value == "inferior 0.31, superior 0.27, nasal 0.24, temporal 0.16"
    assert shown["Vessel density"].value == "11.7% of the field of view"


@pytest.mark.parametrize(
    ("rim", "said"),
    [(Rim(0.3, 0.2, 0.15, 0.1), "the usual order"), (Rim(0.1, 0.2, 0.3, 0.1), "not the usual")],
)
def test_the_rim_comes_with_its_unit_and_order(rim: Rim, said: str) -> None:
    anatomy = dataclasses.replace(measured().anatomy, rim=rim)
    detail = rows(measured(anatomy=anatomy))["Rim width"].detail
    assert "in disc diameters" in detail and said in detail


def test_structures_that_were_not_seen_are_not_measured() -> None:
    shown = rows(findings())
    for name in ("Fovea", "Cup-to-disc ratio", "Rim width", "Vessel density"):
        assert shown[name].value == "not measured"


def test_the_edema_risk_comes_with_the_rule_that_applied() -> None:
    risk = rows(measured())["Macular oedema risk"]
    assert (risk.value, risk.tone) == ("2 of 2", "found")
    assert "within one disc diameter of the fovea" in risk.detail and "OCT" in risk.detail
    assert rows(healthy())["Macular oedema risk"].tone == ""


def test_an_edema_risk_that_is_not_known_says_why() -> None:
    risk = rows(findings())["Macular oedema risk"]
    assert risk.value == "not known" and "fovea was not located" in risk.detail


def test_the_classifier_s_edema_risk_stands_beside_the_rule_s() -> None:
    risk = rows(measured())["Macular oedema risk, by the networks"]
    assert (risk.value, risk.tone) == ("2 of 2", "found")
    assert risk.detail == "0: 4%, 1: 13%, 2: 83%"
    other = measured(dme_grade=RISKS[1], notes=("note.dme_against_exudates",))
    risk = rows(other)["Macular oedema risk, by the networks"]
    assert (risk.value, risk.tone) == ("1 of 2", "doubt") and "disagree" in risk.detail


def test_without_a_segmentation_the_classifier_s_edema_risk_is_shown_alone() -> None:
    shown = rows(findings(lesions=None, dme_grade=RISKS[1]))
    assert "Macular oedema risk" not in shown
    assert shown["Macular oedema risk, by the networks"].value == "1 of 2"


@pytest.mark.parametrize(
    ("probability", "tone", "said"),
    [
        (0.3, "", "below its threshold of 50%"),
        (0.49, "doubt", "uncertain: between 33% and 67%"),
        (0.55, "doubt", "uncertain: between 33% and 67%"),
        (0.7, "found", "suspected"),
    ],
)
def test_a_disease_within_its_uncertain_band_is_called_uncertain(
    probability: float, tone: str, said: str
) -> None:
    row = rows(findings(diseases=diseases(G=probability)))["glaucoma"]
    assert row.tone == tone and said in row.detail and row.share == probability


def test_a_disease_with_few_cases_is_of_low_confidence() -> None:
    shown = rows(findings())
    assert "low confidence" in shown["hypertensive retinopathy"].detail
    assert "low confidence" not in shown["glaucoma"].detail


def test_the_lesions_grade_says_what_masks_cannot_show() -> None:
    grade = rows(measured())["By the lesions"]
    assert (grade.value, grade.tone) == ("at least grade 2", "")
    assert "IRMA" in grade.detail


@pytest.mark.parametrize(
    ("grade", "note", "one"),
    [
        (1, "note.grade_against_lesions", lesions()),
        (3, "note.grade_without_lesions", dict.fromkeys(LESIONS, ABSENT)),
    ],
)
def test_a_doubt_between_grade_and_lesions_is_marked(
    grade: int, note: str, one: dict[str, LesionStats]
) -> None:
    row = rows(findings(grade=grade, lesions=one, notes=(note,)))["By the lesions"]
    assert row.tone == "doubt" and "disagree" in row.detail


def test_without_a_grade_the_lesions_still_speak() -> None:
    shown = rows(findings(grade=None, diseases=None))
    assert shown["ICDR grade"].value == "not known"
    assert shown["By the lesions"].value == "at least grade 2"


def test_microaneurysms_are_candidates_with_their_precision() -> None:
    shown = rows(measured())
    assert "73%" in shown["M · microaneurysms"].detail
    assert "candidates" not in shown["H · haemorrhages"].detail


def test_lesions_are_placed_around_the_fovea() -> None:
    detail = rows(measured())["E · hard exudates"].detail
    assert "in the central 1 disc diameter: 0; in the central 3: 5" in detail
    assert "nearest to the fovea: 0.8 disc diameters" in detail
    assert "inferior temporal 7" in detail


def test_a_photo_that_cannot_be_read_has_no_rows_by_rule() -> None:
    assert not {"By the lesions", "Macular oedema risk"} & set(rows(ungradable()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_stands_below_the_table(language: Language) -> None:
    notes = tuple(key for key in table(language) if key.startswith("note."))
    html = findings_html(1, findings(notes=notes, lesions=lesions(MA=lesion(1))), language)
    assert all(table(language)[note] in html for note in notes)


def test_the_chinese_table_has_the_same_numbers() -> None:
    shown = rows(measured(), "zh")
    assert shown["视杯/视盘比"].value == "垂直0.45、面积0.19"
    assert shown["黄斑水肿风险"].value == "2 级（共 0 至 2 级）"
    assert shown["按病灶分级"].value == "至少 2 级"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("note", [*GRADE_DOUBTS, RISKS_DIFFER])
def test_two_methods_that_disagree_are_a_badge_above_the_table(
    note: str, language: Language
) -> None:
    html = findings_html(1, findings(notes=(note, "note.cup_not_seen")), language)
    badge, rest = html.split("<table", 1)
    assert 'class="verdict disagree"' in badge and table(language)[note] in badge
    assert table(language)[note] not in rest.split('class="notes"')[1]


def test_methods_that_agree_have_no_badge() -> None:
    assert "disagree" not in findings_html(1, measured(), "en")


@pytest.mark.parametrize(
    ("probability", "word"), [(0.3, "not suspected"), (0.5, "uncertain"), (0.7, "suspected")]
)
def test_each_probability_has_a_word_and_shows_where_it_would_be_uncertain(
    probability: float, word: str
) -> None:
    one = findings(diseases=diseases(G=probability))
    row = rows(one)["glaucoma"]
    assert (row.word, row.band) == (word, (0.3333, 0.6667))
    html = findings_html(1, one, "en")
    assert f'<em class="sure">{word}</em>' in html and "left: 33%; width: 33%" in html


# ---- scans, and what is neither photo nor scan ----


@pytest.mark.parametrize(
    ("one", "tone", "said"),
    [
        (scan("DME"), "found", "swells the centre of the retina"),
        (scan("NO"), "", "In a normal retina"),
        (scan("ERM", 0.42), "doubt", "uncertain: even the likeliest is below 60%"),
        (scan("RAO"), "found", "only 22 scans"),
    ],
)
def test_a_scan_shows_all_classes_and_what_the_likeliest_means(
    one: Findings, tone: str, said: str
) -> None:
    quality, classes = sections(one, "en")
    assert quality.rows[0].value == "OCT scan" and "not judged" in quality.rows[0].detail
    assert len(classes.rows) == 7 and classes.rows[0].tone == tone
    assert said in classes.rows[0].detail
    assert all(row.share is not None and not row.detail for row in classes.rows[1:])


def test_a_scan_has_no_rows_of_a_fundus_photo_and_no_banner() -> None:
    html = findings_html(1, scan(), "en")
    assert "diabetic macular oedema" in html and 'style="width: 81%"' in html
    assert not any(word in html for word in ("ICDR", "Lesions", "glaucoma", "verdict", "score"))


def test_the_chinese_table_of_a_scan_has_the_same_numbers() -> None:
    shown = rows(scan("DME"), "zh")
    assert shown["糖尿病性黄斑水肿"].value == "81%"


def test_a_scan_that_was_not_read_says_so() -> None:
    one = dataclasses.replace(scan(), oct=None, notes=("note.oct_not_read",))
    html = findings_html(1, one, "en")
    assert "the classifier failed" in html and "not known" in html


def test_what_is_neither_photo_nor_scan_is_refused_with_its_sentence() -> None:
    one = ungradable()
    image = dataclasses.replace(one.image, modality="other")
    quality = Quality("other", "no", 0.0, ("quality.not_fundus",))
    html = findings_html(1, dataclasses.replace(one, image=image, quality=quality), "en")
    assert html.startswith('<div class="verdict ungradable"')
    assert "neither a colour fundus photo nor an OCT scan" in html and "something else" in html


def test_the_steps_tell_what_the_image_is_and_what_was_found() -> None:
    assert step_result("quality", findings(), "en").startswith("fundus photo · gradable")
    assert step_result("quality", scan(), "en") == "OCT scan"
    assert step_result("diseases", scan(), "en") == "diabetic macular oedema 81%"
    assert step_result("lesions", scan(), "en") == ""
