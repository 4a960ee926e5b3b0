"""`Findings`: one frozen, serialisable value holding all that the system claims to have seen.

It is the contract between the models and everything that words, shows or stores their output.
A value that could not be measured is None with a note (a catalogue key), never 0.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from segmentation.types import (
    Anatomy,
    Central,
    Disc,
    DMERisk,
    Fovea,
    LesionGrade,
    LesionStats,
    Quadrants,
    Rim,
)
from vision.catalogue import say
from vision.errors import InputError
from vision.labels import REFERABLE_FROM_GRADE
from vision.types import DiseaseScore, Eye, Quality

SCHEMA = 1
GRADE_TOO_LOW = "note.grade_against_lesions"  # the measured lesions go beyond the grade
GRADE_UNSEEN = "note.grade_without_lesions"  # a grade above 0 and not one lesion


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """Which image the findings are about; `id` is the SHA-256 of its pixels."""

    id: str
    modality: str  # cfp, oct, osa, other
    eye: Eye
    width: int  # px
    height: int  # px


@dataclass(frozen=True, slots=True)
class DRGrade:
    """ICDR grade 0..4 from the classifier; None where the photo does not allow one."""

    grade: int | None
    probabilities: tuple[float, ...] | None  # five, sum 1

    @property
    def referable(self) -> bool | None:
        """Moderate NPDR or worse; None where there is no grade."""
        return None if self.grade is None else self.grade >= REFERABLE_FROM_GRADE


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything the system claims about one image; lesions is None where segmentation failed."""

    image: ImageInfo
    quality: Quality
    diseases: tuple[DiseaseScore, ...] | None
    dr: DRGrade
    lesions: dict[str, LesionStats] | None
    anatomy: Anatomy
    dme: DMERisk | None  # as lesions, and None where the photo is no fundus photo
    lesion_grade: LesionGrade | None
    models: dict[str, str]  # part -> SHA-256 of its weights
    notes: tuple[str, ...] = ()  # catalogue keys `note.*`

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-ready dict, the keys of schema 1 (see README)."""
        # English names and rules make the JSON readable alone; from_dict ignores them
        from assistant.findings_text import disease_name, grade_rule

        return {
            "schema": SCHEMA,
            "image": dataclasses.asdict(self.image),
            "quality": {
                "gradable": self.quality.gradable,
                "score": self.quality.score,
                "reasons": list(self.quality.reasons),
            },
            "diseases": None
            if self.diseases is None
            else [
                {
                    "code": d.code,
                    "name": disease_name(d.code, "en"),
                    "probability": d.probability,
                    "threshold": d.threshold,
                    "present": d.present,
                }
                for d in self.diseases
            ],
            "dr": {
                "grade": self.dr.grade,
                "probabilities": None
                if self.dr.probabilities is None
                else list(self.dr.probabilities),
                "rule": grade_rule(self.dr.grade, "en"),
                "referable": self.dr.referable,
                "by_lesions": None
                if self.lesion_grade is None
                else {
                    "at_least": self.lesion_grade.at_least,
                    "reason": self.lesion_grade.reason,
                    "rule": say(self.lesion_grade.reason, "en"),
                },
            },
            "dme": None
            if self.dme is None
            else {
                "risk": self.dme.risk,
                "reason": self.dme.reason,
                "rule": say(self.dme.reason, "en"),
            },
            "lesions": None
            if self.lesions is None
            else {code: dataclasses.asdict(stats) for code, stats in self.lesions.items()},
            "anatomy": dataclasses.asdict(self.anatomy),
            "models": dict(self.models),
            "notes": list(self.notes),
        }

    def to_json(self) -> str:
        """Indented JSON of `to_dict`."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    @staticmethod
    def from_dict(data: dict[str, Any]) -> "Findings":
        """Inverse of `to_dict`; raises InputError for another schema version or missing keys."""
        if data.get("schema") != SCHEMA:
            raise InputError("error.findings_schema", found=data.get("schema"), expected=SCHEMA)
        try:
            return _from_dict(data)
        except (KeyError, TypeError) as error:
            raise InputError("error.findings_keys", detail=error) from error


def _from_dict(data: dict[str, Any]) -> Findings:
    image, quality, dr = data["image"], data["quality"], data["dr"]
    diseases, lesions, anatomy = data["diseases"], data["lesions"], data["anatomy"]
    disc, fovea, dme, by_lesions = anatomy["disc"], anatomy["fovea"], data["dme"], dr["by_lesions"]
    return Findings(
        image=ImageInfo(**image),
        quality=Quality(
            image["modality"], quality["gradable"], quality["score"], tuple(quality["reasons"])
        ),
        diseases=None
        if diseases is None
        else tuple(DiseaseScore(d["code"], d["probability"], d["threshold"]) for d in diseases),
        dr=DRGrade(
            dr["grade"], None if dr["probabilities"] is None else tuple(dr["probabilities"])
        ),
        lesions=None
        if lesions is None
        else {code: _lesion_from_dict(stats) for code, stats in lesions.items()},
        anatomy=Anatomy(
            disc=disc and Disc(tuple(disc["centre"]), disc["diameter_px"]),
            fovea=fovea and Fovea(tuple(fovea["centre"]), fovea["confidence"]),
            vertical_cdr=anatomy["vertical_cdr"],
            area_cdr=anatomy["area_cdr"],
            rim=anatomy["rim"] and Rim(**anatomy["rim"]),
            vessel_density=anatomy["vessel_density"],
        ),
        dme=dme and DMERisk(dme["risk"], dme["reason"]),
        lesion_grade=by_lesions and LesionGrade(by_lesions["at_least"], by_lesions["reason"]),
        models=dict(data["models"]),
        notes=tuple(data["notes"]),
    )


def _lesion_from_dict(stats: dict[str, Any]) -> LesionStats:
    quadrants = stats["by_quadrant"]
    near, nearer = stats["central_3dd"], stats["central_1dd"]
    return LesionStats(
        **{
            **stats,
            "by_quadrant": quadrants and Quadrants(**quadrants),
            "central_1dd": nearer and Central(**nearer),
            "central_3dd": near and Central(**near),
        }
    )
