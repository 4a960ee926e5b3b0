"""What the drawn eyes of all modalities share: which eyes there are, and values in a range."""

import random

from assistant.impression.cases import SIDES, Side


def draw_sides(rng: random.Random) -> tuple[Side, ...]:
    """Mostly both eyes."""
    return SIDES if rng.random() < 0.7 else (rng.choice(SIDES),)


def within(rng: random.Random, low: float, high: float, decimals: int = 0) -> float:
    """An evenly drawn value, rounded."""
    value = round(rng.uniform(low, high), decimals)
    return value if decimals else int(value)
