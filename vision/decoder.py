"""Decodes one image file in a process of its own: bytes on stdin, a JSON line and pixels on stdout.

`vision.intake` starts it for every file, so that a fault in an image codec ends this process and
not the caller's, and so that its memory and time are bounded. It imports nothing of the project.
Every failure it can name is a JSON line {"refused": reason}; the decoder's own texts stay inside.
"""

import contextlib
import io
import json
import resource
import sys
import warnings
from typing import Any

# every plugin is imported before the limits: afterwards no file can be opened for long
from PIL import (
    BmpImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

MAX_PIXELS = 40_000_000
MIN_LONG_SIDE_PX, MIN_SHORT_SIDE_PX = 224, 96  # OCT scans are low and wide
MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 10

_SIXTEEN_BIT = {"I;16": "<u2", "I;16L": "<u2", "I;16B": ">u2"}  # PIL mode -> numpy type
_EIGHT_BIT = {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}
_ORIENTATION_TAG = 0x0112
_ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class RefusedError(Exception):
    """A reason that `vision.intake` has a sentence for."""


def limit_resources() -> None:
    """Bound memory and processor time, forbid writing files and core dumps."""
    limits = (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    )
    for kind, most in limits:
        # macOS refuses RLIMIT_AS; being a process of its own with a time limit still holds there
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def decode(data: bytes, file_format: str) -> tuple[dict[str, Any], bytes]:
    """Read one file of the named PIL format; returns (header, pixel bytes).

    The header holds width, height (upright) and `type`: "RGB" or the numpy type of a 16-bit plane.
    Raises RefusedError. Size, frames and pixel type are judged from the header, before decoding.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=[file_format])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedError("too_many_pixels") from error
    if max(image.size) < MIN_LONG_SIDE_PX or min(image.size) < MIN_SHORT_SIDE_PX:
        raise RefusedError("too_small")
    # the first picture of an MPO (camera JPEG with previews) is the one that every viewer shows
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise RefusedError("animated")
    if image.mode not in _EIGHT_BIT and image.mode not in _SIXTEEN_BIT:
        raise RefusedError("pixel_type")
    image.load()
    upright = _upright(image)
    kind = _SIXTEEN_BIT.get(upright.mode)
    if kind is None:
        upright = _flatten(upright)
        kind = "RGB"
    return {"width": upright.width, "height": upright.height, "type": kind}, upright.tobytes()


def _upright(image: Image.Image) -> Image.Image:
    """Apply the EXIF orientation; metadata that cannot be read counts as none."""
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG)
    except Exception:
        orientation = None
    method = _ORIENTATIONS.get(orientation) if isinstance(orientation, int) else None
    return image if method is None else image.transpose(method)


def _flatten(image: Image.Image) -> Image.Image:
    """Any 8-bit mode as RGB, transparent parts over black."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    flat = Image.new("RGB", rgba.size)
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat


def main() -> None:
    """Decode stdin as the format named by the only argument."""
    limit_resources()
    pixels = b""
    try:
        header, pixels = decode(sys.stdin.buffer.read(), sys.argv[1])
    except RefusedError as error:
        header = {"refused": str(error)}
    except MemoryError:
        header = {"refused": "too_heavy"}
    except Exception:  # whatever a codec raises, the file is what is wrong
        header = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    sys.stdout.buffer.write(pixels)


if __name__ == "__main__":
    main()
