"""The heat map over the photo: python -m pytest tests/demo/test_heat.py"""

import numpy as np
import pytest

from demo.heat import RAMP, alt_text, blend, choices, first_choice
from demo.views import View
from demo.visit import Look, Visit
from tests.assistant import factory
from tests.demo.fakes import FakePipeline
from tests.demo.pages import Page, PhotoMaker
from vision.catalogue import LANGUAGES, Language
from vision.labels import OCT_CLASSES

GREY = np.full((40, 60, 3), 90, np.uint8)


def redraw(
    page: Page,
    look: Look = "heat",
    code: str = "D",
    opacity: float = 0.45,
    visit: Visit | None = None,
) -> View:
    return page.handlers.redraw(("HE",), opacity, look, code, visit or page.visit)


def lightness(colour: str) -> float:
    """CIE L* of a colour #rrggbb."""
    srgb = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return 116 * float(linear @ (0.2126, 0.7152, 0.0722)) ** (1 / 3) - 16


def test_the_colours_grow_brighter_in_even_steps() -> None:
    steps = np.diff([lightness(colour) for colour in RAMP])
    assert steps == pytest.approx(steps.mean(), rel=0.2)


def test_where_there_is_no_heat_the_photo_stays_as_it_is() -> None:
    heat = np.zeros((40, 60), np.float32)
    heat[:20] = 1
    drawn = blend(GREY, heat, 0.8)
    assert (drawn[20:] == GREY[20:]).all()
    assert (drawn[:20] != GREY[:20]).all()


def test_the_colour_is_the_stronger_the_hotter_and_the_more_opaque() -> None:
    heat = np.ones((40, 60), np.float32)
    change = [
        int(abs(blend(GREY, heat * part, opacity).astype(int) - GREY).sum())
        for part, opacity in ((1, 0), (0.9, 0.1), (0.9, 0.5), (1, 0.5), (1, 1))
    ]
    assert change[0] == 0
    assert change == sorted(set(change))
    assert tuple(blend(GREY, heat, 1.0)[0, 0]) == tuple(bytes.fromhex(RAMP[-1][1:]))


@pytest.mark.parametrize(
    ("probabilities", "first"),
    [
        ({}, "D"),
        ({"N": 0.9, "D": 0.1}, "N"),  # all that is suspected
        ({"N": 0.9, "G": 0.95}, "G"),
        ({"N": 0.4, "D": 0.1}, "N"),  # nothing is suspected: the likeliest of all
    ],
)
def test_the_likeliest_suspected_disease_comes_first_else_the_likeliest_of_all(
    probabilities: dict[str, float], first: str
) -> None:
    found = factory.findings(diseases=factory.diseases(**probabilities))
    assert first_choice(found) == first


def test_diseases_are_offered_with_their_probability_the_likeliest_first() -> None:
    offered = choices(factory.findings(), "en")
    assert offered[0] == ("diabetic retinopathy: 86%", "D")
    assert [code for _, code in offered] == list("DOAGNHCM")
    assert choices(factory.findings(), "zh")[0][0] == "糖尿病视网膜病变：86%"


def test_the_map_takes_the_place_of_the_outlines_and_their_legend(
    page: Page, photo: PhotoMaker
) -> None:
    page.send("", photo())
    before = page.view["photo"]["value"]
    assert page.view["look"]["value"] == "outlined"
    assert (page.view["legend"]["visible"], page.view["heat_box"]["visible"]) == (True, False)
    page.run(lambda: redraw(page))
    assert not np.array_equal(page.view["photo"]["value"], before)
    assert (page.view["legend"]["visible"], page.view["heat_box"]["visible"]) == (False, True)


def test_the_colours_lie_where_the_network_looked(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    plain = redraw(page, "plain")["photo"]["value"].astype(int)
    above, below = (
        abs(redraw(page, code=code)["photo"]["value"] - plain).sum(axis=(1, 2)) for code in "DM"
    )  # D's hot cell is in the upper third of the field, M's in the lower
    assert above[:80].any() and not above[160:].any()
    assert below[160:].any() and not below[:80].any()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_and_a_sentence_say_what_the_colours_mean(
    photo: PhotoMaker, language: Language
) -> None:
    page = Page(FakePipeline())
    page.send("", photo())
    redraw(page, code="G")
    view = page.handlers.switch_language(language, page.visit)
    name, coarse = {"en": ("glaucoma", "3 by 3 cells"), "zh": ("青光眼", "3 × 3 格")}[language]
    lesions = {"en": "not where a lesion is", "zh": "并不表示病灶所在"}[language]
    assert name in view["photo"]["alt_text"]
    assert all(part in view["heat_note"]["value"] for part in (name, coarse, lesions))


def test_where_nothing_spoke_for_a_disease_that_is_said(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    plane = page.visit.session.analyses[0].heat["D"]
    plane[:] = 0
    view = redraw(page)
    assert "Nothing in this photo raised the score" in view["heat_note"]["value"]
    assert np.array_equal(view["photo"]["value"], redraw(page, "plain")["photo"]["value"])


def test_a_scan_offers_a_map_of_each_class_the_likeliest_first() -> None:
    offered = choices(factory.scan("ERM"), "en")
    assert offered[0] == ("epiretinal membrane: 81%", "ERM")
    assert {code for _, code in offered} == set(OCT_CLASSES)
    assert first_choice(factory.scan("ERM")) == "ERM"
    assert "OCT scan 2" in alt_text(2, factory.scan("ERM"), "DME", "en")


def test_what_was_not_diagnosed_offers_no_map(photo: PhotoMaker) -> None:
    page = Page(FakePipeline(findings=factory.ungradable()))
    page.send("", photo())
    assert "heat" not in [look for _, look in page.view["look"]["choices"]]
    assert page.view["heat"]["choices"] == []
    view = redraw(page)  # as a page would that was not up to date
    assert page.visit.look == "plain"
    assert view["heat_box"]["visible"] is False


def test_a_disease_that_was_not_scored_changes_nothing(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    shown = redraw(page, code="D")["photo"]["alt_text"]
    assert redraw(page, code="X")["photo"]["alt_text"] == shown


def test_without_outlines_the_map_is_still_offered(photo: PhotoMaker) -> None:
    page = Page(FakePipeline(findings=factory.findings(lesions=None)))
    page.send("", photo())
    assert [look for _, look in page.view["look"]["choices"]] == ["plain", "heat"]
    assert page.view["look"]["value"] == "plain"
    assert page.view["legend"]["visible"] is False


def test_another_photo_begins_with_outlines_and_its_own_likeliest_disease(
    page: Page, photo: PhotoMaker
) -> None:
    page.send("One?", photo(1))
    redraw(page, code="M")
    page.send("Two?", photo(2))
    assert (page.view["look"]["value"], page.view["heat"]["value"]) == ("outlined", "D")


def test_what_one_visitor_chooses_changes_nothing_for_another(
    page: Page, photo: PhotoMaker
) -> None:
    page.send("", photo())
    other = Visit("en")
    message = {"text": "", "files": [str(photo())]}
    page.handlers.receive(message, other)
    list(page.worker.work(other))
    before = page.handlers.everything(page.visit)["photo"]["value"]
    redraw(page, code="G", visit=other)
    assert (page.visit.look, page.visit.heated) == ("outlined", "D")
    assert np.array_equal(page.handlers.everything(page.visit)["photo"]["value"], before)
