"""Measure the shipped networks: `python -m segmentation.evaluate --data DIR --split test`.

DIR is the folder of idrid_lesions, drishti, drive, chase, idrid_grading or odir; its name says
what is measured. The 95 % intervals resample photos. The last line on stdout is one JSON object.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from segmentation import score_anatomy, score_lesions
from segmentation.predict import DEFAULT, LESION_NETWORKS, NETWORKS, Segmenter
from segmentation.sets import Photo, photos_of
from vision.command import Parser, run
from vision.metrics import Metrics, summarise

_LOG = logging.getLogger(__name__)
_ANATOMY = ("anatomy", "cup")
_LESIONS = (*LESION_NETWORKS, *_ANATOMY)
_Names = tuple[str, ...]
_Scores = tuple[_Names, Callable[[Segmenter, Photo], Any], Callable[[Sequence[Any]], Metrics]]
# data set -> its networks, the first being what it is about; what a photo adds; the sums
SCORES: Mapping[str, _Scores] = {
    "idrid_lesions": (_LESIONS, score_lesions.count, score_lesions.metrics),
    "drishti": (_ANATOMY, score_anatomy.disc_and_cup, score_anatomy.means),
    "drive": (("vessels",), score_anatomy.vessels, score_anatomy.means),
    "chase": (("vessels",), score_anatomy.vessels, score_anatomy.means),
    "idrid_grading": (NETWORKS, score_anatomy.fovea_and_rules, score_anatomy.means),
    "odir": (_ANATOMY, score_anatomy.side, score_anatomy.means),
}


def evaluate(data: Path, split: str, weights: Path) -> dict[str, Any]:
    """The whole evaluation as the JSON object that the command prints."""
    start = time.monotonic()
    networks, of_photo, metrics = SCORES[data.name]
    segmenter = Segmenter.load(weights, networks)
    photos = photos_of(data.parent, data.name, split)
    scores = []
    for photo in photos:
        scores.append(of_photo(segmenter, photo))
        _LOG.info("%s (%d of %d)", photo.name, len(scores), len(photos))
    values, intervals = summarise(metrics(scores), len(scores))
    return {
        "task": "segmentation",
        "dataset": data.name,
        "split": split,
        "n": len(photos),
        "metrics": values,
        "ci95": intervals,
        "weights_sha256": segmenter.weights[networks[0]],
        "models": segmenter.weights,
        "seconds": round(time.monotonic() - start, 1),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where data or weights are missing."""
    parser = Parser(prog="python -m segmentation.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of one data set")
    parser.add_argument("--split", choices=("train", "val", "test", "all"), required=True)
    parser.add_argument("--weights", type=Path, default=DEFAULT)
    args = parser.parse_args(arguments)
    data = args.data.resolve()
    if data.name not in SCORES:
        parser.error(f"{data.name} is none of {', '.join(SCORES)}")
    logging.getLogger().setLevel(logging.INFO)
    print(json.dumps(evaluate(data, args.split, args.weights), allow_nan=False))


if __name__ == "__main__":
    run(main)
