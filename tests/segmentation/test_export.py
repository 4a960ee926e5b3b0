"""Masks for other programs: python -m pytest tests/segmentation/test_export.py"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pycocotools import mask as coco
from pycocotools.coco import COCO

from segmentation.export import _runs, write_masks
from segmentation.labels import LESIONS
from segmentation.types import RetinaMap
from vision.errors import ResourceError
from vision.types import FundusImage

SIZE = (60, 90)
IMAGE = FundusImage(np.zeros((*SIZE, 3), np.uint8))


def _mask(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    mask = np.zeros(SIZE, bool)
    for top, left, bottom, right in boxes:
        mask[top:bottom, left:right] = True
    return mask


MASKS = {
    "MA": _mask((0, 0, 1, 1), (59, 89, 60, 90)),
    "HE": _mask((10, 10, 20, 15), (20, 15, 25, 18)),  # they touch at a corner: one lesion
    "EX": _mask((0, 40, 60, 41), (30, 50, 31, 90)),
    "SE": _mask(),
    "OD": _mask((5, 60, 25, 80)),
    "VE": _mask((40, 0, 42, 90), (0, 85, 60, 87), (50, 3, 51, 9)),
}
RETINA = RetinaMap(
    {code: MASKS[code] for code in LESIONS}, MASKS["OD"], None, MASKS["VE"], None, {"lesions": "a"}
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "new" / "masks"
    write_masks(IMAGE, RETINA, path, "eye.jpg")
    return path


@pytest.fixture(scope="module")
def document(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "annotations.json").read_text(encoding="utf-8"))


def test_every_class_that_was_looked_at_has_a_one_bit_picture_of_its_mask(folder: Path) -> None:
    assert {path.stem for path in folder.glob("*.png")} == set(MASKS)
    for code, mask in MASKS.items():
        with Image.open(folder / f"{code}.png") as picture:
            assert picture.mode == "1"
            assert np.array_equal(np.asarray(picture), mask)


def test_the_annotations_of_a_class_decode_to_its_mask(document: dict[str, Any]) -> None:
    names = {entry["name"]: entry["id"] for entry in document["categories"]}
    assert len(names) == len(MASKS)
    for (name, number), mask in zip(names.items(), MASKS.values(), strict=True):
        parts = [a["segmentation"] for a in document["annotations"] if a["category_id"] == number]
        decoded = sum((coco.decode(part) for part in parts), np.zeros(SIZE, np.uint8))
        assert np.array_equal(decoded, mask), name


def test_each_lesion_is_one_annotation_with_its_area_and_box(document: dict[str, Any]) -> None:
    names = {entry["id"]: entry["name"] for entry in document["categories"]}
    told = [(names[a["category_id"]], a["area"], a["bbox"]) for a in document["annotations"]]
    assert told[:3] == [
        ("microaneurysm", 1, [0, 0, 1, 1]),
        ("microaneurysm", 1, [89, 59, 1, 1]),
        ("haemorrhage", 65, [10, 10, 8, 15]),
    ]
    assert [name for name, *_ in told[3:]] == ["hard exudate"] * 2 + ["optic disc", "vessels"]


def test_the_file_is_one_that_coco_reads(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = COCO(folder / "annotations.json")
    assert data.loadImgs(1)[0]["file_name"] == "eye.jpg"
    disc = data.getCatIds(catNms=["optic disc"])
    found = data.loadAnns(data.getAnnIds(catIds=disc))
    assert np.array_equal(data.annToMask(found[0]), MASKS["OD"])


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 3), st.integers(0, 3), st.randoms())
def test_the_runs_are_those_of_coco_itself(
    height: int, width: int, top: int, left: int, random: Any
) -> None:
    part = np.array([[random.random() < 0.5 for _ in range(width)] for _ in range(height)])
    part[0, 0] = True
    whole = np.zeros((top + height + 1, left + width), np.uint8, order="F")
    whole[top : top + height, left:] = part
    runs = _runs(part, top, left, whole.shape)
    assert runs["segmentation"]["counts"] == coco.encode(whole)["counts"].decode()


def test_a_folder_that_cannot_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ResourceError, match="Could not write"):
        write_masks(IMAGE, RETINA, tmp_path / "file", "eye.jpg")
