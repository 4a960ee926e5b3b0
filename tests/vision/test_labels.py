"""The label sets: python -m pytest tests/vision/test_labels.py"""

import pytest

from vision import degrade, verdict
from vision.captions import OCT_PHRASES, PHRASES
from vision.config import CONFIGS, EncoderConfig
from vision.labels import DISEASES, HEADS, MODALITIES, OCT_CLASSES, SPOILERS, grade_of


@pytest.mark.parametrize("preset", ["base", "tiny"])
def test_every_preset_decides_what_the_code_reads(preset: str) -> None:
    assert EncoderConfig.read(CONFIGS / f"{preset}.json").heads == HEADS


def test_all_modules_mean_the_same_by_a_number() -> None:
    assert degrade.REASONS == SPOILERS
    assert verdict.MODALITIES == MODALITIES


def test_every_class_has_words() -> None:
    assert set(PHRASES) == set(DISEASES)
    assert set(OCT_PHRASES) == set(OCT_CLASSES)


@pytest.mark.parametrize(
    ("probabilities", "grade"),
    [
        ((1, 0, 0, 0, 0), 0),
        ((0.42, 0.2, 0.2, 0.1, 0.08), 1),
        ((0, 0, 0, 0, 1), 4),
        ((0, 0.2, 0.8), 2),
    ],
)
def test_the_grade_is_the_median_one(probabilities: tuple[float, ...], grade: int) -> None:
    assert grade_of(probabilities) == grade


def test_probabilities_that_fall_short_by_rounding_still_have_a_grade() -> None:
    assert grade_of((0.1666, 0.1666, 0.1666)) == 2
