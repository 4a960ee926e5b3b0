"""The value that words tell of a field: a measurement, a state, or that it could not be judged."""

import re
from dataclasses import dataclass

from assistant.impression.cases import UNCLEAR
from assistant.impression.lexis import states, word
from assistant.impression.tables import table

_NUMBER = re.compile(r"(?<![\d.])(?<!\d:)([<>≥≤~≈]?) ?(\d+(?:\.\d+)?)(?! ?:\d)")
_RANGE = re.compile(r"(\d+(?:\.\d+)?) ?(?:-|~|to) ?(\d+(?:\.\d+)?)")
_RATIO = re.compile(r"\b(\d) ?[:/] ?(\d)\b", re.A)
_CLAUSE = re.compile(r"[,;|]")
_LETTER = re.compile(r"[a-z\u4e00-\u9fff]")
_OF_NEXT = ("no", "without", "无", "未见")  # denials of the noun behind them, if there is one
_NEAR = 16  # characters over which a negation reaches a word of a state


@dataclass(frozen=True, slots=True)
class Number:
    """A measurement as it was read; `range` where a span was told and its beginning taken."""

    value: float
    range: str = ""


def numbers(field: str, words: str) -> list[Number]:
    """All plausible measurements of a field in words, without limits and units."""
    meta = table("fields")[field]
    told = word("aside").sub(" ", words)
    spans = {float(m[1]): m[0] for m in _RANGE.finditer(told) if float(m[1]) < float(m[2])}
    ends = {m.start(2) for m in _RANGE.finditer(told) if float(m[1]) < float(m[2])}
    found = [(m[1], float(m[2])) for m in _NUMBER.finditer(told) if m.start(2) not in ends]
    plain = [n for sign, n in found if sign not in ("<", ">", "≥", "≤")]
    kept = plain or [n for _, n in found]
    kept = [n / 1000 if field == "tmh" and 40 <= n <= 2000 else n for n in kept]
    return [Number(n, spans.get(n, "")) for n in kept if meta["low"] <= n <= meta["high"]]


def is_number(field: str) -> bool:
    """Whether a field is measured rather than judged."""
    return "low" in table("fields")[field]


def state(field: str, before: str, name: str, after: str, implied: str) -> tuple[str, bool]:
    """The state that words tell, and whether they say any; empty where a bare name tells none."""
    meta = table("fields")[field]
    if field == "av":
        ratio = _RATIO.search(after)
        return (f"{ratio[1]}:{ratio[2]}", True) if ratio else ("", False)
    if field == "overall":
        return implied, True
    denied = bool(word("no").search(before)) or _denied_first(after)
    denied = denied or (not implied and bool(word("no").search(name)))
    if implied:
        return (meta["no"], True) if denied else (implied, True)
    if word("unclear").search(after) or word("unclear").search(before):
        return UNCLEAR, True
    if found := _state_in(field, after, before) or _state_in(field, before, before):
        return found, True
    if denied or word("no").search(after):
        return meta["no"], True
    if found := _state_in(field, name, before):
        return found, True
    if word("yes").search(after) or word("yes").search(before):
        return meta["yes"], True
    return "", False


def _state_in(field: str, words: str, before: str) -> str:
    """The first state of a sign that words tell and do not deny; empty where they tell none."""
    for one, pattern in states(field):
        if any(not _denied(words, m, before) for m in pattern.finditer(words)):
            return one
    return ""


def _denied_first(after: str) -> bool:
    """Whether words behind a name begin with its denial; "without folds" denies something else."""
    found = word("no").search(after)
    if found is None or _LETTER.search(after[: found.start()]):
        return False
    return not (found[0] in _OF_NEXT and _LETTER.search(after[found.end() :]))


def _denied(words: str, found: re.Match[str], before: str) -> bool:
    """Whether a word of a state is itself denied, within its own clause."""
    if word("no").search(found[0]):  # a state that is worded as a denial
        return False
    start = max(found.start() - _NEAR, 0)
    clause = _CLAUSE.split(words[start : found.start()])[-1]
    return bool(word("no").search(clause)) or (words != before and bool(word("no").search(before)))


def reaches(words: str) -> bool:
    """Whether words before a name deny it, and what is joined to it."""
    return bool(word("no").search(words))
