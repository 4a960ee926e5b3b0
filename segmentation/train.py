"""Train the lesion network: `python -m segmentation.train --config C --data D --out W --seed N`.

The same command resumes an interrupted run from `runs/`; batch n depends on the seed and n alone.
The weights kept are a moving average; thresholds come from training photos held out.
"""

import json
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from segmentation.curves import average_precision, best_threshold, histogram
from segmentation.data import Example, hold_out, list_photos, load_example, sample_batch
from segmentation.model import Config, to_dict
from segmentation.predict import probability_plane
from segmentation.training_run import Run
from vision import command
from vision.imagenet import load_into
from vision.weights import save_folder

_LOG = logging.getLogger(__name__)
_CACHE = Path(".cache/imagenet")
_SAVE_EVERY_S = 120.0
_CHECK_EVERY = 250  # steps between looks at the held-out photos


def histograms(run: Run, examples: Sequence[Example]) -> dict[str, np.ndarray]:
    """Pooled histograms of the averaged network per class, on framed planes."""
    config = run.config
    pooled: dict[str, np.ndarray] = {}
    for example in examples:
        planes = probability_plane(run.average, example.plane, example.inside, config.preprocess)
        for index, code in enumerate(config.model.classes):
            counts = histogram(planes[index], (example.bits >> index & 1).astype(bool))
            pooled[code] = pooled[code] + counts if code in pooled else counts
    return pooled


def fit(run: Run, examples: Sequence[Example], held_out: Sequence[Example], seed: int) -> None:
    """Run the remaining steps, logging JSON lines and saving about every two minutes."""
    config, log = run.config, run.path.with_name("log.jsonl")

    def batch(step: int) -> tuple[np.ndarray, np.ndarray]:
        return sample_batch(examples, config.model.classes, config.train, (seed, step))

    losses: list[float] = []
    start = saved = time.monotonic()
    with ThreadPoolExecutor(1) as loader:
        upcoming = loader.submit(batch, run.step)
        while run.step < config.train.steps:
            planes, targets = upcoming.result()
            upcoming = loader.submit(batch, run.step + 1)
            losses.append(run.learn(planes, targets))
            now = time.monotonic()
            last = run.step == config.train.steps
            if not (last or now - saved > _SAVE_EVERY_S or run.step % _CHECK_EVERY == 0):
                continue
            run.save()
            saved = now
            entry = {"step": run.step, "loss": float(np.mean(losses)), "seconds": now - start}
            if last or run.step % _CHECK_EVERY == 0:
                curves = histograms(run, held_out)
                entry |= {f"auc_pr_{c}": average_precision(h) for c, h in curves.items()}
            losses.clear()
            line = json.dumps({k: round(v, 4) for k, v in entry.items()})
            _LOG.info("%s", line)
            with log.open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")


def train(config: Config, data: Path, out: Path, seed: int) -> str:
    """Train from data to a model folder; returns the SHA-256 of the weights."""
    photos = list_photos(data, "train", config.model.classes)
    kept, aside = hold_out(photos, config.train.held_out, seed)
    _LOG.info("train %d photos, held out %s", len(kept), [p.name for p in aside])
    examples = [load_example(p, config.model.classes, config.preprocess) for p in kept]
    held_out = [load_example(p, config.model.classes, config.preprocess) for p in aside]
    run = Run(config, Path("runs") / f"{out.name}-seed{seed}", seed)
    load_into(run.network.encoder, config.model.tower.rsplit("_", 1)[-1], _CACHE)
    run.average.load_state_dict(run.network.state_dict())
    run.resume()
    fit(run, examples, held_out, seed)
    curves = histograms(run, held_out)
    stored = {
        "kind": "lesion_unet",
        "model": to_dict(config.model),
        "preprocess": to_dict(config.preprocess),
        "peaks": config.peaks,
        "thresholds": {code: best_threshold(h) for code, h in curves.items()},
        "train": {**to_dict(config.train), "seed": seed, "held_out_names": [p.name for p in aside]},
        "held_out_auc_pr": {code: average_precision(h) for code, h in curves.items()},
    }
    return save_folder(out, stored, run.average.state_dict())


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where data is missing or the result cannot be written."""
    parser = command.Parser(prog="python -m segmentation.train", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(arguments)
    try:
        config = Config.read(args.config)
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"{args.config} is no config of this command: {error}")
    logging.getLogger().setLevel(logging.INFO)
    _LOG.info("weights %s", train(config, args.data, args.out, args.seed))


if __name__ == "__main__":
    command.run(main)
