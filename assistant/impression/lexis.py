"""The word tables of written reports (assistant/words/report_*.txt) as patterns, both at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from assistant.impression.cases import SIDES, Modality, Side
from assistant.words import Words

_CLAUSE_END = re.compile(r"[.;\n](?!\d)")
_FILES = ("report_en", "report_zh")


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names a field, or two at once; `state` is what the name itself tells.

    Without fields it is of another examination or an earlier visit: it ends what was said before.
    """

    start: int
    end: int
    fields: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Eyes:
    """Where a text names one eye or both; none stands for the other eye than before."""

    start: int
    end: int
    sides: tuple[Side, ...]


def _joined(kind: str) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], list[str]] = {}
    for name in _FILES:
        for key, pattern in Words(name).table(kind):
            found.setdefault(key, []).append(pattern)
    return {key: "|".join(_longest_first(patterns)) for key, patterns in found.items()}


def _longest_first(patterns: Sequence[str]) -> list[str]:
    """Their alternatives, long ones first: of several that match the first is taken."""
    every = [one for pattern in patterns for one in _alternatives(pattern)]
    return sorted(every, key=len, reverse=True)


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern outside its brackets."""
    found, depth, within, start = [], 0, False, 0
    place = 0
    while place < len(pattern):
        char = pattern[place]
        if char == "\\":
            place += 1
        elif char in "[]":
            within = char == "["
        elif not within and char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth and not within:
            found.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*found, pattern[start:]]


@cache
def word(kind: str) -> re.Pattern[str]:
    """One of the sections without keys: no, yes, unclear, joint, aside, same and others."""
    return re.compile("|".join(f"(?:{Words(name).text(kind)})" for name in _FILES), re.A | re.M)


@cache
def _patterns(kind: str) -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    return tuple((key, re.compile(p, re.A | re.M)) for key, p in _joined(kind).items())


@cache
def states(field: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The states of a sign with the words that tell them, the first that fits counts."""
    found = [(key[1], pattern) for key, pattern in _patterns("value") if key[0] == field]
    return tuple(found)


def mentions(text: str, modality: Modality) -> list[Mention]:
    """The fields that a text names, the longest of names that overlap."""
    found = [Mention(m.start(), m.end(), (), "") for m in word("foreign").finditer(text)]
    found += [
        Mention(match.start(), match.end(), tuple(key[1].split(".")), "".join(key[2:]))
        for key, pattern in _patterns("mention")
        if key[0] == modality
        for match in pattern.finditer(text)
        if match.end() > match.start()
    ]
    found.sort(key=lambda one: (one.start - one.end, one.start, -len(one.state)))
    kept: list[Mention] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted((_now(one, text) for one in kept), key=lambda one: one.start)


def _now(one: Mention, text: str) -> Mention:
    """A mention, without fields where it is told of an earlier visit."""
    clause = _CLAUSE_END.split(text[: one.start])[-1]
    return replace(one, fields=(), state="") if word("earlier").search(clause) else one


def eyes(text: str) -> list[Eyes]:
    """The eyes that a text names, in its order."""
    found = []
    for kind in ("side", "lone"):
        for (name,), pattern in _patterns(kind):
            told: tuple[Side, ...] = {"OU": SIDES, "other": ()}.get(name, (name,))  # type: ignore[arg-type]
            found += [Eyes(m.start(), m.end(), told) for m in pattern.finditer(text)]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Eyes] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def side_of(cell: str) -> str:
    """The word for an eye that a cell is, else nothing."""
    told = cell.strip(" :.*#=[]()")
    found = eyes(told)
    sides = {one.sides for one in found}
    rest = sum(char.isalnum() for char in told)
    rest -= sum(char.isalnum() for one in found for char in told[one.start : one.end])
    return told[found[0].start : found[0].end] if len(sides) == 1 and rest == 0 else ""


def histories(text: str) -> list[tuple[str, int, int]]:
    """What a text tells of the person's diseases, and from where to where."""
    return [(k[0], m.start(), m.end()) for k, p in _patterns("history") for m in p.finditer(text)]
