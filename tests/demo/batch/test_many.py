"""Many photos at once, without a browser: python -m pytest tests/demo/batch/test_many.py"""

import csv
import io
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.batch import state
from demo.batch.handlers import BatchHandlers
from demo.batch.run import Runner
from demo.cases.door import Door
from demo.loader import Loader
from demo.store import Store
from demo.views import View
from demo.visit import Visit
from tests.demo.fakes import FakePipeline, photo_bytes
from vision.errors import ModelError


class Desk:
    """Does what a person does in the tab, and keeps what is shown; files land in `files`."""

    def __init__(self, tmp_path: Path, pipeline: FakePipeline | None = None) -> None:
        self.pipeline = pipeline or FakePipeline()
        self.loader = Loader(lambda: self.pipeline)  # type: ignore[arg-type, return-value]
        self.loader.start()
        self.url = f"sqlite:///{tmp_path / 'cases.db'}"
        self.files: dict[str, bytes] = {}
        runner = Runner(self.loader, Door(self.url, wait_s=0.2))
        self.handlers = BatchHandlers(runner, self._offer)
        self.visit = Visit("en")
        self.view: View = {}
        self.uploads = tmp_path / "uploads"
        self.do("everything")

    def _offer(self, data: bytes, name: str) -> str:
        self.files[name] = data
        return name

    def do(self, name: str, *sent: object) -> "Desk":
        """Let an event happen."""
        for part, props in getattr(self.handlers, name)(*sent, self.visit).items():
            self.view[part] = self.view.get(part, {}) | props
        return self

    def take(self, **files: bytes) -> "Desk":
        """Upload files by name; "_" stands for the dot."""
        folder = self.uploads / str(time.monotonic_ns())
        folder.mkdir(parents=True)
        for name, data in files.items():
            (folder / name.replace("_", ".")).write_bytes(data)
        return self.do("take", [str(path) for path in sorted(folder.iterdir())])

    def read(self, prefix: str = "") -> "Desk":
        """Read all, to the end."""
        return self.do("start", prefix).ended()

    def ended(self) -> "Desk":
        """Wait until nothing is read any more."""
        until(lambda: not self.visit.batch.running)
        return self.do("tick")

    def told(self, part: str) -> str:
        return str(self.view[f"batch_{part}"].get("value"))

    @property
    def rows(self) -> list[dict[str, str]]:
        self.do("download")
        return list(csv.DictReader(io.StringIO(self.files["photos.csv"].decode())))


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def photo(seed: int = 0) -> bytes:
    return photo_bytes(seed, (240, 320))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path)
    yield one
    one.visit.batch.close()


def test_before_the_first_photo_the_tab_says_what_to_do(desk: Desk) -> None:
    assert "No photo was added yet" in desk.told("taken")
    assert not desk.view["batch_start"]["interactive"]
    assert not desk.view["batch_results_box"]["visible"] and desk.told("progress") == ""


def test_all_photos_are_read_and_the_most_urgent_come_first(desk: Desk) -> None:
    desk.take(a_png=photo(1), b_png=photo(2)).read()
    assert "2 of 2 read" in desk.told("progress") and "All are read" in desk.told("progress")
    assert desk.told("table").count("<tr class=") == 2
    assert "ICDR grade 2" in desk.told("table") and "data:image/webp;base64," in desk.told("table")
    assert desk.view["batch_group"]["choices"] == [("all 2", ""), ("referable 2", "referable")]


def test_what_is_no_photo_is_skipped_and_listed_with_the_reason(desk: Desk) -> None:
    desk.take(a_png=photo(1), notes_txt=b"hello", broken_jpg=b"\xff\xd8\xff").read()
    assert "Skipped files: 2" in desk.told("skipped")
    assert "<b>notes.txt</b> This file holds no picture" in desk.told("skipped")
    assert "notes.txt" not in desk.told("table")
    assert [row["status"] for row in desk.rows] == ["read", "refused", "refused"]


def test_the_table_is_in_the_language_of_the_page(desk: Desk) -> None:
    desk.take(notes_txt=b"hello").read()
    desk.visit.language = "zh"
    assert "图片" in desk.rows[0]["problem"]
    assert "跳过的文件" in str(desk.do("everything").view["batch_skipped"]["value"])


def test_a_name_that_comes_twice_is_kept_twice(desk: Desk) -> None:
    desk.take(a_png=photo(1)).take(a_png=photo(2)).read()
    assert [row["path"] for row in desk.rows] == ["a (2).png", "a.png"]


def test_a_name_cannot_write_into_the_page(desk: Desk) -> None:
    desk.take(**{"<img src=x>_png": photo(1), "<b>_txt": b"x"}).read()
    assert "<img src=x>" not in desk.told("table") and "<b>.txt" not in desk.told("skipped")


def test_stopped_it_keeps_what_was_read_and_goes_on_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path, FakePipeline(delay_s=0.03))
    desk.take(a_png=photo(1), b_png=photo(2), c_png=photo(3)).do("start", "")
    until(lambda: len(desk.visit.batch.entries) == 1)
    desk.do("stop")
    assert "Stopping" in desk.told("progress") and not desk.view["batch_stop"]["interactive"]
    desk.ended()
    read = desk.pipeline.analysed
    assert read < 3 and f"Not finished: {3 - read} left" in desk.told("progress")
    desk.read()
    assert desk.pipeline.analysed == 3 and "All are read" in desk.told("progress")
    desk.visit.batch.close()


def test_photos_added_while_others_are_read_are_read_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path, FakePipeline(delay_s=0.03))
    desk.take(a_png=photo(1)).do("start", "").take(b_png=photo(2)).ended()
    assert len(desk.visit.batch.entries) == 2
    desk.visit.batch.close()


def test_the_time_left_is_told_after_the_first_photo(tmp_path: Path) -> None:
    desk = Desk(tmp_path, FakePipeline(delay_s=0.03))
    desk.take(a_png=photo(1), b_png=photo(2), c_png=photo(3)).do("start", "")
    assert "after the first photo" in desk.do("tick").told("progress")
    until(lambda: len(desk.visit.batch.entries) >= 1)
    assert "about a minute left" in desk.do("tick").told("progress")
    desk.ended()
    desk.visit.batch.close()


def test_between_two_photos_whoever_waits_has_its_turn(tmp_path: Path) -> None:
    desk = Desk(tmp_path, FakePipeline(delay_s=0.02))
    desk.take(a_png=photo(1), b_png=photo(2), c_png=photo(3)).do("start", "")
    until(lambda: desk.pipeline.analysed == 1)
    with desk.loader.line.turn(threading.Event()) as mine:  # somebody asks
        assert mine and len(desk.visit.batch.entries) <= 1
        until(lambda: "before it: 1" in desk.do("tick").told("progress"))
    desk.ended()
    assert desk.pipeline.analysed == 3
    desk.visit.batch.close()


@pytest.mark.parametrize(
    ("keep", "codes"), [("none", []), ("seen", ["S1-001"]), ("all", ["S1-001"])]
)
def test_photos_become_cases_when_asked(desk: Desk, keep: str, codes: list[str]) -> None:
    desk.take(a_png=photo(1), notes_txt=b"x").do("set_keep", keep).read("S1")
    assert [row["case"] for row in desk.rows if row["case"]] == codes
    assert [one.code for one in Store.open(desk.url).cases()] == codes
    assert f"Kept as cases: {len(codes)}" in desk.told("progress")
    assert ("Case S1-001" in desk.told("table")) == bool(codes)


def test_codes_that_are_taken_are_passed_over(desk: Desk) -> None:
    Store.open(desk.url).create("S1-001")
    desk.take(a_png=photo(1)).do("set_keep", "all").read("S1")
    assert desk.rows[0]["case"] == "S1-002"


@pytest.mark.parametrize("prefix", ["", "Zhang", "123456789", "S1234567890123"])
def test_a_beginning_that_may_be_a_name_is_refused_before_anything_is_read(
    desk: Desk, prefix: str
) -> None:
    desk.take(a_png=photo(1)).do("set_keep", "all").do("start", prefix)
    assert "never a name" in desk.told("told") and desk.pipeline.analysed == 0


def test_a_store_that_fails_costs_the_case_and_not_the_table(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "cases.db").write_bytes(b"no database" * 100)
    desk.take(a_png=photo(1)).do("set_keep", "all").read("S1")
    assert "alert" in desk.told("told") and len(desk.rows) == 1 and desk.rows[0]["case"] == ""
    desk.visit.batch.close()


def test_a_model_that_fails_on_a_photo_costs_that_photo_and_is_tried_again(desk: Desk) -> None:
    desk.pipeline.fail_analysis = ZeroDivisionError()
    desk.take(a_png=photo(1)).read()
    assert "for a reason that lies in the program" in desk.told("skipped")
    desk.pipeline.fail_analysis = None
    assert desk.view["batch_start"]["interactive"]
    desk.read()
    assert [row["status"] for row in desk.rows] == ["read"]


def test_models_that_do_not_load_end_the_run_with_a_sentence(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    def fail() -> FakePipeline:
        raise ModelError("error.weights_missing", path="x")

    desk.handlers._runner._loader = Loader(fail)  # type: ignore[arg-type]
    desk.take(a_png=photo(1)).read()
    assert "alert" in desk.told("told") and desk.view["batch_start"]["interactive"]
    desk.visit.batch.close()


def test_more_than_can_be_taken_are_left_out_and_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "MOST_PHOTOS", 1)
    desk.take(a_png=photo(1), b_png=photo(2))
    assert "left out: 1" in desk.told("told") and desk.visit.batch.names == ["a.png"]
    assert not [file for file in desk.uploads.rglob("*") if file.is_file()]


def test_all_is_removed_after_a_second_word(desk: Desk) -> None:
    desk.take(a_png=photo(1)).read()
    home = desk.visit.batch.home
    desk.do("clear")
    assert "press the button again" in desk.told("told") and home.exists()
    desk.do("clear")
    assert not home.exists() and "No photo was added yet" in desk.told("taken")
    assert desk.told("table") == ""


def test_a_visit_that_ends_takes_its_photos_with_it_and_stops_reading(tmp_path: Path) -> None:
    desk = Desk(tmp_path, FakePipeline(delay_s=0.03))
    desk.take(a_png=photo(1), b_png=photo(2), c_png=photo(3)).do("start", "")
    until(lambda: desk.pipeline.analysed == 1)
    home = desk.visit.batch.home
    desk.visit.close()
    until(lambda: not desk.visit.batch.running)
    assert not home.exists() and desk.pipeline.analysed < 3


def test_a_new_conversation_leaves_the_photos(desk: Desk) -> None:
    desk.take(a_png=photo(1)).read()
    desk.visit.clear()
    assert len(desk.visit.batch.entries) == 1
