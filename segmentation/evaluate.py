"""Measure the committed weights: `python -m segmentation.evaluate --data DIR --split test`.

AUC-PR, Dice and IoU of lesions are pooled over all pixels of the split at the photos' own size;
the curve comes from histograms of 4096 logit bins. The disc's Dice is the mean over photos. The
95 % intervals resample photos. The last line on stdout is one JSON object.
"""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segmentation.curves import average_precision, histogram
from segmentation.data import Photo, list_photos, read_mask, read_pixels
from segmentation.labels import LESIONS
from segmentation.predict import DEFAULT, DISC, Segmenter
from vision.command import Parser, run
from vision.fov import detect
from vision.metrics import bootstrap_ci
from vision.types import FundusImage

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What one photo adds: per lesion class a histogram and (overlap, predicted, true) px."""

    curves: np.ndarray  # (C, 2, BINS)
    areas: np.ndarray  # (C, 3)
    disc_dice: float


def count_photo(segmenter: Segmenter, photo: Photo) -> Counts:
    """Segment one photo and compare it with its annotation, pixel by pixel."""
    pixels = read_pixels(photo)
    shape = pixels.shape[:2]
    fov = detect(pixels)
    planes = segmenter.probabilities(FundusImage(pixels), fov)
    found = segmenter.to_map(planes, fov)
    square = segmenter.frame(fov)
    curves, areas = [], []
    for code in LESIONS:
        truth = read_mask(photo, code, shape)
        curves.append(histogram(square.restore(planes[segmenter.classes.index(code)]), truth))
        areas.append(_areas(found.lesions[code], truth))
    disc = np.zeros(shape, bool) if found.disc is None else found.disc
    disc_dice = _dice(_areas(disc, read_mask(photo, DISC, shape)))
    return Counts(np.stack(curves), np.stack(areas), disc_dice)


def summarise(counts: Sequence[Counts]) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Metrics of all photos together and their 95 % intervals over photos."""
    # (C, N, 2, BINS); whole numbers below 2^53, as floats because those multiply fast
    curves = np.stack([c.curves for c in counts], axis=1).astype(np.float64)
    areas = np.stack([c.areas for c in counts])  # (N, C, 3)
    discs = np.array([c.disc_dice for c in counts])

    def value(name: str, draw: np.ndarray) -> float:
        if name == "auc_pr_mean":
            return float(np.mean([_pooled_ap(curves[i], draw) for i in range(len(LESIONS))]))
        if name == "dice_disc":
            return float(discs[draw].mean())
        metric, code = name.rsplit("_", 1)
        index = LESIONS.index(code)
        if metric == "auc_pr":
            return _pooled_ap(curves[index], draw)
        return {"dice": _dice, "iou": _iou}[metric](areas[draw, index].sum(0))

    names = [f"{metric}_{code}" for metric in ("auc_pr", "dice", "iou") for code in LESIONS]
    names += ["auc_pr_mean", "dice_disc"]
    everything = np.arange(len(counts))
    metrics = {name: value(name, everything) for name in names}
    intervals = {name: list(bootstrap_ci(len(counts), partial(value, name))) for name in names}
    return metrics, intervals


def evaluate(data: Path, split: str, weights: Path) -> dict[str, Any]:
    """The whole evaluation as the JSON object that the command prints."""
    start = time.monotonic()
    segmenter = Segmenter.load(weights)
    photos = list_photos(data, split, segmenter.classes)
    counts = []
    for photo in photos:
        counts.append(count_photo(segmenter, photo))
        _LOG.info("%s (%d of %d)", photo.name, len(counts), len(photos))
    metrics, intervals = summarise(counts)
    return {
        "task": "segmentation",
        "dataset": "idrid_lesions",
        "split": split,
        "n": len(photos),
        "metrics": {name: round(value, 4) for name, value in metrics.items()},
        "ci95": {name: [round(end, 4) for end in ends] for name, ends in intervals.items()},
        "weights_sha256": segmenter.weights_sha256,
        "seconds": round(time.monotonic() - start, 1),
    }


def _areas(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return np.array([np.count_nonzero(found & truth), found.sum(), truth.sum()])


def _dice(areas: np.ndarray) -> float:
    overlap, found, truth = areas
    return float(2 * overlap / (found + truth)) if found + truth else float("nan")


def _iou(areas: np.ndarray) -> float:
    overlap, found, truth = areas
    union = found + truth - overlap
    return float(overlap / union) if union else float("nan")


def _pooled_ap(curves: np.ndarray, draw: np.ndarray) -> float:
    times = np.bincount(draw, minlength=len(curves)).astype(np.float64)
    return average_precision(np.tensordot(times, curves, 1))


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where data or weights are missing."""
    parser = Parser(prog="python -m segmentation.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of idrid_lesions")
    parser.add_argument("--split", choices=("train", "test"), required=True)
    parser.add_argument("--weights", type=Path, default=DEFAULT)
    args = parser.parse_args(arguments)
    logging.getLogger().setLevel(logging.INFO)
    print(json.dumps(evaluate(args.data, args.split, args.weights)))


if __name__ == "__main__":
    run(main)
