"""Which photos the dialogues are about: drawn from the splits of the sets, by patient.

A test photo is never among those of another split: ODIR and OCTDL are split by patient, IDRiD
officially, and training photos that are in one of IDRiD's test sets are left out (vision.data).
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from vision.data import is_of_a_test_set
from vision.errors import InputError
from vision.labels import DISEASES
from vision.types import Eye

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)


@dataclass(frozen=True, slots=True)
class Photo:
    """One image file, whose it is, and the label that it is drawn by."""

    path: str  # relative to the folder of all sets
    split: Split
    patient: str  # unique over the sets; one patient's photos share a split
    stratum: str  # grade, disease or scan class
    eye: Eye = "unknown"


def _rows(folder: Path) -> list[dict[str, str]]:
    index = folder / "index.csv"
    if not index.is_file():
        raise InputError("error.data_missing", path=index)
    with index.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _idrid(root: Path) -> Iterator[Photo]:
    for row in _rows(root / "idrid_grading"):
        if row["split"] == "train" and is_of_a_test_set(row):
            continue
        path = f"idrid_grading/{row['split']}/{row['image']}"
        split: Split = "test" if row["split"] == "test" else "train"
        yield Photo(path, split, path, f"grade{row['dr_grade']}")


def _odir(root: Path) -> Iterator[Photo]:
    for row in _rows(root / "odir"):
        present = [code for code in DISEASES if row[code] == "1"]
        poor = "poor" if row["quality_flag"] == "1" else ""
        eye: Eye = "OD" if row["laterality"] == "OD" else "OS"
        split = next(s for s in SPLITS if s == row["split"])
        stratum = poor or "".join(present)
        yield Photo(f"odir/{row['image']}", split, f"odir-{row['group']}", stratum, eye)


def _octdl(root: Path) -> Iterator[Photo]:
    for row in _rows(root / "octdl"):
        split = next(s for s in SPLITS if s == row["split"])
        yield Photo(f"octdl/{row['image']}", split, f"octdl-{row['group']}", row["label"])


def _drishti(root: Path) -> Iterator[Photo]:
    for row in _rows(root / "drishti"):
        split: Split = "test" if row["split"] == "test" else "train"
        path = f"drishti/{row['split']}/images/{row['image']}"
        yield Photo(path, split, path, f"glaucoma{row['glaucoma']}")


_SETS = {"idrid": _idrid, "odir": _odir, "octdl": _octdl, "drishti": _drishti}
_WANTED: dict[str, dict[Split, int]] = {  # photos of each set; the two eyes of a patient together
    "idrid": {"train": 300, "test": 40},
    "odir": {"train": 420, "val": 60, "test": 60},
    "octdl": {"train": 200, "val": 40, "test": 40},
    "drishti": {"train": 40, "test": 15},
}


def chosen(root: Path, seed: int) -> list[Photo]:
    """The photos to be observed, in an order in which any beginning is a fair sample.

    Drawn by stratum in turn, so that rare ones are not lost; where a patient's other eye is in the
    set it comes along, so that two photos can be compared.
    """
    rng = random.Random(seed)  # noqa: S311
    lists = []
    for name, read in _SETS.items():
        photos = list(read(root))
        for split, count in _WANTED[name].items():
            own = [photo for photo in photos if photo.split == split]
            lists.append(_by_stratum(own, count, rng))
    places = [((i + 0.5) / len(one), photo) for one in lists for i, photo in enumerate(one)]
    return [photo for _, photo in sorted(places, key=lambda pair: pair[0])]


def _by_stratum(photos: list[Photo], count: int, rng: random.Random) -> list[Photo]:
    strata: dict[str, list[Photo]] = defaultdict(list)
    fellows: dict[str, list[Photo]] = defaultdict(list)
    for photo in rng.sample(photos, len(photos)):
        strata[photo.stratum].append(photo)
        fellows[photo.patient].append(photo)
    taken: dict[Photo, None] = {}
    while len(taken) < min(count, len(photos)):
        for waiting in strata.values():
            fresh = next((p for p in waiting if p not in taken), None)
            if fresh is not None and len(taken) < count:
                pair = fellows[fresh.patient][:2] if len(fellows[fresh.patient]) < 4 else []
                taken |= dict.fromkeys([fresh, *pair])
    return list(taken)
