"""The public data sets as lists of annotated photos: what each one annotates, and where it lies.

Classes: MA HE EX SE lesions, OD optic disc, OC optic cup, VE vessels, FO fovea. `known` says what
the annotators looked for; a class outside it may be there and is left out of every loss.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from segmentation.labels import LESIONS
from vision.errors import InputError
from vision.fov import FieldOfView, detect
from vision.types import FundusImage

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One annotated photo; paths only, pixels are read when needed."""

    name: str
    image: Path
    known: tuple[str, ...]  # classes annotated; of these, one without a mask is absent
    masks: Mapping[str, Path] = field(default_factory=dict)  # class -> 1-bit file
    centres: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # class -> x, y in px
    labels: Mapping[str, str] = field(default_factory=dict)  # the row of the set's index.csv


def photos_of(data: Path, name: str, split: str) -> list[Photo]:
    """The photos of one set's split below `data`, in order; raises InputError where none are."""
    photos = _READERS[name](data, split)
    if not photos:
        raise InputError("error.data_missing", path=data / name / split)
    return photos


def read_pixels(photo: Photo) -> np.ndarray:
    """The photo, (H, W, 3) uint8."""
    with Image.open(photo.image) as image:
        return np.array(image.convert("RGB"))


def spread(items: Sequence[T], count: int) -> list[T]:
    """So many of the items, or all, evenly spread over them."""
    chosen = np.linspace(0, len(items) - 1, min(count, len(items)))
    return [items[round(index)] for index in chosen]


def open_photo(photo: Photo) -> tuple[FundusImage, FieldOfView]:
    """The photo, and where the camera saw the retina in it."""
    image = FundusImage(read_pixels(photo))
    return image, detect(image.pixels)


def read_mask(photo: Photo, code: str, shape: tuple[int, int]) -> np.ndarray:
    """One class's annotation, (H, W) bool; empty where the class has no file."""
    if code not in photo.masks:
        return np.zeros(shape, bool)
    with Image.open(photo.masks[code]) as image:
        return np.asarray(image) > 0


def _rows(folder: Path, split: str) -> list[dict[str, str]]:
    try:
        with (folder / "index.csv").open(encoding="utf-8", newline="") as stream:
            return [row for row in csv.DictReader(stream) if split in ("all", row["split"])]
    except OSError as error:
        raise InputError("error.data_missing", path=folder / "index.csv") from error


def _masks(folder: Path, stem: str, folders: Mapping[str, str]) -> dict[str, Path]:
    paths = {code: folder / name / f"{stem}.png" for code, name in folders.items()}
    return {code: path for code, path in paths.items() if path.is_file()}


def _idrid_lesions(data: Path, split: str) -> list[Photo]:
    folder, photos = data / "idrid_lesions", []
    for row in _rows(folder, split):
        stem = Path(row["image"]).stem
        names = {code: f"masks/{code}" for code in (*LESIONS, "OD")}
        masks = _masks(folder / split, stem, names)
        known = LESIONS if "OD" not in masks else (*LESIONS, "OD")  # every eye has a disc
        image = folder / split / "images" / row["image"]
        photos.append(Photo(stem, image, known, masks, labels=row))
    return photos


def _idrid_disc(data: Path, split: str) -> list[Photo]:
    """Discs of the lesion photos that are not in the grading set's test split."""
    photos = _idrid_lesions(data, split)
    kept = [p for p in photos if split == "test" or p.labels["grading_split"] != "test"]
    return [
        Photo(p.name, p.image, ("OD",), p.masks, labels=p.labels) for p in kept if "OD" in p.masks
    ]


def _idrid_grading(data: Path, split: str) -> list[Photo]:
    """Fovea and grades; for training, without the photos that are also lesion photos.

    Split "all": every labelled photo, for rules that learn nothing from the labels.
    """
    folder, photos = data / "idrid_grading", []
    for row in _rows(folder, split):
        if split == "train" and row["same_photo_in_idrid_lesions"]:
            continue
        centres = {
            "FO": (float(row["fovea_x"]), float(row["fovea_y"])),
            "OD": (float(row["od_x"]), float(row["od_y"])),
        }
        image = folder / row["split"] / row["image"]
        photos.append(Photo(Path(row["image"]).stem, image, ("FO",), {}, centres, row))
    return photos


def _idrid_healthy(data: Path, split: str) -> list[Photo]:
    """Eyes graded 0: by the definition of the grade they have none of the lesions."""
    healthy = [p for p in _idrid_grading(data, split) if p.labels["dr_grade"] == "0"]
    return [Photo(p.name, p.image, LESIONS, labels=p.labels) for p in healthy]


def _annotated(
    folder: Path, part: Path, split: str, known: tuple[str, ...], folders: Mapping[str, str]
) -> list[Photo]:
    """Photos of `part`/images with a mask folder for each class beside them."""
    photos = []
    for row in _rows(folder, split):
        stem = Path(row["image"]).stem
        masks = _masks(part, stem, folders)
        photos.append(Photo(stem, part / "images" / row["image"], known, masks, labels=row))
    return photos


def _drishti(data: Path, split: str) -> list[Photo]:
    folder = data / "drishti"
    return _annotated(folder, folder / split, split, ("OD", "OC"), {"OD": "disc", "OC": "cup"})


def _drive(data: Path, split: str) -> list[Photo]:
    folder = data / "drive"
    return _annotated(folder, folder / split, split, ("VE",), {"VE": "vessels", "FOV": "fov"})


def _chase(data: Path, split: str) -> list[Photo]:
    folder = data / "chase"
    return _annotated(folder, folder, split, ("VE",), {"VE": "vessels"})


def _chase_healthy(data: Path, split: str) -> list[Photo]:
    """Healthy school children's eyes (Fraz et al., 2012): none of the lesions."""
    photos = _chase(data, split)
    return [Photo(p.name, p.image, LESIONS, labels=p.labels) for p in photos]


def _drishti_healthy(data: Path, split: str) -> list[Photo]:
    """Eyes without glaucoma (Sivaswamy et al., 2014): none of the lesions."""
    normal = [p for p in _drishti(data, split) if p.labels["glaucoma"] == "0"]
    return [Photo(p.name, p.image, LESIONS, labels=p.labels) for p in normal]


def _odir_healthy(data: Path, split: str) -> list[Photo]:
    """Eyes whose only keyword is a normal fundus: none of the lesions."""
    normal = [p for p in _odir(data, split) if p.labels["keywords"] == "normal fundus"]
    return [Photo(p.name, p.image, LESIONS, labels=p.labels) for p in normal]


def _odir(data: Path, split: str) -> list[Photo]:
    """Photos of good quality, for their side; no pixel of them is annotated."""
    folder = data / "odir"
    rows = [row for row in _rows(folder, split) if row["quality_flag"] == "0"]
    return [Photo(Path(r["image"]).stem, folder / r["image"], (), labels=r) for r in rows]


_READERS: Mapping[str, Callable[[Path, str], list[Photo]]] = {
    "idrid_lesions": _idrid_lesions,
    "idrid_disc": _idrid_disc,
    "idrid_grading": _idrid_grading,
    "idrid_healthy": _idrid_healthy,
    "drishti": _drishti,
    "drive": _drive,
    "chase": _chase,
    "chase_healthy": _chase_healthy,
    "drishti_healthy": _drishti_healthy,
    "odir": _odir,
    "odir_healthy": _odir_healthy,
}
