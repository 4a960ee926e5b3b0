"""All that the encoder says of many images at once, for calibration and evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vision.backbone import EyeEncoder
from vision.config import EncoderConfig
from vision.data import Record, load_squares
from vision.preprocess import normalise
from vision.weights import load_folder

_BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """Of n images: logits by head, and unit vectors in the space shared with text."""

    logits: dict[str, np.ndarray]  # head -> (n, L)
    embedding: np.ndarray  # (n, E)


def load_encoder(folder: Path) -> tuple[EyeEncoder, dict[str, Any], str]:
    """(model in eval mode, config, SHA-256) of a model folder; raises ModelError."""
    config, state, digest = load_folder(folder)
    model = EyeEncoder(EncoderConfig.from_dict(config)).eval()
    model.load_state_dict(state)
    return model, config, digest


@torch.inference_mode()
def of_squares(model: EyeEncoder, squares: np.ndarray) -> Outputs:
    """Framed squares (n, S, S, 3) uint8 at the encoder's size -> outputs."""
    logits: dict[str, list[np.ndarray]] = {}
    embeddings = []
    for batch in torch.from_numpy(squares).split(_BATCH):
        encoded = model(normalise(batch, model.config.preprocess))
        embeddings.append(model.image_embedding(encoded.pooled).numpy())
        for name, values in encoded.logits.items():
            logits.setdefault(name, []).append(values.numpy())
    whole = {name: np.concatenate(parts) for name, parts in logits.items()}
    return Outputs(whole, np.concatenate(embeddings))


def of_records(model: EyeEncoder, records: Sequence[Record]) -> Outputs:
    """Outputs of images on disk, in order."""
    return of_squares(model, load_squares(records, model.config.preprocess.side_px))
