"""`validate`: every record of a built folder held against all that a record has to be."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from instruct_data.check import problems
from instruct_data.context import findings_in
from instruct_data.photos import SPLITS
from instruct_data.schema import Record
from vision.errors import InputError

_BATCH = 500
_SHOWN = 20  # problems told in words


def validate(folder: Path) -> dict[str, Any]:
    """Check all splits: {"records", "wrong", "kinds", "examples"}.

    Beside each record's own problems, an image, a patient or a question family in two splits is
    one. Raises InputError where a file is missing or holds no records.
    """
    problems_found: Counter[str] = Counter()
    examples: list[str] = []
    count = 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [(folder, part) for split in SPLITS for part in _parts(folder / f"{split}.jsonl")]
        for checked, wrong in tqdm(pool.map(_check, jobs), total=len(jobs), unit="part"):
            count += checked
            for record_id, told in wrong:
                problems_found[told.split(":")[0]] += 1
                examples.append(f"{record_id}: {told}")
    shared = _shared(folder)
    examples += shared
    wrong_count = sum(problems_found.values()) + len(shared)
    return {"records": count, "wrong": wrong_count, "kinds": dict(problems_found),
            "examples": examples[:_SHOWN]}  # fmt: skip


def _parts(path: Path) -> Iterator[tuple[str, ...]]:
    lines = _lines(path)
    while part := tuple(islice(lines, _BATCH)):
        yield part


def _lines(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise InputError("error.data_missing", path=path)
    with path.open(encoding="utf-8") as stream:
        yield from stream


def _check(job: tuple[Path, tuple[str, ...]]) -> tuple[int, list[tuple[str, str]]]:
    folder, lines = job
    records = [_record(line) for line in lines]
    known = findings_in(folder / "findings.jsonl")
    wrong = [(record.id, told) for record in records for told in problems(record, known)]
    return len(records), wrong


def _record(line: str) -> Record:
    try:
        return Record.from_dict(json.loads(line))
    except json.JSONDecodeError as error:
        raise InputError("error.record_keys", detail=error) from error


def _shared(folder: Path) -> list[str]:
    """Images, patients and question families that two splits have in common."""
    places: dict[str, set[str]] = {}
    for split in SPLITS:
        for line in _lines(folder / f"{split}.jsonl"):
            record = _record(line)
            own = [image.id for image in record.images] + [m.family for m in record.messages]
            for thing in (*own, record.patient):
                if thing:
                    places.setdefault(thing, set()).add(split)
    return [f"{thing} is in {' and '.join(sorted(splits))}"
            for thing, splits in places.items() if len(splits) > 1]  # fmt: skip
