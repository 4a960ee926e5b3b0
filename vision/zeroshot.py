"""Diseases from words alone, and words from images: what the shared image-text space is worth."""

from functools import partial

import numpy as np

from vision.backbone import EyeEncoder
from vision.captions import FORMS, PHRASES
from vision.labels import DISEASES
from vision.metrics import Metrics
from vision.scores import share
from vision.texts import embed


def prompts(code: str) -> list[str]:
    """Every form of every phrase of one disease."""
    return [form.format(phrase) for phrase in PHRASES[code] for form in FORMS]


def scores(model: EyeEncoder, images: np.ndarray) -> np.ndarray:
    """Image embeddings (n, E) -> likeness to each disease's prompts (n, K); no head takes part.

    Likeness to the mean prompt of a disease less that of a normal fundus; for "normal", less that
    of the likest disease.
    """
    means = np.stack([embed(model, prompts(code)).mean(0) for code in DISEASES])
    likeness = images @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
    normal = DISEASES.index("N")
    contrast = likeness - likeness[:, [normal]]
    contrast[:, normal] = -np.delete(contrast, normal, axis=1).max(1)
    return np.asarray(contrast)


def retrieval_metrics(images: np.ndarray, texts: np.ndarray, own: np.ndarray) -> Metrics:
    """Recall of an image's own text among m different ones, at 1 and 5, and by chance.

    images (n, E), texts (m, E), own (n,) the index of each image's text, -1 for an image that has
    none and is left out.
    """
    likeness = images @ texts.T
    told = own >= 0
    # worse than every other text of the same likeness, so that texts that are alike are not found
    rank = (likeness >= likeness[np.arange(len(own)), own][:, None]).sum(1) - 1
    return {
        "recall_1": partial(share, rank < 1, told),
        "recall_5": partial(share, rank < 5, told),
        "recall_1_chance": lambda draw: 1 / len(texts),
        "recall_5_chance": lambda draw: min(1.0, 5 / len(texts)),
    }
