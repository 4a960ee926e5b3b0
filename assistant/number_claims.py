"""Numbers of a sentence bound to what they count or measure.

A number in a clause about this photo that fits nothing that was measured is an unsupported claim.
"""

import math
import re
from dataclasses import replace

from assistant import cues
from assistant.claims import Claim
from assistant.clauses import Clause, Stance, asserts_count, inside, is_general
from assistant.lexicon import Mention
from assistant.numbers import Number, read_numbers
from assistant.spans import Span, overlaps
from assistant.words import Words

Heard = tuple[Clause, Mention, Stance]

_WORDS = Words("number_claims")
# numbers that name or order things instead of measuring them
_INDEX_BEFORE = _WORDS["INDEX_BEFORE"]
_INDEX_AFTER = _WORDS["INDEX_AFTER"]
_NAMING_BEFORE = _WORDS["NAMING_BEFORE"]
_DENIED_BEFORE = _WORDS["DENIED_BEFORE"]
_YEAR_BEFORE = _WORDS["YEAR_BEFORE"]
_NO_YEAR_AFTER = _WORDS["NO_YEAR_AFTER"]
_LINK = _WORDS["LINK"]
BETWEEN = _WORDS["BETWEEN"]
# words for counts, with the least and the most that they may stand for
_QUANTIFIERS = _WORDS.table("quantity")
_AREA = re.compile(r"field|\bfov\b|area|cover|view|视野|面积|占|覆盖")
_MEASURED_NOUN = _WORDS["MEASURED_NOUN"]
_SHARE_VERB = _WORDS["SHARE_VERB"]
_COUNT_BEFORE = _WORDS["COUNT_BEFORE"]
_COUNT_AFTER = re.compile(r"^ (?:of (?:them|these|those)|in (?:number|total|all))\b")


def number_claims(
    text: str, clauses: list[Clause], heard: list[Heard], taken: list[Span]
) -> list[tuple[Claim, Clause]]:
    """Claims of counts, shares and other figures, each with its clause; not those in `taken`."""
    found: list[tuple[Claim, Clause]] = []
    unit = ""
    for number in read_numbers(text):
        if number.unit == "" and number.step < 1 and unit == "dd":
            number = replace(number, unit="dd")  # "0.3 disc diameters and 0.4"
        unit = number.unit
        clause = inside(clauses, number.start)
        if clause is None or number.unit == "time" or names_something(text, number, clause):
            continue
        if overlaps((number.start, number.end), taken):
            continue
        here = [(m, s) for c, m, s in heard if c.start == clause.start]
        claim = _claim(text, number, clause, here)
        if claim is not None:
            found.append((claim, clause))
    words = quantities(text, heard)
    return found + [
        (Claim("count", mention.codes, number=number), clause)
        for number, mention, clause in words
        if not overlaps((number.start, number.end), taken)
    ]


def names_something(text: str, number: Number, clause: Clause) -> bool:
    """Whether the number is an index, a year, a fraction of a scale or part of a word."""
    before, after = text[clause.start : number.start], text[number.end :]
    if number.unit:
        return bool(_DENIED_BEFORE.search(before))
    if re.match(r"[a-z]|-(?:year|month|week|day|field|degree)", after):
        return not re.match(r"x\s?\d", after)
    year = number.low == number.high and 1900 <= number.low <= 2100
    if year and _YEAR_BEFORE.search(before) and not _NO_YEAR_AFTER.match(after):
        return True
    if re.match(r"\s*/\s*[1-9]\b(?!\d)", after):
        return True  # "2/4": a grade of a scale
    naming = _INDEX_BEFORE.search(before) or _NAMING_BEFORE.search(before)
    return bool(naming or _INDEX_AFTER.match(after))


def _claim(
    text: str, number: Number, clause: Clause, here: list[tuple[Mention, Stance]]
) -> Claim | None:
    if any(low <= number.start < high for low, high in clause.supposes):
        return None
    if cues.HYPOTHETIC.search(clause.text):
        return None
    if number.unit == "":
        counted = _counted(text, number, here)
        if counted is not None:
            mention, said = counted
            if not asserts_count(clause, mention):
                return None
            each = bool(cues.PER_QUADRANT.search(clause.text))
            denied = said == "denied" and number.low > 0 and not _bounded(number)
            return Claim(
                "count", mention.codes, denied=denied, number=number,
                relation="each" if each else "",
            )  # fmt: skip
    if not _specific(text, number, clause, here):
        return None
    if number.unit == "":
        spelt = not any(char.isdigit() for char in text[number.start : number.end])
        before, after = text[: number.start], text[number.end :]
        counts = _COUNT_BEFORE.search(before) or _COUNT_AFTER.match(after)
        return None if spelt and not counts else Claim("figure", (), number=number)
    return Claim("share", _measured(text, number, here), number=number)


def _bounded(number: Number) -> bool:
    return math.isinf(number.low) or math.isinf(number.high)


def _counted(
    text: str, number: Number, here: list[tuple[Mention, Stance]]
) -> tuple[Mention, Stance] | None:
    """The lesion term that the number counts: right after it, else right before it."""
    lesions = [(m, s) for m, s in here if m.kind == "lesion"]
    for mention, said in lesions:
        if mention.start >= number.end and BETWEEN.match(text[number.end : mention.start]):
            return mention, said
    for mention, said in reversed(lesions):
        if mention.end <= number.start and _LINK.match(text[mention.end : number.start]):
            return mention, said
    return None


def _measured(text: str, number: Number, here: list[tuple[Mention, Stance]]) -> tuple[str, ...]:
    """Codes of the term that a share or size is about: the nearest, not past a comma; else all."""
    likely = ("lesion", "disease", "grade", "normal", "outside")
    kinds = ("lesion",) if number.unit in ("px", "dd") else likely
    if number.unit == "percent" and _AREA.search(text[max(0, number.start - 25) : number.end + 25]):
        kinds = ("lesion",)
    ranked = []
    for mention, _ in here:
        if mention.kind not in kinds:
            continue
        after = mention.start >= number.end
        gap = text[number.end : mention.start] if after else text[mention.end : number.start]
        # a name that follows is meant only where it follows at once: "86% probability of ..."
        crossed = bool(re.search(r"[,;、]", gap)) or (after and (len(gap) > 25 or ")" in gap))
        ranked.append((crossed, after and crossed, len(gap), mention.codes))
    if not ranked and number.unit == "percent" and re.search(r"grade|分级|级别", text):
        return ("0", "1", "2", "3", "4")
    return min(ranked)[-1] if ranked else ()


def _specific(
    text: str, number: Number, clause: Clause, here: list[tuple[Mention, Stance]]
) -> bool:
    """Whether the clause is about this photo, for a number that counts no lesion."""
    if any(said != "named" for _, said in here):
        return True
    before = text[clause.start : number.start]
    if clause.anchor == "here" and (cues.PHOTO.search(clause.text) or here):
        return True
    if is_general(clause.text):
        return False
    if clause.anchor != "none" and not clause.conditional:
        return True
    terms = [m for m, _ in here if m.kind in ("lesion", "disease", "grade", "outside")]
    if terms and number.unit == "dd":
        return not clause.conditional
    if (
        terms
        and number.unit == "percent"
        and (_SHARE_VERB.search(clause.text) or _AREA.search(clause.text))
    ):
        return not (clause.conditional or is_general(clause.text))
    return bool(_MEASURED_NOUN.search(before)) or bool(
        terms and not cues.VERB.search(re.sub(r"\b(?:is|are|was|were)\b|[是为]", "", clause.text))
    )


def quantities(text: str, heard: list[Heard]) -> list[tuple[Number, Mention, Clause]]:
    """Counts in words: "many haemorrhages", "a single exudate"."""
    found = []
    for clause, mention, said in heard:
        if mention.kind != "lesion" or said != "claimed":
            continue
        before = text[clause.start : mention.start]
        for (low, high), words in _QUANTIFIERS:
            match = re.search(rf"(?:(?<![a-z])(?:{words}))(?P<gap>[^,;]{{0,24}})$", before)
            if match and BETWEEN.match(match["gap"]):
                start = clause.start + match.start()
                number = Number(float(low), float(high), 1.0, "", False, start, mention.end)
                found.append((number, mention, clause))
                break
    return found
