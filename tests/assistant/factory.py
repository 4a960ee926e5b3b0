"""Made-up findings for tests: `findings()` is a right eye with moderate retinopathy.

The fovea, and all that is measured from it, is in `measured()` alone.
"""

from dataclasses import replace
from typing import Any

from assistant.findings import DMEGrade, DRGrade, Findings, ImageInfo, Scan
from segmentation.icdr import dme_risk, lesion_grade
from segmentation.types import (
    Anatomy,
    Central,
    Disc,
    Fovea,
    GlandLoss,
    LesionStats,
    Quadrants,
    Rim,
    Thickness,
)
from vision.labels import OCT_CLASSES
from vision.types import DiseaseScore, Eye, Quality

ABSENT = LesionStats(present=False, count=0, area_px=0, area_percent_of_fov=0.0)
NOT_MEASURED = ("note.fovea_not_seen", "note.cup_not_seen")
GRADED = {
    0: (0.91, 0.05, 0.02, 0.01, 0.01),
    1: (0.15, 0.66, 0.14, 0.03, 0.02),
    2: (0.03, 0.14, 0.71, 0.09, 0.03),
    3: (0.01, 0.03, 0.24, 0.63, 0.09),
    4: (0.01, 0.02, 0.12, 0.18, 0.67),
}
THICKNESS = Thickness(
    62.4, 57.8, (51.0, 53.2, 57.0, 60.1, 62.9, 60.4, None, 55.7, 52.2), 0.93, cut_off=False
)
RISKS = {
    None: DMEGrade(None, None),
    0: DMEGrade(0, (0.88, 0.08, 0.04)),
    1: DMEGrade(1, (0.19, 0.64, 0.17)),
    2: DMEGrade(2, (0.04, 0.13, 0.83)),
}


def lesion(count: int, area_px: int = 1000, **others: Any) -> LesionStats:
    """One lesion class in a photo whose field of view has eight million pixels."""
    return LesionStats(count > 0, count, area_px, 100 * area_px / 8_000_000, **others)


def lesions(**changed: LesionStats) -> dict[str, LesionStats]:
    """23 microaneurysms, 5 haemorrhages, 12 hard exudates, no soft exudate; `changed` by code."""
    typical = {
        "MA": lesion(23, 4140),
        "HE": lesion(5, 9876),
        "EX": lesion(12, 24600),
        "SE": ABSENT,
    }
    return {**typical, **changed}


def diseases(**probabilities: float) -> tuple[DiseaseScore, ...]:
    """Diabetic retinopathy at 86%, all else low; threshold 0.5, uncertain from 1/3 to 2/3."""
    typical = {
        "N": 0.06, "D": 0.86, "G": 0.08, "C": 0.03, "A": 0.11, "H": 0.05, "M": 0.02, "O": 0.21,
    }  # fmt: skip
    each = {**typical, **probabilities}
    return tuple(DiseaseScore(code, p, 0.5, 0.3333, 0.6667) for code, p in each.items())


def findings(*, eye: Eye = "OD", grade: int | None = 2, **overrides: Any) -> Findings:
    """Findings of a gradable 4288 x 2848 photo; `overrides` replace whole fields.

    Edema risk and the lesions' own grade follow from lesions and anatomy by the rules themselves;
    the classifier's edema risk is the rule's, and not known where the rule's is not.
    """
    values: dict[str, Any] = {
        "image": ImageInfo("ab" * 32, "cfp", eye, 4288, 2848),
        "quality": Quality("cfp", "yes", 0.87),
        "diseases": diseases(),
        "dr": DRGrade(grade, None if grade is None else GRADED[grade]),
        "lesions": lesions(),
        "anatomy": Anatomy(disc=Disc((3010.0, 1400.0), 520.0)),
        "oct": None,
        "models": {"vision": "12" * 32, "segmentation": "34" * 32},
        "notes": NOT_MEASURED,
    }
    values |= overrides
    known = values["lesions"]
    rules: dict[str, Any] = {"dme": None, "lesion_grade": None}
    if known is not None:
        rules["dme"] = dme_risk(values["anatomy"], known)
        rules["lesion_grade"] = lesion_grade(known)
    rule = values.get("dme", rules["dme"])
    rules["dme_grade"] = RISKS[rule and rule.risk]
    return Findings(**{**rules, **values})


def measured(**overrides: Any) -> Findings:
    """The typical photo with all that can be measured: edema risk 2, a rim in the usual order."""
    placed = lesions(
        MA=_placed(lesion(23, 4140), Quadrants(9, 6, 5, 3), 2, 11, 0.31),
        HE=_placed(lesion(5, 9876), Quadrants(3, 0, 2, 0), 1, 4, 0.4),
        EX=_placed(lesion(12, 24600), Quadrants(1, 0, 7, 4), 0, 5, 0.83),
        SE=replace(ABSENT, by_quadrant=Quadrants(0, 0, 0, 0), central_1dd=Central(0, 0),
                   central_3dd=Central(0, 0)),
    )  # fmt: skip
    anatomy = Anatomy(
        Disc((3010.0, 1400.0), 520.0),
        Fovea((1700.0, 1450.0), 0.93),
        vertical_cdr=0.45,
        area_cdr=0.19,
        rim=Rim(inferior=0.31, superior=0.27, nasal=0.24, temporal=0.16),
        vessel_density=0.117,
    )
    return findings(**{"lesions": placed, "anatomy": anatomy, "notes": (), **overrides})


def _placed(
    stats: LesionStats, quadrants: Quadrants, one: int, three: int, nearest: float
) -> LesionStats:
    return replace(
        stats, by_quadrant=quadrants, central_1dd=Central(one, 50 * one),
        central_3dd=Central(three, 90 * three), nearest_to_fovea_dd=nearest,
    )  # fmt: skip


def healthy(eye: Eye = "OS") -> Findings:
    """A left eye in which nothing was found."""
    return findings(
        eye=eye,
        grade=0,
        diseases=diseases(N=0.93, D=0.04, O=0.05),
        lesions=dict.fromkeys(("MA", "HE", "EX", "SE"), ABSENT),
    )


def ungradable() -> Findings:
    """A photo too poor to read: nothing was claimed."""
    return findings(
        eye="unknown",
        grade=None,
        quality=Quality("cfp", "no", 0.08, ("quality.dark",)),
        diseases=None,
        lesions=None,
        anatomy=Anatomy(),
        notes=("note.ungradable",),
    )


def scan(
    likeliest: str = "DME",
    probability: float = 0.81,
    eye: Eye = "unknown",
    thickness: Thickness | None = None,
) -> Findings:
    """An OCT scan that shows one class, the others being equally unlikely."""
    rest = round((1 - probability) / (len(OCT_CLASSES) - 1), 4)
    shares = tuple(probability if code == likeliest else rest for code in OCT_CLASSES)
    return replace(
        ungradable(),
        image=ImageInfo("cd" * 32, "oct", eye, 512, 496),
        quality=Quality("oct", "no", 0.0, ("quality.oct",)),
        oct=Scan(shares),
        models={"vision": "12" * 32},
        notes=("note.eye_unknown",) if eye == "unknown" else (),
        thickness=thickness,
    )


GLANDS = GlandLoss(gland_share=0.21, lost_share=0.28, meiboscore=1)


def lid(glands: GlandLoss | None = GLANDS) -> Findings:
    """A meibography picture of a right eye's lid."""
    return replace(
        ungradable(),
        image=ImageInfo("ef" * 32, "osa", "OD", 640, 480),
        quality=Quality("osa", "no", 0.0, ("quality.osa",)),
        models={"vision": "12" * 32},
        notes=() if glands else ("note.glands_not_found",),
        glands=glands,
    )
