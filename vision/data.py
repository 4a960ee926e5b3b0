"""Labelled eye images for training and evaluation, as framed squares in memory.

Reads the index.csv of each set's folder (see README, "Data"). A label that a set does not give is
-1 and takes no part in any loss.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from vision.errors import InputError
from vision.fov import detect, frame
from vision.labels import DISEASES, HEADS, OCT_CLASSES, SIGNS

UNKNOWN = -1
# IDRiD's grading photos of the training split that are, pixel for pixel, photos of a test set:
# 028 and 073 of the lesions', 118 of the grading's (where the same photo has another grade)
IDRID_ALSO_IN_TEST = frozenset(("IDRiD_028.jpg", "IDRiD_073.jpg", "IDRiD_118.jpg"))


@dataclass(frozen=True, slots=True)
class Record:
    """One image on disk and what is known of it."""

    path: Path
    diseases: tuple[int, ...] = (UNKNOWN,) * len(DISEASES)  # in {0, 1, -1}
    dr_grade: int = UNKNOWN  # ICDR 0..4
    dme_risk: int = UNKNOWN  # 0..2
    modality: str = "cfp"
    oct_class: str = ""  # of OCT_CLASSES; empty where unknown
    keywords: tuple[str, ...] = field(default=())  # the graders' own words

    @property
    def targets(self) -> dict[str, np.ndarray]:
        """Head -> its target: a vector in {0, 1, -1} of a multi-label head, or one class number."""
        signs = np.array([any(w in k for k in self.keywords for w in words)
                          for words in SIGNS.values()], np.int64)  # fmt: skip
        return {
            "modality": np.array(HEADS["modality"].index(self.modality)),
            "disease": np.array(self.diseases),
            "sign": signs if self.keywords else np.full(len(SIGNS), UNKNOWN),
            "dr": np.array(self.dr_grade),
            "dme": np.array(self.dme_risk),
            "oct": np.array(OCT_CLASSES.index(self.oct_class) if self.oct_class else UNKNOWN),
        }


def _rows(folder: Path, split: str) -> list[dict[str, str]]:
    index = folder / "index.csv"
    if not index.is_file():
        raise InputError("error.data_missing", path=index)
    with index.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["split"] == split]
    if not rows:
        raise InputError("error.split_missing", split=split, path=index)
    return rows


def _only(**known: int) -> tuple[int, ...]:
    """Disease labels of which all but the named ones are unknown."""
    return tuple(known.get(code, UNKNOWN) for code in DISEASES)


def read_odir(folder: Path, split: str) -> list[Record]:
    """ODIR eyes of a split: all eight labels, keywords, and the grade where these give one."""
    return [
        Record(
            folder / row["image"],
            tuple(int(row[c]) for c in DISEASES),
            int(row["dr_grade"]),
            keywords=tuple(row["keywords"].split("|")),
        )
        for row in _rows(folder, split)
    ]


def is_of_a_test_set(row: dict[str, str]) -> bool:
    """Whether a grading photo of IDRiD's training split is in a test set too."""
    known = row["same_photo_in_idrid_lesions"].startswith("test/")
    return known or row["image"] in IDRID_ALSO_IN_TEST


def read_idrid_grading(folder: Path, split: str) -> list[Record]:
    """IDRiD photos with grade and edema risk; photos of the test sets are left out of train.

    Only D follows from a grade; the other diseases were not asked of these photos.
    """
    records = []
    for row in _rows(folder, split):
        if split == "train" and is_of_a_test_set(row):
            continue
        grade, risk = int(row["dr_grade"]), int(row["dme_risk"])
        path = folder / split / row["image"]
        records.append(Record(path, _only(D=int(grade > 0)), grade, risk))
    return records


def read_palm(folder: Path, split: str) -> list[Record]:
    """Myopic and other eyes: only M was asked of these photos."""
    return [
        Record(folder / "images" / row["image"] if (folder / "images").is_dir()
               else folder / row["image"], _only(M=int(row["pathologic_myopia"])))
        for row in _rows(folder, split)
    ]  # fmt: skip


def read_drishti(folder: Path, split: str) -> list[Record]:
    """Eyes with and without glaucoma: only G was asked of these photos."""
    return [
        Record(folder / split / "images" / row["image"], _only(G=int(row["glaucoma"])))
        for row in _rows(folder, split)
    ]


def read_drive(folder: Path, split: str) -> list[Record]:
    """Photos of another camera, without labels."""
    return [Record(folder / split / "images" / row["image"]) for row in _rows(folder, split)]


def read_chase(folder: Path, split: str) -> list[Record]:
    """Photos of a third camera, without labels."""
    return [Record(folder / "images" / row["image"]) for row in _rows(folder, split)]


def read_octdl(folder: Path, split: str) -> list[Record]:
    """OCT B-scans with one of seven classes."""
    return [
        Record(folder / row["image"], modality="oct", oct_class=row["label"])
        for row in _rows(folder, split)
    ]


READERS = {
    "odir": read_odir,
    "idrid_grading": read_idrid_grading,
    "palm": read_palm,
    "drishti": read_drishti,
    "drive": read_drive,
    "chase": read_chase,
    "octdl": read_octdl,
}


def read(folder: Path, split: str) -> list[Record]:
    """The records of a data set by its folder's name; raises InputError for an unknown one."""
    if folder.name not in READERS:
        raise InputError("error.usage", detail=f"{folder.name} is none of {', '.join(READERS)}")
    return READERS[folder.name](folder, split)


def load_squares(records: Sequence[Record], side_px: int) -> np.ndarray:
    """All photos framed around their field of view: (n, side, side, 3) uint8."""
    squares = np.empty((len(records), side_px, side_px, 3), np.uint8)
    for i, record in enumerate(records):
        with Image.open(record.path) as photo:
            pixels = np.asarray(photo.convert("RGB"))
        squares[i] = frame(detect(pixels), side_px).crop(pixels)
    return squares
