import json

import numpy as np
import pytest

from segmentation.curves import histogram
from segmentation.evaluate import Counts, main, summarise
from segmentation.labels import LESIONS
from vision.command import run
from vision.errors import InputError, ModelError


def _counts(seed: int, *, perfect: bool) -> Counts:
    rng = np.random.default_rng(seed)
    truth = rng.random(4000) < 0.05
    score = truth.astype(np.float32) if perfect else rng.random(4000).astype(np.float32)
    found = score >= 0.5
    areas = [(found & truth).sum(), found.sum(), truth.sum()]
    curves = np.stack([histogram(score, truth)] * len(LESIONS))
    return Counts(curves, np.array([areas] * len(LESIONS)), 0.9)


def test_a_perfect_segmentation_scores_one():
    metrics, _ = summarise([_counts(seed, perfect=True) for seed in range(4)])
    assert {metrics[f"{m}_{c}"] for m in ("auc_pr", "dice", "iou") for c in LESIONS} == {1.0}
    assert metrics["auc_pr_mean"] == 1
    assert metrics["dice_disc"] == pytest.approx(0.9)


def test_guessing_scores_the_share_of_positives():
    metrics, _ = summarise([_counts(seed, perfect=False) for seed in range(8)])
    assert metrics["auc_pr_mean"] == pytest.approx(0.05, abs=0.02)


def test_every_metric_has_an_interval_around_it():
    metrics, intervals = summarise([_counts(seed, perfect=False) for seed in range(6)])
    assert metrics.keys() == intervals.keys()
    for name, (low, high) in intervals.items():
        assert low <= metrics[name] <= high


def test_missing_data_is_an_input_error(tmp_path):
    weights = tmp_path / "none"
    with pytest.raises((InputError, ModelError)):
        main(["--data", str(tmp_path), "--split", "test", "--weights", str(weights)])


def test_wrong_usage_is_one_line_and_status_two(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--split", "test"])
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_missing_model_is_one_line_and_status_two(tmp_path, capsys):
    arguments = ["--data", str(tmp_path), "--split", "test", "--weights", str(tmp_path)]
    with pytest.raises(SystemExit) as stop:
        run(lambda: main(arguments))
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_result_is_json():
    metrics, intervals = summarise([_counts(0, perfect=False)])
    assert json.loads(json.dumps({"metrics": metrics, "ci95": intervals}, allow_nan=False))
