import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from segmentation.curves import average_precision, best_threshold, histogram


def _scores(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.random(20_000) < 0.02
    return (1 / (1 + np.exp(-rng.normal(3.0 * truth - 4, 2)))).astype(np.float32), truth


@pytest.mark.parametrize("seed", range(4))
def test_average_precision_agrees_with_scikit_learn(seed):
    probability, truth = _scores(seed)
    expected = average_precision_score(truth, probability)
    assert average_precision(histogram(probability, truth)) == pytest.approx(expected, abs=2e-3)


def test_perfect_scores_have_average_precision_one():
    truth = np.array([True, False, True, False])
    assert average_precision(histogram(truth.astype(np.float32), truth)) == 1


def test_histograms_of_parts_add_up_to_that_of_the_whole():
    probability, truth = _scores(0)
    parts = histogram(probability[:7000], truth[:7000]) + histogram(
        probability[7000:], truth[7000:]
    )
    assert np.array_equal(parts, histogram(probability, truth))


def test_a_class_without_positives_has_no_average_precision():
    assert np.isnan(average_precision(histogram(np.zeros(5, np.float32), np.zeros(5, bool))))


def test_the_best_threshold_has_the_largest_dice_within_a_percent():
    probability, truth = _scores(1)

    def dice(threshold: float) -> float:
        found = probability >= threshold
        return 2 * (found & truth).sum() / (found.sum() + truth.sum())

    chosen = dice(best_threshold(histogram(probability, truth)))
    assert chosen >= 0.985 * max(dice(t) for t in np.linspace(0.01, 0.99, 99))


def test_no_threshold_is_invented_without_positives():
    with pytest.raises(ValueError, match="positive"):
        best_threshold(histogram(np.zeros(5, np.float32), np.zeros(5, bool)))
