"""The example gallery, from a small archive made here: pytest tests/demo/test_samples.py"""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assistant.storage import cache_root
from demo import samples
from vision.catalogue import LANGUAGES, say
from vision.errors import ResourceError


def told_nothing(key: str, **values: object) -> None:
    """Progress is of no interest here."""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "home"))
    two = dict(list(samples._PHOTOS.items())[:2])  # decoding them is the slow part
    monkeypatch.setattr(samples, "_PHOTOS", two)
    return tmp_path / "home"


def photo() -> bytes:
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[20:280, 70:330] = 120
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def archive(requirement: str, into: Path) -> Path:
    """The package's archive, with all photos and a file that must never come out of it."""
    path = into / "archive.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name in (*(samples._INSIDE + n for n in samples._PHOTOS), "../../evil.py"):
            entry = tarfile.TarInfo(name)
            data = photo()
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def test_without_a_fetch_there_are_no_samples_and_no_error() -> None:
    assert samples.sample_photos() == []


def test_a_fetch_brings_the_listed_photos_and_nothing_else(root: Path) -> None:
    found = samples.fetch(told_nothing, archive)
    assert [s.path.name for s in found] == list(samples._PHOTOS)
    assert {p.suffix for p in root.rglob("*") if p.is_file()} <= {".jpg", ".png", ""}
    assert not list(root.parent.rglob("evil.py"))


def test_a_second_fetch_downloads_nothing() -> None:
    samples.fetch(told_nothing, archive)
    again = samples.fetch(told_nothing, lambda requirement, into: pytest.fail("downloaded"))
    assert len(again) == len(samples._PHOTOS)


def test_a_failed_fetch_leaves_nothing() -> None:
    def offline(requirement: str, into: Path) -> Path:
        raise ResourceError("setup.download_failed", name=requirement)

    with pytest.raises(ResourceError):
        samples.fetch(told_nothing, offline)
    assert [p.name for p in cache_root().rglob("*")] == [".lock"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thumbnail_is_small_and_has_a_caption(language: str) -> None:
    sample = samples.fetch(told_nothing, archive)[0]
    pixels, caption = samples.sample_thumbnail(sample, language)  # type: ignore[arg-type]
    assert pixels.dtype == np.uint8 and max(pixels.shape) == samples._THUMBNAIL_PX
    assert caption == say(sample.caption_key, language)  # type: ignore[arg-type]


def test_every_sample_says_whose_it_is() -> None:
    assert all(s.attribution for s in samples.fetch(told_nothing, archive))
