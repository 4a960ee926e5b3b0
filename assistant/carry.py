"""Carry the shipped projector over to a retrained encoder, without the language model.

    python -m assistant.carry --data ../shared/data --old OLD_ENCODER_FOLDER

A copy of the projector learns to make of the new encoder's features the rows that the old one made
of the same photos, so that the language model reads what it was tuned on. Takes ten minutes on one
core; writes the projector, and its digest into the config of the adapter that belongs to it.
"""

import copy
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from assistant.projector import Projector
from vision.backbone import EyeEncoder
from vision.command import Parser, run
from vision.config import SHIPPED as ENCODER
from vision.data import Record
from vision.model_config import CONFIG_FILE, read_config
from vision.outputs import load_encoder, records_of, squares_of
from vision.preprocess import normalise

log = logging.getLogger("assistant.carry")
SHIPPED = Path(__file__).parent / "weights"
SETS = ("odir", "idrid_grading")
_PHOTOS = 2500
_HELD_OUT = 10  # one photo in so many shows how well it went
_CELLS = 4  # single cells of a feature map beside its grid: region tokens are means of few
_IMAGES, _ROWS = 16, 256  # a batch of either
_EPOCHS, _PEAK_LR = 8, 1e-3


@torch.inference_mode()
def features_of(model: EyeEncoder, squares: np.ndarray, seed: int) -> Tensor:
    """Framed squares (n, S, S, 3) uint8 -> rows (n, N + cells + 1, D): grid, cells, an absent one.

    Which cells are drawn follows from the seed, the same for every encoder of equal map size.
    """
    drawn = torch.Generator().manual_seed(seed)
    rows = []
    for batch in torch.from_numpy(squares).split(_IMAGES):
        features = model(normalise(batch, model.config.preprocess)).features
        cells = features.flatten(2).transpose(1, 2)  # (B, h * w, D)
        places = torch.randint(cells.shape[1], (len(batch), _CELLS), generator=drawn)
        some = cells[torch.arange(len(batch))[:, None], places]
        absent = torch.zeros_like(some[:, :1])
        rows.append(torch.cat([model.tokens(features), some, absent], 1))
    return torch.cat(rows)


def fit(projector: Projector, rows: Tensor, targets: Tensor, seed: int, epochs: int) -> Projector:
    """A copy that maps rows (n, D_vision) to targets (n, D_llm) in the least mean square."""
    learner = copy.deepcopy(projector).train()
    drawn = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(learner.parameters(), lr=_PEAK_LR, weight_decay=0.0)
    steps = epochs * -(-len(rows) // _ROWS)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _PEAK_LR, total_steps=steps)
    loud = targets.square().mean()
    for _ in range(epochs):
        for chosen in torch.randperm(len(rows), generator=drawn).split(_ROWS):
            loss = nn.functional.mse_loss(learner(rows[chosen]), targets[chosen]) / loud
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return learner.eval()


@torch.inference_mode()
def likeness(projector: Projector, rows: Tensor, targets: Tensor) -> float:
    """Mean cosine between what a projector makes of rows (n, D_vision) and targets (n, D_llm)."""
    return float(nn.functional.cosine_similarity(projector(rows), targets, dim=-1).mean())


def photos_of(data: Path) -> list[Record]:
    """Training photos, evenly over the sets' lists."""
    records = [record for name in SETS for record in records_of(data / name, "train")]
    step = max(1, len(records) // _PHOTOS)
    return records[::step]


def carry(old: Path, new: Path, records: Sequence[Record], seed: int) -> dict[str, object]:
    """Write the shipped projector for the encoder `new`; returns what its card says."""
    config = read_config(SHIPPED / "projector")
    before, _, old_digest = load_encoder(old)
    after, _, new_digest = load_encoder(new)
    projector, _ = Projector.load(SHIPPED / "projector", config["llm_width"], old_digest)
    squares = squares_of(records, after.config.preprocess.side_px)
    kept = np.arange(len(squares)) % _HELD_OUT == 0
    width = config["llm_width"]
    wanted = features_of(before, squares, seed)
    with torch.inference_mode():
        targets = projector(wanted)
    rows = features_of(after, squares, seed)
    learn, watch = torch.from_numpy(~kept), torch.from_numpy(kept)
    log.info("%d photos seen by both encoders", len(squares))
    learner = fit(
        projector, rows[learn].flatten(0, 1).clone(), targets[learn].flatten(0, 1).clone(), seed,
        _EPOCHS,
    )  # fmt: skip
    held_out, true = rows[watch].flatten(0, 1), targets[watch].reshape(-1, width)
    belongs = {**config["preprocess"], "encoder_sha256": new_digest}
    digest = learner.save(SHIPPED / "projector", belongs)
    _note(SHIPPED / "adapter" / CONFIG_FILE, new_digest, digest)
    return {
        "weights_sha256": digest, "photos": len(squares), "rows": int(rows.shape[1]),
        "likeness_before": round(likeness(projector, held_out, true), 4),
        "likeness": round(likeness(learner, held_out, true), 4),
    }  # fmt: skip


def _note(path: Path, encoder: str, projector: str) -> None:
    """Write down in an adapter's config which projector it is read with now."""
    config = json.loads(path.read_text(encoding="utf-8"))
    config["preprocess"] |= {"encoder_sha256": encoder, "projector_sha256": projector}
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Command line; raises OphError where data or weights are missing."""
    parser = Parser(prog="python -m assistant.carry", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sets")
    parser.add_argument("--old", type=Path, required=True, help="the encoder it was trained with")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.getLogger().setLevel(logging.INFO)
    began = time.monotonic()
    told = carry(options.old, ENCODER, photos_of(options.data), options.seed)
    print(json.dumps({**told, "seconds": round(time.monotonic() - began)}))


if __name__ == "__main__":
    run(main)
