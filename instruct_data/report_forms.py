"""The texts that reports and questions about them are made of (`forms/reports*.json`).

`reports.json` holds how people ask, in families: of each intent the last is for the test split
alone, the one before it for validation, the others for training.
"""

import json
import random
from functools import cache
from typing import Any

from assistant.impression.cases import Modality
from instruct_data.forms import FOLDER
from instruct_data.photos import Split
from vision.catalogue import Language

FOLLOW_UPS = ("short", "patient", "why", "criterion")


@cache
def table(name: str) -> Any:
    """One of the files, by its name without ending."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def families(kind: str, language: Language, split: Split) -> list[int]:
    """Numbers of the families of a kind of question that a split may use."""
    count = len(table("reports")[language][kind])
    return {"train": [*range(count - 2)], "val": [count - 2], "test": [count - 1]}[split]


def ask(
    kind: str, language: Language, split: Split, modality: Modality, rng: random.Random
) -> tuple[str, int]:
    """A drawn form of a question and the number of its family.

    The form "{report}" asks nothing: the report stands alone.
    """
    number = rng.choice(families(kind, language, split))
    texts = table("reports")[language]
    form: str = rng.choice(texts[kind][number])
    return form.replace("{scan}", rng.choice(texts["slots"][modality])), number


def with_report(asked: str, report: str, rng: random.Random) -> str:
    """The question before or after the report; after a colon the report must follow."""
    if asked == "{report}":
        return report
    if asked.endswith((":", "：")) or rng.random() < 0.6:
        return f"{asked}\n{report}"
    return f"{report}\n\n{asked}"
