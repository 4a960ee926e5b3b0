"""Which photos a question is about, by its words. Two languages."""

import re
from collections.abc import Mapping, Sequence

from assistant.lexicon import normalise
from assistant.words import Words
from vision.catalogue import Language, detect_language
from vision.types import Eye

_WORDS = Words("focus")
_NUMBERED = _WORDS.mixed("NUMBERED")
_HASHED = re.compile(r"#(\d+)\b")
_ORDINAL = _WORDS.mixed("ORDINAL")
_ASIDE = _WORDS.mixed("ASIDE")
_FIRST_HAN = _WORDS.mixed("FIRST_HAN")
_LAST_HAN = _WORDS.mixed("LAST_HAN")
_ALL = _WORDS.mixed("ALL")
_WHICH = _WORDS.mixed("WHICH")
_OTHER = _WORDS.mixed("OTHER")
_FOLLOWING = _WORDS.mixed("FOLLOWING")
_AGAINST = _WORDS.mixed("AGAINST")
_OF_FOCUS = _WORDS.mixed("OF_FOCUS")
_EITHER = _WORDS.mixed("EITHER")
_SIDES: tuple[tuple[Eye, re.Pattern[str]], ...] = (
    ("OD", _WORDS.mixed("RIGHT")),
    ("OS", _WORDS.mixed("LEFT")),
)
_OPPOSITE: dict[Eye, Eye] = {"OD": "OS", "OS": "OD"}
_COMPARISONS = ("pair_compare", "pair_lesion", "pair_which", "pair_grade", "pair_change")
_WHICH_EYE = "which_eye"
_BELIEVED = 0.5  # the share from which on a learned intent says which photos are meant
_LIKELY = 0.2  # the same where the words name one of both sides: "treat left or right?"
_ORDINALS: dict[str, int] = {
    "first": 1, "1st": 1, "earliest": 1, "oldest": 1, "initial": 1, "earlier": 1,
    "former": 1, "second": 2, "2nd": 2,
    "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5,
}  # fmt: skip


def images_asked_about(
    question: str,
    count: int,
    active: int,
    sides: Sequence[Eye] = (),
    shares: Mapping[str, float] | None = None,
) -> tuple[int, ...]:
    """Numbers (from 1) of the photos meant, given `count` photos with number `active` in focus.

    Empty where there is no photo. Words for a photo that is not there are ignored; `sides` are the
    photos' eyes as far as they are known, so that a photo can be meant by its side. `shares` are
    those of intents by the learned reading: some ask for a comparison.
    """
    if count < 2:
        return (active,) if count else ()
    text, learned = normalise(question), shares or {}
    named = _named(question, text, count)
    other = _other(text, count, active, sides)
    together = bool(_ALL.search(text) or _WHICH.search(text))
    if not named and learned.get(_WHICH_EYE, 0.0) >= _BELIEVED and _OF_FOCUS.search(text):
        return (active,)  # "I had both done: is this the left or the right one?"
    if not (named or other or together):
        if learned.get("pair_first", 0.0) >= _BELIEVED:
            return (1,)
        by_side = _on_side(text, active, sides)
        if not by_side and learned.get("pair_other", 0.0) >= _BELIEVED:
            other = _beside(active)
        least = _LIKELY if _EITHER.search(text) else _BELIEVED
        together = sum(learned.get(intent, 0.0) for intent in _COMPARISONS) >= least
        if by_side and not together:
            return (by_side,)
    if not named and together:
        return tuple(range(1, count + 1))
    chosen = named or ({other} if other else set())
    if chosen:
        against = len(chosen) == 1 and _AGAINST.search(text)
        return tuple(sorted(chosen | {active} if against else chosen))
    return (active,)


def sides_named(text: str) -> tuple[Eye, ...]:
    """The sides that a normalised text names an eye by."""
    return tuple(eye for eye, pattern in _SIDES if pattern.search(text))


def names_a_side_alone(question: str) -> bool:
    """Whether a question names one side and nothing else: "and the left?"."""
    text = normalise(question)
    rest = without_sides(text).replace("eye", " ").replace("眼", " ")
    return len(sides_named(text)) == 1 and not re.search(r"\w{4}|[\u4e00-\u9fff]{2}", rest)


def without_sides(text: str) -> str:
    """A normalised text with an eye for each eye that it names by its side."""
    for _, pattern in _SIDES:
        text = pattern.sub(lambda m: "眼" if "眼" in m.group() else "eye", text)
    return text


def without_other(question: str) -> str:
    """A question in which another photo than the one in focus is no eye or side any more.

    One that speaks of no other photo is left as it is.
    """
    text = normalise(question)
    if not _OTHER.search(text):
        return question
    return _OTHER.sub(lambda m: "the other one" if m.group().isascii() else "另一张", text)


def _named(question: str, text: str, count: int) -> set[int]:
    """The numbers that photos are called by; where some are only set aside, those of the rest."""
    every = set(range(1, count + 1))
    without = _ASIDE.sub(" ", text)
    if without == text:
        return every & set(_numbers(question, text, count))
    named = every & set(_numbers(_ASIDE.sub(" ", question), without, count))
    aside = every & set(_numbers("", text, count)) - named
    return named or (every - aside if aside else set())


def _numbers(question: str, text: str, count: int) -> list[int]:
    """All numbers that photos are called by."""
    words = [match[1] for match in _HASHED.finditer(question)]
    for match in _NUMBERED.finditer(text):
        told = match["en"] or match["place"] or match["zh"] or match["word"]
        words += re.findall(r"\d+|[一二两三四五]|[a-z]+(?=$)", told)
    for match in _ORDINAL.finditer(text):
        words.append(match["order"] or match["order2"] or match["order3"] or match["order4"])
    found = [int(w) if w.isdecimal() else _ORDINALS.get(w, count) for w in words]
    found += [1 for _ in _FIRST_HAN.finditer(text)]
    return found + [count for _ in _LAST_HAN.finditer(text)]


def _other(text: str, count: int, active: int, sides: Sequence[Eye]) -> int:
    """The photo that is called the other one; 0 where none is."""
    if _FOLLOWING.search(text):
        return min(active + 1, count)
    if not _OTHER.search(text):
        return 0
    if len(sides) == count and re.search(r"\beye\b|眼|侧", text, re.ASCII):
        across = _OPPOSITE.get(sides[active - 1])
        if across in sides:
            return _nearest([n for n, eye in enumerate(sides, 1) if eye == across], active)
    return _beside(active)


def _beside(active: int) -> int:
    return active - 1 if active > 1 else active + 1


def _on_side(text: str, active: int, sides: Sequence[Eye]) -> int:
    """The photo that is called by its side; 0 where none is, or where the side is what is asked."""
    named = sides_named(text)
    if len(named) != 1 or _OF_FOCUS.search(text):
        return 0
    return _nearest([n for n, eye in enumerate(sides, 1) if eye == named[0]], active)


def _nearest(numbers: Sequence[int], active: int) -> int:
    return min(numbers, key=lambda n: (abs(n - active), n), default=0)


_REPORT = re.compile(
    r"\breports?\b|\bwrite[- ]?up\b|\bstep by step\b|报告|逐步|一步一步|一步步", re.I
)
_ABBREVIATION = re.compile(r"[A-Z]{1,5}\d?s?")


def wants_report(question: str) -> bool:
    """Whether a question asks for more than a short answer: a report, or to be led step by step."""
    return bool(_REPORT.search(question))


def answer_language(question: str, otherwise: Language) -> Language:
    """The question's own language; `otherwise` where it has none: figures, or "OCT?"."""
    words = re.findall(r"[A-Za-z]+\d?", question)
    found = detect_language(question)
    if found == "en" and all(_ABBREVIATION.fullmatch(word) for word in words):
        return otherwise
    return found or otherwise
