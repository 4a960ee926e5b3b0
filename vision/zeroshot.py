"""Diseases from words alone, and words from images: what the shared image-text space is worth."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch

from vision.backbone import EyeEncoder
from vision.captions import FORMS, PHRASES
from vision.labels import DISEASES
from vision.metrics import Metrics

import open_clip  # isort: skip  (after vision.compat, imported by backbone)


@torch.inference_mode()
def embed(model: EyeEncoder, texts: Sequence[str]) -> np.ndarray:
    """Texts -> unit vectors (n, E)."""
    tokenizer = open_clip.SimpleTokenizer(context_length=model.config.text_cfg["context_length"])
    return model.text_embedding(tokenizer(list(texts))).numpy()


def prompts(code: str) -> list[str]:
    """Every form of every phrase of one disease."""
    return [form.format(phrase) for phrase in PHRASES[code] for form in FORMS]


def scores(model: EyeEncoder, images: np.ndarray) -> np.ndarray:
    """Image embeddings (n, E) -> likeness to each disease's prompts (n, K), none of them trained.

    Likeness to a disease less that to a normal fundus; for "normal", less that to the likest one.
    """
    likeness = np.stack([(images @ embed(model, prompts(c)).mean(0)) for c in DISEASES], axis=1)
    normal = DISEASES.index("N")
    others = [i for i in range(len(DISEASES)) if i != normal]
    contrast = likeness - likeness[:, [normal]]
    contrast[:, normal] = likeness[:, normal] - likeness[:, others].max(1)
    return contrast


def retrieval_metrics(images: np.ndarray, texts: np.ndarray, own: np.ndarray) -> Metrics:
    """Recall of an image's own text among m different ones, at 1 and 5, and by chance.

    images (n, E), texts (m, E), own (n,) the index of each image's text.
    """
    order = np.argsort(-(images @ texts.T), axis=1)
    rank = (order == own[:, None]).argmax(1)

    def recall(k: int, draw: np.ndarray) -> float:
        return float((rank[draw] < k).mean())

    return {
        "recall_1": partial(recall, 1),
        "recall_5": partial(recall, 5),
        "recall_1_chance": lambda draw: 1 / len(texts),
        "recall_5_chance": lambda draw: min(1.0, 5 / len(texts)),
    }
