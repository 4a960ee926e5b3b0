"""`Findings`: one frozen, serialisable value holding all that the system claims to have seen.

It is the contract between the models and everything that words, shows or stores their output.
A value that could not be measured is None with a note (a catalogue key), never 0.
"""

import json
from dataclasses import dataclass
from typing import Any

from segmentation.types import (
    Anatomy,
    DMERisk,
    GlandLoss,
    LesionGrade,
    LesionStats,
    Thickness,
)
from vision.labels import OCT_CLASSES, REFERABLE_FROM_GRADE
from vision.types import DiseaseScore, Eye, Quality

SCHEMA = 1
GRADE_TOO_LOW = "note.grade_against_lesions"  # the measured lesions go beyond the grade
GRADE_UNSEEN = "note.grade_without_lesions"  # a grade above 0 and not one lesion
GRADE_ALONE = "note.grade_against_disease"  # referable by the grade, not suspected as a disease
GRADE_DOUBTS = (GRADE_TOO_LOW, GRADE_UNSEEN, GRADE_ALONE)
RISKS_DIFFER = "note.dme_against_exudates"  # the classifier's edema risk is not the rule's
SURE_FROM = 0.6  # an OCT class less likely than this is uncertain


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
class DMEGrade:
    """Edema risk 0..2 from the classifier; None where the photo does not allow one."""

    risk: int | None
    probabilities: tuple[float, ...] | None  # three, sum 1


@dataclass(frozen=True, slots=True)
class Scan:
    """What the classifier makes of an OCT B-scan."""

    probabilities: tuple[float, ...]  # in the order of OCT_CLASSES, sum 1

    @property
    def code(self) -> str:
        """The likeliest class."""
        return self.ranked[0]

    @property
    def uncertain(self) -> bool:
        """Whether even the likeliest class is not likely enough to be told as what it is."""
        return self.share(self.code) < SURE_FROM

    @property
    def ranked(self) -> tuple[str, ...]:
        """All classes, the likeliest first."""
        return tuple(sorted(OCT_CLASSES, key=lambda code: -self.share(code)))

    def share(self, code: str) -> float:
        """Probability 0..1 of a class."""
        return self.probabilities[OCT_CLASSES.index(code)]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything the system claims about one image; lesions is None where segmentation failed."""

    image: ImageInfo
    quality: Quality
    diseases: tuple[DiseaseScore, ...] | None
    dr: DRGrade
    lesions: dict[str, LesionStats] | None
    anatomy: Anatomy
    dme: DMERisk | None  # by the exudates; as lesions, and None where it is no fundus photo
    dme_grade: DMEGrade  # by the classifier
    lesion_grade: LesionGrade | None
    oct: Scan | None  # of an OCT scan alone
    models: dict[str, str]  # part -> SHA-256 of its weights
    notes: tuple[str, ...] = ()  # catalogue keys `note.*`
    thickness: Thickness | None = None  # of an OCT scan's retina, where its borders were found
    glands: GlandLoss | None = None  # of an everted lid, where its glands were found

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-ready dict, the keys of schema 1 (see README)."""
        from assistant.findings_json import to_dict  # which needs the values above

        return to_dict(self)

    def to_json(self) -> str:
        """Indented JSON of `to_dict`."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    @staticmethod
    def from_dict(data: dict[str, Any]) -> "Findings":
        """Inverse of `to_dict`; raises InputError for another schema version or missing keys."""
        from assistant.findings_json import from_dict

        return from_dict(data)
