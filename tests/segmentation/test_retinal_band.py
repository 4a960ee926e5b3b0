"""The retina of a scan: python -m pytest tests/segmentation/test_retinal_band.py"""

import numpy as np
import pytest

from segmentation.retinal_band import find_band
from segmentation.thickness import PARTS, checked_scale, measure_band
from segmentation.types import RetinalBand
from tests.segmentation.scans import bowl, draw_layers
from vision.errors import InputError

WIDTH, HEIGHT = 448, 168


def drawn(seed: int = 0, contrast: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A curved retina with a pit in its middle: the scan, and its borders (W,)."""
    outer = bowl(WIDTH, 70, 30)
    pit = 16 * np.exp(-((np.linspace(-6, 6, WIDTH)) ** 2))
    inner = bowl(WIDTH, 30, 30) + pit
    return draw_layers(inner, outer, HEIGHT, contrast=contrast, seed=seed), inner, outer


def test_the_borders_lie_where_they_were_drawn() -> None:
    for seed in range(3):
        scan, inner, outer = drawn(seed)
        band = find_band(scan)
        assert band is not None
        assert np.nanmean(np.abs(band.inner - inner)) < 1.5
        assert np.nanmean(np.abs(band.outer - outer)) < 1.5
        assert np.isnan(band.inner).mean() < 0.05


def test_a_scan_of_another_size_has_its_borders_in_its_own_pixels() -> None:
    scan, inner, outer = drawn()
    large = np.kron(scan, np.ones((3, 2, 1), np.uint8))
    band = find_band(large)
    assert band is not None
    assert band.inner.shape == (2 * WIDTH,)
    assert abs(float(np.nanmean(band.outer - band.inner)) - 3 * (outer - inner).mean()) < 6


def test_a_film_in_the_vitreous_is_not_the_retina() -> None:
    scan, inner, _ = drawn()
    scan[10:12, 40:400] = 90
    band = find_band(scan)
    assert band is not None
    assert np.nanmean(np.abs(band.inner - inner)) < 2.5


def test_a_hole_of_the_macula_is_thin() -> None:
    scan, _, outer = drawn()
    for column in range(200, 248):  # the retina is missing down to the pigment epithelium
        scan[: int(outer[column]) - 5, column] = 18
    band = find_band(scan)
    assert band is not None
    thick = band.outer - band.inner
    assert float(np.nanmean(thick[210:238])) < 12 < float(np.nanmean(thick[60:180]))


@pytest.mark.parametrize("kind", ["noise", "blank", "no contrast", "no retina"])
def test_what_shows_no_retina_is_not_measured(kind: str) -> None:
    rng = np.random.default_rng(3)
    picture = {
        "noise": rng.integers(0, 255, (HEIGHT, WIDTH, 3)),
        "blank": np.full((HEIGHT, WIDTH, 3), 30),
        "no contrast": drawn(contrast=0.04)[0],
        "no retina": np.repeat(rng.normal(20, 6, (HEIGHT, WIDTH, 1)).clip(0, 255), 3, 2),
    }[kind]
    assert find_band(picture.astype(np.uint8)) is None


def test_white_paper_beside_a_turned_scan_is_no_layer() -> None:
    scan, inner, _ = drawn()
    scan[:20, :60] = 255
    scan[150:, 300:] = 255
    band = find_band(scan)
    assert band is not None
    assert np.nanmean(np.abs(band.inner - inner)) < 2


def test_the_mask_holds_the_pixels_between_the_borders() -> None:
    band = RetinalBand(np.array([1.0, np.nan, 2.0]), np.array([3.0, np.nan, 2.6]))
    assert band.mask(4).sum(0).tolist() == [2, 0, 1]


def test_thickness_is_counted_down_the_columns() -> None:
    inner = np.full(900, 100.0)
    outer = inner + np.repeat(np.arange(1.0, PARTS + 1), 100)
    told = measure_band(RetinalBand(inner, outer), 400)
    assert told.profile_px == tuple(float(n) for n in range(1, PARTS + 1))
    assert (told.central_px, told.mean_px, told.measured_share) == (5.0, 5.0, 1.0)
    assert not told.cut_off
    assert told.um_per_px is None


def test_a_part_that_is_hardly_measured_has_no_thickness() -> None:
    inner = np.full(900, 100.0)
    inner[400:500] = np.nan
    told = measure_band(RetinalBand(inner, np.full(900, 140.0)), 400)
    assert told.central_px is None
    assert told.profile_px[4] is None
    assert told.mean_px == 40.0


@pytest.mark.parametrize(("inner", "outer"), [(1.0, 60.0), (60.0, 199.0)])
def test_a_retina_at_the_edge_of_the_picture_is_called_cut_off(inner: float, outer: float) -> None:
    top, bottom = np.full(300, 80.0), np.full(300, 120.0)
    top[:20], bottom[:20] = inner, outer
    assert measure_band(RetinalBand(top, bottom), 200).cut_off


def test_a_scale_that_no_scan_has_is_refused() -> None:
    assert checked_scale(3.87) == 3.87
    for wrong in (0.0, -1.0, 1000.0, float("nan")):
        with pytest.raises(InputError):
            checked_scale(wrong)
