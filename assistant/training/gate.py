"""Whether a new adapter may serve: part of the old test, asked of the old adapter and of the new.

The questions and measures are those of assistant.evaluate, about a few fixed test photos. Answers
are judged as the model says them and as they ship, since the check hides what the model unlearned.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.analysis import Analysis
from assistant.proof.drive import drive
from assistant.proof.measures import Summary, judge, table
from assistant.proof.photos import Candidate, candidates, choose, load
from assistant.proof.questions import plan, wordings
from assistant.proof.systems import Prompted, Shipped, System
from assistant.proof.talks import Shown, Talk
from assistant.proof.voices import Voice
from assistant.versions import Figure
from vision.classifier import Classifier
from vision.errors import InputError
from vision.fov import detect
from vision.types import FundusImage

SPLIT, QUESTIONS, SEED = "test", "test", 0
LEAST = 10  # answers or claims: a measure of fewer says too little to refuse anything by
_RAW, _SHIPPED = "model", "shipped"
_BETTER_LOW = frozenset(("contradiction_rate", "over_refusal"))
_MEASURES = (
    "claim_precision", "contradiction_rate", "fact_recall", "over_refusal", "well_formed",
    "multi_turn", "false_premise", "refusal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """The fixed questions, and the photos that they are about."""

    talks: list[Talk]
    shown: dict[str, Shown]

    @staticmethod
    def of(records: Path, data: Path | None, photos: int) -> "Gate":
        """From the records of the old test; without `data` nobody sees the photos themselves.

        Raises InputError where the records are missing or have no photo of the test.
        """
        found = candidates(records, SPLIT)
        if not found:
            raise InputError("error.split_missing", split=SPLIT, path=records)
        chosen, places = choose(found, photos)
        every = (
            [unseen(one) for one in chosen]
            if data is None
            else load(chosen, data, SPLIT, Classifier.load())
        )
        pairs = [(every[a], every[b]) for a, b in places]
        talks = few(plan(wordings(QUESTIONS), every, pairs, SEED))
        return Gate(talks, {one.id: one for one in every})

    def measured(self, voice: Voice) -> dict[str, tuple[float, int]]:
        """What an adapter's answers are worth: measure -> share and of how many."""
        systems: list[System] = [Prompted(_RAW, voice, sees=True), Shipped(_SHIPPED, voice)]
        said = drive(systems, self.talks, self.shown)
        told: dict[str, tuple[float, int]] = {}
        for name, given in said.items():
            judged = [judge(talk, given[talk.name][-1], self.shown) for talk in self.talks]
            told |= {f"{name}.{key}": value for key, value in _shares(table(judged).summary())}
        return told


def _shares(summary: Summary) -> list[tuple[str, tuple[float, int]]]:
    cells = [(name, summary[name]["all"]) for name in _MEASURES if name in summary]
    return [(name, (cell["value"], cell["n"])) for name, cell in cells if cell["n"] >= LEAST]


def few(talks: Sequence[Talk]) -> list[Talk]:
    """One talk of each unit; wordings and languages take turns."""
    units: dict[str, list[Talk]] = defaultdict(list)
    for talk in talks:
        units[talk.unit].append(talk)
    return [group[place % len(group)] for place, group in enumerate(units.values())]


def compared(
    before: Mapping[str, tuple[float, int]],
    after: Mapping[str, tuple[float, int]],
    tolerance: float,
) -> dict[str, Figure]:
    """Each measure before and after, and whether it fell by more than `tolerance`."""
    figures = {}
    for name, (old, n) in before.items():
        new, _ = after.get(name, (0.0, 0))
        lower = name.rpartition(".")[2] in _BETTER_LOW
        fall = new - old if lower else old - new
        figures[name] = Figure(old, new, n, fell=fall > tolerance + 1e-9)
    return figures


def told(figures: Mapping[str, Figure]) -> str:
    """The measures that fell, in figures."""
    fallen = (f"{k} {f.before:.2f} > {f.after:.2f}" for k, f in figures.items() if f.fell)
    return ", ".join(fallen)


def unseen(one: Candidate) -> Shown:
    """A photo by its findings alone; where nothing looks its id stands in for the pixels."""
    digest = np.frombuffer(bytes.fromhex(one.findings.image.id), np.uint8)
    image = FundusImage(np.tile(digest, 6).reshape(8, 8, 3), one.findings.image.eye)
    analysis = Analysis(image, detect(image.pixels), one.findings, None, None, {})
    return Shown(one.path, one.patient, analysis, {})
