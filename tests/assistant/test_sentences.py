"""Run: python -m pytest tests/assistant/test_sentences.py"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sentences import split_sentences

CASES = (
    ("One. Two. Thr", ["One. ", "Two. "], "Thr"),
    ("The value is 0.85. It is e.g. high.", ["The value is 0.85. "], "It is e.g. high."),
    ("Dr. Li saw 2 vs. 3 spots, etc. and more. End", ["Dr. Li saw 2 vs. 3 spots, etc. and more. "],
     "End"),
    ("See fig. 2 first. Then", ["See fig. 2 first. "], "Then"),
    ("The answer is no. It is not.", ["The answer is no. "], "It is not."),
    ("1. First item.\n2. Second\n- third! ", ["1. First item.\n", "2. Second\n", "- third! "], ""),
    ("Is it? Yes! ", ["Is it? ", "Yes! "], ""),
    ('He said "yes." Then', ['He said "yes." '], "Then"),
    ("0.", [], "0."),
    ("有5处出血。未见棉绒斑！好吗？是；再", ["有5处出血。", "未见棉绒斑！", "好吗？", "是；"],
     "再"),
    ("占视野0.31%。“是的。”下", ["占视野0.31%。", "“是的。”"], "下"),
    ("", [], ""),
)  # fmt: skip


@pytest.mark.parametrize(("text", "finished", "rest"), CASES)
def test_text_is_cut_at_sentence_ends(text, finished, rest):
    assert split_sentences(text) == (finished, rest)


@given(st.text(alphabet="ab0. ,!?\n。！；“”e.g", max_size=60))
def test_nothing_is_lost(text):
    finished, rest = split_sentences(text)
    assert "".join(finished) + rest == text


@given(st.text(alphabet="ab0. !\n。", max_size=40), st.integers(0, 40))
def test_a_finished_sentence_stays_finished_as_the_text_grows(text, length):
    early, _ = split_sentences(text[:length])
    late, _ = split_sentences(text)
    assert "".join(late).startswith("".join(early).rstrip())
