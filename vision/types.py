"""Frozen values that vision hands on: the image, its quality, what the classifier decided.

They are pure values, equal by content; where they are stored or shown is no matter of theirs.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Modality = Literal["cfp", "oct", "osa", "other"]  # colour fundus photo, B-scan, ocular surface
Eye = Literal["OD", "OS", "unknown"]
Gradable = Literal["yes", "limited", "no"]


@dataclass(frozen=True, slots=True, eq=False)
class FundusImage:
    """Decoded pixels (H, W, 3) uint8 RGB, read-only; `id` is the SHA-256 of shape and pixels."""

    pixels: np.ndarray
    eye: Eye = "unknown"
    id: str = field(init=False)

    def __post_init__(self) -> None:
        pixels = np.ascontiguousarray(self.pixels)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise ValueError(
                f"expected (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}; "
                "use vision.intake.read_image"
            )
        pixels.setflags(write=False)
        digest = hashlib.sha256(f"{pixels.shape}".encode())
        digest.update(pixels.data)
        object.__setattr__(self, "pixels", pixels)
        object.__setattr__(self, "id", digest.hexdigest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FundusImage) and (self.id, self.eye) == (other.id, other.eye)

    def __hash__(self) -> int:
        return hash((self.id, self.eye))

    @property
    def height(self) -> int:
        """Rows, in pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns, in pixels."""
        return int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True)
class Quality:
    """What the photo is and whether it can be read; `reasons` are catalogue keys `quality.*`."""

    modality: Modality
    gradable: Gradable
    score: float  # 0 unreadable .. 1 clear
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DiseaseScore:
    """One disease of the label set: a probability 0..1 against its operating points 0..1."""

    code: str
    probability: float
    threshold: float
    low: float  # from here to `high` the call is uncertain
    high: float

    @property
    def present(self) -> bool:
        """Whether the probability reaches the threshold."""
        return self.probability >= self.threshold

    @property
    def uncertain(self) -> bool:
        """Whether the probability is too near the threshold to call either way."""
        return self.low <= self.probability < self.high


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """What one pass of the encoder says of a colour fundus photo."""

    diseases: tuple[DiseaseScore, ...]
    dr_probabilities: tuple[float, ...]  # ICDR grades 0..4, sums to 1
    dme_probabilities: tuple[float, ...]  # edema risk 0..2, sums to 1


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One pass of the encoder over one image; only what its modality allows is told."""

    quality: Quality
    diagnosis: Diagnosis | None  # of a colour fundus photo
    oct_probabilities: tuple[float, ...] | None  # of a B-scan, in the order of OCT_CLASSES
    tokens: np.ndarray  # (N, D) float32
    features: np.ndarray  # (D, h, w) float32, the map that the tokens are pooled from
    heat: dict[str, np.ndarray]  # label -> (h, w) from 0 (vision.heatmap); {} for other images
    weights_sha256: str
