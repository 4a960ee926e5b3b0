"""ROUGE-1, -2 and -L as F1 (Lin, 2004): words in English, characters in Chinese; no stemming."""

import re
from collections import Counter
from collections.abc import Sequence

_UNIT = re.compile(r"[a-z0-9]+(?:[./][0-9]+)*|[\u4e00-\u9fff]")


def units(text: str) -> list[str]:
    """Words and numbers in lower case, Chinese by character."""
    return _UNIT.findall(text.lower())


def rouge_n(said: str, gold: str, n: int) -> float:
    """F1 of shared runs of n units."""
    first, second = (_runs(units(text), n) for text in (said, gold))
    return _f1((first & second).total(), first.total(), second.total())


def rouge_l(said: str, gold: str) -> float:
    """F1 of the longest common subsequence."""
    first, second = units(said), units(gold)
    return _f1(_common(first, second), len(first), len(second))


def _runs(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    lengths = [0] * (len(second) + 1)
    for token in first:
        previous = 0
        for place, other in enumerate(second, 1):
            above = lengths[place]
            lengths[place] = previous + 1 if token == other else max(above, lengths[place - 1])
            previous = above
    return lengths[-1]


def _f1(shared: int, said: int, gold: int) -> float:
    return 2 * shared / (said + gold) if shared else 0.0
