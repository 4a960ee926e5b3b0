"""The report and feedback of the conversation."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco

from demo.store import Store
from tests.demo.cases.bench import Bench


def texts(bench: Bench, **changed: str) -> list[str]:
    names = ("impression", "advice", "remarks")
    return [changed.get(name, bench.view[f"cases_{name}"]["value"]) for name in names]


def test_the_report_begins_with_what_was_found(talked: Bench) -> None:
    assert "ICDR grade" in talked.view["cases_impression"]["value"]
    assert talked.view["cases_report"]["visible"]


def test_without_findings_it_says_what_to_do(bench: Bench) -> None:
    bench.do("enter")
    assert "Send a photo" in bench.view["cases_report_empty"]["value"]
    assert not bench.view["cases_report"]["visible"]


@pytest.mark.parametrize(("form", "begins"), [("html", b"<!"), ("pdf", b"%PDF")])
def test_it_is_made_in_both_forms(talked: Bench, form: str, begins: bytes) -> None:
    talked.take(talked.cases.report(form, *texts(talked), talked.visit))  # type: ignore[arg-type]
    [data] = talked.files.values()
    assert data.lstrip()[: len(begins)].lower() == begins.lower()
    assert talked.view["cases_file"]["value"] in talked.files


def test_what_was_edited_is_in_it_and_marked_there_and_on_the_screen(talked: Bench) -> None:
    edited = texts(talked, impression="Stable since spring.")
    talked.do("edit", *edited)
    assert "edited" in talked.view["cases_impression"]["label"]
    assert "edited" not in talked.view["cases_advice"]["label"]
    talked.take(talked.cases.report("html", *edited, talked.visit))
    page = next(iter(talked.files.values())).decode()
    assert "Stable since spring." in page and "dited" in page


def test_edits_outlast_a_look_at_the_conversation_and_can_be_undone(talked: Bench) -> None:
    talked.do("edit", *texts(talked, advice="Come back in May."))
    talked.send("One more question?")
    talked.do("enter")
    assert talked.view["cases_advice"]["value"] == "Come back in May."
    talked.do("renew")
    assert "May" not in talked.view["cases_advice"]["value"]


def test_the_draft_follows_the_language(talked: Bench) -> None:
    talked.visit.language = "zh"
    talked.do("everything")
    assert "照片" in talked.view["cases_impression"]["value"]


def test_the_report_of_a_saved_conversation_bears_its_code(talked: Bench) -> None:
    talked.saved("P-77")
    talked.take(talked.cases.report("html", *texts(talked), talked.visit))
    [(name, data)] = talked.files.items()
    assert "P-77" in name and b"P-77" in data


def test_a_text_that_is_too_long_is_refused_and_stays(talked: Bench) -> None:
    long = texts(talked, remarks="x" * 20_001)
    view = talked.take(talked.cases.report("pdf", *long, talked.visit))
    assert "Shorten it" in talked.told("report") and "cases_remarks" not in view


def test_feedback_on_an_answer_is_stored_with_photo_and_models(talked: Bench, store: Store) -> None:
    talked.saved()
    key = talked.choices("about")[0][1]
    talked.do("judge", "down", key, "There is a haemorrhage.", "R-2", None)
    [given] = store.feedback()
    assert given.answer == talked.visit.session.messages[-1].text
    assert given.image_id == talked.visit.session.analyses[0].image.id
    assert "projector" in given.models and given.who == "R-2"
    assert "There is a haemorrhage." in talked.view["cases_judged"]["value"]


def test_feedback_keeps_what_the_answer_was_given_to(talked: Bench, store: Store) -> None:
    talked.saved()
    session = talked.visit.session
    talked.do("judge", "down", talked.choices("about")[0][1], "", "R-2", None)
    talked.do("judge", "down", "finding:1:dr.grade", "3", "R-2", None)
    finding, answer = (one.context for one in store.feedback())
    assert answer is not None and finding is not None
    assert [m["text"] for m in answer["messages"]] == [m.text for m in session.messages]
    told = json.loads(session.analyses[0].findings.to_json())
    assert answer["findings"] == finding["findings"] == [told]
    assert finding["messages"] == []


def test_feedback_on_a_finding_names_it(talked: Bench, store: Store) -> None:
    talked.saved()
    keys = [key for _, key in talked.choices("about")]
    assert "finding:1:dr.grade" in keys
    talked.do("judge", "down", "finding:1:lesions.HE", "4", "R-2", None)
    [given] = store.feedback()
    assert (given.finding, given.corrected, given.rating) == ("lesions.HE", "4", "down")


def test_feedback_without_a_case_says_to_save_first_and_keeps_the_words(talked: Bench) -> None:
    view = talked.do("judge", "up", talked.choices("about")[0][1], "words", "R-2", None)
    assert "Save this conversation" in talked.told("feedback")
    assert "cases_corrected" not in view


@pytest.mark.parametrize(("key", "who", "why"), [("", "R-2", "Choose"), ("dr", "Bob", "Choose")])
def test_feedback_on_nothing_is_refused(talked: Bench, key: str, who: str, why: str) -> None:
    talked.saved()
    talked.do("judge", "up", key, "", who, None)
    assert why in talked.told("feedback")


def test_a_reader_who_gives_a_name_is_asked_for_a_code(talked: Bench, store: Store) -> None:
    talked.saved()
    talked.do("judge", "up", "finding:1:dr.grade", "", "Johnson", None)
    assert "code" in talked.told("feedback")
    assert store.feedback() == ()


def test_words_of_readers_and_notes_never_become_tags(talked: Bench, file: Path) -> None:
    talked.saved("P-1", "<img src=x>")
    talked.do("judge", "up", "finding:1:dr.grade", "<b onclick=x>", "R-2", None)
    assert "<img" not in str(talked.view["cases_summary"])
    assert "<b onclick" not in talked.view["cases_judged"]["value"]


# ---- corrected outlines ----


def drawn(tmp_path: Path, size: tuple[int, int], *, empty: bool = False) -> str:
    """A picture of one bit a pixel, as the export writes masks: a square, or nothing."""
    mask = np.zeros(size, bool)
    mask[20:30, 40:60] = not empty
    Image.fromarray(mask).save(tmp_path / "HE.png")
    return str(tmp_path / "HE.png")


@pytest.mark.parametrize("empty", [False, True])
def test_a_corrected_outline_is_kept_to_the_pixel(
    talked: Bench, store: Store, tmp_path: Path, empty: bool
) -> None:
    talked.saved()
    file = drawn(tmp_path, (240, 320), empty=empty)
    talked.do("judge", "down", "finding:1:lesions.HE", "", "R-2", file)
    [given] = store.feedback()
    assert given.masks is not None and given.masks["HE"]["size"] == [240, 320]
    runs = {**given.masks["HE"], "counts": given.masks["HE"]["counts"].encode()}
    assert coco.decode(runs).sum() == (0 if empty else 200)
    assert talked.view["cases_outline"]["value"] is None


@pytest.mark.parametrize(
    ("key", "size", "why"),
    [
        ("finding:1:lesions.HE", (200, 300), "240 pixels"),
        ("finding:1:dr.grade", (240, 320), "belongs to a lesion"),
    ],
)
def test_an_outline_that_does_not_fit_is_refused_and_nothing_is_stored(
    talked: Bench, store: Store, tmp_path: Path, key: str, size: tuple[int, int], why: str
) -> None:
    talked.saved()
    view = talked.do("judge", "down", key, "4", "R-2", drawn(tmp_path, size))
    assert why in talked.told("feedback") and store.feedback() == ()
    assert "cases_corrected" not in view
