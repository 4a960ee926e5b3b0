"""Modality and quality, measured: python -m pytest tests/vision/test_modality_quality.py"""

import numpy as np
import pytest

from tests.vision.factory import (
    CALIBRATION,
    encoder,
    mini_idrid,
    mini_octdl,
    mini_odir,
    odir_row,
    spoil,
    write_set,
)
from vision import modality_quality
from vision.backbone import EyeEncoder
from vision.errors import InputError
from vision.metrics import summarise
from vision.modality_quality import modality, quality, unseen_squares

SPLIT = "test"


@pytest.fixture(autouse=True)
def few(monkeypatch) -> None:
    """Few drawn pictures and series, everyday ones without fetching any."""
    squares = np.random.default_rng(0).integers(0, 255, (4, 64, 64, 3), dtype=np.uint8)
    monkeypatch.setattr(modality_quality, "natural_squares", lambda *_: squares)
    monkeypatch.setattr(modality_quality, "unseen_squares", lambda _: squares)
    monkeypatch.setattr(modality_quality, "_DRAWN", 5)
    monkeypatch.setattr(modality_quality, "_SERIES", 1)


def values(task, model: EyeEncoder, data, split: str = SPLIT):
    return summarise(*task(model, CALIBRATION, data, split))[0]


def test_one_who_sees_fundi_everywhere_refuses_nothing(tmp_path) -> None:
    found = values(modality, encoder(sees="cfp"), mini_idrid(tmp_path))
    assert (found["recall_cfp"], found["recall_other"], found["recall_osa"]) == (1, 0, 0)
    assert found["everyday_refused"] == 0
    assert 0 < found["accuracy"] < 1


def test_drawn_surfaces_do_not_count_as_accuracy(tmp_path) -> None:
    found = values(modality, encoder(sees="osa"), mini_idrid(tmp_path))
    assert (found["recall_osa"], found["accuracy"]) == (1, 0)


def test_one_set_or_the_folder_of_all_may_be_given(tmp_path) -> None:
    mini_idrid(tmp_path)
    mini_octdl(tmp_path, SPLIT)
    mini_odir(tmp_path, SPLIT, 8)
    for name in ("drishti", "drive"):  # sets without this split
        write_set(tmp_path / name, [{"image": "0.png", "split": "train", "glaucoma": 0}])
    model = encoder()
    _, everything = modality(model, CALIBRATION, tmp_path, SPLIT)
    _, eyes = modality(model, CALIBRATION, tmp_path / "idrid_grading", SPLIT)
    assert everything - eyes == 14 + 8


def test_a_set_that_is_missing_from_the_folder_is_an_input_error(tmp_path) -> None:
    mini_odir(tmp_path, SPLIT)
    with pytest.raises(InputError, match="idrid_grading"):
        modality(encoder(), CALIBRATION, tmp_path, SPLIT)


def test_readable_photos_are_not_refused_by_one_who_finds_no_fault(tmp_path) -> None:
    found = values(quality, encoder(sees="cfp"), mini_idrid(tmp_path))
    assert found["false_no_rate"] == 0
    assert found["score_mean"] > 0.9
    assert found["falls"] == 0  # and makes no difference between good and bad


def test_readable_photos_count_as_refused_where_a_fault_is_found(tmp_path) -> None:
    model = spoil(encoder(sees="cfp"), "dark")
    assert values(quality, model, mini_idrid(tmp_path))["false_no_rate"] == 1


def test_a_photo_that_is_taken_for_something_else_is_refused_too(tmp_path) -> None:
    assert values(quality, encoder(sees="other"), mini_idrid(tmp_path))["false_no_rate"] == 1


def test_flagged_photos_are_told_from_the_others_and_not_counted_as_readable(tmp_path) -> None:
    rows = [odir_row(i, keywords="lens dust" if i > 3 else "normal fundus") for i in range(6)]
    found = values(quality, encoder(sees="cfp"), write_set(tmp_path / "odir", rows), "val")
    assert found["flagged_auc"] == 0.5
    assert found["false_no_rate"] == 0


def test_scans_have_no_quality_of_a_fundus_photo(tmp_path) -> None:
    with pytest.raises(InputError, match="no fundus"):
        quality(encoder(), CALIBRATION, mini_octdl(tmp_path), "val")


def test_the_test_has_everyday_pictures_of_its_own() -> None:
    squares = unseen_squares(32)
    assert squares.shape[1:] == (32, 32, 3)
    assert len(squares) >= 5
