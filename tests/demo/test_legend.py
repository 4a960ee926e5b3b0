"""The legend and its words: python -m pytest tests/demo/test_legend.py"""

import itertools
import re

import pytest

from demo.legend import Shown, alt_text, choices, classes, swatches_css
from segmentation.labels import ANATOMY, LESIONS, STRUCTURES
from segmentation.swatch import swatch
from tests.assistant import factory

CODES = (*LESIONS, *ANATOMY)
PHOTO, SCAN = (factory.findings(), {"OD", "FO"}), (factory.scan(), {"RB"})


def test_every_class_has_an_entry_in_the_order_of_its_swatch() -> None:
    entries = choices([(factory.findings(), {"OD", "FO"})], "en")
    assert [code for _, code in entries] == list(CODES)
    assert swatches_css().count("data:image/png;base64,") == len((*CODES, *STRUCTURES))


@pytest.mark.parametrize(
    ("photos", "codes"),
    [([PHOTO], CODES), ([SCAN], ("RB",)), ([SCAN, PHOTO], (*CODES, "RB")), ([SCAN, SCAN], ("RB",))],
)
def test_each_entry_has_the_swatch_of_its_class_whatever_stands_beside(
    photos: list[Shown], codes: tuple[str, ...]
) -> None:
    assert [code for _, code in choices(photos, "en")] == list(codes)
    (name,) = classes(photos)
    rule = re.compile(rf"#legend\.{name} label:nth-of-type\((\d+)\) .*--swatch-(\w+)\)")
    assert [(int(n), code) for n, code in rule.findall(swatches_css())] == list(enumerate(codes, 1))


def test_a_photo_beside_a_scan_is_counted_alone() -> None:
    assert choices([PHOTO, SCAN], "en")[0][0] == "M · microaneurysms: 23"


def test_a_lesion_is_told_by_letter_and_count_and_anatomy_by_whether_it_was_seen() -> None:
    labels = {code: label for label, code in choices([(factory.findings(), {"OD"})], "en")}
    assert labels["MA"] == "M · microaneurysms: 23"
    assert labels["SE"].endswith(": 0")
    assert labels["OD"] == "optic disc"
    assert labels["OC"] == "optic cup: not seen"


def test_what_was_not_measured_is_not_counted_as_none() -> None:
    labels = {code: label for label, code in choices([(factory.ungradable(), ())], "en")}
    assert labels["HE"] == "H · haemorrhages: not known"


@pytest.mark.parametrize(("one", "other"), itertools.combinations(CODES, 2))
def test_no_two_swatches_look_the_same_without_colour(one: str, other: str) -> None:
    grey = [swatch(code).astype(float) @ (0.299, 0.587, 0.114) for code in (one, other)]
    assert (abs(grey[0] - grey[1]) > 20).sum() >= 20


def test_the_picture_is_told_in_words_by_what_is_drawn() -> None:
    said = alt_text(1, factory.findings(), ("HE", "SE", "OD"), "en")
    assert said.endswith("outlined: 5 haemorrhages, optic disc")
    assert "without outlines" in alt_text(1, factory.findings(), (), "en")
