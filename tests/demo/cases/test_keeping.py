"""Saving a conversation and opening it again: python -m pytest tests/demo/cases/test_keeping.py"""

from pathlib import Path

from demo.store import Store
from tests.demo.cases.bench import Bench, shown
from tests.demo.pages import PhotoMaker


def test_a_saved_conversation_comes_back_after_a_restart_without_reading_photos_again(
    talked: Bench, file: Path
) -> None:
    opened = talked.saved().reopened(file)
    assert shown(opened.visit) == shown(talked.visit)
    assert opened.pipeline.analysed == 0
    assert "What do you see?" in opened.chat and "thumb.webp" in opened.chat
    assert "P-1 is open" in opened.told("list")


def test_an_opened_conversation_goes_on_and_saving_it_updates_the_visit(
    talked: Bench, file: Path, store: Store
) -> None:
    opened = talked.saved().reopened(file)
    opened.send("And now?")
    opened.do("enter")
    assert "Changed since" in opened.view["cases_now"]["value"]
    opened.do("update")
    [case] = store.cases()
    [visit] = store.visits(case.id)
    assert visit.questions == 2
    assert "Saved as a visit" in opened.view["cases_now"]["value"]


def test_a_code_that_may_be_a_name_is_refused_with_the_rule(talked: Bench, store: Store) -> None:
    talked.do("save_new", "Johnson", "")
    assert "at most" in talked.told("save") and 'role="alert"' in talked.told("save")
    assert store.cases() == ()


def test_a_taken_code_is_refused_and_what_was_typed_stays(talked: Bench) -> None:
    talked.saved()
    view = talked.do("save_new", "P-1", "")
    assert "already" in talked.told("save")
    assert "cases_code" not in view


def test_nothing_is_not_saved(bench: Bench, store: Store) -> None:
    bench.do("save_new", "P-1", "")
    assert "nothing to save" in bench.told("save")
    assert store.cases() == ()


def test_a_conversation_can_become_a_new_visit_of_a_case(
    talked: Bench, photo: PhotoMaker, store: Store
) -> None:
    talked.saved()
    talked.handlers.restart(talked.visit)
    talked.send("Is it better?", photo(2))
    talked.do("add_visit")
    [case] = store.cases()
    assert [visit.photos for visit in store.visits(case.id)] == [1, 1]
    assert talked.visit.desk.linked is not None and not talked.told("save")


def test_a_new_conversation_is_not_saved_into_the_old_case(talked: Bench, store: Store) -> None:
    talked.saved()
    talked.handlers.restart(talked.visit)
    talked.do("update")
    [case] = store.cases()
    assert store.visits(case.id)[0].questions == 1


def test_a_photo_that_was_taken_back_is_taken_back_in_the_case_and_numbers_stay(
    talked: Bench, photo: PhotoMaker, store: Store
) -> None:
    talked.send("And this?", photo(2))
    talked.saved()
    talked.run(lambda: talked.handlers.undo(talked.visit))
    talked.send("And that?", photo(3))
    talked.do("update")
    [case] = store.cases()
    stored = store.visit(store.visits(case.id)[0].id)
    assert [one.image.id for one in stored.analyses] == shown(talked.visit)[0]


def test_the_eye_of_a_photo_is_stored_as_corrected(talked: Bench, file: Path) -> None:
    talked.saved()
    talked.handlers.set_eye("OS", talked.visit)
    talked.do("update")
    assert talked.reopened(file).visit.session.eyes == ("OS",)


def test_opening_asks_before_it_replaces_what_is_not_saved(
    talked: Bench, photo: PhotoMaker
) -> None:
    talked.saved()
    talked.send("Unsaved words?")
    before = shown(talked.visit)
    talked.do("open")
    assert "not saved" in talked.told("list") and shown(talked.visit) == before
    talked.do("open")
    assert shown(talked.visit) != before


def test_taking_back_the_last_question_of_an_opened_case_keeps_the_photo(
    talked: Bench, file: Path
) -> None:
    opened = talked.saved().reopened(file)
    opened.run(lambda: opened.handlers.undo(opened.visit))
    assert shown(opened.visit) == (shown(talked.visit)[0], [])


def test_while_an_answer_is_under_way_nothing_is_saved_or_opened(talked: Bench) -> None:
    talked.saved()
    talked.handlers.ask("Slow?", talked.visit)
    for event in ("update", "open"):
        talked.do(event)
        assert "answer" in talked.told("save") + talked.told("list")
