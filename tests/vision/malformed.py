"""Makers of image files as they arrive in practice and in attacks; all from drawn pixels."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, PngImagePlugin

from tests.drawing import draw_fundus

SIZE = (240, 300)  # H, W: a little above the smallest side that is read
PIXELS = draw_fundus(SIZE, seed=1)


def encode(image: Image.Image | np.ndarray, file_format: str, **options: object) -> bytes:
    """Bytes of one file in a PIL format."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def photo(mode: str = "RGB") -> Image.Image:
    """The drawn photo in a PIL mode."""
    return Image.fromarray(PIXELS).convert(mode)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int, bits: int = 8, colour: int = 2) -> bytes:
    """A PNG that announces a size and then ends."""
    fields = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", fields)


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG with few stored bytes and many pixels."""
    rows = zlib.compress(bytes((3 * width + 1) * height), 9)
    return png_header(width, height) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def bmp_header(width: int, height: int) -> bytes:
    """A BMP that announces a size and then ends."""
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info


def grey_ramp_16() -> np.ndarray:
    """(H, W) uint16 over the whole range."""
    return np.linspace(0, 65535, SIZE[0] * SIZE[1]).reshape(SIZE).astype(np.uint16)


def png_rgb_16() -> bytes:
    """A 16-bit RGB PNG of the drawn photo, written by hand as PIL cannot."""
    wide = (PIXELS.astype(">u2") * 257).astype(">u2")
    rows = b"".join(b"\x00" + row.tobytes() for row in wide)
    header = png_header(SIZE[1], SIZE[0], bits=16)
    return header + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")


def tiff_rgb_16() -> bytes:
    """A 16-bit RGB TIFF of the drawn photo, one uncompressed strip."""
    pixels = (PIXELS.astype("<u2") * 257).tobytes()
    tags = [
        (256, 3, 1, SIZE[1]),
        (257, 3, 1, SIZE[0]),
        (258, 3, 3, 8),  # bits per sample stand at byte 8
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 14),
        (277, 3, 1, 3),
        (278, 3, 1, SIZE[0]),
        (279, 4, 1, len(pixels)),
    ]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *t) for t in tags)
    bits = struct.pack("<HHH", 16, 16, 16)
    head = b"II*\x00" + struct.pack("<I", 14 + len(pixels)) + bits
    return head + pixels + directory + struct.pack("<I", 0)


def animated(file_format: str) -> bytes:
    """Two different frames in one GIF, PNG, WEBP or TIFF."""
    frames = [photo(), Image.fromarray(PIXELS[::-1].copy())]
    return encode(frames[0], file_format, save_all=True, append_images=frames[1:])


def stereo_jpeg() -> bytes:
    """An MPO: two pictures in one JPEG, as phones and stereo cameras write."""
    frames = [photo(), Image.fromarray(PIXELS[::-1].copy())]
    return encode(frames[0], "MPO", save_all=True, append_images=frames[1:])


def with_orientation(orientation: int, file_format: str = "JPEG") -> bytes:
    """The drawn photo with an EXIF orientation 1-8."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}}.get(file_format, {})
    return encode(photo(), file_format, exif=exif, **options)


def with_secrets() -> bytes:
    """A PNG with a patient's name in its text, EXIF and trailing bytes."""
    exif = Image.Exif()
    exif[0x010E] = "Erika Mustermann"
    text = PngImagePlugin.PngInfo()
    text.add_text("PatientName", "Erika Mustermann")
    return encode(photo(), "PNG", pnginfo=text, exif=exif) + b"Erika Mustermann"


def text_bomb() -> bytes:
    """A PNG whose compressed text unpacks to 100 MB."""
    whole = encode(photo(), "PNG")
    body = b"Comment\x00\x00" + zlib.compress(bytes(100_000_000), 9)
    return whole[:33] + png_chunk(b"zTXt", body) + whole[33:]


def zip_polyglot() -> bytes:
    """A file that is a PNG from the front and a ZIP from the back."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as container:
        container.writestr("run.sh", "echo no")
    return encode(photo(), "PNG") + archive.getvalue()


def bit_flips(data: bytes, seed: int, flips: int = 12) -> bytes:
    """The same bytes with a few bits turned over, most of them near the header."""
    rng = np.random.default_rng(seed)
    changed = bytearray(data)
    for near in (64, 1024, len(data)):
        for position in rng.integers(0, min(near, len(data)), flips // 3):
            changed[position] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def truncated(data: bytes, percent: int) -> bytes:
    """The first `percent` of a file."""
    return data[: len(data) * percent // 100]


WHOLE: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: encode(photo(), "JPEG", quality=92),
    "PNG": lambda: encode(photo(), "PNG"),
    "TIFF": lambda: encode(photo(), "TIFF", compression="tiff_lzw"),
    "BMP": lambda: encode(photo(), "BMP"),
    "WEBP": lambda: encode(photo(), "WEBP", lossless=True),
}

# what must be read, and is then the drawn photo: name -> (maker, largest mean difference of levels)
READABLE: dict[str, tuple[Callable[[], bytes], float]] = {
    "jpeg": (WHOLE["JPEG"], 3.0),
    "progressive jpeg": (lambda: encode(photo(), "JPEG", quality=92, progressive=True), 3.0),
    "cmyk jpeg": (lambda: encode(photo("CMYK"), "JPEG", quality=95), 3.0),
    "jpeg with a broken colour profile": (
        lambda: encode(photo(), "JPEG", quality=92, icc_profile=b"junk" * 50),
        3.0,
    ),
    "stereo jpeg, first picture": (stereo_jpeg, 3.0),
    "png": (WHOLE["PNG"], 0.0),
    "16-bit rgb png": (png_rgb_16, 0.5),
    "png and zip at once": (zip_polyglot, 0.0),
    "png with a colour profile": (lambda: encode(photo(), "PNG", icc_profile=b"junk" * 50), 0.0),
    "opaque png": (lambda: encode(photo("RGBA"), "PNG"), 0.0),
    "palette png": (
        lambda: encode(photo().quantize(256, method=Image.Quantize.MEDIANCUT), "PNG"),
        6.0,
    ),
    "tiff": (WHOLE["TIFF"], 0.0),
    "deflate tiff": (lambda: encode(photo(), "TIFF", compression="tiff_adobe_deflate"), 0.0),
    "jpeg tiff": (lambda: encode(photo(), "TIFF", compression="jpeg", quality=95), 3.0),
    "cmyk tiff": (lambda: encode(photo("CMYK"), "TIFF"), 3.0),
    "16-bit rgb tiff": (tiff_rgb_16, 0.5),
    "bmp": (WHOLE["BMP"], 0.0),
    "webp": (WHOLE["WEBP"], 0.0),
}

# what must be refused: name -> (maker, catalogue key)
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "intake.empty"),
    "60 MB": (lambda: b"\xff\xd8\xff" + bytes(60_000_000), "intake.too_large"),
    "text named jpg": (lambda: b"These are the notes of a visit.", "intake.not_an_image"),
    "one byte": (lambda: b"\xff", "intake.not_an_image"),
    "html": (lambda: b"<!doctype html><p>403</p>", "intake.not_an_image"),
    "svg named png": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "intake.other_format"),
    "eps named png": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", "intake.other_format"),
    "pdf named png": (lambda: b"%PDF-1.7\n", "intake.other_format"),
    "dicom": (lambda: bytes(128) + b"DICM", "intake.other_format"),
    "heic": (lambda: b"\x00\x00\x00\x18ftypheic", "intake.other_format"),
    "gif": (lambda: encode(photo("P"), "GIF"), "intake.other_format"),
    "animated gif": (lambda: animated("GIF"), "intake.other_format"),
    "animated png": (lambda: animated("PNG"), "intake.animated"),
    "animated webp": (lambda: animated("WEBP"), "intake.animated"),
    "two-page tiff": (lambda: animated("TIFF"), "intake.animated"),
    "1x1 px": (lambda: encode(PIXELS[:1, :1], "PNG"), "intake.too_small"),
    "1 px high": (lambda: encode(PIXELS[:1], "JPEG"), "intake.too_small"),
    "223 px square": (lambda: encode(PIXELS[:223, :223], "BMP"), "intake.too_small"),
    "95 px high": (lambda: encode(PIXELS[:95], "BMP"), "intake.too_small"),
    "50,000 x 50,000 png header": (lambda: png_header(50_000, 50_000), "intake.too_many_pixels"),
    "6400 x 6400 black png": (lambda: png_bomb(6400, 6400), "intake.too_many_pixels"),
    "60,000 x 60,000 bmp header": (lambda: bmp_header(60_000, 60_000), "intake.too_many_pixels"),
    "32-bit float tiff": (lambda: encode(photo("F"), "TIFF"), "intake.pixel_type"),
    "lab tiff": (lambda: encode(photo("LAB"), "TIFF"), "intake.pixel_type"),
    "png text bomb": (text_bomb, "intake.broken"),
    "png header alone": (lambda: png_header(300, 300), "intake.broken"),
    "jpeg magic and noise": (
        lambda: b"\xff\xd8\xff" + np.random.default_rng(0).bytes(5000),
        "intake.broken",
    ),
}
