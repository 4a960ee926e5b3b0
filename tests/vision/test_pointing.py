"""The pointing game: python -m pytest tests/vision/test_pointing.py"""

import numpy as np
import pytest
from PIL import Image

from tests.drawing import draw_fundus, draw_masks
from tests.vision.factory import CALIBRATION, encoder
from vision.errors import InputError
from vision.metrics import summarise
from vision.pointing import pointing, score

INSIDE = np.ones((100, 100), bool)


def plane(row: int, column: int) -> np.ndarray:
    found = np.zeros((10, 10), np.float32)
    found[row, column] = 1
    return found


def lesion(row: int, column: int) -> np.ndarray:
    found = np.zeros((100, 100), int)
    found[row, column] = 5
    return found


@pytest.mark.parametrize(("row", "column", "hit"), [(25, 25, 1), (33, 25, 1), (45, 25, 0)])
def test_the_peak_hits_a_lesion_that_is_within_one_cell(row: int, column: int, hit: int) -> None:
    assert score(plane(2, 2), lesion(row, column), INSIDE)[0] == hit


def test_chance_is_the_share_of_the_field_that_would_hit() -> None:
    chance = score(plane(2, 2), lesion(50, 50), INSIDE)[1]
    assert chance == pytest.approx(np.pi * 10**2 / 100**2, rel=0.05)
    left = INSIDE.copy()
    left[:, 50:] = False
    assert score(plane(2, 2), lesion(50, 25), left)[1] == pytest.approx(2 * chance, rel=0.05)


def test_lesions_under_the_hottest_part_of_the_field_are_counted() -> None:
    lesions = lesion(25, 25) + lesion(75, 75)
    assert score(plane(2, 2), lesions, INSIDE)[3] == 0.5


def test_a_peak_outside_the_field_does_not_count() -> None:
    warm = plane(0, 0) + 0.5 * plane(8, 8)
    inside = INSIDE.copy()
    inside[:50, :50] = False
    assert score(warm, lesion(85, 85), inside)[0] == 1


def test_a_folder_of_photos_and_masks_gives_all_figures(tmp_path) -> None:
    lesions = {"EX": [(150.0, 120.0, 6.0)]}
    (tmp_path / "test" / "images").mkdir(parents=True)
    (tmp_path / "test" / "masks" / "EX").mkdir(parents=True)
    Image.fromarray(draw_fundus((240, 320), 0, lesions)).save(tmp_path / "test/images/a.jpg")
    mask = Image.fromarray(draw_masks((240, 320), 0, lesions)["EX"]).convert("1")
    mask.save(tmp_path / "test/masks/EX/a.png")
    metrics, n = pointing(encoder(), CALIBRATION, tmp_path, "test")
    values, _ = summarise(metrics, n)
    assert n == 1
    assert 0 < values["pointing_chance"] < 1
    assert values["pointing"] in (0, 1)
    assert values["top5_lesion_chance"] == 0.05


def test_a_folder_without_photos_is_an_input_error(tmp_path) -> None:
    with pytest.raises(InputError):
        pointing(encoder(), CALIBRATION, tmp_path, "test")


def test_a_broken_mask_is_an_input_error(tmp_path) -> None:
    (tmp_path / "test" / "images").mkdir(parents=True)
    (tmp_path / "test" / "masks" / "EX").mkdir(parents=True)
    Image.fromarray(draw_fundus((240, 320))).save(tmp_path / "test/images/a.jpg")
    (tmp_path / "test/masks/EX/a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(InputError):
        pointing(encoder(), CALIBRATION, tmp_path, "test")
