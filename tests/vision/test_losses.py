"""Losses: python -m pytest tests/vision/test_losses.py"""

import pytest
import torch

from vision.data import UNKNOWN
from vision.labels import HEADS
from vision.losses import SHARES, head_losses

WIDTHS = {name: len(labels) for name, labels in HEADS.items()}
MULTI = ("disease", "sign", "quality")


def logits(n: int = 3) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(n, width, generator=generator) for name, width in WIDTHS.items()}


def unknown(n: int = 3) -> dict[str, torch.Tensor]:
    return {
        name: torch.full((n, width) if name in MULTI else (n,), UNKNOWN)
        for name, width in WIDTHS.items()
    }


def test_every_head_has_its_share_of_the_loss() -> None:
    assert set(SHARES) == {*HEADS, "contrastive"}


def test_a_batch_of_unknown_labels_costs_nothing() -> None:
    assert all(loss == 0 for loss in head_losses(logits(), unknown()).values())


@pytest.mark.parametrize("name", MULTI)
def test_an_unknown_label_takes_no_part_in_the_loss(name: str) -> None:
    targets, scores = unknown(), logits()
    targets[name] = targets[name].clone()
    targets[name][:, 1] = 1
    loss = head_losses(scores, targets)[name]
    scores[name][:, [0, 2]] = 50.0
    assert torch.equal(head_losses(scores, targets)[name], loss)


@pytest.mark.parametrize("name", ["modality", "dr", "dme", "oct"])
def test_an_image_of_unknown_class_takes_no_part_in_the_loss(name: str) -> None:
    targets, scores = unknown(), logits()
    targets[name] = torch.tensor([1, UNKNOWN, 0])
    loss = head_losses(scores, targets)[name]
    scores[name][1] = 50.0
    assert torch.equal(head_losses(scores, targets)[name], loss)


def test_a_near_grade_costs_less_than_a_far_one() -> None:
    targets = unknown(1)
    targets["dr"] = torch.tensor([2])

    def loss(grade: int) -> float:
        scores = logits(1)
        scores["dr"] = 4 * torch.nn.functional.one_hot(torch.tensor([grade]), 5).float()
        return float(head_losses(scores, targets)["dr"])

    assert loss(2) < loss(3) < loss(4)
    assert loss(1) < loss(0)


def test_a_severity_is_met_exactly_and_a_disease_label_is_not_believed_wholly() -> None:
    targets = unknown(1)
    targets["quality"] = torch.full((1, WIDTHS["quality"]), 0.25)
    targets["disease"] = torch.ones(1, WIDTHS["disease"])
    scores = logits(1)
    scores["quality"] = torch.logit(targets["quality"]).requires_grad_()
    scores["disease"] = torch.full((1, WIDTHS["disease"]), 12.0).requires_grad_()
    found = head_losses(scores, targets)
    (severity,) = torch.autograd.grad(found["quality"], scores["quality"])
    (disease,) = torch.autograd.grad(found["disease"], scores["disease"])
    assert severity.abs().max() < 1e-6
    assert disease.min() > 0  # pulled back from certainty
