"""How well the encoder tells what an image is and whether it can be read (`vision.evaluate`)."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import skimage
from scipy.special import expit

from vision.backbone import EyeEncoder
from vision.calibration import Calibration
from vision.data import READERS, Record
from vision.decoder import RefusedError, decode
from vision.degrade import graded
from vision.drawn import draw_other, framed
from vision.errors import InputError
from vision.everyday import CACHE, natural_squares
from vision.labels import MODALITIES, SPOILERS
from vision.metrics import Metrics
from vision.ocular_surface import draw_meibography
from vision.outputs import of_records, of_squares, records_of, squares_of
from vision.scores import auc, class_metrics, share
from vision.types import Quality
from vision.verdict import FINE_DETAIL_PX, modality_of, verdict

_OF_MODALITY = ("odir", "idrid_grading", "drishti", "drive", "octdl")
_READABLE = ("idrid_grading", "drive", "chase", "drishti")  # every photo of these can be read
_FLAGS = ("lens dust", "low image quality")  # keywords by which ODIR's graders noted poor quality
_SERIES = 40  # photos that are made worse step by step
_STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_DRAWN = 100


def _records(data: Path, names: tuple[str, ...], split: str) -> list[Record]:
    """Records of the sets below `data` that have the split; of `data` where it is itself a set."""
    if data.name in READERS:
        return records_of(data, split)
    records: list[Record] = []
    for name in names:
        try:
            records += records_of(data / name, split)
        except InputError as error:
            if error.key != "error.split_missing":
                raise
    if not records:
        raise InputError("error.split_missing", split=split, path=data)
    return records


def modality(
    model: EyeEncoder, calibration: Calibration, data: Path, split: str
) -> tuple[Metrics, int]:
    """Fundus, OCT or other: on eye images of a split, everyday pictures and drawn ones.

    Everyday pictures are those of the packages kept for validation and, for test, scikit-image's.
    `accuracy` leaves out the ocular surface, of which there are drawn images only: see recall_osa.
    """
    rng, side = np.random.default_rng(0), model.config.preprocess.side_px
    records = _records(data, _OF_MODALITY, split)
    others = [natural_squares(CACHE, side, "val"), _drawn(draw_other, rng, side)]
    if split == "test":
        others.insert(0, unseen_squares(side))
    other, surface = np.concatenate(others), _drawn(draw_meibography, rng, side)
    logits = [of_records(model, records).logits["modality"]]
    logits += [of_squares(model, squares).logits["modality"] for squares in (other, surface)]
    truth = np.concatenate([
        [MODALITIES.index(r.modality) for r in records],
        np.full(len(other), MODALITIES.index("other")),
        np.full(len(surface), MODALITIES.index("osa")),
    ])  # fmt: skip
    probability = calibration.classes("modality", np.concatenate(logits))
    called = np.array([MODALITIES.index(modality_of(p)) for p in probability])
    metrics = class_metrics(truth, called, probability, MODALITIES)
    right = called == truth
    metrics["accuracy"] = partial(share, right, truth != MODALITIES.index("osa"))
    place = np.arange(len(truth)) - len(records)
    photos = (place >= 0) & (place < len(other) - _DRAWN)
    metrics["everyday_refused"] = partial(share, right, photos)
    return metrics, len(truth)


def quality(
    model: EyeEncoder, calibration: Calibration, data: Path, split: str
) -> tuple[Metrics, int]:
    """Readable photos called unreadable, and whether worse photos are called worse.

    `falls` is the share of series of one photo, made worse in steps for one reason, whose score
    never rises by more than 0.02 and falls by 0.2 in all; `severity_error` the mean error of that
    reason's severity. Where graders flagged photos, `flagged_auc` says how well the score tells
    them from the others, and the others count as readable.
    """
    records = [r for r in _records(data, _READABLE, split) if r.modality == "cfp"]
    if not records:
        raise InputError("error.usage", detail=f"{data.name} has no fundus photos")
    squares = squares_of(records, model.config.preprocess.side_px)
    verdicts, _ = _judge(model, calibration, squares)
    scores = np.array([v.score for v in verdicts])
    flagged = np.array([any(flag in r.keywords for flag in _FLAGS) for r in records])
    refused = np.array([v.gradable == "no" for v in verdicts])
    falls, errors = _series(model, calibration, squares)
    graded_ones = np.isfinite(falls)
    metrics: Metrics = {
        "false_no_rate": partial(share, refused, ~flagged),
        "score_mean": partial(share, scores, ~flagged),
        "falls": partial(share, falls, graded_ones),
        "severity_error": partial(share, errors, graded_ones),
    }
    if flagged.any():
        metrics["flagged_auc"] = auc(flagged, -scores)
    return metrics, len(records)


def _series(
    model: EyeEncoder, calibration: Calibration, squares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Of some of the photos (n, S, S, 3): did the score fall, error of the severity; (n, 6).

    nan for the photos that were not made worse.
    """
    rng = np.random.default_rng(0)
    falls, errors = np.full((2, len(squares), len(SPOILERS)), np.nan)
    for i in rng.choice(len(squares), min(_SERIES, len(squares)), replace=False):
        for k, reason in enumerate(SPOILERS):
            seed = int(rng.integers(2**32))
            series = [graded(squares[i], reason, s, np.random.default_rng(seed)) for s in _STEPS]
            verdicts, severities = _judge(model, calibration, np.stack(series))
            scores = np.array([v.score for v in verdicts])
            falls[i, k] = (np.diff(scores) <= 0.02).all() and scores[-1] < scores[0] - 0.2
            errors[i, k] = np.abs(severities[:, k] - _STEPS).mean()
    return falls, errors


def _judge(
    model: EyeEncoder, calibration: Calibration, squares: np.ndarray
) -> tuple[list[Quality], np.ndarray]:
    """The verdict on every square, as the classifier would give it, and the severities (n, 6)."""
    logits = of_squares(model, squares).logits
    severities = expit(logits["quality"])
    modalities = calibration.classes("modality", logits["modality"])
    # the pixels of the field are no matter of the encoder's: all photos count as large enough
    found = [verdict(s, m, FINE_DETAIL_PX) for s, m in zip(severities, modalities, strict=True)]
    return found, severities


def _drawn(
    draw: Callable[[np.random.Generator, int], np.ndarray], rng: np.random.Generator, side_px: int
) -> np.ndarray:
    return np.stack([draw(rng, side_px) for _ in range(_DRAWN)])


def unseen_squares(side_px: int) -> np.ndarray:
    """The everyday pictures that ship with scikit-image, framed: (n, S, S, 3) uint8.

    For the test alone. Its retina and its microaneurysms are no everyday pictures and left out.
    """
    folder, squares = Path(skimage.__file__).parent / "data", []
    for path in sorted([*folder.glob("*.png"), *folder.glob("*.jpg")]):
        if path.stem not in ("retina", "microaneurysms"):
            try:
                header, raw = decode(path.read_bytes(), "JPEG" if path.suffix == ".jpg" else "PNG")
            except RefusedError:
                continue  # what intake refuses, such as tiny pictures, the encoder never sees
            if header["type"] == "RGB":
                pixels = np.frombuffer(raw, np.uint8).reshape(header["height"], header["width"], 3)
                squares.append(framed(pixels, side_px))
    return np.stack(squares)
