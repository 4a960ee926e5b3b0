"""The text of a report -> what it tells by eye, with the words it was read from; rules alone.

What is told in two ways is not chosen between: it is left out and named. A text names its fields
and eyes in any order; the words are in assistant/words/report_*.txt.
"""

import re
from dataclasses import dataclass, field

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
from assistant.impression.layout import lines
from assistant.impression.lexis import histories, mentions, states, word
from assistant.impression.scan import Part, Scanner, Segment, Sides
from assistant.impression.spelling import plain_spelling
from assistant.impression.tables import table
from assistant.impression.values import is_number, numbers, reaches, state
from vision.errors import InputError

MAX_CHARACTERS = 8000
_PERSON = ("osdi",)
_SHARED = {("drusen",), ("drusen_size",), ("overall",)}  # fields of more than one examination
_CLAUSE = re.compile(r"[,.;\n|]")
_LABEL = re.compile(r"[:=|]")


@dataclass(frozen=True, slots=True)
class Told:
    """One value of one eye, and the words that told it; a range is read by its beginning."""

    field: str
    side: Side | None
    value: Value
    words: str
    range: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A report as it was read: the case, each value with its words, and what was told twice."""

    case: Case
    told: tuple[Told, ...]
    conflicts: tuple[tuple[Told, ...], ...]
    ranges: tuple[Told, ...]


@dataclass(slots=True)
class _Notes:
    told: list[Told] = field(default_factory=list)
    loose: list[tuple[str, Value, str, str]] = field(default_factory=list)  # of no named eye
    same: list[Sides] = field(default_factory=list)

    def add(self, name: str, sides: Sides, value: Value, words: str, span: str = "") -> None:
        words = " ".join(words.split())
        if name in _PERSON:
            self.told.append(Told(name, None, value, words, span))
        elif not sides:
            self.loose.append((name, value, words, span))
        for side in sides if name not in _PERSON else ():
            self.told.append(Told(name, side, value, words, span))


def modality_of(text: str) -> Modality | None:
    """The kind of examination that a text's words are of; None where that is not clear."""
    plain = plain_spelling(text)
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
    rows = [plain_spelling(line) for line in lines(text)]
    plain = "\n".join(rows)
    scanner, notes = Scanner(modality), _Notes()
    for line in rows:
        _take(list(scanner.line(line)), notes)
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


def _take(segments: list[Segment], notes: _Notes) -> None:
    """The values of one line; what names alone are joined to is told for all of them."""
    denied = False
    waiting: list[tuple[str, Segment]] = []  # bare names, told with what follows
    for place, segment in enumerate(segments):
        denied = denied and _reached(segments, place)
        for name in segment.mention.fields:
            if is_number(name):
                _take_numbers(name, segment, notes)
                continue
            found = [(part, *_state(name, segment, part)) for part in segment.parts]
            if not any(said for _, _, said in found) or (denied and segment.mention.state):
                if denied:
                    found = [(part, table("fields")[name]["no"], True) for part, _, _ in found]
                else:
                    waiting.append((name, segment))
                    continue
            for part, value, said in found:
                if said and value:
                    words = f"{segment.before} {segment.name} {part.words}"
                    notes.add(name, part.sides, value, words)
            negative = all(value == table("fields")[name]["no"] for _, value, _ in found)
            _give(waiting, notes, none=segment.joined and negative)
            waiting = []
        denied = denied or reaches(segment.before)
    _give(waiting, notes, none=False)


def _reached(segments: list[Segment], place: int) -> bool:
    """Whether a denial reaches a mention: over "or"; over a comma where "or" comes later."""
    for segment in segments[place:]:
        if not segment.joined:
            return False
        if segment.reached:
            return True
    return False


def _state(name: str, segment: Segment, part: Part) -> tuple[str, bool]:
    """A state in words about one eye; words of its own come before what the name tells."""
    if part.own:
        own, said = state(name, "", "", part.words, "")
        if said:
            return own, said
    return state(name, segment.before, segment.name, part.words, segment.mention.state)


def _give(waiting: list[tuple[str, Segment]], notes: _Notes, *, none: bool) -> None:
    """Bare names: none where what they are joined to is none, else there."""
    for name, segment in waiting:
        meta = table("fields")[name]
        for part in segment.parts:
            if none:
                notes.add(name, part.sides, meta["no"], f"{segment.name} ... none")
            elif meta["yes"] and not _LABEL.search(part.words):
                notes.add(name, part.sides, meta["yes"], segment.name)


def _take_numbers(name: str, segment: Segment, notes: _Notes) -> None:
    for place, part in enumerate(segment.parts):
        sides, after = part.sides, part.words
        found = numbers(name, after)
        words = f"{segment.name}{after}"
        if not found and place == 0 and name in ("spots", "ma_count", "haem_count"):
            found = numbers(name, segment.before)[-1:]
        if len(found) == 2 and len(sides) != 1 and name not in _PERSON:
            for side, one in zip(SIDES, found, strict=True):
                notes.add(name, (side,), one.value, words, one.range)
        elif found:
            notes.add(name, sides, found[0].value, words, found[0].range)
        elif word("unclear").search(f"{segment.before} {after}"):
            notes.add(name, sides, UNCLEAR, words)
        elif name in ("spots", "oxford") and word("no").search(f"{segment.before} {after}"):
            notes.add(name, sides, 0, words)


def _settled(notes: _Notes, modality: Modality, plain: str) -> Read:
    """One value a field and eye; several that differ are a conflict."""
    conflicts: list[tuple[Told, ...]] = []
    values: dict[Side | None, dict[str, Value]] = {None: {}, "OD": {}, "OS": {}}
    order = list(table("fields"))
    for name in sorted({one.field for one in notes.told}, key=order.index):
        for side in (None, *SIDES):
            found = {o.value: o for o in notes.told if o.field == name and o.side == side}
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
    for name, start in histories(text):
        clause = _CLAUSE.split(text[max(start - 24, 0) : start])[-1]
        if name == "none" or word("no").search(clause):
            continue
        known.append(name)
    told = "+".join(sorted(dict.fromkeys(known)))
    return {"history": told} if told else {}
