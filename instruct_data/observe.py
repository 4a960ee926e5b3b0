"""What the shipped models find in the photos of the splits, kept as one JSON line a photo.

    python -m instruct_data observe --data ../shared/data

Seconds a photo, so it is done once and kept in `instruct_data/observed/`: dialogues are then built
from real findings without the photos and without the models. Goes on where it stopped.
"""

import json
import logging
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.analysis import Analysis, Reader
from assistant.findings import Findings
from instruct_data.photos import Photo, Split, chosen
from segmentation.predict import Segmenter
from vision.classifier import Classifier
from vision.errors import InputError

log = logging.getLogger(__name__)
KEPT = Path(__file__).parent / "observed"


@dataclass(frozen=True, slots=True)
class Observation:
    """A photo and what was found in it."""

    photo: Photo
    findings: Findings


def observe(data: Path, out: Path, seed: int) -> int:
    """Read every chosen photo that is not in `out` yet; returns how many were added."""
    reader = Reader(Classifier.load(), Segmenter.load())
    known = {o.photo.path for o in load(out)} if out.is_dir() else set()
    waiting = [photo for photo in chosen(data, seed) if photo.path not in known]
    out.mkdir(parents=True, exist_ok=True)
    added = 0
    for photo in tqdm(waiting, unit="photo"):
        try:
            *_, analysis = reader.read((data / photo.path).read_bytes(), photo.eye)
        except InputError as error:
            log.warning("%s: %s", photo.path, error)
            continue
        assert isinstance(analysis, Analysis)  # noqa: S101  the last thing a reader yields
        row = {"photo": asdict(photo), "findings": _short(analysis.findings.to_dict())}
        with (out / f"{photo.split}.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        added += 1
    return added


def _short(value: Any) -> Any:
    """The same with numbers of at most five digits: what is told has three."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return [_short(item) for item in value] if isinstance(value, list | tuple) else value


@cache
def load(folder: Path = KEPT) -> tuple[Observation, ...]:
    """All kept observations, ordered by path; empty where there are none."""
    files = sorted(folder.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    found = [Observation(Photo(**r["photo"]), Findings.from_dict(r["findings"])) for r in rows]
    return tuple(sorted(found, key=lambda o: o.photo.path))


def of_split(split: Split, folder: Path = KEPT) -> list[Observation]:
    """The observations of one split; raises InputError where there are none."""
    found = [o for o in load(folder) if o.photo.split == split]
    if not found:
        raise InputError("error.split_missing", split=split, path=folder)
    return found
