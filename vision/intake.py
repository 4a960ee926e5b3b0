"""The only place where untrusted bytes become pixels.

Covered: the format is told by content (JPEG, PNG, TIFF, BMP, WebP), never by name; file size,
pixel count, smallest side, frames and pixel type are judged before decoding; the file is decoded in
a process of its own (`vision.decoder`) with an empty environment and bounded memory and time, and
what comes back is checked against what was announced; only pixels leave, upright, so every kind of
metadata is dropped; no text of a decoder is shown or logged.

Not covered: the decoding process can still read files and open connections as this user (there is
no system-call filter); colour profiles are dropped, not applied; 16-bit values are taken to span
the whole range; only the first picture of a multi-picture JPEG is read; patient names that are
written into the pixels stay there.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from vision import decoder
from vision.errors import InputError, ResourceError
from vision.types import Eye, FundusImage

MAX_BYTES = 25_000_000
MAX_PIXELS = decoder.MAX_PIXELS
_WALL_SECONDS = 30.0  # beyond the decoder's own limit of processor time, for a busy machine

_LIMITS = {
    "most_mb": MAX_BYTES // 1_000_000,
    "most_mp": MAX_PIXELS // 1_000_000,
    "long_px": decoder.MIN_LONG_SIDE_PX,
    "short_px": decoder.MIN_SHORT_SIDE_PX,
}
_log = logging.getLogger(__name__)

_READABLE = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"BM", "BMP"),
)
# formats that people do have photos in, so that the sentence can name them
_KNOWN_UNREADABLE = (
    (0, b"GIF8", "GIF"),
    (0, b"%PDF", "PDF"),
    (0, b"%!PS", "PostScript"),
    (0, b"<svg", "SVG"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"8BPS", "Photoshop"),
    (4, b"ftypavi", "AVIF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (128, b"DICM", "DICOM"),
)


def read_image(data: bytes, eye: Eye = "unknown", most_bytes: int = MAX_BYTES) -> FundusImage:
    """Decode the bytes of one image file of at most `most_bytes`.

    Raises InputError with a key `intake.*` for anything that is not one readable photo, and
    ResourceError where the decoding process cannot be started.
    """
    if not data:
        raise InputError("intake.empty")
    if len(data) > most_bytes:
        raise InputError("intake.too_large", found_mb=f"{len(data) / 1e6:.1f}", **_LIMITS)
    file_format = _format_of(data)
    if file_format == "PNG":
        _check_png_header(data)
    header, pixels = _decode(data, file_format)
    image = FundusImage(_to_rgb(header, pixels), eye)
    _log.info("read %s %dx%d as %s", file_format, image.width, image.height, image.id[:12])
    return image


def _format_of(data: bytes) -> str:
    """PIL's name of the file format, from its first bytes."""
    for magic, name in _READABLE:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    for offset, magic, name in _KNOWN_UNREADABLE:
        if data[offset : offset + len(magic)] == magic:
            raise InputError("intake.other_format", found=name)
    raise InputError("intake.not_an_image")


def _check_png_header(data: bytes) -> None:
    """Judge a PNG by the size in its first chunk, where the rest may be missing."""
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if width * height > MAX_PIXELS:
        raise InputError("intake.too_many_pixels", **_LIMITS)


def _decode(data: bytes, file_format: str) -> tuple[dict[str, Any], memoryview]:
    """Run the decoder on the bytes; returns its header and the pixel bytes."""
    # -I: neither the environment nor the working folder can change what the child imports
    command = [sys.executable, "-I", "-B", str(Path(decoder.__file__)), file_format]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=_WALL_SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InputError("intake.too_heavy") from error
    except OSError as error:
        raise ResourceError("error.decoder") from error
    if done.returncode < 0:  # killed: out of memory or time, or a fault in a codec
        _log.warning("the decoder of a %s file ended by signal %d", file_format, -done.returncode)
        raise InputError("intake.too_heavy")
    end = done.stdout.find(b"\n")
    if done.returncode > 0 or end < 0:
        _log.error("the decoder could not run, exit status %d", done.returncode)
        raise ResourceError("error.decoder")
    header: dict[str, Any] = json.loads(done.stdout[:end])
    if "refused" in header:
        raise InputError(f"intake.{header['refused']}", **_LIMITS)
    return header, memoryview(done.stdout)[end + 1 :]


def _to_rgb(header: dict[str, Any], pixels: memoryview) -> np.ndarray:
    """Announced size and raw bytes -> (H, W, 3) uint8; the announcement is not trusted."""
    height, width, kind = header["height"], header["width"], header["type"]
    shape = (height, width, 3) if kind == "RGB" else (height, width)
    plane = np.frombuffer(pixels, np.uint8 if kind == "RGB" else np.dtype(kind))
    if plane.size != np.prod(shape) or height * width > MAX_PIXELS:
        raise InputError("intake.broken")
    plane = plane.reshape(shape)
    if kind == "RGB":
        return plane
    # 65535 / 255 = 257: the whole range maps onto the whole range
    grey = ((plane.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
