from dataclasses import replace

import numpy as np
import pytest
import torch

from segmentation.data import Batch
from segmentation.training_run import Run, learning_rate, loss_of
from tests.segmentation.fakes import CLASSES, TINY


def _batch(key: int) -> Batch:
    rng = np.random.default_rng(key)
    planes = rng.integers(0, 255, (2, 64, 64, 3), dtype=np.uint8)
    targets = (rng.random((2, len(CLASSES), 64, 64)) < 0.1).astype(np.float32)
    return Batch(planes, targets, np.ones((2, len(CLASSES)), bool))


def test_an_interrupted_run_continues_bit_for_bit(tmp_path):
    whole = Run(TINY, tmp_path / "a", seed=0)
    losses = [whole.learn(_batch(step)) for step in range(2)]
    first = Run(TINY, tmp_path / "b", seed=0)
    first.learn(_batch(0))
    first.save()
    second = Run(TINY, tmp_path / "b", seed=0)
    with torch.no_grad():  # another start: only the checkpoint may count
        for parameter in second.network.parameters():
            parameter.zero_()
    second.resume()
    assert second.step == 1
    assert second.learn(_batch(1)) == losses[1]
    for name, value in whole.average.state_dict().items():
        assert torch.equal(second.average.state_dict()[name], value), name


def test_without_a_checkpoint_a_run_starts_at_step_zero(tmp_path):
    run = Run(TINY, tmp_path, seed=0)
    run.resume()
    assert run.step == 0


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path):
    run = Run(TINY, tmp_path, seed=0)
    with torch.no_grad():
        run.network.segmentation_head[0].bias.fill_(float("nan"))
    with pytest.raises(FloatingPointError, match="step 0"):
        run.learn(_batch(0))


def test_a_perfect_prediction_costs_next_to_nothing():
    target = torch.from_numpy(_batch(0).targets)
    known = torch.ones(target.shape[:2], dtype=torch.bool)
    assert loss_of((target - 0.5) * 60, target, known).item() < 1e-3


def test_what_was_not_annotated_costs_nothing():
    target = torch.from_numpy(_batch(0).targets)
    known = torch.ones(target.shape[:2], dtype=torch.bool)
    known[0, 1] = False
    logits = (target - 0.5) * 60
    logits[0, 1] = 30.0
    assert loss_of(logits, target, known).item() < 1e-3
    assert loss_of(logits, target, torch.ones_like(known)).item() > 0.1


def test_a_run_of_other_settings_starts_at_step_zero(tmp_path):
    run = Run(TINY, tmp_path, seed=0)
    run.learn(_batch(0))
    run.save()
    other = Run(replace(TINY, train=replace(TINY.train, steps=3)), tmp_path, seed=0)
    other.resume()
    assert other.step == 0


def test_the_learning_rate_rises_then_falls_to_zero():
    config = replace(TINY.train, steps=100)
    rates = [learning_rate(step, config) for step in range(101)]
    assert rates[0] < config.max_lr / 5
    assert max(rates) == pytest.approx(config.max_lr)
    assert rates[100] == pytest.approx(0)
