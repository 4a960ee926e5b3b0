"""Reading the data sets: python -m pytest tests/vision/test_data.py"""

import numpy as np
import pytest

from tests.vision.factory import mini_idrid, mini_octdl, mini_odir, odir_row, photo, write_set
from vision.data import UNKNOWN, load_squares, read
from vision.errors import InputError
from vision.labels import DISEASES, HEADS, OCT_CLASSES, SIGNS
from vision.outputs import records_of, squares_of, targets_of


def test_a_split_gives_its_own_rows_alone(tmp_path) -> None:
    rows = [odir_row(0, "train"), odir_row(1, "val"), odir_row(2, "val")]
    write_set(tmp_path / "odir", rows)
    assert [r.path.name for r in read(tmp_path / "odir", "val")] == ["1.png", "2.png"]


def test_every_head_has_a_target_and_the_quality_has_none(tmp_path) -> None:
    (record, *_) = read(mini_odir(tmp_path), "val")
    assert set(record.targets) == set(HEADS) - {"quality"}


def test_signs_come_from_the_graders_words(tmp_path) -> None:
    words = "macular epiretinal membrane|laser spot"
    folder = write_set(tmp_path / "odir", [odir_row(7, keywords=words)])
    (signs,) = targets_of(read(folder, "val"))["sign"]
    assert [code for code, sign in zip(SIGNS, signs, strict=True) if sign] == ["ERM", "laser"]


def test_of_a_graded_photo_only_diabetes_is_known(tmp_path) -> None:
    targets = targets_of(read(mini_idrid(tmp_path), "test"))
    diabetes = DISEASES.index("D")
    assert (targets["disease"][:, diabetes] == (targets["dr"] > 0)).all()
    assert (np.delete(targets["disease"], diabetes, axis=1) == UNKNOWN).all()
    assert (targets["sign"] == UNKNOWN).all()


def test_training_leaves_out_the_photos_of_the_lesion_test_set(tmp_path) -> None:
    names = [r.path.name for r in read(mini_idrid(tmp_path, "train"), "train")]
    assert len(names) == 9
    assert "9.png" not in names


def test_a_scan_has_a_class_and_neither_disease_nor_grade(tmp_path) -> None:
    targets = targets_of(read(mini_octdl(tmp_path), "val"))
    assert set(targets["oct"]) == set(range(len(OCT_CLASSES)))
    assert (targets["disease"] == UNKNOWN).all()
    assert (targets["dr"] == UNKNOWN).all()
    assert set(targets["modality"]) == {HEADS["modality"].index("oct")}


def test_photos_of_any_shape_become_squares_of_one_size(tmp_path) -> None:
    records = read(mini_odir(tmp_path, count=2), "val") + read(mini_octdl(tmp_path), "val")
    squares = load_squares(records, 48)
    assert squares.shape == (16, 48, 48, 3)
    assert squares.dtype == np.uint8


def test_the_photos_shape_and_border_do_not_reach_the_square(tmp_path) -> None:
    wide = np.pad(photo(), ((0, 0), (40, 90), (0, 0)))
    shapes = (photo(), wide)
    rows = [odir_row(0), odir_row(1)]
    records = read(write_set(tmp_path / "odir", rows, pixels=lambda i: shapes[i]), "val")
    first, second = load_squares(records, 48).astype(int)
    assert np.abs(first - second).mean() < 4


@pytest.mark.parametrize(
    ("name", "split"), [("odir", "test"), ("drive", "val"), ("cats", "val")]
)  # a split, an index, a set that is not there
def test_what_is_not_there_is_an_input_error(tmp_path, name: str, split: str) -> None:
    mini_odir(tmp_path)
    with pytest.raises(InputError):
        records_of(tmp_path / name, split)


def test_an_index_of_another_form_is_an_input_error(tmp_path) -> None:
    folder = write_set(tmp_path / "octdl", [odir_row(0)])
    with pytest.raises(InputError, match="not the index of octdl"):
        records_of(folder, "val")


def test_a_photo_that_is_missing_or_broken_is_an_input_error(tmp_path) -> None:
    records = read(mini_odir(tmp_path, count=2), "val")
    records[0].path.write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"0\.png"):
        squares_of(records, 48)
    records[0].path.unlink()
    with pytest.raises(InputError, match=r"0\.png"):
        squares_of(records, 48)
