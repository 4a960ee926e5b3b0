"""The conclusions of a case as values and as a text by rule: the same words for the same case."""

import random
from collections.abc import MutableSequence
from dataclasses import dataclass
from typing import Any

from assistant.impression.cases import Case, Side
from assistant.impression.tables import table
from assistant.impression.wording import Pen, upper
from vision.catalogue import Language, say


class _First(random.Random):
    """Dice that always fall on the first side."""

    def choice(self, seq: Any) -> Any:
        return seq[0]

    def random(self) -> float:
        return 1.0

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Nothing is moved."""


@dataclass(frozen=True, slots=True)
class Told:
    """One conclusion on one or both eyes: its degree, the values and the rule behind it."""

    code: str
    eyes: tuple[Side, ...]
    name: str
    severity: str
    values: str
    rule: str
    next_step: str


def conclusions(case: Case, language: Language) -> list[Told]:
    """What the criteria say, in the order of the eyes."""
    pen, steps = Pen(case, language, _First()), table("next")[language]
    return [
        Told(
            item.said.code,
            tuple(eye.side for eye, _ in item.eyes),
            pen.name(item),
            pen.texts["levels"][item.said.level],
            pen.basis(item.eyes),
            pen.code(item)["criterion"][0],
            steps[pen.step(item)][0],
        )
        for item in pen.items
    ]


def by_rule(case: Case, language: Language) -> str:
    """The impression in the forms' words: conclusions with their values, next steps, rules."""
    pen = Pen(case, language, _First())
    said = [f"- {pen.sentence(item, reason=True)}" for item in pen.items]
    steps = [f"- {step}{pen.mark('stop')}" for step in pen.next_steps()]
    rules = dict.fromkeys(upper(pen.code(item)["criterion"][0]) for item in pen.items)
    heads = (say(f"impression.{part}", language) for part in ("heading", "next", "rules"))
    blocks = (said, steps, [f"- {rule}{pen.mark('stop')}" for rule in rules])
    return "\n".join("\n".join([head, *block]) for head, block in zip(heads, blocks, strict=True))
