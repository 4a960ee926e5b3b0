"""What is shown of a photo or a scan: python -m pytest tests/demo/test_looking.py"""

import numpy as np

from tests.assistant.factory import THICKNESS, scan, ungradable
from tests.demo.fakes import FakePipeline
from tests.demo.pages import Page, PhotoMaker


def test_two_photos_are_told_apart_and_either_can_be_in_focus(
    page: Page, photo: PhotoMaker
) -> None:
    page.send("One?", photo(1))
    page.send("Two?", photo(2))
    assert page.view["strip"]["value"] == 2
    page.run(lambda: page.handlers.show_photo(1, page.visit))
    page.send("And now?")
    assert page.chat.count("**About photo 1**") == 2
    assert page.chat.count("**About photo 2**") == 1


def test_the_same_photo_twice_keeps_its_number(page: Page, photo: PhotoMaker) -> None:
    page.send("One?", photo(1))
    page.send("Again?", photo(1))
    assert len(page.visit.session.analyses) == 1
    assert page.view["strip"]["visible"] is False


def test_hiding_all_lesions_gives_the_plain_photo(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    outlined = page.view["photo"]["value"]
    view = page.handlers.redraw((), 0.45, "outlined", "D", page.visit)
    plain_view = page.handlers.redraw(("MA",), 0.45, "plain", "D", page.visit)
    assert not np.array_equal(outlined, view["photo"]["value"])
    assert np.array_equal(plain_view["photo"]["value"], view["photo"]["value"])
    assert "without outlines" in view["photo"]["alt_text"]


def test_lesions_are_drawn_at_first_and_anatomy_on_request(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    assert page.view["legend"]["value"] == ["EX", "HE", "MA"]
    before = page.view["photo"]["value"]
    view = page.handlers.redraw(("EX", "HE", "MA", "OD", "OC"), 0.45, "outlined", "D", page.visit)
    assert not np.array_equal(before, view["photo"]["value"])
    assert view["photo"]["alt_text"].endswith("optic disc")  # no cup was seen


def test_an_ungradable_photo_is_said_to_be_so(photo: PhotoMaker) -> None:
    page = Page(FakePipeline(findings=ungradable()))
    page.send("", photo())
    assert "Ungradable." in page.view["findings"]["value"]
    assert page.view["legend"]["visible"] is False


def test_a_scan_is_shown_by_its_class_without_an_overlay(photo: PhotoMaker) -> None:
    page = Page(FakePipeline(findings=scan("DME")))
    page.send("", photo())
    assert "diabetic macular oedema" in page.view["findings"]["value"]
    assert not any(page.view[name]["visible"] for name in ("legend", "look", "opacity", "heat_box"))
    assert page.view["photo"]["alt_text"] == "OCT scan 1, unknown side"
    assert page.view["chip_0"]["value"] == "What does the scan show?"
    assert "diabetic macular oedema 81%" in page.chat


def test_the_scale_of_a_scan_is_asked_for_and_makes_micrometres(photo: PhotoMaker) -> None:
    page = Page(FakePipeline(findings=scan("NO", thickness=THICKNESS)))
    page.send("", photo())
    assert page.view["scale"]["visible"] and page.view["scale"]["value"] is None
    view = page.handlers.set_scale(3.87, page.visit)
    assert "62 px · 241 µm" in view["findings"]["value"] and view["scale"]["value"] == 3.87
    assert "µm" not in page.handlers.set_scale(None, page.visit)["findings"]["value"]


def test_a_scale_that_no_scan_has_gets_a_sentence(photo: PhotoMaker) -> None:
    page = Page(FakePipeline(findings=scan("NO", thickness=THICKNESS)))
    page.send("", photo())
    page.run(lambda: page.handlers.set_scale(4000.0, page.visit))
    assert "cannot be one of an OCT scan" in page.chat
    assert page.view["scale"]["value"] is None


def test_a_photo_asks_for_no_scale(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    assert not page.view["scale"]["visible"]


def test_the_eye_side_that_a_person_gives_is_shown(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    view = page.handlers.set_eye("OS", page.visit)
    assert "left eye" in view["photo"]["label"]
