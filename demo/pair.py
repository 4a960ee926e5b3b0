"""Which two photos stand side by side, which of them on the left, and what they are to each other.

The left of the screen has the right eye, as who faces a person sees it; of two visits the earlier.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from vision.types import Eye

Kind = Literal["eyes", "visits", "photos"]  # fellow eyes, one eye at two times, or neither is known


@dataclass(frozen=True, slots=True)
class Pair:
    """Numbers of two photos, from 1, as they stand on the screen."""

    left: int
    right: int
    kind: Kind

    def other(self, number: int) -> int:
        """The photo beside this one."""
        return self.right if number == self.left else self.left


def by_default(number: int, eyes: Sequence[Eye]) -> int:
    """The photo to show beside `number`: nearest of the fellow eye, else the one before it.

    `eyes` are the sides of all photos, of which there are at least two.
    """
    fellows = [n for n, eye in enumerate(eyes, 1) if _are_fellows(eye, eyes[number - 1])]
    if fellows:
        return min(fellows, key=lambda n: (abs(n - number), n))
    return number - 1 if number > 1 else number + 1


def arranged(one: int, other: int, eyes: Sequence[Eye], earlier: Collection[int]) -> Pair:
    """Two photos as a pair; `earlier` are the photos that a person said to be of an earlier visit.

    Known fellow eyes are no two visits, whatever was said before their sides were known.
    """
    left, right = sorted((one, other))
    if _are_fellows(eyes[left - 1], eyes[right - 1]):
        return Pair(left, right, "eyes") if eyes[left - 1] == "OD" else Pair(right, left, "eyes")
    if (left in earlier) != (right in earlier):
        return Pair(left, right, "visits") if left in earlier else Pair(right, left, "visits")
    return Pair(left, right, "photos")


def _are_fellows(one: Eye, other: Eye) -> bool:
    return {one, other} == {"OD", "OS"}
