"""The images that a training step sees, made worse by a known amount, drawn by its number."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vision.augment import augment
from vision.captions import caption, findings_of
from vision.data import UNKNOWN, Record
from vision.degrade import degrade
from vision.drawn import draw_other
from vision.everyday import masked
from vision.labels import DISEASES, MODALITIES, SIGNS, SPOILERS
from vision.ocular_surface import draw_meibography

_UNREADABLE = 0.7  # a severity from which a disease label means little
_UNRECOGNISABLE = 0.85  # from which a photo may as well be of something else
_HAZE = slice(SPOILERS.index("low_contrast"), SPOILERS.index("blurred") + 1)
_OPACITY = list(SIGNS).index("opacity")
# of a batch: fundus photos fill what the others leave
_OCT, _OTHER, _OSA = 0.18, 0.1, 0.03
# photos graded for retinopathy and edema both are a fifteenth of all, and the only ones at which
# a grader looked for nothing else
_GRADED_FOR_BOTH = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What one step learns from."""

    squares: Tensor  # (B, S, S, 3) uint8
    targets: Mapping[str, Tensor]  # head -> (B, L) or (B,)
    captioned: Tensor  # (M,) the images that have a caption
    captions: Sequence[str]  # M of them
    same: Tensor  # (M, M) bool, images of equal findings


def rarity(records: Sequence[Record]) -> np.ndarray:
    """Chance of drawing each fundus photo: inverse root frequency of its rarest label, sums to 1.

    Labels are diseases, signs and grades; a set that labels little is drawn as often as its size
    says, but for photos that have a grade and an edema risk, which are drawn three times as often.
    """
    labels = np.array([
        np.concatenate([r.diseases, r.targets["sign"], [r.dr_grade == g for g in (1, 2, 3, 4)]])
        for r in records
    ])  # fmt: skip
    frequency = (labels == 1).sum(0) / len(records)
    rare = np.where(labels == 1, 1 / np.sqrt(np.maximum(frequency, 0.005)), 0).max(1)
    both = np.array([r.dr_grade != UNKNOWN and r.dme_risk != UNKNOWN for r in records])
    weights = np.maximum(rare, 1.0) * np.where(both, _GRADED_FOR_BOTH, 1.0)
    return np.asarray(weights / weights.sum())


class Sampler:
    """Draws batches from squares in memory: fundus photos by rarity, the rest evenly by class."""

    def __init__(
        self,
        records: Sequence[Record],
        squares: np.ndarray,
        everyday: np.ndarray,
        experts: Mapping[str, Sequence[str]],
        size: int,
        side_px: int,
    ) -> None:
        self.records, self.squares, self.everyday = records, squares, everyday
        self.experts, self.size, self.side_px = experts, size, side_px
        self._fundus = np.array([i for i, r in enumerate(records) if r.modality == "cfp"])
        self._weights = rarity([records[i] for i in self._fundus])
        self._oct = np.array([i for i, r in enumerate(records) if r.modality == "oct"])
        classes = np.array([records[i].oct_class for i in self._oct])
        counts = {name: (classes == name).sum() for name in set(classes)}
        weights = np.array([1 / np.sqrt(counts[name]) for name in classes])
        self._oct_weights = weights / weights.sum()

    def draw(self, key: tuple[int, int]) -> Batch:
        """The batch of one (seed, step)."""
        rng = np.random.default_rng(key)
        octs, others, osas = (round(s * self.size) for s in (_OCT, _OTHER, _OSA))
        fundi = self.size - octs - others - osas
        chosen = [
            *rng.choice(self._fundus, fundi, p=self._weights),
            *rng.choice(self._oct, octs, p=self._oct_weights),
        ]
        records = [self.records[i] for i in chosen]
        pictures = [self.squares[i] for i in chosen]
        severities = np.full((self.size, len(SPOILERS)), UNKNOWN, np.float32)
        for n in range(fundi):
            pictures[n], severities[n] = degrade(pictures[n], rng)
        pictures += [self._other(rng) for _ in range(others)]
        pictures += [draw_meibography(rng, self.squares.shape[1]) for _ in range(osas)]
        targets = self._targets(records, others, osas)
        severities[:fundi][[self._hazy(r) for r in records[:fundi]], _HAZE] = UNKNOWN
        targets["quality"] = torch.from_numpy(severities)
        targets["modality"][torch.from_numpy(severities.max(1) > _UNRECOGNISABLE)] = UNKNOWN
        spoilt = torch.from_numpy(severities.max(1) > _UNREADABLE)
        for name in ("disease", "sign", "dr", "dme"):
            targets[name][spoilt] = UNKNOWN
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        upright = targets["modality"] != MODALITIES.index("cfp")
        squares = torch.from_numpy(np.stack(pictures))
        squares = augment(squares, self.side_px, upright, generator)
        words = random.Random(int(rng.integers(2**62)))  # noqa: S311
        told = [n for n, r in enumerate(records) if findings_of(r) and not spoilt[n]]
        findings = [findings_of(records[n]) for n in told]
        return Batch(
            squares,
            targets,
            torch.tensor(told, dtype=torch.long),
            [caption(records[n], self.experts, words) for n in told],
            torch.tensor([[a == b for b in findings] for a in findings], dtype=torch.bool),
        )

    @staticmethod
    def _hazy(record: Record) -> bool:
        """Whether the eye itself may blur the photo, so that its severity is not known."""
        return record.diseases[DISEASES.index("C")] == 1 or bool(
            record.targets["sign"][_OPACITY] == 1
        )

    def _other(self, rng: np.random.Generator) -> np.ndarray:
        """A picture of no retina: drawn, everyday, or everyday behind a round border."""
        if rng.random() < 0.3:
            return draw_other(rng, self.squares.shape[1])
        square = self.everyday[rng.integers(len(self.everyday))]
        return masked(square, rng) if rng.random() < 0.5 else square

    def _targets(self, records: list[Record], others: int, osas: int) -> dict[str, Tensor]:
        from_records = [r.targets for r in records]
        targets = {}
        for name, first in from_records[0].items():
            rest = np.full((others + osas, *first.shape), UNKNOWN, first.dtype)
            if name == "modality":
                rest[:others] = MODALITIES.index("other")
                rest[others:] = MODALITIES.index("osa")
            known = np.stack([target[name] for target in from_records])
            targets[name] = torch.from_numpy(np.concatenate([known, rest]))
        return targets
