from dataclasses import replace

import numpy as np
import pytest

from segmentation.icdr import dme_risk, lesion_grade
from segmentation.labels import LESIONS
from segmentation.measure import measure_lesions
from segmentation.types import Anatomy, Disc, Fovea, LesionGrade, LesionStats, Quadrants, RetinaMap
from vision.catalogue import LANGUAGES, say
from vision.fov import FieldOfView

SIDE = 1000
DD = 100.0
FOV = FieldOfView(np.ones((SIDE, SIDE), bool), 0, 0, SIDE, SIDE)
RIGHT_EYE = Anatomy(Disc((750.0, 500.0), DD), Fovea((500.5, 500.5), 0.9))


def _lesions(**counts: int) -> dict[str, LesionStats]:
    found = {code: counts.get(code, 0) for code in LESIONS}
    return {code: LesionStats(n > 0, n, 50 * n, 0.01 * n) for code, n in found.items()}


def _bled(*by_quadrant: int) -> dict[str, LesionStats]:
    lesions = _lesions(HE=sum(by_quadrant))
    return {**lesions, "HE": replace(lesions["HE"], by_quadrant=Quadrants(*by_quadrant))}


def _retina(exudates: np.ndarray) -> RetinaMap:
    masks = {code: np.zeros((SIDE, SIDE), bool) for code in LESIONS}
    return RetinaMap({**masks, "EX": exudates}, None, None, None, None, {})


def _exudate(distance_px: int) -> np.ndarray:
    """One row of pixels on the temporal side, the nearest so far from the fovea."""
    mask = np.zeros((SIDE, SIDE), bool)
    mask[500, 500 - distance_px - 9 : 500 - distance_px + 1] = True
    return mask


def _risk(exudates: np.ndarray, anatomy: Anatomy = RIGHT_EYE) -> tuple[int | None, str]:
    retina = _retina(exudates)
    found = dme_risk(anatomy, measure_lesions(retina, FOV, anatomy))
    return found.risk, found.reason


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        ({}, 0),
        ({"MA": 4}, 1),
        ({"MA": 300}, 1),
        ({"MA": 300, "HE": 1}, 1),
        ({"HE": 2}, 2),
        ({"EX": 7}, 2),
        ({"SE": 1}, 2),
        ({"MA": 5, "HE": 2}, 2),
        ({"MA": 5, "HE": 5, "EX": 5, "SE": 5}, 2),
    ],
)
def test_the_grade_is_the_lowest_that_the_lesions_allow(counts, grade):
    found = lesion_grade(_lesions(**counts))
    assert (found.at_least, found.reason) == (grade, f"evidence.{grade}")


@pytest.mark.parametrize("counts", [{"MA": 3}, {"HE": 1}, {"EX": 6}, {"MA": 3, "HE": 1, "EX": 6}])
def test_as_few_lesions_as_in_healthy_eyes_establish_no_grade(counts):
    assert lesion_grade(_lesions(**counts)) == LesionGrade(0, "evidence.few")


@pytest.mark.parametrize(
    ("by_quadrant", "grade"),
    [((21, 21, 21, 21), 3), ((20, 21, 21, 21), 2), ((100, 100, 100, 20), 2), ((0, 0, 0, 2), 2)],
)
def test_severe_takes_more_than_20_haemorrhages_in_each_quadrant(by_quadrant, grade):
    assert lesion_grade(_bled(*by_quadrant)).at_least == grade


def test_haemorrhages_whose_quadrants_are_unknown_are_not_called_severe():
    assert lesion_grade(_lesions(HE=500)).at_least == 2


def test_haemorrhages_drawn_all_over_the_photo_are_severe():
    retina = _retina(np.zeros((SIDE, SIDE), bool))
    for top in range(100, 900, 100):
        for left in range(100, 900, 50):
            retina.lesions["HE"][top : top + 5, left : left + 5] = True
    lesions = measure_lesions(retina, FOV, RIGHT_EYE)
    assert lesions["HE"].by_quadrant == Quadrants(ST=32, SN=32, IT=32, IN=32)
    assert lesion_grade(lesions).at_least == 3


def test_without_hard_exudates_the_risk_is_0_even_where_nothing_else_was_seen():
    assert _risk(np.zeros((SIDE, SIDE), bool), Anatomy()) == (0, "dme.0")


@pytest.mark.parametrize(
    ("distance_px", "risk"), [(0, 2), (1, 2), (99, 2), (100, 2), (101, 1), (300, 1)]
)
def test_the_risk_is_2_within_one_disc_diameter_of_the_fovea_and_1_beyond(distance_px, risk):
    assert _risk(_exudate(distance_px)) == (risk, f"dme.{risk}")


def test_one_exudate_near_the_fovea_outweighs_those_far_away():
    assert _risk(_exudate(300) | _exudate(50)) == (2, "dme.2")


def test_other_lesions_at_the_fovea_are_no_risk_of_edema():
    retina = _retina(np.zeros((SIDE, SIDE), bool))
    retina.lesions["SE"] = retina.lesions["HE"] = np.kron(
        np.eye(10, dtype=bool), np.ones((100, 100), bool)
    )
    assert dme_risk(RIGHT_EYE, measure_lesions(retina, FOV, RIGHT_EYE)).risk == 0


@pytest.mark.parametrize(
    ("anatomy", "reason"),
    [
        (replace(RIGHT_EYE, fovea=None), "dme.no_fovea"),
        (replace(RIGHT_EYE, disc=None), "dme.no_disc"),
        (Anatomy(), "dme.no_fovea"),
    ],
)
def test_exudates_without_fovea_or_disc_give_no_risk_but_a_reason(anatomy, reason):
    assert _risk(_exudate(50), anatomy) == (None, reason)


REASONS = (
    *(f"evidence.{grade}" for grade in range(4)),
    "evidence.limits",
    *(f"dme.{risk}" for risk in range(3)),
    "dme.no_fovea",
    "dme.no_disc",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_a_sentence_in_both_languages(reason, language):
    assert say(reason, language).endswith((".", "。"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("risk", range(3))
def test_every_risk_says_that_edema_itself_needs_oct(risk, language):
    assert "OCT" in say(f"dme.{risk}", language)
