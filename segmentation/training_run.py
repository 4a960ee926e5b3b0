"""The state of one training run: a step, a checkpoint, and the way back from it.

Knows no files but its own checkpoint, which is safetensors like everything else that is loaded.
"""

import copy
import math
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

from segmentation.model import Config, TrainConfig, bfloat16_is_fast, build
from segmentation.preprocess import to_input

_BCE_SHARE = 10.0  # cross-entropy of rare pixels is small beside Dice: this makes them peers
_WARM_UP = 0.1  # share of the steps in which the learning rate rises


def loss_of(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Cross-entropy plus Dice over the classes that the batch holds; both (B, C, H, W) float32."""
    weight = torch.full((logits.shape[1], 1, 1), 2.0)  # recall of rare pixels before precision
    entropy = functional.binary_cross_entropy_with_logits(logits, targets, pos_weight=weight)
    probability = logits.sigmoid()
    axes = (0, 2, 3)
    positives = targets.sum(axes)
    overlap = 2 * (probability * targets).sum(axes) + 1
    dice = 1 - overlap / (probability.sum(axes) + positives + 1)
    return _BCE_SHARE * entropy + dice[positives > 0].sum() / logits.shape[1]


def learning_rate(step: int, config: TrainConfig) -> float:
    """One cycle: linear rise, then a cosine down to zero at the last step."""
    rise = _WARM_UP * config.steps
    if step < rise:
        return config.max_lr * (step + 1) / (rise + 1)
    return config.max_lr * (1 + math.cos(math.pi * (step - rise) / (config.steps - rise))) / 2


class Run:
    """Network, its moving average, optimizer and step, kept in `folder`."""

    def __init__(self, config: Config, folder: Path, seed: int) -> None:
        torch.manual_seed(seed)
        self.config = config
        self.path = folder / "last.safetensors"
        self.step = 0
        self.network = build(config.model)
        self.average = copy.deepcopy(self.network).eval()
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), weight_decay=config.train.weight_decay
        )

    def learn(self, planes: np.ndarray, targets: np.ndarray) -> float:
        """One step on crops (B, P, P, 3) uint8 and targets (B, C, P, P) float32; returns the loss.

        Raises FloatingPointError where the loss is not finite.
        """
        self.network.train()
        inputs = torch.from_numpy(to_input(planes)).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16_is_fast()):
            logits = self.network(inputs)
        loss = loss_of(logits.float(), torch.from_numpy(targets))
        if not torch.isfinite(loss):
            raise FloatingPointError(f"loss is {loss.item()} at step {self.step}")
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, self.config.train)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return loss.item()

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        tensors = {"step": torch.tensor(self.step)}
        tensors |= {f"network.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for index, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{k}": v for k, v in state.items()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        save_file({k: v.detach().contiguous() for k, v in tensors.items()}, partial)
        partial.replace(self.path)

    def resume(self) -> None:
        """Continue from the folder's checkpoint where there is one."""
        if not self.path.is_file():
            return
        tensors = load_file(self.path)
        self.step = int(tensors["step"])
        for name, module in (("network", self.network), ("average", self.average)):
            prefix = f"{name}."
            module.load_state_dict(
                {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
            )
        state: dict[int, dict[str, torch.Tensor]] = {}
        for key, value in tensors.items():
            if key.startswith("optimizer."):
                _, index, name = key.split(".")
                state.setdefault(int(index), {})[name] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})

    def _follow(self) -> None:
        # early on the average would be mostly its random start: let it follow faster then
        decay = min(self.config.train.ema_decay, self.step / (self.step + 10))
        fast = self.network.state_dict()
        for name, slow in self.average.state_dict().items():
            if slow.is_floating_point():
                slow.lerp_(fast[name], 1 - decay)
            else:
                slow.copy_(fast[name])
