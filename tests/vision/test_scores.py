"""Scores against labels: python -m pytest tests/vision/test_scores.py"""

import time

import numpy as np
import pytest
from sklearn import metrics as sk

from tests.vision.factory import CALIBRATION
from vision.labels import DISEASES, OCT_CLASSES
from vision.metrics import summarise
from vision.scores import (
    auc,
    calibration_error,
    class_metrics,
    confusion,
    disease_metrics,
    f1,
    grade_metrics,
    kappa,
)


@pytest.fixture(params=[0, 1])
def draw(request) -> np.ndarray:
    return np.random.default_rng(request.param).integers(300, size=300)


def labels(n: int = 300) -> np.ndarray:
    return (np.random.default_rng(1).random((n, 8)) < 0.3).astype(int)


def guesses(truth: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(2).normal(0, 0.3, truth.shape)
    return np.clip(0.3 + 0.4 * truth + noise, 0, 1).round(2)  # ties


def test_the_area_agrees_with_scikit_learn_on_ties(draw) -> None:
    truth = labels()[:, 0]
    score = guesses(truth).round(1)
    assert auc(truth, score)(draw) == pytest.approx(sk.roc_auc_score(truth[draw], score[draw]))


def test_the_area_of_one_class_alone_does_not_exist() -> None:
    area = auc(np.array([0, 0, 1]), np.array([0.1, 0.2, 0.3]))
    assert np.isnan(area(np.array([0, 1, 1])))


def test_scores_that_are_all_alike_have_half_the_area() -> None:
    assert auc(np.array([0, 1, 1]), np.ones(3))(np.arange(3)) == 0.5


def test_kappa_and_f1_agree_with_scikit_learn(draw) -> None:
    truth = labels()[draw, 0]
    called = (guesses(labels())[draw, 0] >= 0.5).astype(int)
    table = confusion(truth, called, 2)
    assert f1(table) == pytest.approx(sk.f1_score(truth, called))
    assert kappa(table, 1 - np.eye(2)) == pytest.approx(sk.cohen_kappa_score(truth, called))


def test_quadratic_kappa_agrees_with_scikit_learn(draw) -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 5, 300)
    probability = rng.dirichlet(np.ones(5), 300) + np.eye(5)[truth]
    probability /= probability.sum(1, keepdims=True)
    median = (probability.cumsum(1) >= 0.5).argmax(1)
    expected = sk.cohen_kappa_score(truth[draw], median[draw], weights="quadratic")
    assert grade_metrics(truth, probability)["qwk"](draw) == pytest.approx(expected)


def test_the_odir_score_is_the_mean_of_kappa_f1_and_area_over_all_decisions(draw) -> None:
    truth = labels()
    score = guesses(truth)
    flat, likely = truth[draw].ravel(), score[draw].ravel()
    called = likely >= 0.5
    parts = sk.cohen_kappa_score(flat, called), sk.f1_score(flat, called)
    expected = np.mean([*parts, sk.roc_auc_score(flat, likely)])
    found = disease_metrics(truth, score, CALIBRATION)["odir_score"](draw)
    assert found == pytest.approx(expected)


def test_a_disease_is_measured_by_every_key_that_was_promised() -> None:
    found = disease_metrics(labels(), guesses(labels()), CALIBRATION)
    promised = {f"auc_{code}" for code in DISEASES}
    promised |= {"auc_mean", "f1_mean", "kappa_mean", "odir_score", "ece"}
    assert promised <= set(found)


def test_abstaining_near_the_threshold_lowers_the_risk() -> None:
    found = disease_metrics(labels(), guesses(labels()), CALIBRATION)
    everything = np.arange(300)
    assert 0 < found["coverage"](everything) < 1
    assert found["risk"](everything) < found["risk_all"](everything)


def test_the_fewer_decisions_are_taken_the_fewer_are_wrong() -> None:
    found = disease_metrics(labels(), guesses(labels()), CALIBRATION)
    everything = np.arange(300)
    risks = [found[f"risk_at_{p}"](everything) for p in (50, 70, 90)]
    assert risks == sorted(risks)
    assert risks[-1] < found["risk_all"](everything)


def test_perfect_grades_have_a_kappa_and_an_area_of_one() -> None:
    truth = np.arange(50) % 5
    values, _ = summarise(grade_metrics(truth, np.eye(5)[truth]), 50)
    assert values == {"qwk": 1.0, "accuracy": 1.0, "referable_auc": 1.0}


def test_edema_risk_has_no_referable_grade() -> None:
    truth = np.arange(30) % 3
    assert set(grade_metrics(truth, np.eye(3)[truth])) == {"qwk", "accuracy"}


def test_balanced_accuracy_is_over_the_classes_that_were_drawn(draw) -> None:
    rng = np.random.default_rng(0)
    truth = np.minimum(rng.geometric(0.5, 300) - 1, 6)
    called = np.where(rng.random(300) < 0.3, 0, truth)
    kept = draw[truth[draw] != 3]
    found = class_metrics(truth, called, np.eye(7)[called], OCT_CLASSES)["balanced_accuracy"](kept)
    recalls = [(called[kept][truth[kept] == c] == c).mean() for c in set(truth[kept])]
    assert found == pytest.approx(np.mean(recalls))


def test_the_recall_of_a_class_that_is_not_there_does_not_exist() -> None:
    truth = np.zeros(10, int)
    values, _ = summarise(class_metrics(truth, truth, np.eye(7)[truth], OCT_CLASSES), 10)
    assert values["recall_AMD"] == 1
    assert values["recall_RAO"] is None


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    probability = np.repeat([0.2, 0.8], 10)
    truth = np.concatenate([np.arange(10) < 2, np.arange(10) < 8]).astype(int)
    assert calibration_error(truth, probability) == pytest.approx(0)
    assert calibration_error(1 - truth, probability) == pytest.approx(0.6)


def test_a_thousand_draws_of_every_disease_metric_take_seconds() -> None:
    truth = labels(1000)
    metrics = disease_metrics(truth, guesses(truth), CALIBRATION)
    began = time.process_time()
    for metric in metrics.values():
        for seed in range(10):
            metric(np.random.default_rng(seed).integers(1000, size=1000))
    assert 100 * (time.process_time() - began) < 60
