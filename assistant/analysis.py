"""One photo through vision and segmentation: steps as they finish, and the findings at the end."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeVar

import numpy as np

from assistant.findings import GRADE_TOO_LOW, DRGrade, Findings, ImageInfo
from segmentation.measure import locate, measure_lesions
from segmentation.types import Anatomy, LesionMap
from vision.errors import OphError
from vision.fov import FieldOfView, detect
from vision.intake import read_image
from vision.labels import REFERABLE_FROM_GRADE, grade_of
from vision.quality import assess
from vision.types import Diagnosis, Eye, FundusImage, Quality

log = logging.getLogger(__name__)
T = TypeVar("T")
StepName = Literal["intake", "quality", "diseases", "lesions"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far the reading of a photo has come; seconds since the step began."""

    name: StepName
    status: Literal["running", "done", "failed", "skipped"]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A photo and all that was found in it; `tokens` (N, D) is None where the classifier failed."""

    image: FundusImage
    fov: FieldOfView
    findings: Findings
    lesion_map: LesionMap | None
    tokens: np.ndarray | None


class Diagnoses(Protocol):
    """What is asked of a classifier (vision.classifier.Classifier)."""

    def diagnose(self, image: FundusImage, fov: FieldOfView) -> Diagnosis:
        """The diseases, grade and visual tokens of one photo."""


class Segments(Protocol):
    """What is asked of a segmenter (segmentation.predict.Segmenter)."""

    def segment(self, image: FundusImage, fov: FieldOfView) -> LesionMap:
        """The masks of one photo, in its own pixels."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The models that read photos; None where one could not be loaded (said in the notes)."""

    classifier: Diagnoses | None
    segmenter: Segments | None

    def read(self, data: bytes, eye: Eye = "unknown") -> Iterator[Step | Analysis]:
        """Bytes of an image file -> steps, then the analysis; raises InputError for bad input.

        A model that fails costs its own part only: the rest is still found, with a note.
        """
        clock = time.monotonic()

        def step(name: StepName, status: Literal["running", "done", "failed", "skipped"]) -> Step:
            return Step(name, status, round(time.monotonic() - clock, 2))

        yield Step("intake", "running")
        image = read_image(data, eye)
        yield step("intake", "done")

        clock = time.monotonic()
        yield Step("quality", "running")
        fov = detect(image.pixels)
        quality = assess(image.pixels, fov)
        yield step("quality", "done")

        readable = quality.modality == "cfp" and quality.gradable != "no"
        diagnosis: Diagnosis | None = None
        lesion_map: LesionMap | None = None
        if not readable:
            yield Step("diseases", "skipped")
            yield Step("lesions", "skipped")
        else:
            clock = time.monotonic()
            yield Step("diseases", "running")
            if self.classifier is not None:
                diagnosis = _guarded(self.classifier.diagnose, image, fov)
            yield step("diseases", "done" if diagnosis else "failed")
            clock = time.monotonic()
            yield Step("lesions", "running")
            if self.segmenter is not None:
                lesion_map = _guarded(self.segmenter.segment, image, fov)
            yield step("lesions", "done" if lesion_map else "failed")
        findings = combine(image, fov, quality, diagnosis, lesion_map)
        tokens = None if diagnosis is None else diagnosis.tokens
        yield Analysis(image, fov, findings, lesion_map, tokens)


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
    diagnosis: Diagnosis | None,
    lesion_map: LesionMap | None,
) -> Findings:
    """All parts of one photo's reading -> `Findings`, with a note for each part that is missing."""
    notes: list[str] = []
    readable = quality.modality == "cfp" and quality.gradable != "no"
    if quality.modality != "cfp":
        notes.append("note.not_fundus")
    elif not readable:
        notes.append("note.ungradable")
    if readable and diagnosis is None:
        notes.append("note.classifier_failed")
    anatomy, lesions = Anatomy(), None
    if lesion_map is not None:
        anatomy = locate(lesion_map)
        lesions = measure_lesions(lesion_map, fov, anatomy)
        if anatomy.disc is None:
            notes.append("note.disc_not_seen")
    elif readable:
        notes.append("note.segmentation_failed")
    if readable:
        notes += ["note.fovea_not_measured", "note.cdr_not_measured", "note.vessels_not_measured"]
    if image.eye == "unknown":
        notes.append("note.eye_unknown")
    dr = _grade(diagnosis)
    # beyond microaneurysms the grade is at least 2 (ICDR); one or two such lesions, and hard
    # exudates, are also within what the segmenter sees in healthy eyes (its card)
    beyond = 0 if lesions is None else sum(lesions[c].count for c in ("HE", "SE"))
    if dr.grade is not None and dr.grade < REFERABLE_FROM_GRADE and beyond > 2:
        notes.append(GRADE_TOO_LOW)
    models = {}
    if diagnosis is not None:
        models["vision"] = diagnosis.weights_sha256
    if lesion_map is not None:
        models["segmentation"] = lesion_map.weights_sha256
    return Findings(
        image=ImageInfo(image.id, quality.modality, image.eye, image.width, image.height),
        quality=quality,
        diseases=None if diagnosis is None else diagnosis.diseases,
        dr=dr,
        lesions=lesions,
        anatomy=anatomy,
        models=models,
        notes=tuple(notes),
    )


def _grade(diagnosis: Diagnosis | None) -> DRGrade:
    if diagnosis is None:
        return DRGrade(None, None)
    probabilities = diagnosis.dr_probabilities
    return DRGrade(grade_of(probabilities), probabilities)


def with_eye(analysis: Analysis, eye: Eye) -> Analysis:
    """The same analysis for the eye side that the reader gives."""
    notes = tuple(n for n in analysis.findings.notes if n != "note.eye_unknown")
    if eye == "unknown":
        notes = (*notes, "note.eye_unknown")
    info = replace(analysis.findings.image, eye=eye)
    return replace(
        analysis,
        image=FundusImage(analysis.image.pixels, eye),
        findings=replace(analysis.findings, image=info, notes=notes),
    )
