"""One photo through vision and segmentation: steps as they finish, and the findings at the end."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

import numpy as np

from assistant.findings import (
    GRADE_ALONE,
    GRADE_TOO_LOW,
    GRADE_UNSEEN,
    RISKS_DIFFER,
    DMEGrade,
    DRGrade,
    Findings,
    ImageInfo,
    Scan,
)
from assistant.visual import Sees, Segments, visual_tokens
from segmentation.anatomy import eye_side, measure_anatomy
from segmentation.grade import pooled
from segmentation.icdr import dme_risk, lesion_grade
from segmentation.measure import measure_lesions
from segmentation.meibography import find_glands
from segmentation.meiboscore import measure_glands
from segmentation.retinal_band import find_band
from segmentation.thickness import checked_scale, measure_band
from segmentation.types import Anatomy, Grades, Meibography, RetinalBand, RetinaMap
from vision.errors import OphError
from vision.fov import FieldOfView, detect
from vision.intake import read_image
from vision.labels import grade_of
from vision.quality import assess
from vision.types import Diagnosis, Eye, FundusImage, Quality, Sight

log = logging.getLogger(__name__)
T = TypeVar("T")
_EYE_NOTES = frozenset({"note.eye_unknown", "note.eye_from_photo", "note.eye_against_photo"})
StepName = Literal["intake", "quality", "diseases", "lesions"]
Status = Literal["running", "done", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far the reading of a photo has come; seconds since the step began."""

    name: StepName
    status: Status
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A photo and all that was found in it.

    `tokens` (N, D) are of a readable fundus photo; None for others and where the classifier failed.
    `heat` holds (h, h) for each label that was scored: where the network looked, over the field.
    `structures` are masks (H, W) bool by code of what was outlined without a network.
    """

    image: FundusImage
    fov: FieldOfView
    findings: Findings
    retina: RetinaMap | None
    tokens: np.ndarray | None
    heat: dict[str, np.ndarray]
    structures: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """The models that read photos; None where one could not be loaded (said in the notes)."""

    classifier: Sees | None
    segmenter: Segments | None

    def read(self, data: bytes, eye: Eye = "unknown") -> Iterator[Step | Analysis]:
        """Bytes of an image file -> steps, then the analysis; raises InputError for bad input.

        One pass of the classifier tells what the image is, how good and what is in it. A model that
        fails costs its own part only: the rest is still found, with a note.
        """
        clock = time.monotonic()

        def step(name: StepName, status: Status) -> Step:
            return Step(name, status, round(time.monotonic() - clock, 2))

        yield Step("intake", "running")
        image = read_image(data, eye)
        yield step("intake", "done")

        clock = time.monotonic()
        yield Step("quality", "running")
        fov = detect(image.pixels)
        sight = None if self.classifier is None else _guarded(self.classifier.look, image, fov)
        quality = assess(image.pixels, fov) if sight is None else sight.quality
        yield step("quality", "done")

        readable = _readable(quality)
        clock = time.monotonic()
        if readable or quality.modality == "oct":
            yield step("diseases", "failed" if sight is None else "done")
        else:
            yield Step("diseases", "skipped")
        retina: RetinaMap | None = None
        if readable:
            yield Step("lesions", "running")
            if self.segmenter is not None:
                retina = _guarded(self.segmenter.segment, image, fov)
            yield step("lesions", "done" if retina else "failed")
        else:
            yield Step("lesions", "skipped")
        band = find_band(image.pixels) if quality.modality == "oct" else None
        lid = find_glands(image.pixels) if quality.modality == "osa" else None
        findings = combine(image, fov, quality, sight, retina, band, lid)
        image = FundusImage(image.pixels, findings.image.eye)
        tokens = None
        if readable and sight is not None:
            tokens = visual_tokens(sight, {} if retina is None else retina.lesions, fov)
        heat = {} if sight is None else sight.heat
        structures = {} if band is None else {"RB": band.mask(image.height)}
        structures |= {} if lid is None else {"TA": lid.tarsus, "MG": lid.glands}
        yield Analysis(image, fov, findings, retina, tokens, heat, structures)


def _readable(quality: Quality) -> bool:
    return quality.modality == "cfp" and quality.gradable != "no"


def _guarded(
    model: Callable[[FundusImage, FieldOfView], T], image: FundusImage, fov: FieldOfView
) -> T | None:
    """The result, or None (logged) where a model failed on this photo."""
    try:
        return model(image, fov)
    except (OphError, RuntimeError, ValueError, MemoryError):
        log.exception("a model failed on this photo; the rest of the findings still stands")
        return None


def combine(
    image: FundusImage,
    fov: FieldOfView,
    quality: Quality,
    sight: Sight | None,
    retina: RetinaMap | None,
    band: RetinalBand | None = None,
    lid: Meibography | None = None,
) -> Findings:
    """All parts of one photo's reading -> `Findings`, with a note for each part that is missing."""
    anatomy, lesions, dme, by_lesions, eye = Anatomy(), None, None, None, image.eye
    if retina is not None:
        anatomy = measure_anatomy(retina, fov, image.eye)
        eye = eye_side(anatomy, fov) if image.eye == "unknown" else image.eye
        lesions = measure_lesions(retina, fov, anatomy)
        dme, by_lesions = dme_risk(anatomy, lesions), lesion_grade(lesions)
    models = {} if sight is None else {"vision": sight.weights_sha256}
    models |= {} if retina is None else {f"segmentation.{k}": v for k, v in retina.weights.items()}
    diagnosis = None if sight is None else sight.diagnosis
    grades = None if retina is None else retina.grades
    scan = None if sight is None else sight.oct_probabilities
    findings = Findings(
        image=ImageInfo(image.id, quality.modality, eye, image.width, image.height),
        quality=quality,
        diseases=None if diagnosis is None else diagnosis.diseases,
        dr=_grade(diagnosis, grades),
        lesions=lesions,
        anatomy=anatomy,
        dme=dme,
        dme_grade=_risk(diagnosis, grades),
        lesion_grade=by_lesions,
        oct=None if scan is None else Scan(scan),
        models=models,
        thickness=None if band is None else measure_band(band, image.height),
        glands=None if lid is None else measure_glands(lid),
    )
    notes = [*_missing(findings), *_eye(image.eye, eye, anatomy, fov)]
    return replace(findings, notes=(*notes, *_doubts(findings)))


def _missing(findings: Findings) -> list[str]:
    """A note for every part that could not be had."""
    quality = findings.quality
    if not _readable(quality):
        by_rules = [] if "vision" in findings.models else ["note.judged_by_rules"]
        if quality.modality == "cfp":
            return ["note.ungradable", *by_rules]
        if quality.modality == "osa":
            return [] if findings.glands else ["note.glands_not_found"]
        if quality.modality != "oct":
            return ["note.not_fundus", *by_rules]
        unread = ["note.oct_not_read"] if findings.oct is None else []
        return [*unread, *([] if findings.thickness else ["note.band_not_found"])]
    notes = [] if findings.diseases is not None else ["note.classifier_failed"]
    if findings.lesions is None:
        return [*notes, "note.segmentation_failed"]
    anatomy = findings.anatomy
    named = (("disc", anatomy.disc), ("fovea", anatomy.fovea), ("cup", anatomy.vertical_cdr))
    return notes + [f"note.{name}_not_seen" for name, value in named if value is None]


def _eye(given: Eye, taken: Eye, anatomy: Anatomy, fov: FieldOfView) -> list[str]:
    """Where the eye side comes from, where that is worth a word."""
    if taken == "unknown":
        return ["note.eye_unknown"]
    if given == "unknown":
        return ["note.eye_from_photo"]
    seen = eye_side(anatomy, fov)
    return ["note.eye_against_photo"] if seen not in ("unknown", given) else []


def _doubts(findings: Findings) -> list[str]:
    """A note where classifier and measured lesions do not agree, on the grade or on the risk."""
    grade, lesions, doubts = findings.dr.grade, findings.lesions, list[str]()
    if grade is not None and lesions is not None and findings.lesion_grade is not None:
        if grade > 0 and not any(stats.present for stats in lesions.values()):
            doubts.append(GRADE_UNSEEN)
        elif grade < findings.lesion_grade.at_least:
            doubts.append(GRADE_TOO_LOW)
    retinopathy = next((d for d in findings.diseases or () if d.code == "D"), None)
    if findings.dr.referable and retinopathy and not (retinopathy.present or retinopathy.uncertain):
        doubts.append(GRADE_ALONE)
    risks = {findings.dme and findings.dme.risk, findings.dme_grade.risk} - {None}
    return [*doubts, RISKS_DIFFER] if len(risks) > 1 else doubts


def _grade(diagnosis: Diagnosis | None, grades: Grades | None) -> DRGrade:
    """By the photo as a whole and the burden of lesions, where both are known."""
    if diagnosis is None:
        return DRGrade(None, None)
    found = diagnosis.dr_probabilities
    if grades is not None:
        found = pooled(found, grades.dr, grades.share)
    return DRGrade(grade_of(found), found)


def _risk(diagnosis: Diagnosis | None, grades: Grades | None) -> DMEGrade:
    if diagnosis is None:
        return DMEGrade(None, None)
    found = diagnosis.dme_probabilities
    if grades is not None:
        found = pooled(found, grades.dme, grades.share)
    return DMEGrade(grade_of(found), found)


def with_eye(analysis: Analysis, eye: Eye) -> Analysis:
    """The same analysis for the eye side that the reader gives: rim sectors follow the side."""
    found, retina = analysis.findings, analysis.retina
    anatomy = found.anatomy
    if retina is not None:
        anatomy = measure_anatomy(retina, analysis.fov, eye)
    taken = eye_side(anatomy, analysis.fov) if eye == "unknown" else eye
    notes = [note for note in found.notes if note not in _EYE_NOTES]
    notes += _eye(eye, taken, anatomy, analysis.fov)
    info = replace(found.image, eye=taken)
    return replace(
        analysis,
        image=FundusImage(analysis.image.pixels, taken),
        findings=replace(found, image=info, anatomy=anatomy, notes=tuple(notes)),
    )


def with_scale(analysis: Analysis, um_per_px: float | None) -> Analysis:
    """The same analysis with the micrometres of a row of its scan, as a person knows them.

    Raises InputError for a scale that no scan has; an image without a thickness stays as it is.
    """
    scale = None if um_per_px is None else checked_scale(um_per_px)
    thickness = analysis.findings.thickness
    if thickness is None:
        return analysis
    scaled = replace(thickness, um_per_px=scale)
    return replace(analysis, findings=replace(analysis.findings, thickness=scaled))
