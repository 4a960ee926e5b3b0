"""Measure the encoder: `python -m vision.evaluate --task TASK --data DIR --split test`.

DIR is the folder of one data set (odir, idrid_grading, octdl; idrid_lesions for `pointing`); for
`modality` and `quality` also the folder that holds all of them. `dr` and `dme` are of the encoder
and the lesion networks together, as the assistant tells them. The 95 % intervals resample images.
The last line on stdout is one JSON object.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vision import modality_quality, pointing, zeroshot
from vision.backbone import EyeEncoder
from vision.calibration import Calibration
from vision.captions import findings_of
from vision.command import Parser, run
from vision.config import SHIPPED
from vision.data import UNKNOWN, Record
from vision.errors import InputError
from vision.labels import OCT_CLASSES
from vision.metrics import Metrics, summarise
from vision.outputs import calibration_of, load_encoder, of_records, records_of, targets_of
from vision.scores import class_metrics, disease_metrics, mean_auc
from vision.texts import embed

Task = Callable[[EyeEncoder, Calibration, Path, str], tuple[Metrics, int]]


def _known(data: Path, split: str, head: str) -> tuple[list[Record], np.ndarray]:
    """The records of a split that have a label of one head, and these labels."""
    records = records_of(data, split)
    targets = targets_of(records)[head]
    kept = (targets != UNKNOWN).reshape(len(records), -1).all(1)
    if not kept.any():
        raise InputError("error.usage", detail=f"{data.name} has no labels for this task")
    return [r for r, keep in zip(records, kept, strict=True) if keep], targets[kept]


def _diseases(
    model: EyeEncoder, calibration: Calibration, data: Path, split: str
) -> tuple[Metrics, int]:
    records, truth = _known(data, split, "disease")
    probability = calibration.disease(of_records(model, records).logits["disease"])
    return disease_metrics(truth, probability, calibration), len(records)


def _oct(
    model: EyeEncoder, calibration: Calibration, data: Path, split: str
) -> tuple[Metrics, int]:
    records, truth = _known(data, split, "oct")
    probability = calibration.classes("oct", of_records(model, records).logits["oct"])
    return class_metrics(truth, probability.argmax(1), probability, OCT_CLASSES), len(records)


def _graded(head: str) -> Task:
    def task(
        model: EyeEncoder, calibration: Calibration, data: Path, split: str
    ) -> tuple[Metrics, int]:
        # the grade that is told rests on lesions too, so this task alone asks a later part
        from segmentation.score_grade import metrics_with_lesions

        records, truth = _known(data, split, head)
        by_photo = calibration.classes(head, of_records(model, records).logits[head])
        return metrics_with_lesions(records, by_photo, truth, head), len(records)

    return task


def _zeroshot(
    model: EyeEncoder, calibration: Calibration, data: Path, split: str
) -> tuple[Metrics, int]:
    records, truth = _known(data, split, "disease")
    images = of_records(model, records).embedding
    findings = [" and ".join(findings_of(r)) for r in records]
    texts = sorted(set(findings) - {""})
    own = np.array([texts.index(text) if text else -1 for text in findings])
    found = zeroshot.retrieval_metrics(images, embed(model, texts), own)
    return {**mean_auc(truth, zeroshot.scores(model, images)), **found}, len(records)


TASKS: Mapping[str, Task] = {
    "diseases": _diseases,
    "dr": _graded("dr"),
    "dme": _graded("dme"),
    "oct": _oct,
    "zeroshot": _zeroshot,
    "modality": modality_quality.modality,
    "quality": modality_quality.quality,
    "pointing": pointing.pointing,
}


def evaluate(task: str, data: Path, split: str, weights: Path) -> dict[str, Any]:
    """The whole evaluation as the JSON object that the command prints; raises OphError."""
    began = time.monotonic()
    model, config, digest = load_encoder(weights)
    calibration = calibration_of(config, weights)
    metrics, n = TASKS[task](model, calibration, data, split)
    values, intervals = summarise(metrics, n)
    return {
        "task": task,
        "dataset": data.name,
        "split": split,
        "n": n,
        "metrics": values,
        "ci95": intervals,
        "weights_sha256": digest,
        "seconds": round(time.monotonic() - began, 1),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where data or weights are missing."""
    parser = Parser(prog="python -m vision.evaluate", description=__doc__)
    parser.add_argument("--task", choices=tuple(TASKS), required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", choices=("train", "val", "test"), required=True)
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    args = parser.parse_args(arguments)
    logging.getLogger().setLevel(logging.INFO)
    data = args.data.resolve()
    print(json.dumps(evaluate(args.task, data, args.split, args.weights), allow_nan=False))


if __name__ == "__main__":
    run(main)
