"""Run with: pytest tests/vision/test_everyday.py"""

import hashlib
import io
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.drawn import _KINDS, draw_other, framed
from vision.errors import ModelError
from vision.everyday import SOURCES, Source, Split, masked, natural_squares
from vision.ocular_surface import draw_meibography

SIDE = 96
Draw = Callable[[np.random.Generator, int], np.ndarray]


def picture(seed: int, size: tuple[int, int] = (240, 300)) -> bytes:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3)).astype(np.uint8))
    stream = io.BytesIO()
    coarse.resize((size[1], size[0]), Image.Resampling.BICUBIC).save(stream, "PNG")
    return stream.getvalue()


def packed(cache: Path, name: str, files: dict[str, bytes], split: Split = "train") -> Source:
    """A package file in the cache, so that nothing has to be fetched."""
    cache.mkdir(exist_ok=True)
    if name.endswith(".whl"):
        with zipfile.ZipFile(cache / name, "w") as wheel:
            for inner, data in files.items():
                wheel.writestr(inner, data)
    else:
        with tarfile.open(cache / name, "w:gz") as tar:
            for inner, data in files.items():
                member = tarfile.TarInfo(inner)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    digest = hashlib.sha256((cache / name).read_bytes()).hexdigest()
    return Source(f"{name.split('-')[0]}==1", name, digest, "drawn here", split)


def test_pictures_come_out_of_wheels_and_source_archives_by_split(tmp_path: Path) -> None:
    sources = (
        packed(tmp_path, "a-1.tar.gz", {"a/1.png": picture(1), "a/2.png": picture(2)}),
        packed(tmp_path, "b-1-py3-none-any.whl", {"b/3.png": picture(3)}, "val"),
    )
    train = natural_squares(tmp_path, SIDE, "train", sources)
    val = natural_squares(tmp_path, SIDE, "val", sources)
    assert (train.dtype, train.shape[1:]) == (np.uint8, (SIDE, SIDE, 3))
    assert len(train) == 2 * len(val) > 0
    assert not any(np.array_equal(a, b) for a in train for b in val)


def test_what_is_small_broken_repeated_or_no_picture_is_left_out(tmp_path: Path) -> None:
    good = picture(1)
    files = {
        "good.png": good,
        "again.png": good,
        "cut.png": good[: len(good) // 2],
        "small.png": picture(2, (60, 60)),
        "text.txt": b"no picture",
        "liar.png": b"no picture either",
    }
    source = packed(tmp_path, "a-1.tar.gz", files)
    alone = packed(tmp_path, "b-1.tar.gz", {"good.png": good})
    many, one = (natural_squares(tmp_path, SIDE, "train", (s,)) for s in (source, alone))
    assert np.array_equal(many, one)


def test_the_squares_are_kept_and_read_again(tmp_path: Path) -> None:
    source = packed(tmp_path, "a-1.tar.gz", {"1.png": picture(1)})
    first = natural_squares(tmp_path, SIDE, "train", (source,))
    (tmp_path / source.file).unlink()
    assert np.array_equal(natural_squares(tmp_path, SIDE, "train", (source,)), first)


def test_an_altered_package_is_refused(tmp_path: Path) -> None:
    source = packed(tmp_path, "a-1.tar.gz", {"1.png": picture(1)})
    packed(tmp_path, "a-1.tar.gz", {"1.png": picture(2)})
    with pytest.raises(ModelError):
        natural_squares(tmp_path, SIDE, "train", (source,))


def test_every_source_is_pinned_and_none_is_the_held_out_one() -> None:
    for source in SOURCES:
        assert re.fullmatch(r"[\w-]+==[\d.]+", source.requirement)
        assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
        assert source.licence
        assert "scikit" not in source.requirement
    assert {source.split for source in SOURCES} == {"train", "val"}


@pytest.mark.parametrize("draw", [draw_other, draw_meibography])
def test_drawings_are_squares_and_functions_of_the_seed(draw: Draw) -> None:
    for seed in range(12):
        first, second = (draw(np.random.default_rng(seed), SIDE) for _ in range(2))
        assert (first.shape, first.dtype) == ((SIDE, SIDE, 3), np.uint8)
        assert np.array_equal(first, second)


@pytest.mark.parametrize("index", range(len(_KINDS)))
def test_every_kind_of_drawing_keeps_the_size_it_is_asked_for(index: int) -> None:
    drawn = _KINDS[index](np.random.default_rng(index), 90, 130)
    assert (drawn.shape, drawn.dtype) == ((90, 130, 3), np.uint8)


def test_drawn_meibography_is_nearly_grey_and_brighter_amid_the_lid() -> None:
    squares = np.stack([draw_meibography(np.random.default_rng(s), SIDE) for s in range(24)])
    spread = squares.max(3).astype(int) - squares.min(3)
    assert np.median(spread.mean((1, 2))) < 2
    level = squares.mean((0, 3))
    middle = level[SIDE // 3 : -SIDE // 3, SIDE // 4 : -SIDE // 4]
    assert middle.mean() > 1.3 * level.mean()


def test_a_picture_behind_an_aperture_is_round_on_black() -> None:
    square = np.random.default_rng(0).integers(60, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    for seed in range(20):
        seen = masked(square, np.random.default_rng(seed))
        assert (seen.shape, seen.dtype) == (square.shape, np.uint8)
        assert seen[:8, :8].max() == 0
        assert seen[-8:, -8:].max() == 0
        assert seen[SIDE // 2, SIDE // 4 : -SIDE // 4].mean() > 20


def test_apertures_are_functions_of_the_seed() -> None:
    square = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    first, second, other = (masked(square, np.random.default_rng(s)) for s in (5, 5, 6))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_any_aspect_is_framed_as_a_square() -> None:
    wide = np.full((50, 200, 3), 180, np.uint8)
    square = framed(wide, SIDE)
    assert square.shape == (SIDE, SIDE, 3)
    assert square[0].max() == 0
    assert square[SIDE // 2].min() == 180
