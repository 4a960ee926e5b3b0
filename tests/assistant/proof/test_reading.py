"""What an answer does, read by rule: python -m pytest tests/assistant/proof"""

import pytest

from assistant.extract import extract
from assistant.proof import reading
from vision.catalogue import LANGUAGES, say

_REFUSALS = ("acuity", "age", "blood_pressure", "dose", "gender", "prognosis", "pressure")


@pytest.mark.parametrize("key", _REFUSALS)
def test_the_shipped_refusals_are_read_as_refusals(key: str) -> None:
    for language in LANGUAGES:
        assert reading.refuses(say(f"refuse.{key}", language)), (key, language)


@pytest.mark.parametrize("text", [
    "The photo suggests ICDR grade 2.", "There are 12 hard exudates.", "照片提示ICDR 2级。",
    "测量共发现5处出血。", "This is a photo of the right eye (OD).",
])  # fmt: skip
def test_plain_findings_are_no_refusals(text: str) -> None:
    assert not reading.refuses(text)


@pytest.mark.parametrize("key", ["detachment", "vision_loss", "pain", "injury", "chemical"])
def test_the_shipped_urgent_sentences_say_go_now(key: str) -> None:
    for language in LANGUAGES:
        assert reading.says_now(say(f"urgent.{key}", language)), (key, language)


@pytest.mark.parametrize("text", [
    "Floaters are common. See a doctor immediately if they are new.",  # too late: not first
    "You should rest your eyes.", "建议定期复查。",
])  # fmt: skip
def test_go_now_counts_in_the_first_sentence_alone(text: str) -> None:
    assert not reading.says_now(text)


@pytest.mark.parametrize(("text", "told"), [
    ("Yes, there are hard exudates.", True), ("There are no hard exudates.", False),
    ("有的。", True),
    ("没有硬性渗出。", False), ("0 hard exudates were found.", False), ("12 hard exudates.", True),
    ("There are hard exudates. There are no hard exudates.", None), ("Perhaps.", None),
])  # fmt: skip
def test_yes_and_no_are_read_from_claims_first(text: str, told: bool | None) -> None:
    claims = [claim for sentence in reading.sentences(text) for claim in extract(sentence)]
    assert reading.polarity(text, claims, "lesion", "EX") is told


def test_spans_of_time_are_told_apart() -> None:
    assert reading.times("within 3 to 6 months") == reading.times("在3至6个月内") == {(3.0, 6.0)}
    assert not reading.times("12 hard exudates")
