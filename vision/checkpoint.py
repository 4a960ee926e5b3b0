"""Checkpoints of a training run: one safetensors file, resumed by the same settings alone."""

import logging
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

log = logging.getLogger(__name__)


def save_checkpoint(
    path: Path,
    step: int,
    settings: str,
    states: dict[str, dict[str, Tensor]],
    optimizer: torch.optim.Optimizer,
) -> None:
    """Write named state dicts and the optimizer's moments after `step` steps."""
    tensors = {f"{part}.{k}": v for part, state in states.items() for k, v in state.items()}
    for index, moments in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{k}": torch.as_tensor(v) for k, v in moments.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    whole = {k: v.detach().contiguous().clone() for k, v in tensors.items()}
    save_file(whole, unfinished, {"step": str(step), "settings": settings})
    unfinished.replace(path)


def load_checkpoint(
    path: Path, settings: str, optimizer: torch.optim.Optimizer
) -> tuple[int, dict[str, dict[str, Tensor]]] | None:
    """Step and state dicts of a checkpoint of these settings, optimizer restored; else None."""
    if not path.is_file():
        return None
    with safe_open(path, "pt") as stream:
        metadata = stream.metadata() or {}
    if metadata.get("settings") != settings:
        log.warning("%s is of other settings; starting anew", path)
        return None
    states: dict[str, dict[str, Tensor]] = {}
    for key, tensor in load_file(path).items():
        part, name = key.split(".", 1)
        states.setdefault(part, {})[name] = tensor
    moments: dict[int, dict[str, Any]] = {}
    for name, tensor in states.pop("optimizer", {}).items():
        index, field = name.split(".", 1)
        moments.setdefault(int(index), {})[field] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
    log.info("resumed %s at step %s", path, metadata["step"])
    return int(metadata["step"]), states
