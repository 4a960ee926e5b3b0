"""Numbers of a sentence paired with the names beside them, and the parts of it that are read."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from assistant.numbers import Number
from assistant.words import Words

Span = tuple[int, int]
T = TypeVar("T")
_APART = Words("place_claims")["APART"]
_OF_THE = re.compile(r" of (?:the |these |those |all )?")
_FAR = 60  # characters


def overlaps(span: Span, taken: Iterable[Span]) -> bool:
    """Whether a span meets one of those that were read already."""
    return any(span[0] < end and start < span[1] for start, end in taken)


def pair(
    text: str, names: Sequence[tuple[int, int, T]], numbers: Sequence[Number]
) -> list[tuple[T, Number | None]]:
    """Each name (start, end, what) with the number right before it, else the one right after it.

    A number goes to one name only: "3 superior, 2 inferior" and "superior 3, inferior 2" alike.
    """
    paired: list[tuple[T, Number | None]] = []
    used: set[int] = set()
    for place, (start, end, what) in enumerate(names):
        stop = names[place + 1][0] if place + 1 < len(names) else len(text)
        free = [n for n in numbers if n.start not in used]
        before = [n for n in free if n.end <= start and _beside(text[n.end : start])]
        after = [n for n in free if end <= n.start and n.end <= stop]
        after = [n for n in after if _beside(re.sub("^[ :=(]+", "", text[end : n.start]))]
        if len(before) > 1 and _OF_THE.fullmatch(text[before[-2].end : before[-1].start]):
            before.pop()  # "eleven of the twelve": the whole is told of no place
        number = before[-1] if before else after[0] if after else None
        used |= {number.start} if number else set()
        paired.append((what, number))
    return paired


def _beside(gap: str) -> bool:
    return len(gap) <= _FAR and not _APART.search(gap)
