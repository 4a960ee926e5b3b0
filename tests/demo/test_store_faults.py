"""What goes wrong with the case store: python -m pytest tests/demo/test_store_faults.py"""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from assistant.conversation import Message
from demo.store import Store
from tests.demo.stored import again, analysis, filled
from vision.errors import OphError, ResourceError


def refused(key: str, action: object, *arguments: object) -> None:
    """The action ends in this sentence, in both languages."""
    with pytest.raises(OphError) as caught:
        action(*arguments)  # type: ignore[operator]
    assert caught.value.key == key
    assert caught.value.text("en") and caught.value.text("zh")


def test_a_locked_database_says_so_and_loses_nothing(store: Store, file: Path) -> None:
    filled(store)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused("store.locked", store.create, "P-2")
    assert [case.code for case in store.cases()] == ["P-001"]  # reading goes on meanwhile
    other.execute("ROLLBACK")
    other.close()
    store.create("P-2")
    assert len(store.cases()) == 2


def test_a_file_that_is_gone_says_so_and_no_empty_one_takes_its_place(
    store: Store, file: Path
) -> None:
    filled(store)
    moved = file.rename(file.with_name("moved.db"))
    refused("store.gone", store.cases)
    refused("store.gone", store.create, "P-2")
    assert not file.exists()
    moved.rename(file)
    assert len(store.cases()) == 1


@pytest.mark.parametrize(
    "content", [b"no database" * 100, b"SQLite format 3\0" + bytes(range(256))]
)
def test_a_corrupted_file_says_so_and_stays_as_it_is(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    refused("store.corrupted", again, file)
    assert file.read_bytes() == content


def test_a_damaged_photo_is_named_and_the_rest_of_the_case_opens(store: Store, file: Path) -> None:
    case_id = filled(store)
    visit = store.case(case_id).visits[0].id
    store.put_photo(visit, analysis(seed=1))
    with sqlite3.connect(file) as other:
        other.execute("UPDATE photos SET pixels_png = x'89504e47' WHERE number = 1")
    opened = store.case(case_id).visits[0]
    assert opened.damaged == (1,) and len(opened.analyses) == 1 and opened.messages


def test_a_database_that_is_read_only_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = filled(store)
    monkeypatch.setattr("demo.store_engine._PRAGMAS", ("query_only=ON",))
    refused("store.read_only", store.set_note, case_id, "y")
    assert len(store.cases()) == 1


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResourceError):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'cases.db'}")


def test_cases_of_another_version_are_left_as_they_are(store: Store, file: Path) -> None:
    with sqlite3.connect(file) as other:
        other.execute("UPDATE meta SET value = '99'")
    refused("store.schema", again, file)


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x/y", "mysql+nodriver://a:secret@h/d"])
def test_an_address_that_is_none_says_so_and_shows_no_password(url: str) -> None:
    with pytest.raises(ResourceError) as caught:
        Store.open(url)
    assert "secret" not in caught.value.text("en")


def test_a_change_that_fails_half_way_leaves_all_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = filled(store)
    before = store.case(case_id).visits[0].messages

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("demo.store.message_row", fail)
    visit = store.case(case_id).visits[0].id
    refused("store.full", store.put_messages, visit, (Message("user", "other"),))
    assert store.case(case_id).visits[0].messages == before


def _write(url: str, letter: str) -> None:
    store = Store.open(url)
    for number in range(20):
        store.create(f"{letter}-{number}")


def test_two_programs_write_at_once_and_nothing_is_lost(file: Path) -> None:
    context = multiprocessing.get_context("fork")
    url = f"sqlite:///{file}"
    both = [context.Process(target=_write, args=(url, letter)) for letter in "AB"]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert [one.exitcode for one in both] == [0, 0]
    assert len(again(file).cases()) == 40


def test_a_store_in_memory_is_one_for_all_calls() -> None:
    store = Store.open("sqlite://")
    store.create("P-1")
    assert len(store.cases()) == 1
    store.close()
