"""Choose the lesions' thresholds and peaks: `python -m segmentation.calibrate --data D`.

D is the folder that holds the data sets. The photos are those that every lesion network's training
kept aside (their names are stored with the weights), healthy eyes among them, and healthy eyes of
other cameras (ODIR's validation split). A class's threshold, where a lesion ends, gives the best
Dice pooled over the photos with lesions; its peak, which a lesion must reach somewhere, the best F1
of whole lesions in all photos, where a lesion counts as found when its outline touches the
annotation, and eyes without any lesion count as if they were nine in ten, as in screening. Both are
those of the networks' mean, and are written into the config.json of the first.
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from segmentation.curves import best_threshold, histogram
from segmentation.data import load_example
from segmentation.labels import LESIONS
from segmentation.measure import countable
from segmentation.predict import DEFAULT, LESION_NETWORKS, Segmenter
from segmentation.score_lesions import touched
from segmentation.sets import Photo, open_photo, photos_of, spread
from vision.command import Parser, run
from vision.fov import FieldOfView
from vision.model_config import CONFIG_FILE, read_config

_LOG = logging.getLogger(__name__)
_PEAKS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97)
_NEAR_BEST = 0.99  # of several peaks as good as this, the highest: a healthy eye looks healthy
_HEALTHY_PER_DISEASED = 9.0
_OTHER_CAMERAS = 40  # photos


def held_out(data: Path, weights: Path) -> list[Photo]:
    """The photos that all lesion networks whose training had their set kept aside."""
    kept: dict[str, set[str]] = {}
    for network in LESION_NETWORKS:
        for name, aside in read_config(weights / network)["train"]["held_out_names"].items():
            kept[name] = kept.get(name, set(aside)) & set(aside)
    return [
        photo for name, aside in kept.items() if aside
        for photo in photos_of(data, name, "train") if photo.name in aside
    ]  # fmt: skip


def other_cameras(data: Path) -> list[Photo]:
    """Healthy eyes that no lesion network was trained on, evenly spread over their set."""
    photos = photos_of(data, "odir_healthy", "val")
    return spread(photos, _OTHER_CAMERAS)


def choose(segmenter: Segmenter, photos: Sequence[Photo]) -> dict[str, dict[str, float]]:
    """Thresholds and peaks per lesion class, from probability planes of whole photos."""
    preprocess, seen = segmenter.lesion_networks[0].preprocess, []
    for photo in photos:
        planes = segmenter.lesion_planes(*open_photo(photo))
        example = load_example(photo, LESIONS, preprocess)
        halves = {code: planes[code].astype(np.float16) for code in LESIONS}  # all are kept
        seen.append((example.inside, example.bits, halves))
        _LOG.info("%s (%d of %d)", photo.name, len(seen), len(photos))
    diseased = [bool(bits.any()) for _, bits, _ in seen]
    heavier = _HEALTHY_PER_DISEASED * sum(diseased) / max(len(seen) - sum(diseased), 1)
    weights = [1.0 if ill else heavier for ill in diseased]
    thresholds, peaks = {}, {}
    for index, code in enumerate(LESIONS):
        cases = [(field, (bits >> index & 1) > 0, planes[code]) for field, bits, planes in seen]
        counts = sum(
            histogram(plane[field], truth[field])
            for (field, truth, plane), ill in zip(cases, diseased, strict=True)
            if ill
        )
        thresholds[code] = best_threshold(np.asarray(counts))
        scores = [_lesion_f1(code, thresholds[code], peak, cases, weights) for peak in _PEAKS]
        peaks[code] = max(
            peak
            for peak, score in zip(_PEAKS, scores, strict=True)
            if score >= _NEAR_BEST * max(scores)
        )
        _LOG.info("%s threshold %.3f peak %.2f F1 %s", code, thresholds[code], peaks[code],
                  " ".join(f"{score:.3f}" for score in scores))  # fmt: skip
    return {"thresholds": thresholds, "peaks": peaks}


def _lesion_f1(
    code: str,
    threshold: float,
    peak: float,
    cases: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    weights: Sequence[float],
) -> float:
    totals = np.zeros(4)
    for (field, truth, plane), weight in zip(cases, weights, strict=True):
        fov = FieldOfView(field, 0, 0, field.shape[1], field.shape[0])
        found, _ = countable((plane >= threshold) & field, code, fov, plane >= peak)
        totals += weight * np.array([*touched(truth, found), *touched(found, truth)])
    annotated_found, annotated, real, outlined = totals
    recall, precision = annotated_found / max(annotated, 1), real / max(outlined, 1)
    return 2 * recall * precision / max(recall + precision, 1e-9)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where data or weights are missing."""
    parser = Parser(prog="python -m segmentation.calibrate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=DEFAULT)
    args = parser.parse_args(arguments)
    logging.getLogger().setLevel(logging.INFO)
    folder = args.weights / LESION_NETWORKS[0]
    segmenter = Segmenter.load(args.weights, LESION_NETWORKS)
    photos = [*held_out(args.data, args.weights), *other_cameras(args.data)]
    chosen = choose(segmenter, photos)
    config = read_config(folder)
    for part, values in chosen.items():
        config[part] |= values
    text = json.dumps(config, indent=2, ensure_ascii=False)
    (folder / CONFIG_FILE).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main)
