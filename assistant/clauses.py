"""A sentence cut into clauses, and what each does with a term: claims it, denies it, or neither.

The decision is made by cues in the words around the term, strongest first: an explanation or a
supposition is no claim; a pointer to this photo or person makes one; else what is generally said
makes none; else "there are", "was found", a count or a bare phrase without a verb makes one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant import cues
from assistant.lexicon import Mention

_SHORT = 6  # words of three letters and more, or Chinese characters
Stance = Literal["claimed", "denied", "named"]
Anchor = Literal["none", "inherited", "here"]


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a normalised sentence, `start` to `end`; `anchor`: does it point to the photo."""

    text: str
    start: int
    end: int
    anchor: Anchor
    supposes: tuple[tuple[int, int], ...]  # spans under "if", in the sentence
    conditional: bool  # the sentence holds an "if" somewhere
    rule: bool  # the sentence states a definition and points to no photo
    listed: bool  # a later part of a sentence of general kind: "stages are: mild - moderate"


def split(text: str) -> list[Clause]:
    """Clauses of a normalised sentence, in order."""
    supposes = tuple(match.span() for match in cues.CONDITION.finditer(text))
    body = re.sub(r"^(?:photo|照片) ?\d+ ?: ?", "", text)
    rule = bool(cues.RULE.search(body) and not cues.PHOTO.search(body))
    rule = rule or bool(cues.TEACHES.search(body))
    spans: list[tuple[int, int, bool]] = []  # start, end, opened by a strong boundary
    begin, strong = cues.OPENING.match(text).end(), True  # type: ignore[union-attr]
    for match in cues.CLAUSE.finditer(text, begin):
        spans += _joints(text, begin, match.start(), strong=strong)
        begin, strong = match.end(), True
        aside = text.find(",", begin) if match.group().endswith("which") else -1
        if aside > 0:  # after "which ...," the main clause goes on
            spans.append((begin, aside, True))
            begin = aside + 1
    spans += _joints(text, begin, len(text), strong=strong)
    clauses: list[Clause] = []
    for start, end, fresh in spans:
        part = text[start:end]
        if not part.strip(" ,"):
            continue
        here = bool(cues.PHOTO.search(part) or cues.PERSON.search(part))
        before = clauses[-1].anchor if clauses and not fresh else "none"
        after_photo = any(cues.PHOTO.search(earlier.text) for earlier in clauses)
        inherited = before != "none" or after_photo or bool(cues.IT.search(part))
        anchor: Anchor = "here" if here else "inherited" if inherited else "none"
        clauses.append(Clause(part, start, end, anchor, supposes, bool(supposes), rule,
                              bool(clauses) and is_general(text)))  # fmt: skip
    return clauses


def _joints(text: str, begin: int, end: int, *, strong: bool) -> list[tuple[int, int, bool]]:
    """Cut at commas and conjunctions where both sides can stand alone; lists stay whole."""
    atoms, cursor = [], begin
    for match in cues.JOINT.finditer(text, begin, end):
        inside_number = (
            text[match.start() - 1 : match.start()].isdigit()
            and text[match.end() : match.end() + 3].isdigit()
        )
        if not inside_number:
            atoms.append((cursor, match.start()))
            cursor = match.end()
    atoms.append((cursor, end))
    merged: list[tuple[int, int, bool]] = []
    for start, stop in atoms:
        part = text[start:stop]
        fresh = cues.FRESH.match(part)
        if merged and not (
            (fresh or cues.PREDICATE.search(part))
            and (fresh or cues.PREDICATE.search(text[merged[-1][0] : merged[-1][1]]))
        ):
            merged[-1] = (merged[-1][0], stop, merged[-1][2])
        else:
            merged.append((start, stop, strong and not merged))
    return merged


def lists(text: str, terms: list[Mention]) -> dict[Mention, tuple[int, int]]:
    """For each term, start and end of the list that it stands in: "exudates, spots or none"."""
    spans: dict[Mention, tuple[int, int]] = {}
    run: list[Mention] = []
    for mention in terms:
        if run and not cues.LIST_GAP.fullmatch(text[run[-1].end : mention.start]):
            run = []
        run = [*run, mention]
        spans |= dict.fromkeys(run, (run[0].start, mention.end))
    return spans


def stance(clause: Clause, mention: Mention, span: tuple[int, int] | None = None) -> Stance:
    """Whether the clause claims or denies the term of this photo or person, or only names it.

    `span` is the list that the term stands in: what is said of the list is said of the term.
    """
    start, end = span or (mention.start, mention.end)
    before = clause.text[: max(0, start - clause.start)]
    after = clause.text[end - clause.start :]
    if any(low <= mention.start < high for low, high in clause.supposes):
        return "named"
    if cues.HYPOTHETIC.search(clause.text) or clause.rule:
        return "named"
    shown = cues.SHOWS_BEFORE.search(before) and cues.SIGNS_AFTER.match(after)
    shown = shown or cues.SEEN_AFTER.match(after)
    if not shown and (_only_named(before, after) or cues.EXPLAINS_AFTER.match(after)):
        return "named"
    if not _asserted(clause, before, after, mention):
        return "named"
    excepted = cues.EXCEPTED.search(before)
    return "denied" if not excepted and denies(before, after) else "claimed"


def explains(clause: Clause, span: tuple[int, int]) -> bool:
    """Whether the clause goes on to say what the listed terms are or do."""
    return bool(cues.EXPLAINS_AFTER.match(clause.text[span[1] - clause.start :]))


def denies(before: str, after: str) -> bool:
    """Whether the words before or after a term deny it."""
    if cues.NOT_EXCLUDED_BEFORE.search(before) or cues.NOT_EXCLUDED_AFTER.match(after):
        return False
    if cues.NOT_ONLY.search(before) or cues.TWICE_DENIED.search(before + after):
        return False
    return bool(cues.DENIED_BEFORE.search(before) or cues.DENIED_AFTER.match(after))


def hedged(clause: Clause) -> bool:
    """Whether the clause says perhaps."""
    return bool(cues.HEDGE.search(clause.text))


def _only_named(before: str, after: str) -> bool:
    if cues.NAME_BEFORE.search(before) and not cues.SHOWN_BEFORE.search(before):
        return True
    if cues.RATED_AFTER.match(after) and cues.LIKELIHOOD.search(before[-30:] + after[:20]):
        return False  # "the risk of glaucoma is high" is more than its name
    named = cues.NAMED_BEFORE.search(before) and not cues.HAS_BECOME.search(before)
    return bool(named or cues.NAMED_AFTER.match(after))


def _asserted(clause: Clause, before: str, after: str, mention: Mention) -> bool:
    if clause.anchor == "here" and _points(clause, before, after):
        return True
    if cues.SEEN_AFTER.match(after) or cues.NAMES_BEFORE.search(before):
        return True
    if cues.HAS_BECOME.search(before):
        return True
    if cues.SHOWS_BEFORE.search(before) and cues.SIGNS_AFTER.match(after):
        return True
    if is_general(clause.text):
        return False
    if clause.anchor != "none" and not clause.conditional:
        return True
    if clause.conditional:
        return False
    if cues.EXISTS_BEFORE.search(before) or cues.EXISTS_AFTER.match(after):
        return True
    if cues.DENIED_AFTER.match(after):
        return True
    # a short phrase without a verb is the short form of "there is"
    rest = before + " " + after
    short = len(re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", rest)) <= _SHORT
    phrase = cues.PHRASE_AFTER.match(after) and not cues.VERB.search(rest)
    return bool(short and phrase and not clause.listed)


def _points(clause: Clause, before: str, after: str) -> bool:
    """A photo named anywhere in the clause, or a person before the term or right after it."""
    if cues.PHOTO.search(clause.text):
        return True
    return bool(
        cues.PERSON.search(before + clause.text[len(before) : len(clause.text) - len(after)])
        or cues.THIS_PERSON.match(after)
    )


@lru_cache(maxsize=256)  # asked once for each number and term of a clause
def is_general(text: str) -> bool:
    """Whether a text speaks of eyes and diseases at large."""
    return bool(cues.GENERAL.search(text))


def asserts_count(clause: Clause, mention: Mention) -> bool:
    """Whether a number beside the term is said of this photo; a number needs no "there are"."""
    before = clause.text[: mention.start - clause.start]
    after = clause.text[mention.end - clause.start :]
    if any(low <= mention.start < high for low, high in clause.supposes):
        return False
    if cues.HYPOTHETIC.search(clause.text) or cues.EXPLAINS_AFTER.match(after) or clause.rule:
        return False
    if clause.anchor == "here" and _points(clause, before, after):
        return True
    return not is_general(before + " \u2026 " + after)


def inside(clauses: list[Clause], position: int) -> Clause | None:
    """The clause that holds a position of the sentence."""
    return next((clause for clause in clauses if clause.start <= position < clause.end), None)
