"""All that the encoder says of many images at once, for calibration and evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vision.backbone import EyeEncoder
from vision.calibration import Calibration
from vision.config import EncoderConfig
from vision.data import Record, load_squares, read
from vision.errors import InputError, ModelError
from vision.labels import HEADS
from vision.preprocess import normalise
from vision.weights import load_folder

_BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """Of n images: logits by head, and unit vectors in the space shared with text."""

    logits: dict[str, np.ndarray]  # head -> (n, L)
    embedding: np.ndarray  # (n, E)


def load_encoder(folder: Path) -> tuple[EyeEncoder, dict[str, Any], str]:
    """(model in eval mode, config, SHA-256) of a model folder.

    Raises ModelError where it is missing, altered, of another kind or of other labels than ours.
    """
    config, state, digest = load_folder(folder)
    try:
        encoder_config = EncoderConfig.from_dict(config)
        model = EyeEncoder(encoder_config).eval()
        model.load_state_dict(state)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError("error.weights_altered", path=folder) from error
    if encoder_config.heads != HEADS:
        raise ModelError("error.weights_altered", path=folder)
    # the layout in which CPUs convolve fastest; the numbers are the same
    return model.to(memory_format=torch.channels_last), config, digest  # type: ignore[call-overload]


def calibration_of(config: Mapping[str, Any], folder: Path) -> Calibration:
    """What `vision.calibrate` left in the config of a model folder; raises ModelError."""
    try:
        return Calibration.from_dict(config["calibration"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError("error.weights_altered", path=folder) from error


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
    """Outputs of images on disk, in order; raises InputError where one cannot be read."""
    return of_squares(model, squares_of(records, model.config.preprocess.side_px))


def squares_of(records: Sequence[Record], side_px: int) -> np.ndarray:
    """Framed squares (n, S, S, 3) uint8; raises InputError where an image cannot be read."""
    try:
        return load_squares(records, side_px)
    except OSError as error:  # PIL tells the name only in its text
        raise InputError("error.file_missing", path=error.filename or error) from error


def records_of(folder: Path, split: str) -> list[Record]:
    """The records of a data set by its folder's name; raises InputError, also for a bad index."""
    try:
        return read(folder, split)
    except (KeyError, ValueError) as error:
        detail = f"{folder / 'index.csv'} is not the index of {folder.name}: {error}"
        raise InputError("error.usage", detail=detail) from error


def targets_of(records: Sequence[Record]) -> dict[str, np.ndarray]:
    """Head -> targets (n,) or (n, L) of the records, -1 where unknown."""
    targets = [record.targets for record in records]
    return {name: np.stack([target[name] for target in targets]) for name in targets[0]}
