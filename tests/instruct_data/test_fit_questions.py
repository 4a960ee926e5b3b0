"""Training the encoder of questions: python -m pytest tests/instruct_data/test_fit_questions.py"""

import pytest
import torch

from assistant.question_encoder import QuestionEncoder
from instruct_data import fit_questions
from instruct_data.fit_questions import fit_encoder, weights_of

WORDS = [" grade", " level", " count", " number", " help", " pain", " what", " the"]


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Word vectors of which pairs are alike, in place of the base model's."""
    torch.manual_seed(0)
    meanings = torch.randn(4, 32).repeat_interleave(2, 0)
    vectors = meanings + 0.05 * torch.randn(8, 32)
    monkeypatch.setattr(fit_questions, "word_vectors", lambda: (list(WORDS), vectors))
    monkeypatch.setattr(fit_questions, "_BATCH", 4)


def test_a_word_that_no_question_used_is_read_as_its_like(few_words: None) -> None:
    texts = ["what grade", "the grade", "what count", "the count", "what pain", "the pain"] * 4
    intents = [0, 0, 1, 1, -1, -1] * 4
    flags = [intent == -1 for intent in intents]
    state = fit_encoder(texts, intents, flags, [1.0] * len(texts), 2, epochs=12, seed=0)
    logits = QuestionEncoder(state).logits(["what level", "what number", "what help"])
    assert logits[0, 0] > logits[0, 1] and logits[1, 1] > logits[1, 0]
    assert logits[2, 2] > 0 > logits[0, 2]


def test_the_same_seed_gives_the_same_bits(few_words: None) -> None:
    again = [
        fit_encoder(
            ["what grade", "the count"] * 4, [0, 1] * 4, [False, True] * 4, [1.0] * 8, 2, 1, 0
        )
        for _ in range(2)
    ]
    assert all(torch.equal(again[0][name], again[1][name]) for name in again[0])


def test_emergencies_weigh_as_much_as_all_else_and_calm_neighbours_more() -> None:
    weights = weights_of([True, False, False, False], [False, True, False, False], 4.0)
    assert weights[0] == pytest.approx(2.0) and weights[1] == pytest.approx(4 * weights[2])
    assert weights[0] == pytest.approx(weights[2] + weights[3] + weights[1] / 4)
