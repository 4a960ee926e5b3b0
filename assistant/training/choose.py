"""Which records a short training learns from: those that teach most for their tokens.

A pass over all records would take days on two cores. Long conversations pay the prompt once for
many answers; intents and photos that were drawn least come first; languages take turns.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from assistant.training.examples import Example

_CANDIDATES = 16  # looked at for each that is taken

Make = Callable[[Mapping[str, Any]], Example | None]


def choose(
    records: Sequence[Mapping[str, Any]], make: Make, budget_tokens: int, rng: Random
) -> list[Example]:
    """Examples of up to `budget_tokens` in all; `make` returns None for one that cannot be used."""
    waiting: dict[str, deque[Mapping[str, Any]]] = {}
    for record in rng.sample(list(records), len(records)):
        waiting.setdefault(record["language"], deque()).append(record)
    taken: list[Example] = []
    intents, photos, left = Counter[str](), Counter[str](), budget_tokens
    while left > 0 and any(waiting.values()):
        pools = [pool for pool in waiting.values() if pool]
        pool = pools[len(taken) % len(pools)]
        drawn = [pool.pop() for _ in range(min(_CANDIDATES, len(pool)))]
        made = [(record, found) for record in drawn if (found := make(record)) is not None]
        if not made:
            continue
        values = [_worth(found, intents, photos) for _, found in made]
        _, best = made.pop(values.index(max(values)))
        pool.extendleft(other for other, _ in made)  # to be looked at again
        taken.append(best)
        intents.update(best.intents)
        photos.update(best.images)
        left -= len(best)
    return taken


def _worth(one: Example, intents: Counter[str], photos: Counter[str]) -> float:
    """What an example teaches for a token: intents and photos count less each time."""
    news = sum(1 / (1 + intents[intent]) ** 0.5 for intent in one.intents)
    seen = max((photos[path] for path in one.images), default=0)
    return news / len(one) / (1 + seen)
