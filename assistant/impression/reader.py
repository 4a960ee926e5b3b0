"""The text of a report -> what it tells by eye, with the words it was read from; rules alone.

What is told in two ways is not chosen between: it is left out and named. A text names its fields
and eyes in any order; the words are in assistant/words/report_*.txt.
"""

import re
from dataclasses import dataclass

from assistant.impression.cases import (
    MODALITIES,
    SIDES,
    UNCLEAR,
    Case,
    EyeValues,
    Modality,
    Side,
    Value,
)
from assistant.impression.inverted import names_first
from assistant.impression.layout import lines, under_headings
from assistant.impression.lexis import histories, mentions, states, word
from assistant.impression.notes import Notes, Told, take
from assistant.impression.scan import Scanner, Sides
from assistant.impression.shorthand import written_out
from assistant.impression.spelling import plain_spelling
from assistant.impression.tables import table
from assistant.impression.values import is_number
from vision.errors import InputError

MAX_CHARACTERS = 8000
_SHARED = {(), ("drusen",), ("drusen_size",), ("overall",)}  # of more than one examination
_DENIED_BEHIND = re.compile(
    r"(?: mellitus)? ?[:=] ?(?:no|none|nil|n|denied|无|否|-|\(-\))(?![a-z])|\(-\)"
)
_PART = re.compile(r"[,|]| but | and (?=has|is|known)")
_STOP = re.compile(r"[.;\n|]")
_CLAUSE = re.compile(r"[,.;\n|]")


@dataclass(frozen=True, slots=True)
class Read:
    """A report as it was read: the case, each value with its words, and what was told twice."""

    case: Case
    told: tuple[Told, ...]
    conflicts: tuple[tuple[Told, ...], ...]
    ranges: tuple[Told, ...]


def modality_of(text: str) -> Modality | None:
    """The kind of examination that a text's words are of; None where that is not clear."""
    plain = plain_spelling(written_out(text))
    counts = {m: len({one.fields for one in mentions(plain, m)} - _SHARED) for m in MODALITIES}
    best, second = sorted(MODALITIES, key=lambda m: -counts[m])[:2]
    return best if counts[best] >= 2 and counts[best] > 2 * counts[second] else None


def read_report(text: str, modality: Modality) -> Read:
    """All that a text tells; raises InputError where nothing can be read or no eye is named."""
    if not text.strip():
        raise InputError("impression.empty")
    if len(text) > MAX_CHARACTERS:
        raise InputError("impression.too_long", length=len(text), limit=MAX_CHARACTERS)
    if (other := modality_of(text)) not in (modality, None):
        raise InputError(f"impression.is_{other}", asked=modality)
    told = lines(written_out(text))
    rows = under_headings([names_first(plain_spelling(line)) for line in told], modality)
    plain = "\n".join(rows)
    scanner, notes = Scanner(modality), Notes()
    for line in rows:
        notes.scored = bool(word("scored").search(line))
        notes.remaining = bool(word("remaining").search(line))
        take(list(scanner.line(line)), notes)
        if word("same").search(line) and len(scanner.about) == 1:
            notes.same.append(scanner.about)
    named = tuple(side for side in SIDES if side in set(scanner.named)) or _both(plain)
    if not notes.told and not notes.loose:
        raise InputError("impression.nothing")
    if not named:
        raise InputError("impression.no_eye")
    for name, value, words, span in notes.loose:
        notes.add(name, named, value, words, span)
    notes.told = list(dict.fromkeys(notes.told))
    return _settled(notes, modality, plain)


def _both(text: str) -> Sides:
    from assistant.impression.lexis import eyes

    return SIDES if any(len(one.sides) == 2 for one in eyes(text)) else ()


def _settled(notes: Notes, modality: Modality, plain: str) -> Read:
    """One value a field and eye; several that differ are a conflict."""
    conflicts: list[tuple[Told, ...]] = []
    values: dict[Side | None, dict[str, Value]] = {None: {}, "OD": {}, "OS": {}}
    order = list(table("fields"))
    for name in sorted({one.field for one in notes.told}, key=order.index):
        for side in (None, *SIDES):
            found = {o.value: o for o in notes.told if o.field == name and o.side == side}
            found = _without_denied_kinds(name, found)
            chosen = _chosen(name, tuple(found))
            if chosen is not None:
                values[side][name] = chosen
            elif found:
                conflicts.append(tuple(found.values()))
    for (side,) in [s for s in notes.same if len(s) == 1]:
        other = next(s for s in SIDES if s != side)
        values[side] = values[other] | values[side]
    eyes = tuple(EyeValues(side, values[side]) for side in SIDES if values[side])
    person = dict(values[None]) | _history(plain)
    case = Case(modality, eyes, person)
    ranges = tuple(one for one in notes.told if one.range)
    return Read(case, tuple(notes.told), tuple(conflicts), ranges)


def _without_denied_kinds(name: str, found: dict[Value, Told]) -> dict[Value, Told]:
    """Without a denial of one kind of a sign, where another is there: "diffuse, not patchy"."""
    no = "" if is_number(name) else table("fields")[name]["no"]
    denial = found.get(no)
    if denial is None or len(found) == 1:
        return found
    kinds = [p for value, p in states(name) if value not in (no, *found)]
    if not any(p.search(denial.words) for p in (*kinds, word("rest"))):
        return found
    return {value: one for value, one in found.items() if value != no}


def _chosen(name: str, found: tuple[Value, ...]) -> Value | None:
    """The one value, or of signs that are all there the gravest; None where they contradict."""
    found = tuple(v for v in found if v != UNCLEAR) or found
    if len(found) == 1:
        return found[0]
    meta = table("fields")[name]
    if len(found) > 1 and meta.get("beside") in found:  # such a state goes with "none"
        found = tuple(v for v in found if v != meta["no"])
    if not found or is_number(name) or meta["no"] in found:
        return None
    known = [one for one, _ in states(name)]
    return min(found, key=lambda v: known.index(str(v)) if v in known else len(known))


def _history(text: str) -> dict[str, Value]:
    """Diseases of the person that are known, joined by +; none where that is said."""
    known: list[str] = []
    for name, start, end in histories(text):
        clause = _CLAUSE.split(text[max(start - 24, 0) : start])[-1]
        sentence = _STOP.split(text[:start])[-1]
        told_no = word("no").search(clause) or word("denies").search(sentence)
        told_no = told_no or word("relatives").search(_PART.split(sentence)[-1])
        if name == "none" or told_no or _DENIED_BEHIND.match(text, end):
            continue
        known.append(name)
    told = "+".join(sorted(dict.fromkeys(known)))
    return {"history": told} if told else {}
