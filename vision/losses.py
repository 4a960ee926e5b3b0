"""What one training step of the encoder minimises; an unknown label takes no part in it."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from vision.data import UNKNOWN

SHARES: Mapping[str, float] = {  # weight of every part
    "disease": 1.0,
    "quality": 0.8,
    "sign": 0.4,
    "dr": 0.7,
    "oct": 0.4,
    "modality": 0.3,
    "dme": 0.3,
    "contrastive": 0.2,
}
_MULTI_LABEL = ("disease", "sign", "quality")
_CERTAIN = 0.96  # share of a label that is believed: the sets' labels are noisy
_NEIGHBOUR = 0.06  # of a grade's weight goes to each grade beside it: graders differ by one


def head_losses(logits: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Mean loss of every head over the known labels of a batch.

    logits: head -> (B, L) float; targets: head -> (B, L) in 0..1 or -1 for a multi-label head,
    (B,) class numbers or -1 for the others.
    """
    found = {}
    for name, target in targets.items():
        scores = logits[name].float()
        known = target != UNKNOWN
        if not known.any():
            found[name] = scores.new_zeros(())
        elif name in _MULTI_LABEL:
            wanted = target.clamp(min=0).float()
            if name != "quality":  # severities are known exactly
                wanted = wanted * _CERTAIN + (1 - _CERTAIN) / 2
            each = binary_cross_entropy_with_logits(scores, wanted, reduction="none")
            found[name] = (each * known).sum() / known.sum()
        elif name in ("dr", "dme"):
            found[name] = cross_entropy(scores[known], _near(target[known], scores.shape[1]))
        else:
            found[name] = cross_entropy(scores[known], target[known], label_smoothing=0.04)
    return found


def _near(grades: Tensor, count: int) -> Tensor:
    """Grades (B,) -> soft targets (B, count): mostly the grade itself, a little its neighbours."""
    distance = (torch.arange(count)[None] - grades[:, None]).abs()
    weights = (distance == 0).float() + _NEIGHBOUR * (distance == 1).float()
    return weights / weights.sum(1, keepdim=True)
