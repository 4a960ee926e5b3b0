"""Two photos against each other: python -m pytest tests/demo/test_compare.py"""

import dataclasses

import pytest

from assistant.findings import Findings
from demo.compare import CDR_ERROR, Line, compare
from demo.compare_table import compare_html
from demo.pair import Kind, Pair
from segmentation.types import GlandLoss, Thickness
from tests.assistant.factory import (
    diseases,
    findings,
    healthy,
    lesion,
    lesions,
    lid,
    measured,
    scan,
    ungradable,
)
from vision.catalogue import LANGUAGES, Language, say
from vision.types import Quality

KINDS: tuple[Kind, ...] = ("eyes", "visits", "photos")
AFTER = measured(lesions=lesions(MA=lesion(30), HE=lesion(2), EX=lesion(12, 24600)), grade=3)


def rows(left: Findings, right: Findings, kind: Kind = "visits") -> dict[str, Line]:
    return {line.name: line for line in compare(left, right, kind, "en").lines}


def words(left: Findings, right: Findings, kind: Kind, language: Language = "en") -> str:
    return " ".join(compare(left, right, kind, language).sentences)


def with_cup(ratio: float | None) -> Findings:
    return measured(anatomy=dataclasses.replace(measured().anatomy, vertical_cdr=ratio))


def test_counts_stand_beside_each_other_with_their_difference() -> None:
    shown = rows(measured(), AFTER)
    line = shown["M · microaneurysms"]
    assert (line.left, line.right, line.change, line.differs) == ("23", "30", "+7", True)
    assert shown["H · haemorrhages"].change == "−3"
    assert shown["E · hard exudates"].change == "0" and not shown["E · hard exudates"].differs


def test_the_grade_comes_with_its_probability_and_its_step() -> None:
    line = rows(measured(), AFTER)["ICDR grade"]
    assert (line.left, line.right, line.change) == ("2 (71%)", "3 (63%)", "+1")


def test_areas_are_shares_of_the_field_since_photos_differ_in_size() -> None:
    larger = measured(lesions=lesions(HE=lesion(5, 89_876)))
    areas = [
        line for line in compare(measured(), larger, "visits", "en").lines if "area" in line.name
    ]
    assert [(area.left, area.right, area.change) for area in areas][1] == (
        "0.12%",
        "1.1%",
        "+1.00%",
    )


def test_an_absent_class_has_no_area() -> None:
    assert sum("area" in name for name in (line.name for line in compare(
        healthy(), healthy(), "visits", "en").lines)) == 0  # fmt: skip


@pytest.mark.parametrize("kind", ["eyes", "photos"])
def test_only_two_visits_have_a_difference(kind: Kind) -> None:
    assert not any(line.change for line in rows(measured(), AFTER, kind).values())


@pytest.mark.parametrize(
    ("after", "within"), [(0.5, True), (0.45 + 2 * CDR_ERROR + 0.01, False), (0.45, False)]
)
def test_a_cup_to_disc_ratio_that_differs_by_less_than_its_error_says_so(
    after: float, *, within: bool
) -> None:
    line = rows(with_cup(0.45), with_cup(after))["Cup-to-disc ratio, vertical"]
    assert ("error of measuring" in line.note) is within
    assert line.differs is (after != 0.45 and not within)
    assert ("error of measuring" in words(with_cup(0.45), with_cup(after), "visits")) is within


def test_what_was_measured_in_one_photo_alone_is_not_compared() -> None:
    line = rows(with_cup(0.45), with_cup(None))["Cup-to-disc ratio, vertical"]
    assert (line.right, line.change) == ("not measured", "")
    assert "cup-to-disc" not in words(with_cup(0.45), with_cup(None), "visits")


def test_lesions_that_are_not_known_are_not_none() -> None:
    unknown = findings(lesions=None)
    line = rows(measured(), unknown)["H · haemorrhages"]
    assert (line.left, line.right, line.change) == ("5", "not known", "")
    assert "haemorrhages" not in words(measured(), unknown, "visits")


def test_diseases_suspected_or_uncertain_in_one_photo_are_shown_for_both() -> None:
    other = measured(diseases=diseases(D=0.2, G=0.5))
    shown = rows(measured(), other)
    assert (shown["diabetic retinopathy"].left, shown["diabetic retinopathy"].right) == (
        "86%",
        "20%",
    )
    assert shown["diabetic retinopathy"].differs and shown["glaucoma"].right == "50%"
    assert "cataract" not in shown


def test_a_change_is_told_in_words_from_before_to_now() -> None:
    said = words(measured(), AFTER, "visits")
    assert "More than before: microaneurysms (23, now 30)." in said
    assert "Fewer than before: haemorrhages (5, now 2)." in said
    assert "As many as before: hard exudates (12)." in said
    assert "Neither then nor now: soft exudates" in said
    assert "The ICDR grade was 2 and is 3." in said


def test_fellow_eyes_are_told_by_their_sides() -> None:
    said = words(measured(), AFTER, "eyes")
    assert "More in the right eye: haemorrhages (5 and 2)." in said
    assert "More in the left eye: microaneurysms (23 and 30)." in said
    assert "The ICDR grade is 2 in the right eye and 3 in the left." in said
    assert "now" not in said


def test_nobody_is_said_to_be_better_or_worse() -> None:
    for kind in KINDS:
        assert not {"better", "worse", "improved", "progressed"} & set(
            words(measured(), AFTER, kind).lower().split()
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_small_differences_are_always_said_to_mean_nothing(kind: Kind, language: Language) -> None:
    caution = compare(measured(), AFTER, kind, language).cautions[0]
    assert ("small differences" in caution) if language == "en" else ("小差别" in caution)


def test_photos_that_differ_in_size_or_quality_say_by_how_much() -> None:
    other = measured(
        image=dataclasses.replace(measured().image, width=1000, height=800),
        quality=Quality("cfp", "limited", 0.41),
    )
    _, sizes, quality = compare(measured(), other, "visits", "en").cautions
    assert "4288 × 2848 px" in sizes and "1000 × 800 px" in sizes
    assert "0.87" in quality and "0.41" in quality


@pytest.mark.parametrize(
    ("left", "right"), [(measured(), ungradable()), (ungradable(), measured()), (lid(None), lid())]
)
def test_what_cannot_be_compared_says_so_and_shows_no_number(
    left: Findings, right: Findings
) -> None:
    told = compare(left, right, "photos", "en")
    assert told.lines == () and "cannot be compared" in told.sentences[0]


@pytest.mark.parametrize(("left", "right"), [(measured(), scan()), (lid(), measured())])
def test_images_of_two_instruments_have_no_table_and_a_hint_to_ask(
    left: Findings, right: Findings
) -> None:
    told = compare(left, right, "photos", "en")
    assert told.lines == () and "two instruments" in told.sentences[0]


def test_two_scans_show_how_thick_the_retina_is_where_one_tells_it() -> None:
    thick = Thickness(101.4, 92.0, (90.0, 101.4, 88.0), 1.0, cut_off=False)
    shown = rows(scan(thickness=thick), scan())
    line = shown["Retina in the middle of the scan (not validated)"]
    assert (line.left, line.right) == ("101 px", say("demo.not_known", "en"))


def test_two_lids_are_compared_by_their_glands() -> None:
    shown = rows(lid(), lid(GlandLoss(0.1, 0.5, 2)))
    assert shown["Meiboscore, 0 to 3 (not validated)"].change == "+1"
    assert shown["Area without a gland near (not validated)"].right == "50%"


def test_two_scans_are_compared_by_what_they_likeliest_show() -> None:
    shown = rows(scan("DME", 0.81), scan("NO", 0.7))
    assert shown["diabetic macular oedema"].left == "81%" and len(shown) == 2


def test_both_languages_tell_the_same_lines() -> None:
    english, chinese = (compare(measured(), AFTER, "visits", one).lines for one in LANGUAGES)
    assert [(e.change, e.differs) for e in english] == [(c.change, c.differs) for c in chinese]
    assert "微动脉瘤" in words(measured(), AFTER, "visits", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_table_names_both_photos_and_has_a_column_for_each(
    kind: Kind, language: Language
) -> None:
    html = compare_html(Pair(2, 1, kind), measured(), AFTER, language)
    heads, cells = html.split("<tbody>")[0], html.split("<tr")[3]
    assert heads.count('scope="col"') == (3 if kind == "visits" else 2)
    assert cells.count("<td>") == (3 if kind == "visits" else 2)
    assert "2" in heads and "1" in heads
