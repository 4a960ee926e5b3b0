"""Labelled fundus photos for training and evaluation, as framed squares in memory.

Reads the index.csv of the ODIR and IDRiD grading folders (see README, "Data"). A label that a
set does not give is -1 and takes no part in any loss.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from vision.errors import InputError
from vision.fov import detect, frame
from vision.labels import DISEASES

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Record:
    """One photo on disk: disease labels (K,) in {0, 1, -1}, ICDR grade or -1."""

    path: Path
    diseases: tuple[int, ...]
    dr_grade: int


def _rows(folder: Path, split: str) -> list[dict[str, str]]:
    index = folder / "index.csv"
    if not index.is_file():
        raise InputError("error.data_missing", path=index)
    with index.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["split"] == split]
    if not rows:
        raise InputError("error.split_missing", split=split, path=index)
    return rows


def read_odir(folder: Path, split: str) -> list[Record]:
    """ODIR eyes of a split: all eight labels, and the grade where the keywords give one."""
    return [
        Record(folder / row["image"], tuple(int(row[c]) for c in DISEASES), int(row["dr_grade"]))
        for row in _rows(folder, split)
    ]


def read_idrid_grading(folder: Path, split: str) -> list[Record]:
    """IDRiD photos with a grade; photos of the lesion test set are left out of train.

    Only D follows from a grade; the other diseases were not asked of these photos.
    """
    records = []
    for row in _rows(folder, split):
        if split == "train" and row["same_photo_in_idrid_lesions"].startswith("test/"):
            continue
        grade = int(row["dr_grade"])
        diseases = tuple(int(grade > 0) if c == "D" else UNKNOWN for c in DISEASES)
        records.append(Record(folder / split / row["image"], diseases, grade))
    return records


def load_squares(records: list[Record], side_px: int) -> np.ndarray:
    """All photos framed around their field of view: (n, side, side, 3) uint8."""
    squares = np.empty((len(records), side_px, side_px, 3), np.uint8)
    for i, record in enumerate(records):
        with Image.open(record.path) as photo:
            pixels = np.asarray(photo.convert("RGB"))
        squares[i] = frame(detect(pixels), side_px).crop(pixels)
    return squares
