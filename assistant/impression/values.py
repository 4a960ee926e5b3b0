"""The value that words tell of a field: a measurement, a state, or that it could not be judged."""

import re
from dataclasses import dataclass

from assistant.impression.cases import UNCLEAR
from assistant.impression.lexis import Mention, states, word
from assistant.impression.tables import table

_NUMBER = re.compile(r"(?<![\d.])(?<!\d:)([<>≥≤~≈]?) ?(\d+(?:\.\d+)?)(?! ?:\d)")
_RANGE = re.compile(r"(\d+(?:\.\d+)?) ?(?:-|~|to|到|至) ?(\d+(?:\.\d+)?)")
_RATIO = re.compile(r"\b(\d) ?[:/] ?(\d)\b", re.A)
_CLAUSE = re.compile(r"[,;|]")
_LETTER = re.compile(r"[a-z\u4e00-\u9fff]")
# denials of the noun behind them, if there is one
_OF_NEXT = ("no", "without", "无", "未见", "没有")
_MICRONS = ("drusen_size", "atrophy_size", "hole_size", "vmi_width")
_MM = re.compile(r"(\d+(?:\.\d+)?) ?mm(?![a-z0-9])")
_SIZE = re.compile(r"[<>≥≤~≈]? ?\d[\d.]*(?: ?(?:-|~|to) ?\d[\d.]*)? ?um")
_OF_ALL = re.compile(
    r"(?<![\d.])(\d{1,2}) ?(?:/|(?:out )?of) ?([1-9]|1\d|20)(?![\d.%/])"
)  # blinks of those seen
_UNIT = re.compile(r" ?(mmhg|nm|mm|um|%|sec|s|秒)(?![a-z0-9])")
_UNITS = {
    "nibut_first": ("s", "sec", "秒"), "nibut_mean": ("s", "sec", "秒"), "tmh": ("mm", "um"),
    "lipid": ("nm",), "schirmer": ("mm",), "cst": ("um",), "choroid": ("um",), "cdr": (),
    "mg_upper": ("%",), "mg_lower": ("%",), "partial": ("%",), "redness": (), "osdi": ("%",),
}  # fmt: skip
_PLUS = re.compile(r"[\s:=]*(?:\(\+{1,3}\)|\+{1,3}(?=[\s,;]|$))")
_NEAR = 16  # characters over which a negation reaches a word of a state


@dataclass(frozen=True, slots=True)
class Number:
    """A measurement as it was read; `range` where a span was told and its beginning taken."""

    value: float
    range: str = ""


def numbers(field: str, words: str, mention: Mention) -> list[Number]:
    """All plausible measurements of a field in words, without limits and units."""
    meta = table("fields")[field]
    if field == "partial":
        words = _OF_ALL.sub(lambda m: f"{100 * int(m[1]) / int(m[2]):.0f}%", words)
    told = word("aside").sub(" ", words)
    if field in _MICRONS:
        told = _MM.sub(lambda m: f"{1000 * float(m[1]):g} um", told)
        if len(mention.fields) > 1:  # the name of a sign: a number without a unit is no size
            told = " ".join(m[0] for m in _SIZE.finditer(told))
    last = 1 if field == "drusen_size" else 2  # the end that is left out: the largest druse counts
    spans = {float(m[3 - last]): m[0] for m in _RANGE.finditer(told) if float(m[1]) < float(m[2])}
    ends = {m.start(last) for m in _RANGE.finditer(told) if float(m[1]) < float(m[2])}
    found = [
        (m[1], float(m[2]))
        for m in _NUMBER.finditer(told)
        if m.start(2) not in ends and _fits(field, told[m.end() :])
    ]
    plain = [n for sign, n in found if sign not in ("<", ">", "≥", "≤")]
    kept = plain or [n for _, n in found]
    kept = [n / 1000 if field == "tmh" and 40 <= n <= 2000 else n for n in kept]
    return [Number(n, spans.get(n, "")) for n in kept if meta["low"] <= n <= meta["high"]]


def _fits(field: str, behind: str) -> bool:
    """Whether the unit behind a number, if there is one, is one of the field's."""
    unit = _UNIT.match(behind)
    return unit is None or field not in _UNITS or unit[1] in _UNITS[field]


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
    if _PLUS.match(after) and not word("no").search(before):  # "ERM (+), no folds"
        return implied or _state_in(field, (after, before, name), before) or meta["yes"], True
    denied = bool(word("no").search(before)) or _denied_first(after)
    denied = denied or (not implied and bool(word("no").search(name)))
    if implied and (word("unclear").search(before) or word("unclear").match(after)):
        return UNCLEAR, True
    if implied:
        return (meta["no"], True) if denied else (implied, True)
    if word("unclear").search(after) or word("unclear").search(before):
        return UNCLEAR, True
    if word("no").fullmatch(before.strip()):  # "no membrane", whatever follows
        return meta["no"], True
    if found := _state_in(field, (after, before), before):
        return found, True
    if denied or _denied_in(after):
        return meta["no"], True
    if found := _state_in(field, (name,), before):
        return found, True
    if word("yes").search(after) or word("yes").search(before):
        return meta["yes"], True
    return "", False


def _state_in(field: str, told: tuple[str, ...], before: str) -> str:
    """The first state of a sign that words tell and do not deny; empty where they tell none."""
    for one, pattern in states(field):
        if any(not _denied(w, m, before) for w in told for m in pattern.finditer(w)):
            return one
    return ""


def _denied_first(after: str) -> bool:
    """Whether words behind a name begin with its denial; "without folds" denies something else."""
    found = word("no").search(after)
    if found is None or _LETTER.search(after[: found.start()]):
        return False
    return not (found[0] in _OF_NEXT and _LETTER.search(after[found.end() :]))


def _denied_in(after: str) -> bool:
    """Whether words behind a name deny it, and not what follows: "ERM without folds"."""
    return any(m[0] != "without" for m in word("no").finditer(after))


def _denied(words: str, found: re.Match[str], before: str) -> bool:
    """Whether a word of a state is itself denied, within its own clause."""
    if word("no").search(found[0]):  # a state that is worded as a denial
        return False
    start = max(found.start() - _NEAR, 0)
    clause = _CLAUSE.split(words[start : found.start()])[-1].strip(" -:")  # a dash: no sign
    return bool(word("no").search(clause)) or (words != before and bool(word("no").search(before)))


def reaches(words: str) -> bool:
    """Whether words before a name deny it, and what is joined to it."""
    return bool(word("no").search(words))
