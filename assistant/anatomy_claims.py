"""Claims of the normal retina, of the risk of macular edema, and of the lesions' own grade."""

import re

from assistant import cues
from assistant.claims import Claim, Relation
from assistant.clauses import Clause, denies, inside, is_general, stance
from assistant.lexicon import Mention
from assistant.number_claims import BETWEEN, Heard
from assistant.numbers import Number, read_numbers
from assistant.place_claims import sectors
from assistant.spans import Span, overlaps, pair
from assistant.words import Words

Found = tuple[list[tuple[Claim, Clause]], list[Span]]
_WORDS = Words("anatomy_claims")
_TERMS = tuple((kind, re.compile(words)) for (kind,), words in _WORDS.table("measure"))
_NORM = _WORDS["NORM"]
_MODIFIER = _WORDS["MODIFIER"]
_MODIFIER_AFTER = _WORDS["MODIFIER_AFTER"]
_OF_BEFORE = _WORDS["OF_BEFORE"]
_INDEFINITE = _WORDS["INDEFINITE"]
_EXTREMES: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    ("most", _WORDS["WIDEST"]),
    ("fewer", _WORDS["NARROWEST"]),
)
_ISNT = _WORDS["ISNT"]
_NOT_BEFORE = re.compile(r"\b(?:not|n't)\b[^,;.]{0,12}$|不$")
_COMPARED = _WORDS["COMPARED"]
_LOCATED = _WORDS["LOCATED"]
_RISK = _WORDS["RISK"]
_LEVEL_AFTER = _WORDS["LEVEL_AFTER"]
_WORD_AFTER = _WORDS["WORD_AFTER"]
_WORD_BEFORE = _WORDS["WORD_BEFORE"]
_LEVELS = tuple((codes, re.compile(words)) for codes, words in _WORDS.table("level"))
_NOT = re.compile(r"\bnot\b|n't\b|[未没不]")
_UNKNOWN_BEFORE = _WORDS["UNKNOWN_BEFORE"]
_GROUND = _WORDS["GROUND"]
_WITNESS = _WORDS["WITNESS"]
_WITNESS_AFTER = _WORDS["WITNESS_AFTER"]
_NEEDS_AFTER = re.compile(r"^ (?:needs?|requires?|means?|would|is)\b|^(?:需要?|要求|是指|意味)")
_FAR = 80  # characters from a name to its number
_PARTS = {
    "disc": "disc", "disk": "disc", "视盘": "disc", "fovea": "fovea", "中心凹": "fovea",
    "cup": "cup", "视杯": "cup",
}  # fmt: skip
_RATIOS = {"vertical": "vertical_cdr", "area": "area_cdr", "other": "horizontal_cdr"}


def anatomy_claims(text: str, clauses: list[Clause], heard: list[Heard]) -> Found:
    """Claims of disc, cup, rim, vessels and edema risk, and the spans that were read for them."""
    claims, taken = _risks(text, clauses, heard)
    for match in _LOCATED.finditer(text):
        clause = inside(clauses, match.start())
        told = {key.rstrip("2345"): v for key, v in match.groupdict().items() if v}
        if clause is not None and _said_here(clause, match.start(), match.group()):
            denied = "no" in told or "absent" in told
            claims.append((Claim("located", (_PARTS[told["what"]],), denied), clause))
    numbers = _by_term(text, clauses, heard, taken)
    for kind, clause, number in numbers:
        taken.append((number.start, number.end))
        if kind == "cdr":
            claims.append((Claim("anatomy", (_ratio(text, number),), number=number), clause))
        elif kind == "vessels":
            claims.append((Claim("anatomy", ("vessel_density",), number=number), clause))
    widths = [(clause, number) for kind, clause, number in numbers if kind == "rim"]
    claims += _rim_widths(text, widths, taken)
    return claims + _rim_order(text, clauses), taken


def by_lesions(text: str, clause: Clause, mention: Mention) -> Claim | None:
    """The claim of a grade that is said to follow from the lesions; None for another's grade."""
    start = max(text.rfind(mark, 0, mention.start) for mark in (";", ". ", "。")) + 1
    before = list(_WITNESS.finditer(text, start, mention.start))
    lead, after = text[clause.start : mention.start], text[mention.end : clause.end]
    if before[-1]["lesions"] is None if before else not _WITNESS_AFTER.match(after):
        return None
    told = _said_here(clause, mention.start, before[-1].group() if before else "")
    if not told or cues.EXPLAINS_AFTER.match(after) or _NEEDS_AFTER.match(after):
        return Claim("lesion_grade")
    return Claim("lesion_grade", mention.codes, denies(lead, ""))


def witnesses(text: str) -> list[Span]:
    """Where lesions are named as the ground of a grade or a risk, which claims none of them."""
    grounds = [match.span() for match in _GROUND.finditer(text)]
    return grounds + [match.span() for match in _WITNESS.finditer(text) if match["lesions"]]


def _said_here(clause: Clause, position: int, said: str = "") -> bool:
    """Whether what is `said` is told of this photo: no supposition, no rule, nothing general."""
    if any(low <= position < high for low, high in clause.supposes) or clause.rule:
        return False
    if cues.HYPOTHETIC.search(clause.text):
        return False
    return clause.anchor == "here" or not is_general(clause.text.replace(said, ""))


def _risks(text: str, clauses: list[Clause], heard: list[Heard]) -> Found:
    claims: list[tuple[Claim, Clause]] = []
    taken: list[Span] = []
    for match in _RISK.finditer(text):
        clause = inside(clauses, match.start())
        if clause is None:
            continue
        taken.append(match.span())
        before, after = text[clause.start : match.start()], text[match.end() :]
        number = _LEVEL_AFTER.match(after)
        if number:
            taken.append((match.end(), match.end() + number.end()))
        # "grade 2" of such a clause is the risk's
        taken += [
            (m.start, m.end) for c, m, _ in heard if m.kind == "grade" and c.start == clause.start
        ]
        told = match["within"] or (number and number["number"])
        codes = (told,) if told else _rated(before, after)
        if _NOT.search(match.group()):  # "the macula is not threatened"
            codes = ("0",)
        said = stance(clause, Mention("outside", ("oedema",), *match.span()))
        unsaid = said == "named" or _UNKNOWN_BEFORE.search(before)
        if not _said_here(clause, match.start()) or (unsaid and not codes):
            continue
        codes = codes or (("0",) if said == "denied" else ("1", "2"))
        by_classifier = any(witness["classifier"] for witness in _WITNESS.finditer(clause.text))
        claims.append((Claim("oedema_risk", codes, hedged=by_classifier), clause))
    return claims, taken


def _rated(before: str, after: str) -> tuple[str, ...]:
    """The risks that a word beside it may mean: "a high risk", "the risk is low"."""
    match = _WORD_AFTER.match(after) or _WORD_BEFORE.search(before)
    if match is None:
        return ()
    word = match["en"] or match["zh"]
    return next((codes for codes, pattern in _LEVELS if pattern.fullmatch(word)), ())


def _by_term(
    text: str, clauses: list[Clause], heard: list[Heard], taken: list[Span]
) -> list[tuple[str, Clause, Number]]:
    """Numbers told of ratio, rim or vessels: by the nearest such name before, else right after."""
    names = sorted(
        (match.start(), match.end(), kind)
        for kind, pattern in _TERMS
        for match in pattern.finditer(text)
    )
    found = []
    for number in read_numbers(text):
        clause = inside(clauses, number.start)
        if clause is None or overlaps((number.start, number.end), taken):
            continue
        if number.unit not in ("", "percent", "dd") or _counts_lesions(text, number, heard):
            continue
        name = _name_of(text, number, names, heard)
        if name is None or _NORM.search(text[: number.start]):
            continue
        start, _, kind = name
        vague = clause.anchor != "here" and _INDEFINITE.search(text[:start])
        fits = {"cdr": ("", "percent"), "rim": ("", "dd"), "vessels": ("", "percent")}
        told = kind in fits and number.unit in fits[kind] and not _year(number)
        if told and not vague and _said_here(clause, number.start):
            found.append((kind, clause, number))
    return found


def _year(number: Number) -> bool:
    return number.step == 1 and 1900 <= number.low <= 2100


def _counts_lesions(text: str, number: Number, heard: list[Heard]) -> bool:
    return number.unit == "" and any(
        m.kind == "lesion" and m.start >= number.end and BETWEEN.match(text[number.end : m.start])
        for _, m, _ in heard
    )


def _name_of(
    text: str, number: Number, names: list[tuple[int, int, str]], heard: list[Heard]
) -> tuple[int, int, str] | None:
    before = [name for name in names if name[1] <= number.start]
    if before:
        end = before[-1][1]
        between = [m for _, m, _ in heard if end <= m.start < number.start and m.kind != "outside"]
        ended = re.search(r"[;。]|\.\s", text[end : number.start])
        if number.start - end <= _FAR and not between and not ended:
            return before[-1]
    after = [name for name in names if name[0] >= number.end]
    if after and _OF_BEFORE.match(text[number.end : after[0][0]]):
        return after[0]
    return None


def _ratio(text: str, number: Number) -> str:
    """Which cup-to-disc ratio a number is; the vertical one where it is not said."""
    told = _MODIFIER_AFTER.match(text[number.end :])
    if told is None:
        lead = list(_MODIFIER.finditer(text, max(0, number.start - _FAR), number.start))
        told = lead[-1] if lead else None
    return _RATIOS[str(told.lastgroup)] if told else "vertical_cdr"


def _rim_widths(
    text: str, widths: list[tuple[Clause, Number]], taken: list[Span]
) -> list[tuple[Claim, Clause]]:
    named = sectors(text, [])
    of: dict[int, tuple[str, ...]] = {}
    for (span, places), number in pair(text, named, [number for _, number in widths]):
        if number is not None:
            of[number.start] = places
            taken.append(span)
    return [
        (Claim("anatomy", of.get(number.start, ("I", "S", "N", "T")), number=number), clause)
        for clause, number in widths
    ]


def _rim_order(text: str, clauses: list[Clause]) -> list[tuple[Claim, Clause]]:
    """Where the rim is said to be widest or narrowest, and whether it keeps the usual order."""
    found: list[tuple[Claim, Clause]] = []
    rim = dict(_TERMS)["rim"].search(text)
    named = sectors(text, [])
    for relation, pattern in _EXTREMES:
        for match in pattern.finditer(text) if rim and named else ():
            clause = inside(clauses, match.start())
            nearest = min(named, key=lambda name: abs(name[0] - match.start()))
            if clause is not None and _said_here(clause, match.start()):
                places = nearest[2][1]
                found.append((Claim("rim_order", places, relation=relation), clause))
    for match in _ISNT.finditer(text):
        clause = inside(clauses, match.start())
        if clause is not None and _said_here(clause, match.start()):
            negated = _NOT_BEFORE.search(text[: match.start()]) or " not " in match.group()
            denied = bool(match["broken"] or match["broken2"]) != bool(negated)
            found.append((Claim("rim_order", ("ISNT",), denied), clause))
    for match in _COMPARED.finditer(text) if rim else ():
        clause = inside(clauses, match.start())
        around = [name for name in named if match.start() - 12 <= name[0] < match.end() + 20]
        if clause is not None and len(around) == 2 and _said_here(clause, match.start()):
            one, other = (name[2][1] for name in around)
            side: Relation = "more" if match["more"] or match["more_zh"] else "fewer"
            found.append((Claim("rim_order", one, relation=side, against=other), clause))
    return found
