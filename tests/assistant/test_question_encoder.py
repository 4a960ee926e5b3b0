"""The encoder of questions: python -m pytest tests/assistant/test_question_encoder.py"""

import pytest
import torch

from assistant.intents import Intents, as_text
from assistant.question_encoder import (
    LONGEST,
    WIDTH,
    QuestionEncoder,
    Reader,
    as_state,
    padded,
    read_pieces,
)

PIECES = {" how": 0, " ho": 1, "w": 2, "出血": 3, "出": 4, " ": 5, "?": 6}


def tiny() -> QuestionEncoder:
    torch.manual_seed(0)
    vectors = torch.randn(len(PIECES), WIDTH)
    return QuestionEncoder(as_state(list(PIECES), vectors, Reader(3)))


def test_the_longest_piece_that_fits_is_read_first() -> None:
    assert read_pieces("how how?", PIECES) == [0, 0, 6]
    assert read_pieces("出血出", PIECES) == [5, 3, 4]


def test_what_no_piece_begins_is_left_out() -> None:
    assert read_pieces("ж출how", PIECES) == [5, 2]


def test_of_a_long_question_the_end_is_read() -> None:
    read = read_pieces("出" * 100 + "?", PIECES)
    assert len(read) == LONGEST and read[-1] == 6


def test_padding_changes_no_logit() -> None:
    encoder = tiny()
    alone = encoder.logits(["how"])
    beside = encoder.logits(["how", "how how how 出血?"])
    assert torch.allclose(alone[0], beside[0], atol=1e-5)


@pytest.mark.parametrize("text", ["", "ж", "   "])
def test_a_text_without_a_known_piece_has_logits_too(text: str) -> None:
    assert torch.isfinite(tiny().logits([text])).all()


def test_padded_questions_keep_their_pieces() -> None:
    places, real = padded([[3, 4], [5]])
    assert places.tolist() == [[3, 4], [5, 0]] and real.tolist() == [[True, True], [True, False]]


def test_vectors_of_eight_bits_stay_near_what_they_were() -> None:
    vectors = torch.randn(len(PIECES), WIDTH)
    state = as_state(list(PIECES), vectors, Reader(2))
    near = state["table"].float() * state["scale"][:, None]
    assert (near - vectors).abs().max() <= state["scale"].max()


def test_lesions_and_diseases_are_read_as_what_they_are() -> None:
    assert as_text("How many microaneurysms?") == as_text("How many hard exudates?")
    assert "<" not in as_text("青光眼严重吗")


def test_the_same_question_has_the_same_shares_to_the_last_bit() -> None:
    asked = "where would you say the yellow bits are"
    assert Intents.load().wanted(asked) == Intents.load().wanted(asked)
