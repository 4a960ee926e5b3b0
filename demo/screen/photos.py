"""Which files of a folder are photos, and a stamp that changes when a file does."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vision.errors import InputError

# what the intake reads, and what people take for photos: these are listed with the reason why not
_READ = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".bmp", ".webp"})
_TOLD = frozenset({".gif", ".heic", ".heif", ".avif", ".jp2", ".psd", ".dcm", ".dicom"})


@dataclass(frozen=True, slots=True)
class Photo:
    """One file by its path within the folder, with / between names on every system."""

    path: str
    stamp: str  # size and time of the last change


def photos_in(folder: Path, *, every_file: bool = False) -> list[Photo]:
    """All photos of a folder and those within it, by path; hidden ones are left out.

    With `every_file` all files are listed, also those that can only be refused. Raises InputError
    where there is no such folder, a part of it cannot be listed, or it holds no photo: a night's
    table that lacks a subfolder unseen would be worse than none.
    """
    if not folder.is_dir():
        raise InputError("screen.no_folder", folder=folder)
    found = sorted(_walk(folder, every_file), key=lambda photo: photo.path)
    if not found:
        raise InputError("screen.no_photos", folder=folder)
    return found


def _walk(folder: Path, every_file: bool) -> Iterator[Photo]:
    def unlisted(error: OSError) -> None:
        raise InputError("screen.not_listed", folder=error.filename) from error

    for parent, folders, files in os.walk(folder, onerror=unlisted):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            known = Path(name).suffix.lower() in _READ | _TOLD
            if not every_file and (name.startswith(".") or not known):
                continue
            path = Path(parent) / name
            yield Photo(path.relative_to(folder).as_posix(), _stamp(path))


def _stamp(path: Path) -> str:
    """Nothing for a link that leads nowhere: it is listed, and refused when it is read."""
    try:
        about = path.stat()
    except OSError:
        return ""
    return f"{about.st_size}-{about.st_mtime_ns}"


def readable(path: str) -> str:
    """A path as text that every program reads: bytes that are no UTF-8 are written as escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
