"""Run with: pytest tests/vision/test_intake.py"""

import io
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from tests.vision import malformed
from vision import intake
from vision.catalogue import LANGUAGES, say, table
from vision.errors import InputError, ResourceError
from vision.intake import read_image
from vision.types import FundusImage


def mean_difference(image: FundusImage, expected: np.ndarray) -> float:
    assert image.pixels.shape == expected.shape
    return float(np.abs(image.pixels.astype(int) - expected.astype(int)).mean())


@pytest.mark.parametrize("name", malformed.READABLE)
def test_a_readable_file_gives_the_photo(name: str) -> None:
    maker, tolerance = malformed.READABLE[name]
    assert mean_difference(read_image(maker()), malformed.PIXELS) <= tolerance


@pytest.mark.parametrize("name", malformed.REFUSED)
def test_an_unusable_file_is_refused_with_its_own_sentence(name: str) -> None:
    maker, key = malformed.REFUSED[name]
    with pytest.raises(InputError) as caught:
        read_image(maker())
    assert caught.value.key == key
    assert all(caught.value.text(language) for language in LANGUAGES)


@pytest.mark.parametrize("percent", range(0, 100, 10))
@pytest.mark.parametrize("file_format", malformed.WHOLE)
def test_a_truncated_file_is_refused(file_format: str, percent: int) -> None:
    with pytest.raises(InputError):
        read_image(malformed.truncated(malformed.WHOLE[file_format](), percent))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("file_format", malformed.WHOLE)
def test_flipped_bits_give_a_photo_or_a_refusal(file_format: str, seed: int) -> None:
    try:
        image = read_image(malformed.bit_flips(malformed.WHOLE[file_format](), seed))
    except InputError as error:
        assert error.key.startswith("intake.")
    else:
        assert isinstance(image, FundusImage)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_orientation_is_applied(orientation: int) -> None:
    upright = {
        1: malformed.PIXELS,
        2: malformed.PIXELS[:, ::-1],
        3: malformed.PIXELS[::-1, ::-1],
        4: malformed.PIXELS[::-1],
        5: malformed.PIXELS.swapaxes(0, 1),
        6: np.rot90(malformed.PIXELS, -1),
        7: malformed.PIXELS[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(malformed.PIXELS),
    }[orientation]
    image = read_image(malformed.with_orientation(orientation))
    assert mean_difference(image, upright) < 3


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF"])
def test_the_orientation_is_applied_once_in_every_format(file_format: str) -> None:
    image = read_image(malformed.with_orientation(6, file_format))
    assert mean_difference(image, np.rot90(malformed.PIXELS, -1)) == 0


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_whole_range(file_format: str) -> None:
    ramp = malformed.grey_ramp_16()
    pixels = read_image(malformed.encode(ramp, file_format)).pixels
    assert np.abs(pixels[..., 0] - ramp / 257).max() <= 0.51
    assert (pixels[..., 0] == pixels[..., 2]).all()


def test_grey_and_one_bit_files_become_three_equal_channels() -> None:
    for mode in ("L", "1"):
        pixels = read_image(malformed.encode(malformed.photo(mode), "PNG")).pixels
        assert (pixels[..., :1] == pixels).all()
        assert (pixels[..., 0] == np.asarray(malformed.photo(mode).convert("L"))).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparent_pixels_lie_over_black(mode: str) -> None:
    rgba = malformed.photo("RGBA")
    rgba.putalpha(Image.new("L", rgba.size, 0))
    image = rgba.convert("P") if mode == "PA" else rgba.convert(mode)
    if mode == "PA":
        image.info["transparency"] = bytes(256)
    assert not read_image(malformed.encode(image, "PNG")).pixels.any()


def test_metadata_stays_behind() -> None:
    image = read_image(malformed.with_secrets())
    assert image.id == read_image(malformed.WHOLE["PNG"]()).id
    assert b"Erika" not in image.pixels.tobytes()


def test_the_same_pixels_have_the_same_identity_in_every_lossless_format() -> None:
    ids = {read_image(malformed.WHOLE[name]()).id for name in ("PNG", "BMP", "TIFF", "WEBP")}
    assert len(ids) == 1


def test_the_eye_is_kept_and_tells_two_images_apart() -> None:
    data = malformed.WHOLE["PNG"]()
    right, left = read_image(data, "OD"), read_image(data, "OS")
    assert (right.eye, left.eye) == ("OD", "OS")
    assert right != left
    assert right.id == left.id


def test_the_pixels_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_image(malformed.WHOLE["PNG"]()).pixels[0, 0] = 1


def test_a_huge_png_header_is_refused_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(InputError):
        read_image(malformed.png_header(50_000, 50_000))
    assert time.perf_counter() - started < 0.1


def test_a_killed_decoder_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    program = tmp_path / "decoder.py"
    program.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(intake.decoder, "__file__", str(program))
    with pytest.raises(InputError) as caught:
        read_image(malformed.WHOLE["PNG"]())
    assert caught.value.key == "intake.too_heavy"


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("raise SystemExit(3)", ResourceError),
        ("print('no line of JSON', end='')", ResourceError),
        ('print(\'{"width": 300, "height": 300, "type": "RGB"}\')', InputError),
    ],
)
def test_a_decoder_that_misbehaves_gives_a_typed_error(
    program: str, expected: type[Exception], monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    path = tmp_path / "decoder.py"
    path.write_text(program)
    monkeypatch.setattr(intake.decoder, "__file__", str(path))
    with pytest.raises(expected):
        read_image(malformed.WHOLE["PNG"]())


def test_a_decoder_that_cannot_start_is_a_resource_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake.sys, "executable", "/nonexistent/python")
    with pytest.raises(ResourceError):
        read_image(malformed.WHOLE["PNG"]())


def test_the_decoder_runs_within_limits_and_writes_no_file(tmp_path) -> None:
    target = tmp_path / "written"
    program = (
        "import resource, sys; sys.path.insert(0, sys.argv[1])\n"
        "from vision import decoder; decoder.limit_resources()\n"
        "try:\n    bytearray(3 * 1024**3)\n"
        "except MemoryError:\n    print('memory')\n"
        f"try:\n    f = open({str(target)!r}, 'wb', buffering=0); f.write(b'x')\n"
        "except OSError:\n    print('file')\n"
    )
    root = str(intake.Path(intake.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program, root], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["memory", "file"]


def test_no_text_of_the_decoder_reaches_the_reader() -> None:
    for name in ("jpeg magic and noise", "png header alone", "png text bomb"):
        with pytest.raises(InputError) as caught:
            read_image(malformed.REFUSED[name][0]())
        assert caught.value.text("en") == say("intake.broken", "en")


def test_every_reason_of_the_decoder_has_a_sentence() -> None:
    source = intake.Path(intake.decoder.__file__).read_text(encoding="utf-8")
    for reason in ("too_many_pixels", "too_small", "animated", "pixel_type", "broken", "too_heavy"):
        assert f'"{reason}"' in source
        assert all(f"intake.{reason}" in table(language) for language in LANGUAGES)


def test_what_is_read_can_be_written_and_read_again() -> None:
    first = read_image(malformed.WHOLE["JPEG"]())
    stream = io.BytesIO()
    Image.fromarray(first.pixels).save(stream, "PNG")
    assert read_image(stream.getvalue()) == first
