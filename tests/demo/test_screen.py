"""The run over a folder, without models: python -m pytest tests/demo/test_screen.py"""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from demo.screen import __main__ as command_line
from demo.screen.entry import Entry
from demo.screen.job import Job, screen
from demo.screen.photos import Photo, photos_in
from tests.demo.screening import answering, files, found, job, quiet
from vision.catalogue import LANGUAGES, Language, say
from vision.errors import InputError, ModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return files(tmp_path / "photos", a_png=b"1", b_png=b"2", c_png=b"3")


def table(work: Job) -> list[dict[str, str]]:
    with work.out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def interrupted_after(count: int, seen: list[str]) -> object:
    """A source that is ended before it gives the next entry."""

    def source(photos: Sequence[Photo]) -> Iterator[Entry]:
        for number, entry in enumerate(answering(seen)(photos)):
            if number == count:
                raise KeyboardInterrupt
            yield entry

    return source


def test_photos_are_found_in_folders_within_and_hidden_ones_are_not(tmp_path: Path) -> None:
    files(tmp_path / "p", b_JPG=b"1", x_txt=b"2", _hidden_png=b"3", d_dcm=b"4")
    files(tmp_path / "p" / "in", a_tif=b"5")
    files(tmp_path / "p" / ".git", a_png=b"6")
    assert [photo.path for photo in photos_in(tmp_path / "p")] == ["b.JPG", "d.dcm", "in/a.tif"]


def test_there_is_one_row_a_photo_in_the_order_of_the_paths(tmp_path: Path, folder: Path) -> None:
    screen(job(tmp_path), lambda photos: iter(list(answering()(photos))[::-1]), quiet)
    assert [row["path"] for row in table(job(tmp_path))] == ["a.png", "b.png", "c.png"]


def test_a_finished_run_reads_nothing_again(tmp_path: Path, folder: Path) -> None:
    screen(job(tmp_path), answering(), quiet)
    first = job(tmp_path).out.read_bytes()
    screen(job(tmp_path), lambda photos: pytest.fail(f"read {photos}"), quiet)
    assert job(tmp_path).out.read_bytes() == first


def test_an_interrupt_writes_what_was_read_and_the_next_run_goes_on(
    tmp_path: Path, folder: Path
) -> None:
    seen: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        screen(job(tmp_path), interrupted_after(1, seen), quiet)  # type: ignore[arg-type]
    assert [row["path"] for row in table(job(tmp_path))] == ["a.png"]
    seen.clear()
    screen(job(tmp_path), answering(seen), quiet)
    assert seen == ["b.png", "c.png"] and len(table(job(tmp_path))) == 3


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.999])
def test_a_journal_cut_anywhere_loses_the_cut_photo_alone(
    tmp_path: Path, folder: Path, kept: float
) -> None:
    screen(job(tmp_path), answering(), quiet)
    whole, path = table(job(tmp_path)), job(tmp_path).journal.path
    lines = path.read_bytes()
    path.write_bytes(lines[: int(kept * len(lines))])
    left = len(list(job(tmp_path).journal.entries()))
    seen: list[str] = []
    screen(job(tmp_path), answering(seen), quiet)
    assert len(seen) == 3 - left > 0 and table(job(tmp_path)) == whole
    assert len(list(job(tmp_path).journal.entries())) == 3


def test_a_changed_photo_is_read_anew(tmp_path: Path, folder: Path) -> None:
    screen(job(tmp_path), answering(), quiet)
    (folder / "b.png").write_bytes(b"another")
    seen: list[str] = []
    screen(job(tmp_path), answering(seen), quiet)
    assert seen == ["b.png"]


def test_changed_models_read_all_anew(tmp_path: Path, folder: Path) -> None:
    screen(job(tmp_path), answering(), quiet)
    seen: list[str] = []
    screen(job(tmp_path, models="fakes=2"), answering(seen), quiet)
    assert len(seen) == 3


def test_what_failed_is_tried_again_and_what_was_refused_is_not(
    tmp_path: Path, folder: Path
) -> None:
    def source(photos: Sequence[Photo]) -> Iterator[Entry]:
        for photo, status in zip(photos, ("failed", "refused", "incomplete"), strict=True):
            yield replace(found(photo.path, status), photo=photo)  # type: ignore[arg-type]

    seen: list[str] = []
    screen(job(tmp_path), source, quiet)
    screen(job(tmp_path), answering(seen), quiet)
    assert seen == ["a.png", "c.png"]


def test_a_photo_that_is_gone_is_in_the_table_no_more(tmp_path: Path, folder: Path) -> None:
    screen(job(tmp_path), answering(), quiet)
    (folder / "b.png").unlink()
    screen(job(tmp_path), answering(), quiet)
    assert [row["path"] for row in table(job(tmp_path))] == ["a.png", "c.png"]


def test_a_name_that_is_no_text_is_remembered_and_told(tmp_path: Path, folder: Path) -> None:
    (folder / os.fsdecode(b"\xff.png")).write_bytes(b"4")
    screen(job(tmp_path), answering(), quiet)
    screen(job(tmp_path), lambda photos: pytest.fail(f"read {photos}"), quiet)
    assert "\\udcff.png" in [row["path"] for row in table(job(tmp_path))]


def test_two_runs_do_not_write_the_same_table(tmp_path: Path, folder: Path) -> None:
    def source(photos: Sequence[Photo]) -> Iterator[Entry]:
        with pytest.raises(InputError) as caught:
            screen(job(tmp_path), answering(), quiet)
        assert caught.value.key == "screen.busy"
        yield from answering()(photos)

    screen(job(tmp_path), source, quiet)


def test_models_that_cannot_be_loaded_end_the_run_and_keep_what_was_read(
    tmp_path: Path, folder: Path
) -> None:
    def source(photos: Sequence[Photo]) -> Iterator[Entry]:
        yield next(iter(answering()(photos)))
        raise ModelError("error.weights_missing", path="x")

    with pytest.raises(ModelError):
        screen(job(tmp_path), source, quiet)
    assert len(table(job(tmp_path))) == 1


def test_the_same_picture_under_two_names_is_noted(tmp_path: Path, folder: Path) -> None:
    def source(photos: Sequence[Photo]) -> Iterator[Entry]:
        for photo in photos:
            yield Entry(photo, job(tmp_path).models, "read", 1, found("same").findings)

    screen(job(tmp_path), source, quiet)
    assert [row["duplicate_of"] for row in table(job(tmp_path))] == ["", "a.png", "a.png"]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"out": Path("table.xlsx")}, "screen.out_kind"),
        ({"folder": Path("nowhere")}, "screen.no_folder"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(
    tmp_path: Path, folder: Path, changed: dict[str, Path], key: str
) -> None:
    with pytest.raises(InputError) as caught:
        screen(job(tmp_path, **changed), answering(), quiet)
    assert caught.value.key == key and {p.name for p in tmp_path.iterdir()} == {"photos"}


def test_thumbnails_may_not_lie_among_the_photos(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError) as caught:
        screen(job(tmp_path, thumbnails=folder / "small"), answering(), quiet)
    assert caught.value.key == "screen.thumbnails_inside"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_says_what_is_wrong_in_one_sentence_and_leaves_with_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: Language,
) -> None:
    nowhere = str(tmp_path / "nowhere")
    command = ["screen", nowhere, "--out", str(tmp_path / "t.csv"), "--lang", language]
    monkeypatch.setattr("sys.argv", command)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert command_line.main() == 2
    told = capsys.readouterr().err.strip().split("\n")
    assert told == [say("notice.long", language),
                    say("screen.no_folder", language, folder=nowhere)]  # fmt: skip


def test_a_folder_without_photos_is_told(tmp_path: Path) -> None:
    files(tmp_path / "photos", notes_txt=b"1")
    with pytest.raises(InputError) as caught:
        screen(job(tmp_path), answering(), quiet)
    assert caught.value.key == "screen.no_photos"
