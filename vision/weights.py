"""Model folders: safetensors, config and card side by side, with the SHA-256 checked on every load.

A folder holds `model.safetensors`, `config.json` (architecture, preprocessing, label set and
`sha256` of the weights) and `README.md` (the model card). Nothing else is ever read, no pickle.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vision.errors import ModelError, ResourceError
from vision.model_config import CONFIG_FILE, read_config
from vision.packages import sha256_of

WEIGHTS_FILE = "model.safetensors"


def load_folder(folder: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor], str]:
    """Read (config, state dict in float32, SHA-256) of a model folder.

    Raises ModelError where a file is missing, was altered, or has no preprocessing stored.
    """
    config = read_config(folder)
    path = folder / WEIGHTS_FILE
    if not path.is_file():
        raise ModelError("error.weights_missing", path=path)
    digest = sha256_of(path)
    if digest != config.get("sha256") or "preprocess" not in config:
        raise ModelError("error.weights_altered", path=path)
    try:
        state = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError("error.weights_altered", path=path) from error
    return config, {k: v.float() if v.is_floating_point() else v for k, v in state.items()}, digest


def save_folder(folder: Path, config: dict[str, Any], state: dict[str, torch.Tensor]) -> str:
    """Write weights (floats as fp16) and config whole or not at all; returns the SHA-256."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    halves = {
        k: (v.detach().half() if v.is_floating_point() else v.detach()).contiguous().clone()
        for k, v in state.items()
    }
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            written = Path(temporary)
            save_file(halves, written / WEIGHTS_FILE)
            digest = sha256_of(written / WEIGHTS_FILE)
            text = json.dumps({**config, "sha256": digest}, indent=2, ensure_ascii=False)
            (written / CONFIG_FILE).write_text(text + "\n", encoding="utf-8")
            folder.mkdir(exist_ok=True)
            for name in (WEIGHTS_FILE, CONFIG_FILE):
                shutil.move(written / name, folder / name)
    except OSError as error:
        raise ResourceError("error.cannot_write", path=folder) from error
    return digest
