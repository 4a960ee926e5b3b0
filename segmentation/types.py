"""Frozen values of segmentation: masks in the photo's own pixels, and what they measure."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class LesionMap:
    """Masks (H, W) bool in source pixels, lesions by code; the disc is None where not seen."""

    lesions: dict[str, np.ndarray]
    disc: np.ndarray | None
    weights_sha256: str


@dataclass(frozen=True, slots=True)
class Quadrants:
    """Lesion counts around the fovea: superior/inferior x temporal/nasal."""

    ST: int
    SN: int
    IT: int
    IN: int


@dataclass(frozen=True, slots=True)
class LesionStats:
    """One lesion class in one photo; what could not be measured is None, never 0."""

    present: bool
    count: int  # connected lesions of at least the class's minimal area
    area_px: int  # in pixels of the uploaded photo
    area_percent_of_fov: float
    by_quadrant: Quadrants | None = None
    nearest_to_fovea_dd: float | None = None  # disc diameters


@dataclass(frozen=True, slots=True)
class Disc:
    """Optic disc: centre (x, y) in source pixels and diameter in pixels."""

    centre: tuple[float, float]
    diameter_px: float


@dataclass(frozen=True, slots=True)
class Fovea:
    """Fovea: centre (x, y) in source pixels and confidence 0..1."""

    centre: tuple[float, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What was located of the normal retina; None where it was not seen or not measured."""

    disc: Disc | None = None
    fovea: Fovea | None = None
    vertical_cdr: float | None = None  # 0..1
    vessel_density: float | None = None  # 0..1
