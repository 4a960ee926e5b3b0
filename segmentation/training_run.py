"""The state of one training run: networks, optimizer and step, and what one step does."""

import copy
import dataclasses
import json
import math
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from segmentation.data import Batch
from segmentation.model import Config, TrainConfig, bfloat16_is_fast, build
from segmentation.preprocess import to_input
from vision.checkpoint import load_checkpoint, save_checkpoint
from vision.depthwise import speed_up_training

_BCE_SHARE = 10.0  # cross-entropy of rare pixels is small beside Dice: this makes them peers
_WARM_UP = 0.1  # share of the steps in which the learning rate rises


def loss_of(logits: torch.Tensor, targets: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Cross-entropy plus Dice over the classes that the batch holds, where they were annotated.

    Logits and targets (B, C, H, W) float32, known (B, C) bool.
    """
    counted = known[:, :, None, None].float()
    weight = torch.full((logits.shape[1], 1, 1), 2.0)  # recall of rare pixels before precision
    entropy = functional.binary_cross_entropy_with_logits(
        logits, targets, counted.expand_as(logits), pos_weight=weight
    )
    probability, targets = logits.sigmoid() * counted, targets * counted
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
        self._settings = json.dumps([dataclasses.asdict(config), seed], sort_keys=True)
        self.step = 0
        self.network = build(config.model)
        self.average = copy.deepcopy(self.network).eval()
        speed_up_training(self.network)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), weight_decay=config.train.weight_decay
        )

    def learn(self, batch: Batch) -> float:
        """One step; returns the loss, raises FloatingPointError where it is not finite."""
        self.network.train()
        planes = torch.from_numpy(to_input(batch.planes))
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16_is_fast()):
            logits = self.network(planes.contiguous(memory_format=torch.channels_last))
        targets, known = torch.from_numpy(batch.targets), torch.from_numpy(batch.known)
        loss = loss_of(logits.float(), targets, known)
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
        states = {"network": self.network.state_dict(), "average": self.average.state_dict()}
        save_checkpoint(self.path, self.step, self._settings, states, self.optimizer)

    def resume(self) -> None:
        """Continue from the folder's checkpoint where there is one of these settings."""
        found = load_checkpoint(self.path, self._settings, self.optimizer)
        if found is None:
            return
        self.step, states = found
        self.network.load_state_dict(states["network"])
        self.average.load_state_dict(states["average"])

    def _follow(self) -> None:
        # early on the average would be mostly its random start: let it follow faster then
        decay = min(self.config.train.ema_decay, self.step / (self.step + 10))
        fast = self.network.state_dict()
        for name, slow in self.average.state_dict().items():
            if slow.is_floating_point():
                slow.lerp_(fast[name], 1 - decay)
            else:
                slow.copy_(fast[name])
