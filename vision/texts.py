"""Texts as the encoder's own text tower reads them: captions, expert phrases, questions."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch

from vision.backbone import EyeEncoder
from vision.config import SHIPPED
from vision.outputs import load_encoder

import open_clip  # isort: skip  (after vision.compat, imported by backbone)

_KEPT = 1024  # texts whose vectors are remembered


@torch.inference_mode()
def embed(model: EyeEncoder, texts: Sequence[str]) -> np.ndarray:
    """Texts -> unit vectors (n, E)."""
    tokenizer = _tokenizer(model.config.text_cfg["context_length"])
    return model.text_embedding(tokenizer(list(texts))).numpy()


@cache
def _tokenizer(context_length: int) -> open_clip.SimpleTokenizer:
    return open_clip.SimpleTokenizer(context_length=context_length)


class TextTower:
    """The text half of one encoder, in float32 on the CPU; it takes no gradient.

    A text always gives the same bits, whatever it is read with. Texts are cut at the tower's
    context; its vocabulary is English, so Chinese is told apart but hardly understood.
    """

    def __init__(self, model: EyeEncoder, sha256: str) -> None:
        self._model = model
        self._known: dict[str, np.ndarray] = {}
        self.width = model.config.embed_dim
        self.sha256 = sha256

    @staticmethod
    def load(folder: Path = SHIPPED) -> "TextTower":
        """That of a model folder; raises ModelError where it is missing or altered."""
        model, _, digest = load_encoder(folder)
        return TextTower(model, digest)

    def read(self, texts: Sequence[str]) -> torch.Tensor:
        """Texts -> unit vectors (n, E) float32."""
        for text in texts:
            if text not in self._known:
                if len(self._known) >= _KEPT:
                    self._known.clear()
                with torch.autocast("cpu", enabled=False):
                    self._known[text] = embed(self._model, [text])[0]
        rows = [self._known[text] for text in texts]
        return torch.from_numpy(np.stack(rows) if rows else np.zeros((0, self.width), np.float32))
