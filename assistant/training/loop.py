"""The loop of a training stage: gradients of a few rows, one move of the weights, again.

Which rows a step reads follows from the seed alone, and nothing is drawn while training, so a run
that goes on from its checkpoint ends with the weights that it would have had (bit by bit on CPU).
"""

import contextlib
import json
import logging
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn
from tqdm import tqdm

from assistant.engine import splice
from assistant.engine_transformers import best_device_and_dtype
from assistant.projector import Projector
from assistant.training.config import StageConfig
from assistant.training.curves import Curves
from assistant.training.packing import Row, token_losses
from vision.checkpoint import load_checkpoint, save_checkpoint

log = logging.getLogger("assistant.train")
CHECKPOINT_EVERY_S = 180.0


@dataclass(frozen=True, slots=True)
class Learner:
    """What is trained, and what it stands between: the LLM (with its adapter) and the projector."""

    llm: Any  # a causal LM, or a PeftModel around one
    projector: Projector
    tokens: Mapping[str, Tensor]  # visual tokens (N, D) of each photo path
    adapter: Mapping[str, nn.Parameter]  # the adapter's weights; empty where there is none
    projector_learns: bool

    def losses(self, row: Row, device: torch.device) -> Tensor:
        """Cross-entropy (M,) of each supervised token of a row."""
        ids, labels, positions, mask = row.tensors()
        ids, labels, positions = ids.to(device), labels.to(device), positions.to(device)
        mask = None if mask is None else mask.to(device)
        plain = self.llm.base_model.model if self.adapter else self.llm
        embeddings = plain.get_input_embeddings()
        visual = torch.zeros(0, embeddings.weight.shape[1], device=device)
        if row.images:
            seen = [self.tokens[path].float() for path in row.images]  # autocast stacks no fp16
            tokens = torch.stack(seen).to(device)
            visual = self.projector(tokens, row.questions).flatten(0, 1)
        if row.kind != "tokens":
            visual = visual.detach()  # words say it all there; and the lower layers need no pass
        return token_losses(plain, splice(embeddings, ids, visual), labels, positions, mask)

    def parameters(self) -> Iterator[nn.Parameter]:
        """All that moves."""
        if self.projector_learns:
            yield from self.projector.parameters()
        yield from self.adapter.values()

    def states(self) -> dict[str, dict[str, Tensor]]:
        """The state to keep, by part."""
        adapter = {name: p.detach() for name, p in self.adapter.items()}
        found = {"projector": dict(self.projector.state_dict())}
        return found | ({"adapter": adapter} if adapter else {})

    @torch.no_grad()
    def restore(self, states: Mapping[str, Mapping[str, Tensor]]) -> None:
        """Inverse of `states`."""
        self.projector.load_state_dict(dict(states["projector"]))
        for name, value in states.get("adapter", {}).items():
            self.adapter[name].copy_(value)


def rows_of_step(rows: Sequence[Row], config: StageConfig, seed: int, step: int) -> list[Row]:
    """The rows of one step: all rows in a drawn order, then all again in another."""
    taken = []
    for place in range(step * config.rows_per_step, (step + 1) * config.rows_per_step):
        turn, index = divmod(place, len(rows))
        order = Random(f"{seed}/{turn}").sample(range(len(rows)), len(rows))  # noqa: S311
        taken.append(rows[order[index]])
    return taken


def train(
    learner: Learner,
    rows: Sequence[Row],
    held_out: Sequence[Row],
    config: StageConfig,
    seed: int,
    folder: Path,
    settings: str,
) -> dict[str, Any]:
    """Train, or go on from the checkpoint in `folder`; returns what the model card says.

    Under `accelerate launch` the rows of a step are shared between the processes. Raises
    FloatingPointError for a loss that is not finite.
    """
    world = Accelerator()
    learner.projector.to(world.device)
    learner.llm.to(world.device)
    optimizer = _optimizer(learner, config)
    peaks = [group["lr"] for group in optimizer.param_groups]
    checkpoint, start = folder / "checkpoint.safetensors", 0
    if found := load_checkpoint(checkpoint, settings, optimizer):
        start, states = found
        learner.restore(states)
    curves = Curves(folder, start)
    began = saved = time.monotonic()
    spent = curves.seconds
    autocast = _autocast(world.device)
    bar = tqdm(range(start, config.steps), initial=start, total=config.steps, unit="step",
               disable=not world.is_main_process)  # fmt: skip
    for step in bar:
        drawn = rows_of_step(rows, config, seed, step)
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * _share_of_peak(config, step)
        loss = _move(learner, drawn, optimizer, world, autocast)
        if not np.isfinite(loss):
            raise FloatingPointError(f"loss is {loss} at step {step}")
        rate = optimizer.param_groups[-1]["lr"]
        seconds = spent + time.monotonic() - began
        last = step + 1 == config.steps
        if world.is_main_process:
            told: dict[str, float] = {"loss": loss, "rate": rate, "tokens": sum(map(len, drawn))}
            if held_out and (last or (step + 1) % config.validate_every == 0):
                told |= validate(learner, held_out, world.device, autocast)
            curves.add(step + 1, seconds, told)
            bar.set_postfix(loss=f"{loss:.3f}")
            if last or time.monotonic() - saved > CHECKPOINT_EVERY_S:
                save_checkpoint(checkpoint, step + 1, settings, learner.states(), optimizer)
                saved = time.monotonic()
        world.wait_for_everyone()
    curves.draw()
    return {"steps": config.steps, "seconds": round(curves.seconds), **curves.last()}


def _move(
    learner: Learner,
    drawn: list[Row],
    optimizer: torch.optim.Optimizer,
    world: Accelerator,
    autocast: Callable[[], contextlib.AbstractContextManager[Any]],
) -> float:
    """One step: the mean loss over all supervised tokens of all rows of all processes."""
    optimizer.zero_grad()
    count = sum(label >= 0 for row in drawn for one in row.examples for label in one.labels)
    total = torch.zeros((), device=world.device)
    for row in drawn[world.process_index :: world.num_processes]:
        with autocast():
            loss = learner.losses(row, world.device).sum() / count
        loss.backward()
        total += loss.detach()
    if world.num_processes > 1:
        total = world.reduce(total, "sum")
        for parameter in learner.parameters():
            own = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            parameter.grad = world.reduce(own, "sum")
    nn.utils.clip_grad_norm_(list(learner.parameters()), 1.0)
    optimizer.step()
    return float(total)


@torch.no_grad()
def validate(
    learner: Learner,
    held_out: Sequence[Row],
    device: torch.device,
    autocast: Callable[[], contextlib.AbstractContextManager[Any]],
) -> dict[str, float]:
    """Mean loss on held-out rows, as a whole and of each intent's answers."""
    by_intent: dict[str, list[float]] = defaultdict(list)
    for row in held_out:
        with autocast():
            losses = learner.losses(row, device)
        for intent, loss in zip(row.asked(), losses.tolist(), strict=True):
            by_intent[intent].append(loss)
    every = [loss for losses in by_intent.values() for loss in losses]
    told = {f"val/{intent}": float(np.mean(found)) for intent, found in sorted(by_intent.items())}
    return {"val_loss": float(np.mean(every)), **told}


def _optimizer(learner: Learner, config: StageConfig) -> torch.optim.Optimizer:
    groups: list[dict[str, Any]] = []
    if learner.projector_learns:
        parameters = list(learner.projector.parameters())
        groups.append({"params": parameters, "lr": config.projector_lr, "weight_decay": 0.01})
    if learner.adapter:
        parameters = list(learner.adapter.values())
        groups.append({"params": parameters, "lr": config.lora_lr, "weight_decay": 0.0})
    return torch.optim.AdamW(groups, betas=(0.9, 0.99))


def _share_of_peak(config: StageConfig, step: int) -> float:
    """Of the learning rate: up in a line, down in half a cosine to a twentieth."""
    up = max(1, round(config.warmup * config.steps))
    if step < up:
        return (step + 1) / up
    done = (step - up) / max(1, config.steps - up)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _autocast(device: torch.device) -> Callable[[], contextlib.AbstractContextManager[Any]]:
    """bfloat16 on a GPU, and on a CPU that computes in it; else float32 as it is."""
    if device.type == "cpu" and best_device_and_dtype()[1] != torch.bfloat16:
        return contextlib.nullcontext
    return lambda: torch.autocast(device.type, dtype=torch.bfloat16)


def settings_of(config: StageConfig, **others: object) -> str:
    """All that a checkpoint belongs to, as one line."""
    return json.dumps({"config": config.to_json(), **{k: str(v) for k, v in others.items()}})
