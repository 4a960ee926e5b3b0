"""Frozen values of segmentation: masks in the photo's own pixels, and what they measure."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Fovea:
    """Fovea: centre (x, y) in source pixels and confidence 0..1."""

    centre: tuple[float, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class Grades:
    """Grades by the burden of lesions (segmentation.grade); probabilities that sum to 1."""

    dr: tuple[float, ...]  # ICDR 0..4
    dme: tuple[float, ...]  # edema risk 0..2
    share: float  # 0..1, what they weigh beside the photo as a whole


@dataclass(frozen=True, slots=True, eq=False)
class RetinaMap:
    """What the networks outlined, masks (H, W) bool in source pixels; None where not seen."""

    lesions: dict[str, np.ndarray]  # class -> its countable lesions
    disc: np.ndarray | None
    cup: np.ndarray | None  # within the disc
    vessels: np.ndarray | None
    fovea: Fovea | None
    weights: dict[str, str]  # network -> SHA-256 of its weights
    grades: Grades | None = None


@dataclass(frozen=True, slots=True)
class Quadrants:
    """Lesion counts around the fovea: superior/inferior x temporal/nasal."""

    ST: int
    SN: int
    IT: int
    IN: int


@dataclass(frozen=True, slots=True)
class Central:
    """Lesions in a circle around the fovea whose diameter is so many disc diameters."""

    count: int  # those that reach into it
    area_px: int  # of the parts within the circle


@dataclass(frozen=True, slots=True)
class LesionStats:
    """One lesion class in one photo; what could not be measured is None, never 0."""

    present: bool
    count: int  # connected lesions of at least the class's minimal area
    area_px: int  # in pixels of the uploaded photo
    area_percent_of_fov: float
    by_quadrant: Quadrants | None = None
    central_1dd: Central | None = None
    central_3dd: Central | None = None
    nearest_to_fovea_dd: float | None = None  # disc diameters, 0 where it covers the fovea


@dataclass(frozen=True, slots=True)
class Disc:
    """Optic disc: centre (x, y) in source pixels and diameter in pixels."""

    centre: tuple[float, float]
    diameter_px: float


@dataclass(frozen=True, slots=True)
class Rim:
    """Mean width of the neuroretinal rim by ISNT sector, in disc diameters."""

    inferior: float
    superior: float
    nasal: float
    temporal: float


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What was located of the normal retina; None where it was not seen or not measured."""

    disc: Disc | None = None
    fovea: Fovea | None = None
    vertical_cdr: float | None = None  # 0..1, cup height by disc height
    area_cdr: float | None = None  # 0..1, cup area by disc area
    rim: Rim | None = None
    vessel_density: float | None = None  # 0..1, share of the field of view that is vessel


@dataclass(frozen=True, slots=True)
class DMERisk:
    """Risk of diabetic macular edema 0..2 by hard exudates; None with a reason."""

    risk: int | None
    reason: str  # catalogue key `dme.*`: the rule that applied, or why there is no risk


@dataclass(frozen=True, slots=True)
class LesionGrade:
    """The lowest ICDR grade 0..3 that the measured lesions allow."""

    at_least: int
    reason: str  # catalogue key `evidence.*`: the part of the rule that the lesions meet


@dataclass(frozen=True, slots=True, eq=False)
class RetinalBand:
    """The retina in an OCT B-scan: rows (W,) float32 in source pixels, NaN where not measured."""

    inner: np.ndarray  # where the vitreous ends: the inner limiting membrane
    outer: np.ndarray  # the lower edge of the retinal pigment epithelium, at Bruch's membrane

    def mask(self, height: int) -> np.ndarray:
        """The pixels between the borders, (H, W) bool."""
        rows = np.arange(height)[:, None] + 0.5
        return (rows >= self.inner) & (rows < self.outer)


@dataclass(frozen=True, slots=True)
class Thickness:
    """How thick the retina of a scan is, in rows of the uploaded picture; None: not measured."""

    central_px: float | None  # mean of the middle tenth of the width
    mean_px: float
    profile_px: tuple[float | None, ...]  # means of equal parts of the width, left to right
    measured_share: float  # 0..1, of the columns
    cut_off: bool  # the retina touches the upper or lower edge of the picture
    um_per_px: float | None = None  # micrometres a row, where a person gave it


@dataclass(frozen=True, slots=True, eq=False)
class Meibography:
    """What was outlined in an everted lid, masks (H, W) bool in source pixels."""

    tarsus: np.ndarray  # the part of the tarsal plate that is judged
    glands: np.ndarray
    near: np.ndarray  # the part of it that glands reach: no farther than half their distance


@dataclass(frozen=True, slots=True)
class GlandLoss:
    """Meibomian glands of one lid in numbers."""

    gland_share: float  # 0..1, of the tarsal area that is gland
    lost_share: float  # 0..1, of the tarsal area that has no gland near
    meiboscore: int  # 0..3 of this lid (Arita et al., 2008)
