"""Run with: pytest tests/vision/test_degrade.py"""

import itertools

import numpy as np
import pytest
from scipy import ndimage

from tests.drawing import draw_fundus
from vision import fov
from vision.degrade import REASONS, compress, degrade, graded

SIDE = 160
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.fixture(scope="module")
def square() -> np.ndarray:
    pixels = draw_fundus((300, 360), seed=1)
    return fov.frame(fov.detect(pixels), SIDE).crop(pixels)


def series(square: np.ndarray, reason: str, seed: int) -> list[np.ndarray]:
    return [graded(square, reason, s, np.random.default_rng(seed)) for s in STEPS]


def detail(square: np.ndarray) -> float:
    """Laplacian energy well inside the field."""
    inside = np.hypot(*(np.mgrid[:SIDE, :SIDE] - SIDE / 2)) < 0.4 * SIDE
    return float(np.square(ndimage.laplace(square.mean(2)))[inside].mean())


def contrast(square: np.ndarray) -> float:
    """How much of vessel size is to be seen well inside the field."""
    inside = np.hypot(*(np.mgrid[:SIDE, :SIDE] - SIDE / 2)) < 0.4 * SIDE
    green = square[..., 1].astype(float)
    return float(
        (ndimage.gaussian_filter(green, 1) - ndimage.gaussian_filter(green, 5))[inside].std()
    )


def falls(values: list[float]) -> bool:
    return all(b < a for a, b in itertools.pairwise(values))


@pytest.mark.parametrize("reason", REASONS)
def test_no_severity_leaves_the_square_as_it_was(square: np.ndarray, reason: str) -> None:
    same = graded(square, reason, 0.0, np.random.default_rng(0))
    assert np.array_equal(same, square)
    assert same is not square


@pytest.mark.parametrize("reason", REASONS)
def test_a_tiny_severity_changes_next_to_nothing(square: np.ndarray, reason: str) -> None:
    for seed in range(4):
        nearly = graded(square, reason, 0.01, np.random.default_rng(seed))
        assert np.abs(nearly.astype(int) - square).mean() < 4


@pytest.mark.parametrize("reason", REASONS)
def test_every_step_goes_further_away_from_the_photo(square: np.ndarray, reason: str) -> None:
    for seed in range(4):
        away = [np.abs(s.astype(int) - square).mean() for s in series(square, reason, seed)]
        assert falls([-a for a in away])
        assert away[-1] > 3


@pytest.mark.parametrize("reason", REASONS)
def test_the_same_seed_gives_the_same_bytes(square: np.ndarray, reason: str) -> None:
    first, second, other = (
        graded(square, reason, 0.6, np.random.default_rng(s)) for s in (3, 3, 4)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("reason", REASONS)
def test_squares_keep_shape_and_type_and_the_given_one_is_left_alone(
    square: np.ndarray, reason: str
) -> None:
    before = square.copy()
    worse = graded(square, reason, 0.8, np.random.default_rng(0))
    assert worse.shape == (SIDE, SIDE, 3)
    assert worse.dtype == np.uint8
    assert np.array_equal(square, before)


@pytest.mark.parametrize("seed", range(4))
def test_the_mean_level_falls_as_it_gets_darker(square: np.ndarray, seed: int) -> None:
    assert falls([float(s.mean()) for s in series(square, "dark", seed)])


@pytest.mark.parametrize("seed", range(4))
def test_the_mean_level_rises_as_it_gets_brighter(square: np.ndarray, seed: int) -> None:
    assert falls([-float(s.mean()) for s in series(square, "bright", seed)])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("reason", ["blurred", "low_contrast"])
def test_detail_falls_as_blur_or_haze_grows(square: np.ndarray, reason: str, seed: int) -> None:
    squares = series(square, reason, seed)
    assert falls([detail(s) for s in squares[:4]])
    assert detail(squares[-1]) < 0.2 * detail(square)


@pytest.mark.parametrize("reason", ["dark", "bright", "low_contrast", "blurred"])
def test_vessels_are_seen_half_way_and_hardly_at_the_end(square: np.ndarray, reason: str) -> None:
    half, end = [], []
    for seed in range(6):
        _, _, middle, _, last = series(square, reason, seed)
        half.append(contrast(middle) / contrast(square))
        end.append(contrast(last) / contrast(square))
    assert np.median(half) > 0.25
    assert np.median(end) < 0.3


@pytest.mark.parametrize("seed", range(6))
def test_less_of_the_retina_is_left_as_the_field_moves_out(square: np.ndarray, seed: int) -> None:
    squares = series(square, "out_of_field", seed)
    black = [float((s.max(2) < 30).mean()) for s in squares]
    untouched = [float((s == square).all(2).mean()) for s in squares]
    # what is left is framed again beside black, and stays in its place beside a lid
    assert falls([-b for b in black]) if black[-1] > 0.5 else falls(untouched)


@pytest.mark.parametrize("reason", REASONS)
def test_a_severity_may_be_a_number_of_numpy(square: np.ndarray, reason: str) -> None:
    plain, numpy = (
        graded(square, reason, s, np.random.default_rng(0)) for s in (0.4, np.float64(0.4))
    )
    assert np.array_equal(plain, numpy)


@pytest.mark.parametrize("reason", ["bright", "low_contrast", "blurred", "artefact"])
def test_the_black_around_the_field_stays_black(square: np.ndarray, reason: str) -> None:
    worse = graded(square, reason, 1.0, np.random.default_rng(0))
    corner = (slice(0, SIDE // 10), slice(0, SIDE // 10))
    assert np.abs(worse[corner].astype(int) - square[corner]).max() <= 2


def test_a_severity_outside_its_range_is_refused(square: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"0\.\.1"):
        graded(square, "dark", 1.2, np.random.default_rng(0))


def test_half_of_the_photos_get_a_severity_and_all_reasons_occur(square: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    small = square[::4, ::4].copy()
    found = np.stack([degrade(small, rng)[1] for _ in range(400)])
    assert found.dtype == np.float32
    assert found.shape == (400, len(REASONS))
    assert 0.4 < (found.max(1) > 0).mean() < 0.6
    assert ((found >= 0) & (found <= 1)).all()
    assert ((found > 0.5).sum(0) > 5).all()


def test_degrading_is_a_function_of_the_seed(square: np.ndarray) -> None:
    first, second = (degrade(square, np.random.default_rng(11)) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_compression_changes_little(square: np.ndarray) -> None:
    for seed in range(8):
        coded = compress(square, np.random.default_rng(seed))
        assert (coded.shape, coded.dtype) == (square.shape, np.uint8)
        assert np.abs(coded.astype(int) - square).mean() < 6
