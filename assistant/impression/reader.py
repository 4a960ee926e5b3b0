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
from assistant.impression.layout import lines, under_headings
from assistant.impression.lexis import histories, mentions, states, word
from assistant.impression.scan import Part, Scanner, Segment, Sides
from assistant.impression.spelling import plain_spelling
from assistant.impression.tables import table
from assistant.impression.values import Number, is_number, numbers, reaches, state
from vision.errors import InputError

MAX_CHARACTERS = 8000
_PERSON = ("osdi",)
_SHARED = {(), ("drusen",), ("drusen_size",), ("overall",)}  # of more than one examination
_WORST = 3  # meiboscore
_STOP = re.compile(r"[.;\n|]")
_SLASHED = re.compile(r"[\s:=]*\d[\d.]*[ a-z%]{0,5}/ ?\d")  # "4 / 12": of the right and the left eye
_COUNTED = ("spots", "ma_count", "haem_count", "partial", "atrophy_size", "hole_size", "vmi_width")  # "12 spots": the number comes first
_CLAUSE = re.compile(r"[,.;\n|]")
_LETTER = re.compile(r"[a-z\u4e00-\u9fff]")
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
    scored: bool = False  # whether the line grades the glands and tells no percent
    remaining: bool = False  # whether the line tells what is left of the glands, not what is lost

    def add(self, name: str, sides: Sides, value: Value, words: str, span: str = "") -> None:
        words = " ".join(words.split())
        if name.startswith("mg_") and isinstance(value, int | float):
            value = 100 - value if self.remaining else value
            if self.scored and value <= _WORST and "%" not in words:
                name = name.replace("mg", "meiboscore")
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
    rows = under_headings([plain_spelling(line) for line in lines(text)], modality)
    plain = "\n".join(rows)
    scanner, notes = Scanner(modality), _Notes()
    for line in rows:
        notes.scored = bool(word("scored").search(line))
        notes.remaining = bool(word("remaining").search(line))
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
    measured: list[str] = []  # bare names of measurements
    for place, segment in enumerate(segments):
        denied = denied and _reached(segments, place)
        paired = place + 1 < len(segments) and segments[place + 1].paired
        measured = measured if segment.paired else []
        for name in segment.mention.fields:
            if is_number(name):
                told = _take_numbers([*measured, name], segment, notes)
                measured = [*measured, name] if paired and not told else []
                continue
            found = [(part, *_state(name, segment, part)) for part in segment.parts]
            bare = segment.mention.state in {value for _, value, _ in found} - {""}
            if bare and paired and not any(_LETTER.search(p.words) for p in segment.parts):
                waiting.append((name, segment))  # "NVD/NVE: none"
                continue
            if not any(said for _, _, said in found) or (denied and segment.mention.state):
                if denied:
                    found = [(part, table("fields")[name]["no"], True) for part, _, _ in found]
                else:
                    waiting.append((name, segment))
                    continue
            for part, value, said in found:
                if not (said or _LETTER.search(part.words)):  # "OD fluid, OS none"
                    notes.add(name, part.sides, table("fields")[name]["yes"], segment.name)
                elif said and value:
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
                continue
            value = segment.mention.state or meta["yes"]
            if value and not _LABEL.search(part.words):
                notes.add(name, part.sides, value, segment.name)


def _take_numbers(names: list[str], segment: Segment, notes: _Notes) -> bool:
    """The measurement that follows the last of these names, told for all; whether there is one."""
    told = False
    for place, part in enumerate(segment.parts):
        listed = len(names) > 1 and len(part.sides) == 1  # "upper/lower 20/50": each its own
        for order, name in enumerate(names):
            found = numbers(name, part.words, segment.mention)
            if listed and len(found) == len(names):
                found = [found[order]]
            told |= _take_number(name, segment, part, found, notes, first=place == 0)
    return told


def _take_number(
    name: str, segment: Segment, part: Part, found: list[Number], notes: _Notes, *, first: bool
) -> bool:
    sides, words = part.sides, f"{segment.name}{part.words}"
    around = f"{segment.before} {part.words}"
    if not found and first and name in _COUNTED:
        found = numbers(name, segment.before, segment.mention)[-1:]
    none = next((v for v, p in states(name) if p.search(around)), segment.mention.state)
    both = len(sides) != 1 or (_SLASHED.match(part.words) and not (part.own or segment.here))
    if len(found) == 2 and both and name not in _PERSON:
        for side, one in zip(SIDES, found, strict=True):
            notes.add(name, (side,), one.value, words, one.range)
    elif found:
        notes.add(name, sides, found[0].value, words, found[0].range)
    elif word("unclear").search(around):
        notes.add(name, sides, UNCLEAR, words)
    elif none:  # "no staining", "glands intact"
        notes.add(name, sides, float(none), words)
    else:
        return False
    return True


def _settled(notes: _Notes, modality: Modality, plain: str) -> Read:
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
    if not any(p.search(denial.words) for p in kinds):
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
    for name, start in histories(text):
        clause = _CLAUSE.split(text[max(start - 24, 0) : start])[-1]
        sentence = _STOP.split(text[:start])[-1]
        if name == "none" or word("no").search(clause) or word("denies").search(sentence):
            continue
        known.append(name)
    told = "+".join(sorted(dict.fromkeys(known)))
    return {"history": told} if told else {}
