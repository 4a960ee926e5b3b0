"""Knowledge questions of multiple choice, by how much likelier a question makes each choice.

A choice's own likelihood says how usual its words are (Holtzman et al., Surface form competition,
arXiv 2104.08315): what it has as the answer to nothing in particular is taken from it. On 60
development questions this finds 0.70 with the tuned model, the mean likelihood of a word 0.53.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from assistant.conversation import Message
from assistant.knowledge.search import search
from assistant.prompts import history_turns, system_turn
from assistant.proof.measures import Table
from assistant.proof.voices import Voice, Voices
from vision.catalogue import Language

_NOTHING: dict[Language, str] = {"en": "What is the answer?", "zh": "答案是什么？"}
PATH = Path(__file__).parent / "knowledge_test.jsonl"


@dataclass(frozen=True, slots=True)
class Choice:
    """A question, its choices, and the place of the right one."""

    language: Language
    question: str
    choices: list[str]
    answer: int


def questions(path: Path = PATH) -> list[Choice]:
    """All of them."""
    return [Choice(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def chosen(voice: Voice, one: Choice, usual: np.ndarray, *, passages: bool) -> int:
    """The place of the choice that gains most likelihood over its usual one (n,), as served."""
    ids = tuple(h.passage.id for h in search(one.question, one.language)) if passages else ()
    return int((_likelihoods(voice, one, one.question, ids) - usual).argmax())


def _likelihoods(voice: Voice, one: Choice, asked: str, passages: tuple[str, ...]) -> np.ndarray:
    """Log-likelihood (n,) of each choice as the whole answer to a question."""
    turns = [system_turn([], one.language)]
    turns += history_turns([Message("user", asked, passages=passages)], one.language)
    return voice.choose(voice.prompt(turns, {}), one.choices, whole=True)


def measure(voices: Voices, asked: list[Choice]) -> dict[str, dict[str, Any]]:
    """System -> measure -> values: tuned with passages, untuned without, and the two between."""
    ways = {
        ("tuned + findings", "knowledge_mc"): (voices.tuned, True),
        ("tuned + findings", "knowledge_mc_no_passages"): (voices.tuned, False),
        ("base", "knowledge_mc"): (voices.base, False),
        ("base + findings", "knowledge_mc"): (voices.base, True),
    }
    found: dict[str, dict[str, Any]] = {}
    usual: dict[str, list[np.ndarray]] = {}
    known: dict[tuple[str, bool], Table] = {}  # untuned, the tuned voice is the base
    for (system, name), (voice, passages) in ways.items():
        key = (voice.digest, passages)
        if voice.digest not in usual:
            usual[voice.digest] = _usual(voice, asked)
        if key not in known:
            known[key] = _rights(voice, asked, usual[voice.digest], passages=passages)
        summary = known[key].summary()["right"]
        found.setdefault(system, {})[name] = summary
    return found


def _usual(voice: Voice, asked: list[Choice]) -> list[np.ndarray]:
    """The likelihoods of each question's choices as the answer to nothing in particular."""
    every = tqdm(asked, desc="choices alone", unit="question")
    return [_likelihoods(voice, one, _NOTHING[one.language], ()) for one in every]


def _rights(voice: Voice, asked: list[Choice], usual: list[np.ndarray], *, passages: bool) -> Table:
    table = Table()
    every = tqdm(asked, desc="knowledge", unit="question")
    for one, plain in zip(every, usual, strict=True):
        right = chosen(voice, one, plain, passages=passages) == one.answer
        table.add("right", one.language, one.question, float(right), 1.0)
    return table
