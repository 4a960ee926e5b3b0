"""Run with: pytest tests/vision/test_quality.py"""

import itertools

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.drawing import draw_fundus, scatter_lesions
from vision import fov
from vision.catalogue import LANGUAGES, table
from vision.quality import assess
from vision.types import Quality

SIZE = (480, 640)


def judge(pixels: np.ndarray) -> Quality:
    return assess(pixels, fov.detect(pixels))


def smeared(pixels: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def never_rises(scores: list[float]) -> bool:
    return all(later <= earlier for earlier, later in itertools.pairwise(scores))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("eye", ["OD", "OS"])
def test_a_drawn_fundus_is_a_readable_fundus_photo(seed: int, eye: str) -> None:
    lesions = scatter_lesions(SIZE, seed, eye=eye) if seed else None
    quality = judge(draw_fundus(SIZE, seed, lesions, eye))
    assert (quality.modality, quality.gradable, quality.reasons) == ("cfp", "yes", ())


def test_a_fundus_photo_cut_square_is_one_too() -> None:
    pixels = draw_fundus((800, 800), seed=2, field=(400, 400, 380))[140:660, 140:660]
    quality = judge(pixels)
    assert (quality.modality, quality.gradable) == ("cfp", "yes")


def test_a_field_cut_above_and_below_is_one_too() -> None:
    assert judge(draw_fundus(SIZE, field=(320, 240, 300))).modality == "cfp"


def test_the_score_falls_with_blur() -> None:
    pixels = draw_fundus(SIZE)
    scores = [judge(smeared(pixels, radius)).score for radius in (0, 2, 4, 6, 8, 11, 15)]
    assert never_rises(scores)
    assert scores[-1] < 0.2 < 0.6 < scores[0]


def test_the_score_falls_with_darkness() -> None:
    scores = [judge(draw_fundus(SIZE, brightness=b)).score for b in (1, 0.5, 0.3, 0.2, 0.1, 0.04)]
    assert never_rises(scores)
    assert scores[-1] < 0.1 < 0.6 < scores[0]


def test_the_score_falls_with_overexposure() -> None:
    scores = [judge(draw_fundus(SIZE, brightness=b)).score for b in (1.4, 2, 3, 4, 6)]
    assert never_rises(scores)
    assert scores[-1] < scores[0] / 2


def test_a_strongly_blurred_photo_cannot_be_graded_and_says_why() -> None:
    quality = judge(smeared(draw_fundus(SIZE), 16))
    assert (quality.modality, quality.gradable) == ("cfp", "no")
    assert "quality.blurred" in quality.reasons


def test_a_dark_photo_is_limited_and_says_why() -> None:
    quality = judge(draw_fundus(SIZE, brightness=0.17))
    assert (quality.modality, quality.gradable) == ("cfp", "limited")
    assert "quality.dark" in quality.reasons


def test_a_small_photo_is_limited_and_says_why() -> None:
    quality = judge(draw_fundus((240, 300)))
    assert quality.gradable == "limited"
    assert quality.reasons == ("quality.low_resolution",)


def test_the_verdict_does_not_depend_on_the_size_of_the_photo() -> None:
    pixels = draw_fundus((960, 1280))
    half = np.asarray(Image.fromarray(pixels).resize((640, 480), Image.Resampling.BOX))
    assert judge(pixels).score == pytest.approx(judge(half).score, abs=0.1)


def others() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    ramp = np.linspace(0, 255, 400)[None, :, None] * np.ones((300, 1, 3))
    page = np.full((400, 300, 3), 250)
    page[::12, 20:280] = np.where(rng.random((34, 260, 1)) < 0.6, 20, 250)
    disc = np.hypot(*np.mgrid[-150:150, -150:150])[..., None] < 140
    return {
        "noise": rng.integers(0, 256, (300, 400, 3)),
        "noise in a disc": rng.integers(0, 256, (300, 300, 3)) * disc,
        "grey ramp": ramp,
        "orange ramp": ramp * (0.8, 0.4, 0.2),
        "page of text": page,
        "page of text on orange": page * (0.85, 0.5, 0.25),
        "green disc": disc * np.array([40, 160, 50]) + rng.integers(0, 20, (300, 300, 3)) * disc,
        "grey fundus": draw_fundus((300, 400)).mean(2, keepdims=True).repeat(3, 2),
        "blue fundus": draw_fundus((300, 400))[..., ::-1],
        "bricks": np.kron(rng.integers(90, 200, (30, 20, 1)), np.ones((10, 20, 1)))
        * np.array([1.0, 0.5, 0.35]),
    }


@pytest.mark.parametrize("name", others())
def test_other_pictures_are_refused(name: str) -> None:
    quality = judge(others()[name].astype(np.uint8))
    assert quality.modality == "other"
    assert (quality.gradable, quality.score) == ("no", 0.0)
    assert quality.reasons


@pytest.mark.parametrize("level", [(0, 0, 0), (3, 2, 2), (255, 255, 255), (200, 100, 50)])
def test_a_blank_picture_is_refused_as_blank(level: tuple[int, int, int]) -> None:
    pixels = np.full((300, 400, 3), level, np.uint8)
    assert judge(pixels).reasons == ("quality.blank",)


def test_a_speckled_grey_picture_in_layers_is_taken_for_an_oct_scan() -> None:
    rng = np.random.default_rng(0)
    depth = np.abs(np.linspace(-1, 1, 300))[:, None]
    layers = 30 + 120 * np.exp(-((depth / 0.2) ** 2)) * (1 + 0.3 * np.sin(60 * depth))
    scan = np.clip(layers * rng.gamma(4, 0.25, (300, 400)), 0, 255)
    pixels = np.repeat(scan[..., None], 3, 2).astype(np.uint8)
    assert judge(pixels).modality == "oct"


def test_every_reason_has_a_sentence() -> None:
    keys = ("dark", "bright", "blurred", "low_contrast", "low_resolution", "not_fundus", "blank")
    for key in (*keys, "oct"):
        assert all(f"quality.{key}" in table(language) for language in LANGUAGES)


def test_the_verdict_is_the_same_every_time() -> None:
    pixels = draw_fundus((300, 400), seed=5)
    assert judge(pixels) == judge(pixels.copy())
