"""What a database that fails does to the tab: a sentence, and nothing is lost."""

import sqlite3
from pathlib import Path

import pytest

from demo.__main__ import parse
from demo.cases.door import Door
from demo.store import Store
from tests.demo.cases.bench import Bench, shown


def test_a_locked_database_is_said_to_be_so_and_saving_works_afterwards(
    talked: Bench, file: Path, store: Store
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = shown(talked.visit)
    view = talked.do("save_new", "P-1", "")
    assert "Another program" in talked.told("save") and "cases_code" not in view
    assert shown(talked.visit) == before
    other.execute("ROLLBACK")
    other.close()
    talked.saved()


def test_a_database_that_went_away_leaves_the_conversation_going(talked: Bench, file: Path) -> None:
    talked.saved()
    file.rename(file.with_suffix(".away"))
    for event in ("update", "enter", "open", "export"):
        talked.do(event)
        assert "not there" in talked.told("save") + talked.told("list"), event
    talked.send("Are you still there?")
    assert "still there?" in talked.chat
    file.with_suffix(".away").rename(file)
    talked.do("update")
    assert "Saved in" in talked.told("save")


def test_a_file_that_is_no_database_is_said_to_be_so_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.txt"
    file.write_text("a letter " * 1000)
    bench = Bench(file)
    bench.do("enter")
    assert "cannot be read as a database" in bench.told("list")
    assert "What went wrong" in bench.view["cases_empty"]["value"]
    assert file.read_text().startswith("a letter")


def test_a_saving_that_breaks_off_half_way_goes_on_when_repeated(
    talked: Bench, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Store, "put_messages", lambda *_: 1 / 0)
        talked.do("save_new", "P-1", "")
    assert "report the number" in talked.told("save")
    talked.do("update")
    [case] = store.cases()
    [visit] = store.visits(case.id)
    assert (visit.photos, visit.questions) == (1, 1)


def test_no_permission_is_said_to_be_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("demo.store_engine._make", refuse)
    bench.do("enter")
    assert "may not read or write" in bench.told("list")


def test_a_damaged_photo_is_named_and_what_is_saved_then_is_a_visit_of_its_own(
    talked: Bench, file: Path, store: Store
) -> None:
    talked.saved()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE photos SET sha256 = 'x'")
    connection.close()
    opened = talked.reopened(file)
    assert "damaged" in opened.told("list")
    opened.send("What now?")
    opened.do("update")
    [case] = store.cases()
    assert len(store.visits(case.id)) == 2


def test_the_database_is_chosen_on_the_command_line() -> None:
    assert parse(["--db", "sqlite:////tmp/a.db"]).db == "sqlite:////tmp/a.db"
    assert parse([]).db is None


def test_an_address_that_is_none_is_said_to_be_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.cases, "_door", Door("nowhere"))
    bench.do("enter")
    assert "cannot be used" in bench.told("list")
