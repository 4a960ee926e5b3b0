"""What the segments of a report tell: values with their eyes, and the words that told them."""

import re
from dataclasses import dataclass, field

from assistant.impression.cases import SIDES, UNCLEAR, Side, Value
from assistant.impression.lexis import states, word
from assistant.impression.scan import Part, Segment, Sides
from assistant.impression.tables import table
from assistant.impression.values import Number, is_number, numbers, reaches, state

_PERSON = ("osdi",)
_WORST = 3  # meiboscore
# "4 / 12": of the right and the left eye
_SLASHED = re.compile(r"[\s:=]*\d[\d.]*[ a-z%]{0,5}/ ?\d")
# "12 spots": the number comes first
_COUNTED = frozenset(
    ("spots", "ma_count", "haem_count", "partial", "atrophy_size", "hole_size", "vmi_width")
)
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


@dataclass(slots=True)
class Notes:
    """What was told so far; `loose` of no named eye, `same` eyes that are as the other one."""

    told: list[Told] = field(default_factory=list)
    loose: list[tuple[str, Value, str, str]] = field(default_factory=list)
    same: list[Sides] = field(default_factory=list)
    scored: bool = False  # whether the line grades the glands and tells no percent
    remaining: bool = False  # whether the line tells what is left of the glands, not what is lost

    def add(self, name: str, sides: Sides, value: Value, words: str, span: str = "") -> None:
        """One value of some eyes."""
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


def take(segments: list[Segment], notes: Notes) -> None:
    """The values of one line; what names alone are joined to is told for all of them."""
    denied = ""  # the words of a denial that reaches on
    waiting: list[tuple[str, Segment]] = []  # bare names, told with what follows
    measured: list[str] = []  # bare names of measurements
    for place, segment in enumerate(segments):
        denied = denied if _reached(segments, place) else ""
        paired = place + 1 < len(segments) and segments[place + 1].paired
        measured = measured if segment.paired else []
        for name in segment.mention.fields:
            if is_number(name):
                told = _take_numbers([*measured, name], segment, notes)
                measured = [*measured, name] if paired and not told else []
                continue
            found = [(part, *_state(name, segment, part)) for part in segment.parts]
            before = segment.before
            bare = segment.mention.state in {value for _, value, _ in found} - {""}
            if bare and paired and not any(_LETTER.search(p.words) for p in segment.parts):
                waiting.append((name, segment))  # "NVD/NVE: none"
                continue
            if not any(said for _, _, said in found) or (denied and segment.mention.state):
                if denied:
                    found = [(part, table("fields")[name]["no"], True) for part, _, _ in found]
                    before = denied
                else:
                    waiting.append((name, segment))
                    continue
            for part, value, said in found:
                if not (said or _LETTER.search(part.words)):  # "OD fluid, OS none"
                    notes.add(name, part.sides, table("fields")[name]["yes"], segment.name)
                elif said and value:
                    words = f"{before} {segment.name} {part.words}"
                    notes.add(name, part.sides, value, words)
            negative = all(value == table("fields")[name]["no"] for _, value, _ in found)
            _give(waiting, notes, none=segment.joined and negative)
            waiting = []
        denied = denied or (segment.before if reaches(segment.before) else "")
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


def _give(waiting: list[tuple[str, Segment]], notes: Notes, *, none: bool) -> None:
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


def _take_numbers(names: list[str], segment: Segment, notes: Notes) -> bool:
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
    name: str, segment: Segment, part: Part, found: list[Number], notes: Notes, *, first: bool
) -> bool:
    sides, words = part.sides, f"{segment.name}{part.words}"
    around = f"{segment.before} {part.words}"
    if not found and first and name in _COUNTED:
        found = numbers(name, segment.before, segment.mention)[-1:]
    implied = segment.mention.state if segment.mention.state.isdigit() else ""
    none = next((v for v, p in states(name) if p.search(around)), implied)
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
