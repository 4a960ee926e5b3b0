"""The committed encoder on drawn eyes and on pictures that are none."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.drawing import draw_fundus
from vision.classifier import Classifier
from vision.drawn import draw_other
from vision.fov import detect
from vision.modality_quality import unseen_squares
from vision.ocular_surface import draw_meibography
from vision.types import FundusImage, Sight

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


def look(classifier: Classifier, pixels: np.ndarray) -> Sight:
    return classifier.look(FundusImage(pixels), detect(pixels))


@pytest.mark.parametrize("size", [(300, 380), (900, 1200)])
def test_a_drawn_eye_is_a_fundus_photo_that_can_be_read(classifier, size) -> None:
    sight = look(classifier, draw_fundus(size))
    assert sight.quality.modality == "cfp" and sight.quality.gradable != "no"
    assert sight.diagnosis is not None


def test_an_everyday_picture_is_refused_and_never_diagnosed(classifier) -> None:
    seen = [look(classifier, pixels) for pixels in unseen_squares(512)]
    assert len(seen) > 10
    assert all(s.quality.modality == "other" and s.diagnosis is None for s in seen)


def test_drawn_screens_pages_and_noise_are_refused(classifier) -> None:
    rng = np.random.default_rng(7)
    seen = [look(classifier, draw_other(rng, 320)) for _ in range(20)]
    assert sum(s.quality.modality == "other" for s in seen) >= 19


def test_a_drawn_meibography_is_an_ocular_surface_and_not_diagnosed(classifier) -> None:
    sight = look(classifier, draw_meibography(np.random.default_rng(3), 320))
    assert sight.quality.modality == "osa" and sight.diagnosis is None


def test_a_photo_that_grows_dark_grows_less_readable(classifier) -> None:
    pixels = draw_fundus((600, 800)).astype(float)
    # a drawing hides little from a sensor that dims it a little: real photos fall sooner
    left = (1, 0.15, 0.1)
    scores = [look(classifier, (pixels * share).astype(np.uint8)).quality.score for share in left]
    assert scores[0] > scores[1] > scores[2]


def test_a_photo_that_grows_blurred_grows_less_readable(classifier) -> None:
    drawn = Image.fromarray(draw_fundus((600, 800)))
    blurred = [np.asarray(drawn.filter(ImageFilter.GaussianBlur(px))) for px in (0, 1, 2, 4, 16)]
    scores = [look(classifier, pixels).quality.score for pixels in blurred]
    assert scores == sorted(scores, reverse=True) and scores[-1] < 0.25 < scores[0]


def test_eight_calibrated_probabilities_and_two_grades_come_from_one_pass(classifier) -> None:
    diagnosis = look(classifier, draw_fundus((600, 800))).diagnosis
    assert [d.code for d in diagnosis.diseases] == list("NDGCAHMO")
    assert sum(diagnosis.dr_probabilities) == pytest.approx(1, abs=1e-3)
    assert sum(diagnosis.dme_probabilities) == pytest.approx(1, abs=1e-3)
