"""Impressions of written reports beside those of the records: diagnoses named, words shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.conversation import Turn
from assistant.engine import Prompt
from assistant.impression.cases import Modality
from assistant.impression.check import check
from assistant.impression.conclude import by_rule
from assistant.impression.names import diagnoses, named
from assistant.impression.reader import read_report
from assistant.impression.write import MAX_TOKENS, asking
from assistant.proof.measures import summary
from assistant.proof.rouge import rouge_l, rouge_n
from assistant.proof.voices import Said, Voice
from assistant.training.data import read_records
from vision.catalogue import LANGUAGES, Language, detect_language
from vision.metrics import bootstrap_ci


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was put to the assistant, and the impression that the record gives."""

    id: str
    language: Language
    modality: Modality
    asked: str
    gold: str

    @property
    def ruled(self) -> str:
        """The impression by rule."""
        return by_rule(read_report(self.asked, self.modality).case, self.language)


def reports(records: Path, split: str, per_language: int) -> list[Report]:
    """The first reports of each language in a split's records."""
    found = [
        Report(
            row["id"],
            row["language"],
            row["messages"][0]["intent"].removeprefix("report_"),
            *(m["content"] for m in row["messages"][:2]),
        )
        for row in read_records(records / f"{split}.jsonl")
        if row["kind"] == "report"
    ]
    return [
        r for lang in LANGUAGES for r in [f for f in found if f.language == lang][:per_language]
    ]


def prompts(voice: Voice, found: Sequence[Report], *, bare: bool) -> list[Prompt]:
    """As serving asks, the conclusions by rule beside the report; `bare`: the report alone."""
    turns = [
        [Turn("user", (r.asked,))] if bare else asking(r.asked, r.ruled, r.language) for r in found
    ]
    return [voice.prompt(each, {}, MAX_TOKENS) for each in turns]


def served(report: Report, said: Said) -> Said:
    """What serving gives: the model's words where they carry the conclusions, else the rule's."""
    case = read_report(report.asked, report.modality).case
    if said.ended and check(said.text, case, report.asked, report.language).passed:
        return said
    return Said(report.ruled, ended=True)


def measure(found: Sequence[Report], said: Sequence[Said]) -> dict[str, Any]:
    """Diagnosis F1 (micro), the share of right diagnoses that are told of the right eyes, ROUGE as
    means, and form; each with its interval over reports."""
    result: dict[str, Any] = {}
    for name in ("all", *LANGUAGES):
        pairs = [(r, s) for r, s in zip(found, said, strict=True) if name in ("all", r.language)]
        for measure_name, value in _values(pairs).items():
            result.setdefault(measure_name, {})[name] = value
    return result


def _values(pairs: Sequence[tuple[Report, Said]]) -> Mapping[str, Any]:
    named = np.array([_counts(r, s.text) for r, s in pairs])

    def f1(draw: np.ndarray) -> float:
        both, told, gold = named[draw].sum(0)
        return float(2 * both / (told + gold)) if told + gold else float("nan")

    ends = [round(end, 4) for end in bootstrap_ci(len(named), f1)]
    value = round(f1(np.arange(len(named))), 4)
    shared = {
        "rouge_1": [rouge_n(s.text, r.gold, 1) for r, s in pairs],
        "rouge_2": [rouge_n(s.text, r.gold, 2) for r, s in pairs],
        "rouge_l": [rouge_l(s.text, r.gold) for r, s in pairs],
        "impression_well_formed": [
            float(s.ended and detect_language(s.text) in (r.language, None)) for r, s in pairs
        ],
    }
    told = {k: summary(np.array([[x, 1.0] for x in v])) for k, v in shared.items()}
    told["impression_laterality"] = summary(np.array([_sided(r, s.text) for r, s in pairs]))
    return {"impression_f1": {"value": value, "ci95": ends, "n": len(pairs)}, **told}


def _counts(report: Report, said: str) -> tuple[int, int, int]:
    gold, told = diagnoses(report.gold, report.language), diagnoses(said, report.language)
    return len(gold & told), len(told), len(gold)


def _sided(report: Report, said: str) -> tuple[float, float]:
    """Diagnoses of the record told of the same eyes; all of them that are told at all."""
    gold, told = _by_code(report.gold, report.language), _by_code(said, report.language)
    both = gold.keys() & told.keys()
    return float(sum(gold[code] == told[code] for code in both)), float(len(both))


def _by_code(text: str, language: Language) -> dict[str, set[str]]:
    sides: dict[str, set[str]] = {}
    for one in named(text, language):
        sides.setdefault(one.code, set()).update(one.sides)
    return sides
