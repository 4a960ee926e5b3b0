"""The photos of the proof: readable test photos of all sets, some as both eyes of a patient."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.analysis import Analysis
from assistant.findings import Findings
from assistant.proof.talks import Shown
from assistant.token_cache import CACHE, photo_tokens
from assistant.training.data import read_records
from segmentation.predict import LESION_NETWORKS, Segmenter
from vision.classifier import Classifier
from vision.fov import detect
from vision.intake import read_image

PAIRS = 4  # patients of whom both eyes are asked about


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo of the records with its findings."""

    path: str
    patient: str
    findings: Findings

    @property
    def set_name(self) -> str:
        """The data set that it is from."""
        return self.path.partition("/")[0]


def candidates(records: Path, split: str) -> list[Candidate]:
    """The readable fundus photos of a split's dialogues, each with a grade, in order of paths."""
    patients = {
        image["id"]: record["patient"]
        for record in read_records(records / f"{split}.jsonl")
        if record["kind"] == "image"
        for image in record["images"]
    }
    found = []
    for row in read_records(records / "findings.jsonl"):
        if row["id"] in patients:
            one = Findings.from_dict(row["findings"])
            readable = one.quality.modality == "cfp" and one.quality.gradable != "no"
            if readable and one.dr.grade is not None and one.lesions is not None:
                found.append(Candidate(row["path"], patients[row["id"]], one))
    return sorted(found, key=lambda candidate: candidate.path)


def choose(found: Sequence[Candidate], count: int) -> tuple[list[Candidate], list[tuple[int, int]]]:
    """Photos of all sets in turn, and the places of pairs among them, all different enough.

    Pairs come first: both eyes of a patient, of another grade or with lesions of another number.
    """
    patients: dict[str, list[Candidate]] = defaultdict(list)
    for one in found:
        patients[one.patient].append(one)
    both = [tuple(eyes[:2]) for eyes in patients.values() if len(eyes) > 1]
    telling = sorted((p for p in both if _apart(p) > 0), key=lambda p: (-_apart(p), p[0].path))
    chosen = [eye for pair in telling[: min(PAIRS, count // 4)] for eye in pair]
    places = [(2 * i, 2 * i + 1) for i in range(len(chosen) // 2)]
    by_set: dict[str, list[Candidate]] = defaultdict(list)
    for one in found:
        if one not in chosen:
            by_set[one.set_name].append(one)
    waiting = {name: _mixed(photos) for name, photos in by_set.items()}
    while len(chosen) < count and any(waiting.values()):
        taken = defaultdict(int, {n: sum(c.set_name == n for c in chosen) for n in waiting})
        name = min((n for n in waiting if waiting[n]), key=lambda n: (taken[n], n))
        chosen.append(waiting[name].pop(0))
    return chosen, places


def _mixed(photos: Sequence[Candidate]) -> list[Candidate]:
    """The grades in turn."""
    by_grade: dict[int, list[Candidate]] = defaultdict(list)
    for one in photos:
        by_grade[one.findings.dr.grade or 0].append(one)
    rounds = max(map(len, by_grade.values()), default=0)
    return [by_grade[g][i] for i in range(rounds) for g in sorted(by_grade) if i < len(by_grade[g])]


def _apart(pair: tuple[Candidate, ...]) -> int:
    """How clearly two eyes can be told from one another: side, grade, presence of lesions."""
    first, second = (one.findings for one in pair)
    if {first.image.eye, second.image.eye} != {"OD", "OS"}:
        return 0
    lesions = [
        ((first.lesions or {})[c].present != (second.lesions or {})[c].present)
        for c in first.lesions or {}
    ]
    return 2 * (first.dr.grade != second.dr.grade) + sum(lesions)


def load(
    chosen: Sequence[Candidate], data: Path, split: str, classifier: Classifier
) -> list[Shown]:
    """Photos as serving has them, with the findings of the records and their visual tokens."""
    segmenter = Segmenter.load(names=LESION_NETWORKS)
    paths = [one.path for one in chosen]
    tokens = photo_tokens(classifier, segmenter, paths, data, CACHE / split)
    labels = labels_of(data)
    shown = []
    for one in chosen:
        image = replace(read_image((data / one.path).read_bytes()), eye=one.findings.image.eye)
        rows = tokens[one.path].float().numpy()
        analysis = Analysis(image, detect(image.pixels), one.findings, None, rows, {})
        shown.append(Shown(one.path, one.patient, analysis, labels.get(one.path, {})))
    return shown


def labels_of(data: Path) -> dict[str, dict[str, Any]]:
    """What ODIR and IDRiD say themselves, by path: diseases of the one, DR grade of the other."""
    found: dict[str, dict[str, Any]] = {}
    for row in _table(data / "odir"):
        found[f"odir/{row['image']}"] = {"diseases": {c: int(row[c]) for c in "NDGCAHM"}}
    for row in _table(data / "idrid_grading"):
        path = f"idrid_grading/{row['split']}/{row['image']}"
        found[path] = {"grade": int(row["dr_grade"])}
    return found


def _table(folder: Path) -> list[dict[str, str]]:
    index = folder / "index.csv"
    if not index.is_file():
        return []
    with index.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
