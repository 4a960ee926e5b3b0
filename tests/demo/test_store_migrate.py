"""Case stores of older versions: python -m pytest tests/demo/test_store_migrate.py"""

import json
import sqlite3
from pathlib import Path

import pytest

from demo.store import Store
from demo.store_context import up_to
from tests.demo.stored import TALK, again, analysis, filled
from vision.errors import ResourceError


def made_old(file: Path) -> None:
    """The tables as version 1 had them."""
    with sqlite3.connect(file) as other:
        for name in ("context", "masks"):
            other.execute(f"ALTER TABLE feedback DROP COLUMN {name}")
        other.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")


@pytest.fixture
def old(store: Store, file: Path) -> Path:
    """A case of version 1 with feedback on an answer, on a finding, and on what is gone."""
    case_id = filled(store)
    image_id = analysis().image.id
    store.give_feedback(case_id, "up", "R-1", answer=TALK[1].text, image_id=image_id)
    store.give_feedback(case_id, "down", "R-1", finding="dr.grade", image_id=image_id)
    store.give_feedback(case_id, "down", "R-1", answer="words that nobody said")
    store.close()
    made_old(file)
    return file


def test_an_old_store_opens_with_all_that_was_in_it(old: Path) -> None:
    store = again(old)
    (case,) = store.cases()
    opened = store.case(case.id)
    assert len(opened.feedback) == 4 and opened.visits[0].messages[:2] == TALK
    store.give_feedback(case.id, "down", "R-2", finding="lesions.HE", masks={"HE": {}})
    store.close()
    assert len(again(old).feedback()) == 5  # and once more, as version 2


def test_old_feedback_finds_what_it_was_about_again(old: Path) -> None:
    given = {one.answer or one.finding: one.context for one in again(old).feedback()}
    told = given[TALK[1].text]
    assert told is not None and [m["text"] for m in told["messages"]] == [m.text for m in TALK]
    assert told["messages"][0]["facts"] == "facts" and len(told["findings"]) == 1
    assert given["dr.grade"] == {"messages": [], "findings": told["findings"]}
    assert given["words that nobody said"] is None


def test_findings_that_cannot_be_read_leave_feedback_without_them(old: Path) -> None:
    with sqlite3.connect(old) as other:
        other.execute("UPDATE photos SET findings = '{'")
    assert {one.context for one in again(old).feedback() if one.image_id} == {None}


def test_a_migration_that_fails_half_way_leaves_the_old_store(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("demo.store_migrate.context_of", fail)
    with pytest.raises(ResourceError):
        again(old)
    with sqlite3.connect(old) as other:
        assert other.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("1",)
        assert "context" not in {row[1] for row in other.execute("PRAGMA table_info(feedback)")}


def test_an_answer_that_was_given_twice_is_not_guessed_at() -> None:
    assert up_to([*TALK, *TALK], TALK[1].text) == []


def test_context_and_masks_come_back_as_they_were_given(store: Store, file: Path) -> None:
    case_id = filled(store)
    context = {"messages": [], "findings": [analysis().findings.to_dict()]}
    masks = {"HE": {"size": [2, 2], "counts": "04"}}
    store.give_feedback(case_id, "down", "R-1", finding="lesions.HE", context=context, masks=masks)
    store.close()
    newest = again(file).feedback(case_id)[0]
    assert newest.context == json.loads(json.dumps(context)) and newest.masks == masks
