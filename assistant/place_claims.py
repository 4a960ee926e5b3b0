"""Claims of where lesions lie: quadrants, near or far from the fovea, within circles around it."""

import re
from dataclasses import dataclass

from assistant import cues
from assistant.claims import Claim, Relation
from assistant.clauses import Clause, Stance, inside, is_general
from assistant.lexicon import Mention
from assistant.number_claims import BETWEEN, Heard, names_something, quantities
from assistant.numbers import Number, read_numbers
from assistant.spans import Span, overlaps, pair
from assistant.words import Words

_WORDS = Words("place_claims")
_CIRCLE = _WORDS["CIRCLE"]
_RADIUS = _WORDS["RADIUS"]
_RADIUS_HAN = _WORDS["RADIUS_HAN"]
_INSIDE = _WORDS["INSIDE"]
_AROUND = _WORDS["AROUND"]
_NONE_BEFORE = _WORDS["NONE_BEFORE"]
_NONE_AFTER = _WORDS["NONE_AFTER"]
_GROUPED = _WORDS["GROUPED"]
_MOST = _WORDS["MOST"]
_ALL_BEFORE = _WORDS["ALL_BEFORE"]
_ALL_AFTER = _WORDS["ALL_AFTER"]
_LISTED = _WORDS["LISTED"]
_SPREAD = _WORDS["SPREAD"]
_PART = re.compile(r" of (?:them|the|these|those)\b")  # "3 of the haemorrhages"
_SECTORS = frozenset(("S", "I", "T", "N", "ST", "SN", "IT", "IN"))


@dataclass(frozen=True, slots=True)
class _Told:
    """A lesion class that a place or a number is told of."""

    codes: tuple[str, ...]
    said: Stance
    clause: Clause
    mention: Mention


def place_claims(
    text: str, clauses: list[Clause], heard: list[Heard], taken: list[Span]
) -> tuple[list[tuple[Claim, Clause]], list[Span]]:
    """Claims of places, each with its clause, and the spans that were read for them."""
    counts = [n for n in read_numbers(text) if n.unit == "" and _counts(text, n, clauses)]
    counts += [number for number, _, _ in quantities(text, heard)]
    counts = sorted((n for n in counts if not overlaps((n.start, n.end), taken)), key=_start)
    claims: list[tuple[Claim, Clause]] = []
    read: list[Span] = []
    rounds = circles(text, taken)
    for (span, radius), number in pair(text, [(*s, (s, r)) for s, r in rounds], counts):
        read.append(span)
        listed = [] if number is None else _listed(text, number, counts, heard)
        read += [(one.start, one.end) for one in [*listed, *([number] if number else [])]]
        for one in (number, *listed):
            claims += _of_circle(text, span, radius, one, clauses, heard)
    counts = [n for n in counts if not overlaps((n.start, n.end), read)]
    for (span, places), number in pair(text, sectors(text, [*taken, *read]), counts):
        clause = inside(clauses, span[0])
        if number is None or clause is None:
            continue
        read.append(span)
        for one in [number, *_listed(text, number, counts, heard)]:
            told = _told(text, one, span, clauses, heard)
            if told is not None and _asserted(clause, told):
                claims.append((Claim("place", told.codes, number=one, places=places), clause))
            read.append((one.start, one.end))
    for clause in clauses:
        claims += [(claim, clause) for claim in _places(clause, heard, [*taken, *read])]
    return claims, read


def _listed(text: str, number: Number, counts: list[Number], heard: list[Heard]) -> list[Number]:
    """The other counts of a list: "4 haemorrhages and 5 hard exudates", both told of one place."""
    ends = {n.start: m.end for n in counts for _, m, _ in heard if _named_by(text, n, m)}
    run: list[Number] = []
    whole = [n for n in counts if n.start in ends and not _PART.match(text[n.end :])]
    for one in whole:
        joined = run and _LISTED.match(text[ends[run[-1].start] : one.start])
        if run and not joined and number in run:
            break
        run = [*run, one] if joined else [one]
    return [one for one in run if one != number] if number in run else []


def _named_by(text: str, number: Number, mention: Mention) -> bool:
    """Whether a lesion's name follows its count at once."""
    gap = text[number.end : mention.start]
    return mention.kind == "lesion" and mention.start >= number.end and bool(BETWEEN.match(gap))


def _start(number: Number) -> int:
    return number.start


def _counts(text: str, number: Number, clauses: list[Clause]) -> bool:
    clause = inside(clauses, number.start)
    of_them = _PART.match(text[number.end :])
    return clause is not None and bool(of_them or not names_something(text, number, clause))


def circles(text: str, taken: list[Span]) -> list[tuple[Span, float]]:
    """Circles around the fovea that a text names: where, and their radius in disc diameters."""
    found: list[tuple[Span, float]] = []
    halved = False
    for number in read_numbers(text):
        if number.unit != "dd" or overlaps((number.start, number.end), taken):
            continue
        before, after = text[: number.start], text[number.end :]
        closed = _INSIDE.match(after)
        wide, far, han = (p.search(before) for p in (_CIRCLE, _RADIUS, _RADIUS_HAN))
        less = number.low == float("-inf")
        if not (wide or far or closed or less):
            continue
        lead = wide or far or han
        halved = bool(wide) or (halved and not (far or han))
        around = _AROUND.match(after[closed.end() :] if closed else after)
        end = number.end + (closed.end() if closed else 0) + (around.end() if around else 0)
        rounding = number.step / 2 if number.step < 1 else 0.0
        radius = (number.high + rounding) / (2 if halved else 1)
        found.append(((lead.start() if lead else number.start, end), radius))
    return found


def sectors(text: str, taken: list[Span]) -> list[tuple[int, int, tuple[Span, tuple[str, ...]]]]:
    """Quadrants and halves that a text names; those in one breath together."""
    found: list[tuple[int, int, tuple[Span, tuple[str, ...]]]] = []
    for match in cues.PLACE.finditer(text):
        name = next((n.rstrip("z2") for n, value in match.groupdict().items() if value), "")
        if name not in _SECTORS or overlaps(match.span(), taken):
            continue
        start, end = match.span()
        if found and _GROUPED.match(text[found[-1][1] : start]):
            (start, _), names = found.pop()[2]
            found.append((start, end, ((start, end), (*names, name))))
        else:
            found.append((start, end, ((start, end), (name,))))
    return found


def _of_circle(
    text: str,
    span: Span,
    radius: float,
    number: Number | None,
    clauses: list[Clause],
    heard: list[Heard],
) -> list[tuple[Claim, Clause]]:
    clause = inside(clauses, span[0])
    told = None if clause is None else _told(text, number, span, clauses, heard)
    if clause is None or told is None or not _asserted(clause, told):
        return []
    if number is not None:
        return [(Claim("place", told.codes, number=number, within_dd=radius), clause)]
    here = told.clause.start == clause.start
    if here and told.said == "named":
        return []
    before, after = text[clause.start : span[0]], text[span[1] : clause.end]
    none = bool(_NONE_BEFORE.search(before) or _NONE_AFTER.match(after))
    denied = none or (here and told.said == "denied")
    relation: Relation = "each" if _all(told) and not denied else ""
    return [(Claim("place", told.codes, denied, relation=relation, within_dd=radius), clause)]


def _all(told: _Told) -> bool:
    """ "All haemorrhages", "haemorrhages all lie"."""
    at, until = told.mention.start - told.clause.start, told.mention.end - told.clause.start
    text = told.clause.text
    return bool(_ALL_BEFORE.search(text[:at]) or _ALL_AFTER.match(text[until:]))


def _told(
    text: str, number: Number | None, span: Span, clauses: list[Clause], heard: list[Heard]
) -> _Told | None:
    """The lesions that a number or a place is told of: named beside it, else before, else after."""
    lesions = [_Told(m.codes, s, c, m) for c, m, s in heard if m.kind == "lesion"]
    if number is not None:
        for told in lesions:
            if _named_by(text, number, told.mention):
                return told
            if told.mention.start >= number.start and told.mention.end <= number.end:
                return told  # "several haemorrhages" is number and name at once
    at = span[0] if number is None else min(span[0], number.start)
    before = [told for told in lesions if told.mention.end <= at]
    clause = inside(clauses, span[0])
    here = [told for told in lesions if clause is not None and told.clause.start == clause.start]
    if before:
        return before[-1]
    return next(iter(here or lesions), None)


def _asserted(clause: Clause, told: _Told) -> bool:
    """Whether a count or a place is said of this photo."""
    supposed = any(low <= clause.start < high for low, high in clause.supposes)
    if supposed or clause.rule or cues.HYPOTHETIC.search(clause.text):
        return False
    until = told.mention.end - told.clause.start
    if cues.EXPLAINS_AFTER.match(told.clause.text[until:]):
        return False
    if "here" in (clause.anchor, told.clause.anchor):
        return True
    parts = (cues.PER_QUADRANT.sub("", part.text) for part in (clause, told.clause))
    return not any(is_general(part) for part in parts)


def _places(clause: Clause, heard: list[Heard], taken: list[Span]) -> list[Claim]:
    """Where lesions are said to lie without a number; "they lie" counts for all classes."""
    names: list[str] = []
    numbers = read_numbers(clause.text)
    measured = any(
        n.unit == "dd" and not overlaps((clause.start + n.start, clause.start + n.end), taken)
        for n in numbers
    )
    for match in cues.PLACE.finditer(clause.text):
        if overlaps((clause.start + match.start(), clause.start + match.end()), taken):
            continue
        if cues.PER_QUADRANT.fullmatch(match.group()) and not numbers:
            names += ["ST", "SN", "IT", "IN"]  # "in all four quadrants"
            continue
        found = [name.rstrip("z2") for name, value in match.groupdict().items() if value]
        # "2 disc diameters away from the fovea" is a distance
        names += [n for n in found if not (measured and n in ("near", "far"))]
    if not names:
        return []
    places = tuple(dict.fromkeys(names))
    rest, each = cues.PER_QUADRANT.subn("", clause.text)
    if each and read_numbers(rest):
        return []  # "fewer than 20 in each quadrant" is a count
    here = [(m, s) for c, m, s in heard if c.start == clause.start and m.kind == "lesion"]
    claimed = tuple(dict.fromkeys(code for m, s in here if s == "claimed" for code in m.codes))
    denied = tuple(dict.fromkeys(code for m, s in here if s == "denied" for code in m.codes))
    if claimed or denied:
        relation: Relation = ""
        if claimed and set(places) <= _SECTORS:
            told = next(_Told(m.codes, s, clause, m) for m, s in here if s == "claimed")
            relation = "most" if _MOST.search(clause.text) else "each" if _all(told) else ""
        return [Claim("place", claimed or denied, not claimed, places=places, relation=relation)]
    if (
        not here
        and clause.anchor != "none"
        and _SPREAD.search(clause.text)
        and not is_general(clause.text)
    ):
        return [Claim("place", ("MA", "HE", "EX", "SE"), places=places)]
    return []
