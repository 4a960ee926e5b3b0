"""How well reports are read by rule: `python -m assistant.impression.evaluate --n 300`.

Drawn reports of each examination and language in forms that the training records do not have
(split test, made rough), and the reports of --data, which were written by hand. F1 is over pairs
of eye and diagnosis; laterality is the share of diagnoses, of those that the report holds for any
eye, that are told of the right one, and the share of measurements that are not the other eye's.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.impression.cases import MODALITIES, Case, Modality
from assistant.impression.reader import Read, read_report
from assistant.impression.roughen import roughen
from assistant.impression.wording import readings
from instruct_data.report_text import report_text
from instruct_data.reports import draw_case
from vision.catalogue import LANGUAGES, Language
from vision.command import Parser, run
from vision.errors import InputError
from vision.metrics import bootstrap_ci

_WRITTEN = sorted((Path(__file__).parents[1] / "proof").glob("reports_blind*.jsonl"))
Pairs = frozenset[tuple[str, str]]  # eye and diagnosis


@dataclass(frozen=True, slots=True)
class Example:
    """A report, the pairs of eye and diagnosis that it holds, and its content where it is known."""

    modality: Modality
    language: Language
    text: str
    gold: Pairs
    case: Case | None = None


def drawn(count: int, seed: int, *, rough: bool) -> Iterator[Example]:
    """Reports of each examination and language."""
    for modality in MODALITIES:
        for language in LANGUAGES:
            for number in range(count):
                rng = random.Random(f"{seed}-{modality}-{language}-{number}")  # noqa: S311
                case = draw_case(rng, modality)
                text = report_text(case, language, rng, "test")
                text = roughen(text, language, rng) if rough else text
                yield Example(modality, language, text, _pairs(case), case)


def written(path: Path) -> Iterator[Example]:
    """Reports of a file with their diagnoses by eye."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        gold = frozenset((side, code) for side, codes in row["gold"].items() for code in codes)
        yield Example(row["modality"], row["language"], row["text"], gold)


def _pairs(case: Case) -> Pairs:
    return frozenset((eye.side, c.code) for eye, r in readings(case) for c in r.conclusions)


def _read(example: Example) -> Read | None:
    try:
        return read_report(example.text, example.modality)
    except InputError:
        return None


def counts(example: Example) -> list[int]:
    """Right, told and wanted pairs; pairs whose diagnosis is held, those of the right eye;
    measurements that differ between the eyes, those that are not the other eye's."""
    read = _read(example)
    told = _pairs(read.case) if read else frozenset()
    codes = {code for _, code in example.gold}
    held = [pair for pair in told if pair[1] in codes]
    apart, own = _values(example.case, read)
    right = len(told & example.gold)
    return [right, len(told), len(example.gold), len(held), right, apart, own]


def _values(case: Case | None, read: Read | None) -> tuple[int, int]:
    apart = own = 0
    for eye in case.eyes if case and read else ():
        fellow = case.fellow(eye) if case else None
        found = next((e for e in read.case.eyes if e.side == eye.side), None) if read else None
        for name, value in eye.values.items():
            other = fellow.values.get(name) if fellow else None
            if found and name in found.values and other is not None and other != value:
                apart += 1
                own += found.values[name] != other
    return apart, own


_MEASURES: dict[str, Callable[[np.ndarray], float]] = {
    "f1": lambda c: 2 * c[0] / (c[1] + c[2]) if c[1] + c[2] else float("nan"),
    "laterality": lambda c: c[4] / c[3] if c[3] else float("nan"),
    "laterality_values": lambda c: c[6] / c[5] if c[5] else float("nan"),
}


def measure(examples: list[Example], name: str) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Each measure over all reports and by examination and language, with its interval."""
    rows = np.array([counts(one) for one in examples])
    metrics: dict[str, float] = {}
    intervals: dict[str, list[float]] = {}
    groups: dict[str, list[int]] = {"": list(range(len(examples)))}
    for place, one in enumerate(examples):
        groups.setdefault(f"_{one.modality}_{one.language}", []).append(place)
    for group, places in groups.items():
        own = rows[places]
        for key, value in _MEASURES.items():

            def of(draw: np.ndarray, own: np.ndarray = own, value: Any = value) -> float:
                return float(value(own[draw].sum(0)))

            figure = of(np.arange(len(own)))
            if not np.isnan(figure):
                metrics[f"{name}_{key}{group}"] = round(figure, 4)
                ends = bootstrap_ci(len(own), of)
                intervals[f"{name}_{key}{group}"] = [round(end, 4) for end in ends]
    return metrics, intervals


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m assistant.impression.evaluate", description=__doc__)
    parser.add_argument("--n", type=int, default=300, help="reports of each kind and language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--data", type=Path, nargs="+", default=_WRITTEN, help="reports written by hand"
    )
    parser.add_argument("--split", default="test", choices=["test"])
    options: argparse.Namespace = parser.parse_args()
    began = time.monotonic()
    metrics: dict[str, float] = {}
    intervals: dict[str, list[float]] = {}
    sets = {
        "plain": list(drawn(options.n, options.seed, rough=False)),
        "rough": list(drawn(options.n, options.seed, rough=True)),
        "written": [one for path in options.data for one in written(path)],
    }
    for name, examples in sets.items():
        values, ends = measure(examples, name)
        metrics |= values
        intervals |= ends
    for key, value in metrics.items():
        print(f"{key:<36} {value:.3f}  [{intervals[key][0]:.3f}, {intervals[key][1]:.3f}]")
    told = {
        "task": "impression_rules", "dataset": "drawn+written reports", "split": options.split,
        "n": sum(map(len, sets.values())), "metrics": metrics, "ci95": intervals,
        "weights_sha256": None, "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    run(main)
