import csv

import numpy as np
import pytest
from PIL import Image

from segmentation.sets import photos_of, read_mask
from vision.errors import InputError

LESION_COLUMNS = ("image", "split", "grading_split")
ODIR_COLUMNS = ("image", "split", "laterality", "quality_flag", "keywords")
GRADING_COLUMNS = (
    "image", "split", "dr_grade", "same_photo_in_idrid_lesions",
    "fovea_x", "fovea_y", "od_x", "od_y",
)  # fmt: skip


def _index(folder, columns, *rows):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "index.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])


def _mask(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.eye(8, dtype=bool)).save(path)


@pytest.fixture
def data(tmp_path):
    """Index files and a few masks in the layouts of the sets; no photo is needed to list them."""
    lesions = tmp_path / "idrid_lesions"
    _index(lesions, LESION_COLUMNS, ("b.jpg", "train", "test"), ("a.jpg", "train", "train"))
    for name in ("a", "b"):
        _mask(lesions / "train" / "masks" / "OD" / f"{name}.png")
    _mask(lesions / "train" / "masks" / "EX" / "a.png")
    _index(
        tmp_path / "idrid_grading", GRADING_COLUMNS,
        ("1.jpg", "train", "0", "", "10.5", "20", "30", "40"),
        ("2.jpg", "train", "3", "", "1", "2", "3", "4"),
        ("3.jpg", "train", "0", "train/a.jpg", "1", "2", "3", "4"),
        ("4.jpg", "test", "0", "train/b.jpg", "1", "2", "3", "4"),
    )  # fmt: skip
    _index(
        tmp_path / "drishti", ("image", "split", "glaucoma"),
        ("d1.jpg", "train", "1"), ("d2.jpg", "train", "0"), ("d3.jpg", "test", "0"),
    )  # fmt: skip
    _mask(tmp_path / "drishti" / "train" / "disc" / "d2.png")
    _index(
        tmp_path / "odir", ODIR_COLUMNS,
        ("o1.jpg", "val", "OD", "0", "normal fundus"),
        ("o2.jpg", "val", "OS", "0", "normal fundus, lens dust"),
        ("o3.jpg", "val", "OS", "1", "normal fundus"),
        ("o4.jpg", "val", "OD", "0", "cataract"),
        ("o5.jpg", "train", "OD", "0", "normal fundus"),
    )  # fmt: skip
    return tmp_path


def test_a_lesion_photo_has_the_masks_that_are_there(data):
    photos = {photo.name: photo for photo in photos_of(data, "idrid_lesions", "train")}
    assert set(photos["a"].masks) == {"EX", "OD"}
    assert set(photos["b"].masks) == {"OD"}


def test_a_class_without_a_file_was_looked_for_and_is_absent(data):
    photo = next(p for p in photos_of(data, "idrid_lesions", "train") if p.name == "b")
    assert "EX" in photo.known
    assert not read_mask(photo, "EX", (8, 8)).any()


def test_a_photo_without_a_disc_file_says_nothing_of_its_disc(data):
    (data / "idrid_lesions" / "train" / "masks" / "OD" / "a.png").unlink()
    photo = next(p for p in photos_of(data, "idrid_lesions", "train") if p.name == "a")
    assert "OD" not in photo.known


def test_discs_of_photos_in_the_gradings_test_split_are_not_trained_on(data):
    assert [photo.name for photo in photos_of(data, "idrid_disc", "train")] == ["a"]


def test_grading_photos_that_are_lesion_photos_too_are_not_trained_on(data):
    assert [p.name for p in photos_of(data, "idrid_grading", "train")] == ["1", "2"]


def test_the_official_test_split_is_whole(data):
    assert [p.name for p in photos_of(data, "idrid_grading", "test")] == ["4"]


def test_healthy_photos_are_those_graded_zero(data):
    photos = photos_of(data, "idrid_healthy", "train")
    assert [photo.name for photo in photos] == ["1"]
    assert set(photos[0].known) == {"MA", "HE", "EX", "SE"}


@pytest.mark.parametrize(
    ("name", "split", "healthy"),
    [("drishti_healthy", "train", ["d2"]), ("odir_healthy", "val", ["o1"])],
)
def test_healthy_eyes_of_other_cameras_have_no_lesion_and_no_more_than_is_said(
    data, name, split, healthy
):
    photos = photos_of(data, name, split)
    assert [photo.name for photo in photos] == healthy
    assert set(photos[0].known) == {"MA", "HE", "EX", "SE"}
    assert not photos[0].masks


def test_the_fovea_is_read_from_the_index(data):
    assert photos_of(data, "idrid_grading", "train")[0].centres["FO"] == (10.5, 20.0)


def test_a_split_that_is_not_there_is_named(data):
    with pytest.raises(InputError, match="val"):
        photos_of(data, "idrid_lesions", "val")


def test_a_missing_set_is_named(data):
    with pytest.raises(InputError, match="drive"):
        photos_of(data, "drive", "test")
