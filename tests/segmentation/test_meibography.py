"""The glands of a lid: python -m pytest tests/segmentation/test_meibography.py"""

import numpy as np
import pytest

from segmentation.meibography import find_glands
from segmentation.meiboscore import measure_glands
from segmentation.types import Meibography
from tests.drawing import draw_fundus
from tests.segmentation.scans import bowl, draw_layers
from vision.ocular_surface import draw_lid

WELL_SEEN = (5, 9, 12)  # seeds of drawn lids


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * float((one & other).sum()) / float(one.sum() + other.sum())


@pytest.mark.parametrize("seed", WELL_SEEN)
def test_lid_and_glands_lie_where_they_were_drawn(seed: int) -> None:
    drawn = draw_lid(np.random.default_rng(seed), 400)
    seen = find_glands(drawn.pixels)
    assert seen is not None
    assert seen.tarsus.shape == drawn.plate.shape
    assert dice(seen.tarsus, drawn.plate > 0.5) > 0.9
    assert dice(seen.glands, drawn.glands > 0.35) > 0.55
    assert not (seen.near & ~seen.tarsus).any()


def test_where_glands_are_erased_they_are_lost() -> None:
    drawn = draw_lid(np.random.default_rng(5), 400)
    bare = drawn.pixels.astype(float)
    middle = drawn.plate.shape[1] // 2
    plate = drawn.plate[:, middle:] > 0.5
    bare[:, middle:][plate] = np.median(bare[:, middle:][plate])
    before, after = find_glands(drawn.pixels), find_glands(bare.astype(np.uint8))
    assert before is not None and after is not None
    assert measure_glands(after).lost_share > measure_glands(before).lost_share + 0.2
    assert measure_glands(after).gland_share < measure_glands(before).gland_share


@pytest.mark.parametrize("kind", ["fundus", "scan", "noise", "blank", "colour"])
def test_what_is_no_lid_is_not_measured(kind: str) -> None:
    rng = np.random.default_rng(1)
    lid = draw_lid(np.random.default_rng(5), 400).pixels
    picture = {
        "fundus": draw_fundus(),
        "scan": draw_layers(bowl(400, 30, 30), bowl(400, 70, 30), 160),
        "noise": rng.integers(0, 255, (300, 400, 3)).astype(np.uint8),
        "blank": np.full((300, 400, 3), 90, np.uint8),
        "colour": (lid * np.array([1.0, 0.4, 0.2])).astype(np.uint8),
    }[kind]
    assert find_glands(picture) is None


@pytest.mark.parametrize(
    ("lost", "score"),
    [(0.0, 0), (0.04, 0), (0.06, 1), (0.33, 1), (0.34, 2), (0.66, 2), (0.67, 3), (1.0, 3)],
)
def test_the_meiboscore_goes_by_thirds_of_the_lost_area(lost: float, score: int) -> None:
    tarsus = np.ones((10, 100), bool)
    near = np.zeros((10, 100), bool)
    near[:, : round(100 * (1 - lost))] = True
    told = measure_glands(Meibography(tarsus, near, near))
    assert (told.meiboscore, told.lost_share) == (score, pytest.approx(lost))
