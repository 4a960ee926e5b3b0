"""`build`: all dialogues of all splits, in parts that are made side by side and kept when stopped.

A part is drawn by (seed, split, kind, number) alone, so a build that was stopped goes on to the
same end, and the number of processes changes nothing.
"""

import hashlib
import json
import os
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from tqdm import tqdm

from instruct_data import from_images, from_knowledge, plain, reports
from instruct_data.check import problems
from instruct_data.observe import KEPT, Observation, load, of_split
from instruct_data.photos import SPLITS, Split
from instruct_data.schema import SCHEMA, Kind, Record
from vision.errors import ResourceError

PART = 500  # records
SHARES: dict[Kind, float] = {"image": 0.64, "knowledge": 0.2, "report": 0.11, "plain": 0.05}
_SPLIT_SHARES: dict[Split, float] = {"train": 0.94, "val": 0.03, "test": 0.03}
_PAIRS = 0.15  # share of image dialogues about both eyes of a patient
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Part:
    """Some records of one kind and split."""

    split: Split
    kind: Kind
    first: int
    count: int
    seed: int

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.split}-{self.kind}-{self.first:06d}.jsonl"


def plan(count: int, seed: int) -> list[Part]:
    """The parts that make `count` records."""
    parts = []
    for split in SPLITS:
        for kind in get_args(Kind):
            wanted = round(count * SHARES[kind] * _SPLIT_SHARES[split])
            for first in range(0, wanted, PART):
                parts.append(Part(split, kind, first, min(PART, wanted - first), seed))
    return parts


def build(out: Path, seed: int, count: int, workers: int | None = None) -> dict[str, int]:
    """Write <split>.jsonl and findings.jsonl to `out`; returns the number of records by split.

    Parts that are there already are kept. Raises ResourceError where `out` cannot be written.
    """
    settings = {"seed": seed, "count": count, "schema": SCHEMA, "sources": _sources()}
    parts, folder = plan(count, seed), out / "parts"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _start_over_if_changed(folder, json.dumps(settings, sort_keys=True))
        waiting = [part for part in parts if not (folder / part.name).is_file()]
        with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
            done = pool.map(_write, waiting, [folder] * len(waiting))
            bar = tqdm(done, total=len(parts), initial=len(parts) - len(waiting), unit="part")
            for _ in bar:
                pass
        counts: dict[str, int] = {s: _join(s, parts, folder, out) for s in SPLITS}
        _write_findings(out)
    except OSError as error:
        raise ResourceError("error.cannot_write", path=out) from error
    return counts


def _sources() -> str:
    """Hash of all that dialogues are made of, so that parts of other texts are not kept."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    knowledge, catalogue = here.parent / "assistant/knowledge", here.parent / "vision/catalogue"
    texts = (knowledge, knowledge / "passages", knowledge / "asks", catalogue)
    for folder in (here, here / "forms", KEPT, *texts):
        for path in sorted(folder.glob("*.py")) + sorted(folder.glob("*.json*")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _start_over_if_changed(folder: Path, settings: str) -> None:
    known = folder / "settings.json"
    if known.is_file() and known.read_text(encoding="utf-8") == settings:
        return
    for path in folder.glob("*.jsonl"):
        path.unlink()
    known.write_text(settings, encoding="utf-8")


def _write(part: Part, folder: Path) -> None:
    """One part, whole or not at all."""
    lines = [json.dumps(r.to_dict(), ensure_ascii=False) + "\n" for r in records(part)]
    draft = folder / f"{part.name}.draft"
    draft.write_text("".join(lines), encoding="utf-8")
    draft.replace(folder / part.name)


def records(part: Part) -> Iterator[Record]:
    """The records of a part; each is checked, and drawn again where a claim does not hold."""
    if part.kind == "report":
        made = reports.records(part.split, part.count, _seed(part, 0))
        for place, report in enumerate(made, part.first):
            yield replace(report, id=f"{part.split}-report-{place:06d}")
        return
    findings = {o.findings.image.id: o.findings for o in load()}
    groups = groups_of(part.split) if part.kind == "image" else []
    pairs = [g for g in groups if len(g) == 2 and all(o.findings.oct is None for o in g)]
    for number in range(part.first, part.first + part.count):
        for attempt in range(_TRIES):
            rng = random.Random(_seed(part, number * _TRIES + attempt))  # noqa: S311
            record = _draw(part, number, groups, pairs, rng)
            if record is not None and not problems(record, findings):
                yield record
                break


def _seed(part: Part, number: int) -> int:
    text = f"{part.seed}/{part.split}/{part.kind}/{part.first}/{number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def groups_of(split: Split) -> list[list[Observation]]:
    """The photos of each patient: what one dialogue may be about."""
    by_patient: dict[str, list[Observation]] = {}
    for one in of_split(split):
        by_patient.setdefault(one.photo.patient, []).append(one)
    return [by_patient[patient] for patient in sorted(by_patient)]


def _draw(
    part: Part,
    number: int,
    groups: list[list[Observation]],
    pairs: list[list[Observation]],
    rng: random.Random,
) -> Record | None:
    if part.kind == "knowledge":
        return from_knowledge.dialogue(number, part.split, rng)
    if part.kind == "plain":
        return plain.dialogue(number, part.split, rng)
    if pairs and rng.random() < _PAIRS:
        return from_images.dialogue(rng.sample(rng.choice(pairs), 2), number, part.split, rng)
    one = rng.choice(rng.choice(groups))
    return from_images.dialogue([one], number, part.split, rng)


def _join(split: Split, parts: list[Part], folder: Path, out: Path) -> int:
    """The parts of a split, mixed by the seed, in one file; returns the number of records."""
    lines: list[str] = []
    for part in parts:
        if part.split == split:
            with (folder / part.name).open(encoding="utf-8") as stream:
                lines += stream
    random.Random(parts[0].seed).shuffle(lines)  # noqa: S311
    (out / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
    return len(lines)


def _write_findings(out: Path) -> None:
    with (out / "findings.jsonl").open("w", encoding="utf-8") as stream:
        for one in load():
            row = {"id": one.findings.image.id, "path": one.photo.path,
                   "findings": one.findings.to_dict()}  # fmt: skip
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
