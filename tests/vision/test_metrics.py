import math

import numpy as np
import pytest

from vision.metrics import bootstrap_ci


def test_the_interval_of_a_mean_is_about_two_standard_errors_either_side():
    values = np.random.default_rng(0).normal(5, 1, 400)
    low, high = bootstrap_ci(400, lambda draw: float(values[draw].mean()))
    error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.3 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.3 * error)


def test_the_same_seed_gives_the_same_interval():
    values = np.arange(30.0)
    first = bootstrap_ci(30, lambda draw: float(values[draw].mean()), seed=3)
    assert first == bootstrap_ci(30, lambda draw: float(values[draw].mean()), seed=3)


def test_a_statistic_that_never_exists_has_no_interval():
    low, high = bootstrap_ci(5, lambda draw: float("nan"), rounds=10)
    assert math.isnan(low) and math.isnan(high)
