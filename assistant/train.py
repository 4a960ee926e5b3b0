"""Train what stands between the eye and the language model.

    python -m instruct_data build --data ../shared/data --out runs/instruct --seed 0
    python -m assistant.train --stage projector --records runs/instruct --data ../shared/data

Stage `projector`: encoder and LLM are frozen; the projector learns to make the LLM say a photo's
labels from its visual tokens alone. Loss on assistant tokens only. Resumes from runs/projector.
"""

import json
import logging
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant.base_llm import resolve
from assistant.conversation import Turn, VisualBlock, render
from assistant.engine import splice
from assistant.projector import SHIPPED, Projector, ProjectorConfig
from assistant.token_cache import photo_tokens
from segmentation.predict import LESION_NETWORKS, Segmenter
from vision.catalogue import say
from vision.checkpoint import load_checkpoint, save_checkpoint
from vision.classifier import Classifier
from vision.command import Parser, run
from vision.errors import InputError

from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase  # isort: skip

log = logging.getLogger("assistant.train")
CHECKPOINT_EVERY_S = 120.0
_IGNORE = -100


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """All that shapes one run of the projector stage."""

    records: Path  # folder of alignment-<split>.jsonl
    data: Path  # the folder that the records' image paths start from
    out: Path
    llm: str
    steps: int
    seed: int
    outlined: int  # photos whose lesions are outlined: seconds each; others: no region tokens
    batch: int = 16
    peak_lr: float = 1e-3
    warmup: float = 0.05
    runs: Path = Path("runs/projector")


def read_records(path: Path) -> list[dict[str, Any]]:
    """JSONL records; raises InputError where the file is missing."""
    if not path.is_file():
        raise InputError("error.data_missing", path=path)
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def load_llm(name: str) -> tuple[PreTrainedTokenizerBase, Any]:
    """Tokenizer and frozen model, in bfloat16 where the processor is fast at it."""
    folder = resolve(name)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    fast = torch.cpu._is_avx512_bf16_supported()
    llm = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16 if fast else torch.float32, local_files_only=True
    )
    return tokenizer, llm.eval().requires_grad_(False)


def record_turns(record: dict[str, Any], count: int) -> list[Turn]:
    """A record as turns: the photo's visual tokens stand in the system turn, as in serving."""
    header = say("prompt.photo", record["language"], number=1) + "\n"
    system = Turn("system", (header, VisualBlock(record["image"], count)))
    return [system, *(Turn(m["role"], (m["content"],)) for m in record["messages"])]


def collate(
    tokenizer: PreTrainedTokenizerBase, conversations: list[list[Turn]]
) -> tuple[Tensor, Tensor, list[str]]:
    """Conversations -> ids (B, T) with -1 at visual places, labels (B, T), image ids in order.

    Labels are -100 everywhere but on assistant tokens; shorter rows are padded on the right.
    """
    rendered = [render(tokenizer, turns) for turns in conversations]
    length = max(len(r.ids) for r in rendered)
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
    ids = torch.full((len(rendered), length), padding)
    labels = torch.full((len(rendered), length), _IGNORE)
    for row, r in enumerate(rendered):
        ids[row, : len(r.ids)] = torch.tensor(r.ids)
        learn = torch.tensor(r.mask, dtype=torch.bool)
        labels[row, : len(r.ids)][learn] = ids[row, : len(r.ids)][learn]
    return ids, labels, [i for r in rendered for i in dict.fromkeys(r.image_ids)]


def token_losses(llm: Any, embedded: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy (M,) of each supervised token and its row (M,), from embeddings (B, T, D).

    The vocabulary's logits are made for supervised places only: they are 1 in 4.
    """
    hidden = llm.model(inputs_embeds=embedded, use_cache=False).last_hidden_state
    targets = labels[:, 1:]
    learn = targets != _IGNORE
    logits = llm.lm_head(hidden[:, :-1][learn]).float()
    rows = learn.nonzero()[:, 0]
    return nn.functional.cross_entropy(logits, targets[learn], reduction="none"), rows


def drawn(records: list[dict[str, Any]], config: TrainConfig, step: int) -> list[dict[str, Any]]:
    """The records of one step: rarer label sets more often, by the inverse root of frequency."""
    names = ["".join(r["labels"]) for r in records]
    count = Counter(names)
    weights = np.array([1 / np.sqrt(count[n]) for n in names])
    rng = np.random.default_rng((config.seed, step))
    return [records[i] for i in rng.choice(len(records), config.batch, p=weights / weights.sum())]


def _tokens(
    batches: list[list[dict[str, Any]]], classifier: Classifier, config: TrainConfig
) -> dict[str, Tensor]:
    """Visual tokens of all drawn photos; the lesions of the first `config.outlined` are outlined.

    The others look as they do where the segmentation failed, so both can be asked about.
    """
    images = list(dict.fromkeys(r["image"] for batch in batches for r in batch))
    first, rest = images[: config.outlined], images[config.outlined :]
    segmenter = Segmenter.load(names=LESION_NETWORKS)
    seen = photo_tokens(classifier, segmenter, first, config.data, config.runs)
    return seen | photo_tokens(classifier, None, rest, config.data, config.runs)


def train_projector(config: TrainConfig) -> tuple[Projector, dict[str, Any]]:
    """Run or resume the stage; returns the projector and what its card needs to say."""
    torch.manual_seed(config.seed)
    records = read_records(config.records / "alignment-train.jsonl")
    classifier = Classifier.load()
    batches = [drawn(records, config, step) for step in range(config.steps)]
    tokens = _tokens(batches, classifier, config)
    tokenizer, llm = load_llm(config.llm)
    embeddings = llm.get_input_embeddings()
    size = float(embeddings.weight.float().square().mean().sqrt())
    projector = Projector(ProjectorConfig(classifier.model.width, embeddings.weight.shape[1], size))
    optimizer = torch.optim.AdamW(projector.parameters(), lr=config.peak_lr, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config.peak_lr, total_steps=config.steps, pct_start=config.warmup
    )
    settings = json.dumps({k: str(v) for k, v in asdict(config).items()}, sort_keys=True)
    checkpoint, start = config.runs / "checkpoint.safetensors", 0
    if found := load_checkpoint(checkpoint, settings, optimizer):
        start, states = found
        projector.load_state_dict(states["projector"])
        for _ in range(start):
            schedule.step()
    began = saved = time.monotonic()
    losses: list[float] = []
    for step in range(start, config.steps):
        count = next(iter(tokens.values())).shape[0]
        ids, labels, shown = collate(tokenizer, [record_turns(r, count) for r in batches[step]])
        visual = projector(torch.stack([tokens[i] for i in shown]).float()).flatten(0, 1)
        loss = token_losses(llm, splice(embeddings, ids, visual), labels)[0].mean()
        if not torch.isfinite(loss):
            raise FloatingPointError(f"loss is {loss.item()} at step {step}")
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(projector.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 10 == 9:
            row = {"step": step + 1, "loss": round(float(np.mean(losses[-10:])), 4),
                   "seconds": round(time.monotonic() - began, 1)}  # fmt: skip
            with (config.runs / "log.jsonl").open("a") as stream:
                stream.write(json.dumps(row) + "\n")
            log.info("%s", row)
        if time.monotonic() - saved > CHECKPOINT_EVERY_S:
            states = {"projector": projector.state_dict()}
            save_checkpoint(checkpoint, step + 1, settings, states, optimizer)
            saved = time.monotonic()
    facts = {"encoder_sha256": classifier.sha256, "llm": config.llm}
    return projector.eval(), facts


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m assistant.train", description=__doc__)
    parser.add_argument("--stage", choices=("projector",), required=True)
    parser.add_argument("--records", type=Path, required=True, help="folder of instruct_data build")
    parser.add_argument("--data", type=Path, required=True, help="folder with the photos")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--llm", default="default")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--outlined", type=int, default=200, help="photos with region tokens")
    parser.add_argument("--seed", type=int, default=0)
    options = vars(parser.parse_args())
    options.pop("stage")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    config = TrainConfig(**options)
    began = time.monotonic()
    projector, facts = train_projector(config)
    digest = projector.save(config.out, facts)
    seconds = round(time.monotonic() - began)
    print(json.dumps({"weights_sha256": digest, "steps": config.steps, "seconds": seconds}))


if __name__ == "__main__":
    run(main)
