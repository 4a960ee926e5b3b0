"""Diseases from words: python -m pytest tests/vision/test_zeroshot.py"""

import numpy as np
import pytest

from tests.vision.factory import encoder
from vision.captions import PHRASES
from vision.labels import DISEASES
from vision.metrics import summarise
from vision.texts import embed
from vision.zeroshot import prompts, retrieval_metrics, scores


@pytest.fixture(scope="module")
def model():
    return encoder()


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_every_disease_is_asked_for_in_several_words() -> None:
    assert set(PHRASES) == set(DISEASES)
    assert all(len(set(prompts(code))) >= 8 for code in DISEASES)


def test_equal_texts_have_equal_embeddings_and_others_have_not(model) -> None:
    first, again, other = embed(model, ["glaucoma", "glaucoma", "cataract"])
    assert (first == again).all()
    assert np.abs(first - other).max() > 1e-4


def test_an_image_that_lies_at_a_diseases_prompts_is_likest_that_disease(model) -> None:
    images = unit(np.stack([embed(model, prompts(code)).mean(0) for code in DISEASES]))
    found = scores(model, images)
    assert found.shape == (8, 8)
    others = [i for i, code in enumerate(DISEASES) if code != "N"]
    assert [int(row.argmax()) for row in found[others][:, others]] == list(range(7))


def test_normal_is_likest_where_no_disease_is(model) -> None:
    images = unit(np.stack([embed(model, prompts(code)).mean(0) for code in DISEASES]))
    normal = scores(model, images)[:, DISEASES.index("N")]
    assert normal.argmax() == DISEASES.index("N")
    assert normal[DISEASES.index("N")] > 0


def figures(images: np.ndarray, texts: np.ndarray, own: np.ndarray) -> dict[str, float | None]:
    return summarise(retrieval_metrics(images, texts, own), len(images))[0]


def test_images_that_lie_at_their_own_text_are_all_found() -> None:
    texts = np.eye(8)
    own = np.array([0, 3, 3, 7])
    assert figures(texts[own], texts, own)["recall_1"] == 1


def test_images_that_lie_at_anothers_text_are_not_found_first() -> None:
    texts = np.eye(8)
    own = np.array([0, 3, 3, 7])
    assert figures(texts[own - 1], texts, own)["recall_1"] == 0


def test_texts_that_are_all_alike_find_nothing() -> None:
    found = figures(np.ones((3, 2)), np.ones((9, 2)), np.array([0, 1, 2]))
    assert (found["recall_1"], found["recall_5"]) == (0, 0)


def test_an_image_without_a_text_is_left_out() -> None:
    texts = np.eye(4)
    own = np.array([0, -1, 2])
    assert figures(texts[[0, 1, 2]], texts, own)["recall_1"] == 1


def test_chance_is_told_beside_the_recall() -> None:
    found = figures(np.eye(8), np.eye(8), np.arange(8))
    assert (found["recall_1_chance"], found["recall_5_chance"]) == (0.125, 0.625)
