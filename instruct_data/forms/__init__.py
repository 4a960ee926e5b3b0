"""How people ask, and the words around true sentences: many forms for each, in both languages.

`questions.<language>.json`: intent -> families of forms. An intent's last family is for the test
split alone, the one before it for validation, all others for training.
"""

import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

from instruct_data.photos import Split
from vision.catalogue import LANGUAGES, Language

FOLDER = Path(__file__).parent
_MIXED = 0.08  # share of slots that are filled with the other language's name


@cache
def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def questions(language: Language) -> dict[str, list[list[str]]]:
    """Intent -> families -> forms."""
    found: dict[str, list[list[str]]] = _read(f"questions.{language}.json")
    return found


def families(intent: str, language: Language, split: Split) -> list[int]:
    """Numbers of the families of an intent that a split may use."""
    count = len(questions(language)[intent])
    return {"train": [*range(count - 2)], "val": [count - 2], "test": [count - 1]}[split]


def ask(
    intent: str, language: Language, split: Split, slots: dict[str, str], rng: random.Random
) -> tuple[str, str]:
    """A drawn form of an intent with its slots filled, and the family that it is of."""
    number = rng.choice(families(intent, language, split))
    form = rng.choice(questions(language)[intent][number])
    return _typed(form.format(**slots), rng), f"{language}:{intent}:{number}"


def _typed(text: str, rng: random.Random) -> str:
    """As people type: now and then without the last mark."""
    return text.rstrip("?？.。") if rng.random() < 0.1 else text


def name(code: str, language: Language, rng: random.Random) -> str:
    """One of the names of a lesion, disease or side; seldom one of the other language."""
    if rng.random() < _MIXED and len(code) <= 3:
        language = next(other for other in LANGUAGES if other != language)
    names: list[str] = _read("names.json")[code][language]
    return names[0] if rng.random() < 0.5 else rng.choice(names)


def words(key: str, language: Language, rng: random.Random, **values: object) -> str:
    """One of the texts of `answers.<language>.json` under a key, filled in."""
    return rng.choice(texts(key, language)).format(**values)


def texts(key: str, language: Language) -> list[str]:
    """All texts of `answers.<language>.json` under a key."""
    found: list[str] = _read(f"answers.{language}.json")[key]
    return found


def lead(kind: str, sentence: str, language: Language, rng: random.Random) -> str:
    """A sentence after "Yes: ", "No, " or "Actually, "; or alone."""
    first = words(f"lead.{kind}", language, rng)
    if language == "en" and first and re.match(r"(?!I\b)[A-Z][a-z' ]", sentence):
        sentence = sentence[0].lower() + sentence[1:]
    return first + sentence
