"""The findings table as values: python -m pytest tests/demo/test_panels.py"""

import dataclasses

import pytest

from assistant.findings import Findings
from demo.panels import Row, findings_html, sections
from segmentation.labels import LESIONS
from segmentation.types import LesionStats, Rim
from tests.assistant.factory import ABSENT, findings, healthy, lesion, lesions, measured, ungradable
from vision.catalogue import LANGUAGES, Language, table


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
