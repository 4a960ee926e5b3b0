"""`stats`: what a built folder holds, counted: of what, in which language, how long, how varied."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant.findings import Findings
from assistant.knowledge import passages
from instruct_data.photos import SPLITS, Split
from instruct_data.plots import write_plots
from instruct_data.repetition import distinct, self_bleu, units
from instruct_data.schema import Record
from vision.catalogue import LANGUAGES, Language
from vision.errors import InputError, ResourceError

MOST_OF_ONE = 0.005  # share of answers that may be one and the same
_SAMPLE = 500  # answers a language for self-BLEU
_SEED = 0
_SHOWN = 30  # characters of the most frequent answer


@dataclass
class _Tally:
    """What is counted while the records are read once."""

    counts: dict[str, dict[str, Counter[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )  # what is counted -> its value -> split
    answers: dict[Split, dict[Language, Counter[str]]] = field(
        default_factory=lambda: {s: {la: Counter() for la in LANGUAGES} for s in SPLITS}
    )
    questions: dict[Language, Counter[str]] = field(
        default_factory=lambda: {language: Counter() for language in LANGUAGES}
    )
    shared: dict[str, dict[str, set[Split]]] = field(
        default_factory=lambda: {what: {} for what in ("families", "images", "patients")}
    )

    def add(self, record: Record, conditions: dict[str, tuple[str, ...]]) -> None:
        """Count one record."""
        asked = [message for message in record.messages if message.role == "user"]
        entries = {_entry(one) for message in asked for one in message.passages}
        found = {code for image in record.images for code in conditions.get(image.id, ("?",))}
        told: dict[str, Iterable[str]] = {
            "kind": [record.kind],
            "language": [record.language],
            "turns": [str(len(asked))],
            "images": [str(len(record.images))],
            "found": found,
            "explained": entries,
            "intent": [message.intent for message in asked if message.intent],
        }
        for what, values in told.items():
            for value in values:
                self.counts[what][value][record.split] += 1
        for message in record.messages:
            texts = self.answers[record.split] if message.role == "assistant" else self.questions
            texts[record.language][message.content] += 1
        self._place("families", {message.family for message in asked}, record.split)
        self._place("images", {image.id for image in record.images}, record.split)
        self._place("patients", {record.patient}, record.split)

    def _place(self, what: str, names: set[str], split: Split) -> None:
        for name in names - {""}:
            self.shared[what].setdefault(name, set()).add(split)


def stats(folder: Path) -> dict[str, Any]:
    """What a folder written by `build` holds, JSON-ready; see `table` for how to read it.

    Raises InputError where a file is missing or holds no records.
    """
    conditions = {row["id"]: _conditions(Findings.from_dict(row["findings"]))
                  for row in _rows(folder / "findings.jsonl")}  # fmt: skip
    tally, records = _Tally(), Counter[str]()
    for split in SPLITS:
        for row in _rows(folder / f"{split}.jsonl"):
            record = Record.from_dict(row)
            tally.add(record, conditions)
            records[record.split] += 1
    by_language = {la: _joined(tally.answers[s][la] for s in SPLITS) for la in LANGUAGES}
    return {
        "records": {split: records[split] for split in SPLITS},
        "answers": {s: sum(c.total() for c in tally.answers[s].values()) for s in SPLITS},
        "counts": {what: _ordered(tally.counts[what]) for what in tally.counts},
        "length": {
            "question": {la: _lengths(tally.questions[la], la) for la in LANGUAGES},
            "answer": {la: _lengths(by_language[la], la) for la in LANGUAGES},
        },
        "distinct": {la: distinct(by_language[la], la) for la in LANGUAGES},
        "self_bleu": {la: self_bleu(_sample(by_language[la]), la) for la in LANGUAGES},
        "most_frequent": {
            **{split: _most_frequent(tally.answers[split].values()) for split in SPLITS},
            "all": _most_frequent(by_language.values()),
        },
        "shared": {what: sum(len(splits) > 1 for splits in names.values())
                   for what, names in tally.shared.items()},
    }  # fmt: skip


def failures(found: dict[str, Any]) -> list[str]:
    """What of `stats` a set that is to be used must not have; empty where it has nothing of it."""
    repeated = [
        f"{most['share']:.2%} of the answers of {split} are one: {most['text'][:_SHOWN]}"
        for split, most in found["most_frequent"].items()
        if most["share"] >= MOST_OF_ONE
    ]
    return repeated + [
        f"{count} {what} are in more than one split"
        for what, count in found["shared"].items()
        if count
    ]


def write_stats(folder: Path) -> str:
    """Write stats.json and the plots beside the records; returns the table."""
    found = stats(folder)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    try:
        (folder / "stats.json").write_text(text + "\n", encoding="utf-8")
        write_plots(found, folder)
    except OSError as error:
        raise ResourceError("error.cannot_write", path=folder) from error
    return table(found)


def table(found: dict[str, Any]) -> str:
    """The numbers of `stats` as aligned lines, by split, then what is measured by language."""
    lines = [_line("", [*SPLITS, "all"])]
    lines += [_counted(what, found[what]) for what in ("records", "answers")]
    for what, values in found["counts"].items():
        lines += ["", what, *(_counted(f"  {name}", by) for name, by in values.items())]
    most = found["most_frequent"]
    shares = [f"{most[name]['share']:.3%}" for name in (*SPLITS, "all")]
    lines += ["", _line("most frequent answer", shares), f"  {most['all']['text']}", ""]
    lines.append(_line("", LANGUAGES))
    for number in (0, 1):
        told = [f"{found['distinct'][language][number]:.4f}" for language in LANGUAGES]
        lines.append(_line(f"distinct-{number + 1}", told))
    lines.append(_line("self-BLEU", [f"{found['self_bleu'][la]:.1f}" for la in LANGUAGES]))
    for what, by_language in found["length"].items():
        for unit in ("characters", "words"):
            told = [_span(by_language[language][unit]) for language in LANGUAGES]
            lines.append(_line(f"{what}, {unit}", told))
    shared = (f"{count} {what}" for what, count in found["shared"].items())
    return "\n".join([*lines, "", f"in more than one split: {', '.join(shared)}",
                      *failures(found)])  # fmt: skip


def _line(name: str, cells: Sequence[str]) -> str:
    return f"{name:<36}" + "".join(f"{cell:>16}" for cell in cells)


def _counted(name: str, by_split: dict[str, int]) -> str:
    told = [by_split.get(split, 0) for split in SPLITS]
    return _line(name, [f"{count:,}" for count in (*told, sum(told))])


def _span(length: dict[str, float]) -> str:
    return f"{length['p5']:.0f}-{length['median']:.0f}-{length['p95']:.0f}"


def _rows(path: Path) -> Iterator[Any]:
    try:
        with path.open(encoding="utf-8") as stream:
            yield from (json.loads(line) for line in stream)
    except OSError as error:
        raise InputError("error.file_missing", path=path) from error
    except ValueError as error:
        raise InputError("error.record_keys", detail=error) from error


def _conditions(findings: Findings) -> tuple[str, ...]:
    """Codes of what was found in an image: of a photo the diseases, of a scan its class."""
    if findings.oct is not None:
        return (f"OCT {findings.oct.code}",)
    if findings.diseases is None:
        return ("not read",)
    return tuple(one.code for one in findings.diseases if one.present) or ("none",)


def _entry(passage_id: str) -> str:
    known = passages().get(passage_id)
    return known.entry.id if known else "?"


def _joined(counters: Iterable[Counter[str]]) -> Counter[str]:
    joined = Counter[str]()
    for counter in counters:
        joined.update(counter)
    return joined


def _ordered(values: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """Numbers in their order, all else the most frequent first."""
    names = sorted(values)
    if all(name.isdigit() for name in names):
        names.sort(key=int)
    else:
        names.sort(key=lambda name: -values[name].total())
    return {name: dict(values[name]) for name in names}


def _lengths(texts: Counter[str], language: Language) -> dict[str, dict[str, float]]:
    """5th, 50th and 95th percentile and the longest, in characters and in words."""
    times = np.array(list(texts.values()), dtype=int)
    measured = {
        "characters": [len(text) for text in texts],
        "words": [len(units(text, language)) for text in texts],
    }
    found = {}
    for unit, values in measured.items():
        each = np.repeat(np.array(values, dtype=int), times) if values else np.zeros(1)
        p5, median, p95 = np.percentile(each, (5, 50, 95))
        edges = np.arange(0, 1.5 * p95 + 2, 1 + p95 // 40)
        counts, _ = np.histogram(each, edges)
        found[unit] = {"p5": float(p5), "median": float(median), "p95": float(p95),
                       "longest": int(each.max()), "histogram": counts.tolist(),
                       "edges": edges.tolist()}  # fmt: skip
    return found


def _sample(texts: Counter[str]) -> list[str]:
    """Answers as often as they are given, drawn by a seed from an order that is their own."""
    rng = random.Random(_SEED)  # noqa: S311
    return rng.sample(sorted(texts.elements()), min(_SAMPLE, texts.total()))


def _most_frequent(counters: Iterable[Counter[str]]) -> dict[str, Any]:
    joined = _joined(counters)
    text, times = max(joined.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    return {"share": times / max(1, joined.total()), "text": text}
