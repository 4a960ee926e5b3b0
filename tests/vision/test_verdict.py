"""Run with: pytest tests/vision/test_verdict.py"""

import itertools

import numpy as np
import pytest

from vision.catalogue import LANGUAGES, table
from vision.degrade import REASONS
from vision.types import Quality
from vision.verdict import FINE_DETAIL_PX, LIMITED_BELOW, MODALITIES, NO_BELOW, modality_of, verdict

FUNDUS = np.array([0.97, 0.01, 0.01, 0.01], np.float32)
ORDER = ("yes", "limited", "no")


def judged(diameter_px: int = 1000, **severities: float) -> Quality:
    values = np.array([severities.get(reason, 0.0) for reason in REASONS], np.float32)
    return verdict(values, FUNDUS, diameter_px)


def test_a_photo_without_faults_is_readable_and_has_the_whole_score() -> None:
    assert judged() == Quality("cfp", "yes", 1.0, ())


@pytest.mark.parametrize("reason", REASONS)
def test_score_and_verdict_only_get_worse_as_a_severity_grows(reason: str) -> None:
    found = [judged(**{reason: severity}) for severity in np.linspace(0, 1, 21)]
    assert all(b.score < a.score for a, b in itertools.pairwise(found))
    ranks = [ORDER.index(quality.gradable) for quality in found]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


@pytest.mark.parametrize("reason", REASONS)
def test_half_way_is_limited_and_the_end_is_unreadable_and_both_say_why(reason: str) -> None:
    half, whole = judged(**{reason: 0.5}), judged(**{reason: 1.0})
    assert (half.gradable, half.reasons) == ("limited", (f"quality.{reason}",))
    assert (whole.gradable, whole.score, whole.reasons) == ("no", 0.0, (f"quality.{reason}",))


def test_many_small_faults_make_a_photo_limited_and_the_worst_is_named() -> None:
    quality = judged(dark=0.2, blurred=0.25, artefact=0.15)
    assert NO_BELOW < quality.score < LIMITED_BELOW
    assert (quality.gradable, quality.reasons) == ("limited", ("quality.blurred",))


def test_a_photo_that_is_called_readable_has_no_reasons() -> None:
    rng = np.random.default_rng(0)
    for severities in rng.uniform(0, 0.5, (300, 6)):
        quality = verdict(severities, FUNDUS, 1000)
        assert (quality.gradable == "yes") == (quality.reasons == ())


def test_a_small_photo_is_limited_at_most() -> None:
    assert judged(FINE_DETAIL_PX).gradable == "yes"
    small = judged(FINE_DETAIL_PX - 1)
    assert (small.gradable, small.reasons) == ("limited", ("quality.low_resolution",))
    assert judged(100, dark=0.9).gradable == "no"


@pytest.mark.parametrize("modality", ["cfp", "oct"])
def test_what_only_looks_a_little_like_an_eye_is_another_picture(modality: str) -> None:
    probabilities = np.full(4, (1 - 0.8) / 3)
    probabilities[MODALITIES.index(modality)] = 0.8
    assert modality_of(probabilities) == "other"


@pytest.mark.parametrize("modality", ["oct", "osa", "other"])
def test_what_is_no_fundus_photo_is_refused_however_clear_it_is(modality: str) -> None:
    probabilities = np.full(4, 0.01)
    probabilities[MODALITIES.index(modality)] = 0.97
    quality = verdict(np.zeros(6), probabilities, 1000)
    assert (quality.modality, quality.gradable, quality.score) == (modality, "no", 0.0)
    assert len(quality.reasons) == 1


def test_every_reason_has_a_sentence_in_every_language() -> None:
    keys = [f"quality.{r}" for r in (*REASONS, "oct", "osa", "not_fundus", "low_resolution")]
    assert [(k, at) for k in keys for at in LANGUAGES if k not in table(at)] == []


@pytest.mark.parametrize("wrong", [np.zeros(5), np.full(6, 1.5), np.full(6, np.nan)])
def test_numbers_that_are_no_severities_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected 6 numbers"):
        verdict(wrong, FUNDUS, 1000)
