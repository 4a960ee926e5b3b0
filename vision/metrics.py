"""Numbers that several evaluations share; knows no models and no data sets."""

from collections.abc import Callable

import numpy as np


def bootstrap_ci(
    n: int, statistic: Callable[[np.ndarray], float], seed: int = 0, rounds: int = 1000
) -> tuple[float, float]:
    """95 % percentile interval of `statistic` over resampled indices (n,) of n units.

    Rounds in which the statistic is not finite (a class missing from the draw) are left out;
    both ends are nan where all were.
    """
    rng = np.random.default_rng(seed)
    values = np.array([statistic(rng.integers(n, size=n)) for _ in range(rounds)])
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return float("nan"), float("nan")
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
