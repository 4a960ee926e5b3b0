"""Numbers that several evaluations share; knows no models and no data sets."""

from collections.abc import Callable

import numpy as np

Statistic = Callable[[np.ndarray], float]  # resampled unit indices -> value
Metrics = dict[str, Statistic]


def bootstrap_ci(
    n: int, statistic: Statistic, seed: int = 0, rounds: int = 1000
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


def summarise(
    metrics: Metrics, n: int
) -> tuple[dict[str, float | None], dict[str, list[float | None]]]:
    """Values over all n units and their bootstrap 95 % intervals, rounded; None where undefined."""
    everything = np.arange(n)
    values = {name: _finite(metric(everything)) for name, metric in metrics.items()}
    intervals = {
        name: [_finite(end) for end in bootstrap_ci(n, metric)] for name, metric in metrics.items()
    }
    return values, intervals


def _finite(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
