"""Photos read by processes, in this one and by Ray: pytest tests/demo/test_screen_reading.py"""

import csv
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from demo.screen.entry import Entry
from demo.screen.job import screen
from demo.screen.photos import photos_in
from demo.screen.reading import PhotoReader, bytes_of, shipped_models
from demo.screen.workers import in_processes
from tests.demo.fakes import photo_bytes
from tests.demo.screening import MODELS, fake, files, job, missing, quiet, scripted
from vision.errors import InputError, ModelError
from vision.intake import MAX_BYTES

ROOT = Path(__file__).parents[2]


def by_path(entries: list[Entry]) -> dict[str, Entry]:
    assert len({entry.photo.path for entry in entries}) == len(entries)
    return {entry.photo.path: entry for entry in entries}


def test_a_photo_is_read_with_findings_and_a_small_picture(tmp_path: Path) -> None:
    folder = files(tmp_path / "photos", a_png=photo_bytes(size=(240, 320)))
    (photo,) = photos_in(folder)
    entry = PhotoReader(folder, MODELS, fake)(photo)
    assert entry.status == "read" and entry.findings and entry.findings.dr.grade == 2
    assert entry.thumbnail and entry == Entry.from_json(entry.to_json())


def test_what_is_no_picture_is_refused_with_the_reason(tmp_path: Path) -> None:
    folder = files(tmp_path / "photos", a_png=b"text", b_gif=b"GIF8", c_png=b"")
    (folder / "d.png").symlink_to(tmp_path / "nowhere")
    entries = [PhotoReader(folder, MODELS, fake)(photo) for photo in photos_in(folder)]
    assert {entry.status for entry in entries} == {"refused"}
    keys = [entry.problem.key for entry in entries if entry.problem]
    assert keys == ["intake.not_an_image", "intake.other_format", "intake.empty",
                    "error.file_missing"]  # fmt: skip


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(100 * MAX_BYTES)
    with pytest.raises(InputError) as caught:
        bytes_of(tmp_path / "huge.png")
    assert caught.value.key == "intake.too_large" and "2500.0 MB" in caught.value.text("zh")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InputError):
        bytes_of(tmp_path / "pipe.png")


def test_a_process_that_dies_costs_its_photo_alone(tmp_path: Path) -> None:
    folder = files(
        tmp_path / "photos", a_png=b"x", b_png=b"die", c_png=b"x", d_png=b"fault", e_png=b"die"
    )
    reader = PhotoReader(folder, MODELS, scripted)
    entries = by_path(list(in_processes(reader, 2)(photos_in(folder))))
    told = {path[0]: (e.status, e.problem and e.problem.key) for path, e in entries.items()}
    assert told == {
        "a": ("refused", "intake.broken"),
        "b": ("failed", "screen.died"),
        "c": ("refused", "intake.broken"),
        "d": ("failed", "screen.failed"),
        "e": ("failed", "screen.died"),
    }


def test_missing_models_end_the_run_with_their_own_sentence(tmp_path: Path) -> None:
    folder = files(tmp_path / "photos", a_png=b"x")
    source = in_processes(PhotoReader(folder, MODELS, missing), 1)
    with pytest.raises(ModelError) as caught:
        list(source(photos_in(folder)))
    assert caught.value.key == "error.weights_missing" and caught.value.text("zh")


def test_the_models_of_this_installation_have_a_name() -> None:
    assert shipped_models() == shipped_models() and "eye=" in shipped_models()


@pytest.mark.slow
def test_ray_makes_the_same_table(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    small = {f"{name}_png": photo_bytes(n, (240, 320)) for n, name in enumerate("abc")}
    folder = files(tmp_path / "photos", **small, d_png=b"text")
    screen(job(tmp_path), in_processes(PhotoReader(folder, MODELS, fake), 1), quiet)
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo.screening", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    tables = []
    for name in ("table.csv", "ray.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            tables.append([{**row, "seconds": ""} for row in csv.DictReader(file)])
    assert tables[0] == tables[1] and [row["status"] for row in tables[0]][-1] == "refused"


def test_an_entry_without_findings_is_remembered_whole(tmp_path: Path) -> None:
    folder = files(tmp_path / "photos", a_png=b"text")
    entry = PhotoReader(folder, MODELS, fake)(photos_in(folder)[0])
    assert Entry.from_json(entry.to_json()) == replace(entry)
