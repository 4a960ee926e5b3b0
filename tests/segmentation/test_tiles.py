import numpy as np
import pytest
import torch

from segmentation.tiles import hann, merge, origins

SIDE, TILE, OVERLAP = 200, 96, 32


def _plane(channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 1, (channels, SIDE, SIDE)).astype(np.float32)


def test_tiles_of_an_identity_network_merge_to_the_whole_plane():
    plane = _plane()
    merged = merge(lambda tile: tile, plane, np.ones((SIDE, SIDE), bool), TILE, OVERLAP)
    assert np.abs(merged - plane).max() < 1e-5


def test_tiling_agrees_with_the_whole_plane_for_a_network_that_looks_around():
    blur = torch.nn.AvgPool2d(5, stride=1, padding=2, count_include_pad=False)
    plane = _plane()
    merged = merge(blur, plane, np.ones((SIDE, SIDE), bool), TILE, OVERLAP)
    whole = blur(torch.from_numpy(plane)[None])[0].numpy()
    assert np.corrcoef(merged.ravel(), whole.ravel())[0, 1] >= 0.999


def test_flipping_the_plane_flips_the_merged_result():
    plane, inside = _plane(), np.ones((SIDE, SIDE), bool)
    straight = merge(torch.sigmoid, plane, inside, TILE, OVERLAP)
    flipped = merge(torch.sigmoid, plane[:, :, ::-1], inside, TILE, OVERLAP)
    assert np.allclose(flipped[:, :, ::-1], straight, atol=1e-6)


def test_tiles_that_miss_the_field_of_view_are_never_computed():
    seen = []
    inside = np.zeros((SIDE, SIDE), bool)
    inside[:20, :20] = True

    def count(tile: torch.Tensor) -> torch.Tensor:
        seen.append(tile)
        return tile

    merge(count, _plane(), inside, TILE, OVERLAP)
    assert len(seen) == 1


def test_the_result_is_zero_outside_the_field_of_view():
    inside = np.zeros((SIDE, SIDE), bool)
    inside[50:150, 50:150] = True
    merged = merge(lambda tile: tile, _plane(), inside, TILE, OVERLAP)
    assert merged[:, ~inside].max() == 0


@pytest.mark.parametrize("side", [96, 97, 159, 160, 161, 400])
def test_tiles_cover_every_pixel_and_stay_inside(side):
    covered = np.zeros(side, bool)
    for start in origins(side, TILE, OVERLAP):
        assert 0 <= start <= side - TILE
        covered[start : start + TILE] = True
    assert covered.all()


def test_a_tile_larger_than_the_plane_is_refused():
    with pytest.raises(ValueError, match="tile"):
        origins(64, 96, 32)


def test_an_empty_field_of_view_is_refused():
    with pytest.raises(ValueError, match="field of view"):
        merge(lambda tile: tile, _plane(), np.zeros((SIDE, SIDE), bool), TILE, OVERLAP)


def test_the_weight_is_largest_in_the_middle_and_positive_everywhere():
    weight = hann(TILE)
    assert weight.min() > 0
    assert weight[TILE // 2, TILE // 2] == weight.max()
