"""The list of cases: python -m pytest tests/demo/cases/test_list.py"""

import io
import zipfile
from pathlib import Path

import pytest

from demo.store import Store
from tests.demo.cases.bench import Bench
from tests.demo.stored import filled
from vision.catalogue import LANGUAGES, say


def test_an_empty_list_says_how_to_fill_it(bench: Bench) -> None:
    bench.do("enter")
    assert "Save a conversation under a patient code" in bench.view["cases_empty"]["value"]
    assert not bench.view["cases_list"]["visible"]


def test_the_list_says_that_all_share_it(bench: Bench) -> None:
    assert "whoever can open this page" in bench.view["cases_intro"]["value"]


def test_cases_are_found_by_code_note_and_finding(bench: Bench, store: Store) -> None:
    filled(store, "P-001")
    filled(store, "Q-002")
    for words, count in (("Q-0", 1), ("note", 2), ("haemorrhages", 2), ("nowhere", 0)):
        bench.do("search", words)
        assert len(bench.view["cases_list"]["choices"]) == count, words
    assert "nowhere" in bench.view["cases_empty"]["value"]


def test_what_others_stored_meanwhile_is_listed_on_coming_back(bench: Bench, store: Store) -> None:
    bench.do("enter")
    filled(store, "P-001")
    bench.do("enter")
    assert bench.choices("list")[0][0].startswith("P-001")


def test_a_note_can_be_changed(bench: Bench, store: Store) -> None:
    case_id = filled(store)
    bench.do("enter")
    bench.do("choose", case_id)
    bench.do("set_note", "stable")
    assert store.summary(case_id).note == "stable"


def test_a_case_is_deleted_only_after_a_second_word(bench: Bench, store: Store) -> None:
    case_id = filled(store)
    bench.do("enter")
    bench.do("choose", case_id)
    bench.do("delete")
    assert len(store.cases()) == 1
    bench.do("ask_delete")
    assert bench.view["cases_sure"]["visible"]
    bench.do("delete")
    assert store.cases() == () and "deleted" in bench.told("list")
    assert not bench.view["cases_case"]["visible"]


def test_anything_else_takes_the_first_word_back(bench: Bench, store: Store) -> None:
    case_id = filled(store)
    bench.do("choose", case_id)
    bench.do("ask_delete")
    bench.do("keep_case")
    bench.do("delete")
    assert len(store.cases()) == 1


def test_the_conversation_of_a_deleted_case_stays_and_is_said_to_be_unsaved(
    talked: Bench,
) -> None:
    talked.saved()
    talked.do("ask_delete")
    talked.do("delete")
    assert "Not saved" in talked.view["cases_now"]["value"]
    assert "What do you see?" in talked.chat


def test_a_case_is_exported_as_a_zip(bench: Bench, store: Store) -> None:
    bench.do("choose", filled(store, "P-001"))
    bench.do("export")
    assert bench.view["cases_file"]["value"] == "case-P-001.zip"
    names = zipfile.ZipFile(io.BytesIO(bench.files["case-P-001.zip"])).namelist()
    assert "case.json" in names and "visit-1/photo-1.png" in names


def test_a_case_that_another_person_deleted_is_said_to_be_gone(bench: Bench, store: Store) -> None:
    case_id = filled(store)
    bench.do("enter")
    bench.do("choose", case_id)
    store.delete(case_id)
    for event in ("open", "export"):
        bench.do(event)
        assert "may have been deleted" in bench.told("list")
    assert bench.view["cases_file"]["value"] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tab_speaks_each_language(bench: Bench, language: str, file: Path) -> None:
    bench.visit.language = language  # type: ignore[assignment]
    bench.do("everything")
    text = str({k: v for k, v in bench.view.items() if k.startswith("cases_")})
    assert say("demo.cases.list.unread", bench.visit.language) in text
    assert ("的" in text) == (language == "zh")
    assert not file.exists()  # the page opens without touching the database
