"""Train a network: `python -m segmentation.train --config C --data D --out W --seed N`.

D is the folder that holds the data sets; `--start` goes on from a model folder, not from ImageNet.
The same command resumes an interrupted run from `runs/`; batch n depends on the seed and n alone.
The weights kept are a moving average; thresholds come from training photos held out.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from segmentation.curves import average_precision, best_threshold, histogram
from segmentation.data import Batch, Example, hold_out, load_example, sample_batch
from segmentation.model import Config, to_dict
from segmentation.network import probability_plane
from segmentation.sets import photos_of
from segmentation.training_run import Run
from vision import command
from vision.imagenet import load_into
from vision.weights import load_folder, save_folder

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
            if not example.known[index]:
                continue
            inside = example.inside
            counts = histogram(planes[index][inside], (example.bits[inside] >> index & 1) > 0)
            pooled[code] = pooled[code] + counts if code in pooled else counts
    return pooled


def fit(
    run: Run, sets: Mapping[str, Sequence[Example]], held_out: Sequence[Example], seed: int
) -> None:
    """Run the remaining steps, logging JSON lines and saving about every two minutes."""
    config, log = run.config, run.path.with_name("log.jsonl")

    def batch(step: int) -> Batch:
        return sample_batch(sets, config.model.classes, config.train, (seed, step))

    losses: list[float] = []
    start = saved = time.monotonic()
    with ThreadPoolExecutor(1) as loader:
        upcoming = loader.submit(batch, run.step)
        while run.step < config.train.steps:
            current = upcoming.result()
            upcoming = loader.submit(batch, run.step + 1)
            losses.append(run.learn(current))
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


def train(config: Config, data: Path, out: Path, start: Path | None, seed: int) -> str:
    """Train from data to a model folder; returns the SHA-256 of the weights."""
    classes, preprocess = config.model.classes, config.preprocess
    sets: dict[str, list[Example]] = {}
    aside: list[Example] = []
    names: dict[str, list[str]] = {}
    for name in config.train.sets:
        photos = photos_of(data, name, "train")
        kept, held = hold_out(photos, config.train.held_out.get(name, 0), seed)
        sets[name] = [load_example(photo, classes, preprocess) for photo in kept]
        aside += [load_example(photo, classes, preprocess) for photo in held]
        names[name] = [photo.name for photo in held]
        _LOG.info("%s: %d photos, held out %s", name, len(kept), names[name])
    run = Run(config, Path("runs") / f"{out.name}-seed{seed}", seed)
    if start is None:
        load_into(run.network.encoder, config.model.tower.rsplit("_", 1)[-1], _CACHE)
    else:
        run.network.load_state_dict(load_folder(start)[1])
    run.average.load_state_dict(run.network.state_dict())
    run.resume()
    fit(run, sets, aside, seed)
    curves = histograms(run, aside)
    stored = {
        "kind": "unet",
        "model": to_dict(config.model),
        "preprocess": to_dict(config.preprocess),
        "peaks": config.peaks,
        "thresholds": {code: best_threshold(h) for code, h in curves.items()},
        "train": {**to_dict(config.train), "seed": seed, "held_out_names": names},
        "held_out_auc_pr": {code: average_precision(h) for code, h in curves.items()},
    }
    return save_folder(out, stored, run.average.state_dict())


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where data is missing or the result cannot be written."""
    parser = command.Parser(prog="python -m segmentation.train", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="model folder to go on from, not ImageNet")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(arguments)
    try:
        config = Config.read(args.config)
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"{args.config} is no config of this command: {error}")
    logging.getLogger().setLevel(logging.INFO)
    _LOG.info("weights %s", train(config, args.data, args.out, args.start, args.seed))


if __name__ == "__main__":
    command.run(main)
