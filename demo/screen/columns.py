"""The columns of the table: names, units and meaning, and how each is had from a photo's entry."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from assistant.findings import Findings
from demo.screen.attention import GROUPS, group
from demo.screen.entry import Entry
from demo.screen.photos import readable
from segmentation.labels import LESIONS
from segmentation.types import LesionStats
from vision.catalogue import Language
from vision.labels import DISEASES, DME_RISKS, ICDR_GRADES, OCT_CLASSES
from vision.types import DiseaseScore

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Line:
    """A photo as it stands in the table."""

    entry: Entry
    duplicate_of: str | None
    language: Language


@dataclass(frozen=True, slots=True)
class Column:
    """One column, or one for each of `codes`, each in the place of * in the name."""

    name: str
    kind: type
    unit: str
    meaning: str
    value: Callable[[Line, str], Cell]
    codes: tuple[str, ...] = ("",)

    @property
    def names(self) -> list[str]:
        """As in the head of the table."""
        return [self.name.replace("*", code) for code in self.codes]


def row(line: Line) -> dict[str, Cell]:
    """All cells of one photo by column; None where there is no such value, never 0."""
    return {
        name: _rounded(column.value(line, code))
        for column in COLUMNS
        for name, code in zip(column.names, column.codes, strict=True)
    }


def rows(entries: Iterable[Entry], language: Language) -> list[dict[str, Cell]]:
    """The rows of the table in the order of the entries; of equal pictures the first is no copy."""
    first: dict[str, str] = {}
    told = []
    for entry in entries:
        path, original = readable(entry.photo.path), None
        if entry.findings is not None:
            original = first.setdefault(entry.findings.image.id, path)
        told.append(row(Line(entry, None if original == path else original, language)))
    return told


def _rounded(cell: Cell) -> Cell:
    return round(cell, 4) if isinstance(cell, float) else cell


def _found(part: Callable[[Findings], Cell]) -> Callable[[Line, str], Cell]:
    """A value of the findings; None without findings, or without the part that holds it."""

    def value(line: Line, _: str) -> Cell:
        return None if line.entry.findings is None else part(line.entry.findings)

    return value


def _judged(part: Callable[[Findings], Cell]) -> Callable[[Line, str], Cell]:
    """A value of the quality; None for a B-scan, whose quality is not judged."""
    return _found(lambda f: None if f.image.modality == "oct" else part(f))


def _keys(keys: Iterable[str]) -> str | None:
    """Catalogue keys without what all begin with, one after another."""
    return " ".join(key.split(".", 1)[1] for key in keys) or None


def _problem(line: Line, _: str) -> Cell:
    return None if line.entry.problem is None else line.entry.problem.text(line.language)


def _disease(part: str) -> Callable[[Line, str], Cell]:
    def value(line: Line, code: str) -> Cell:
        found: tuple[DiseaseScore, ...] = (
            line.entry.findings and line.entry.findings.diseases
        ) or ()
        return next((attrgetter(part)(score) for score in found if score.code == code), None)

    return value


def _lesion(part: str) -> Callable[[Line, str], Cell]:
    def value(line: Line, code: str) -> Cell:
        found: dict[str, LesionStats] = (line.entry.findings and line.entry.findings.lesions) or {}
        return attrgetter(part)(found[code]) if code in found else None

    return value


def _grade(line: Line, grade: str) -> Cell:
    found = line.entry.findings and line.entry.findings.dr.probabilities
    return found[int(grade)] if found else None


def _risk(line: Line, risk: str) -> Cell:
    found = line.entry.findings and line.entry.findings.dme_grade.probabilities
    return found[int(risk)] if found else None


def _scan(line: Line, code: str) -> Cell:
    found = line.entry.findings and line.entry.findings.oct
    return found.share(code) if found else None


def _thick(part: str) -> Callable[[Line, str], Cell]:
    return _found(lambda f: attrgetter(part)(f.thickness) if f.thickness else None)


def _glands(part: str) -> Callable[[Line, str], Cell]:
    return _found(lambda f: attrgetter(part)(f.glands) if f.glands else None)


_GROUPS = ", ".join(GROUPS)
_LAST = "as the notes of the findings, in full in `vision/catalogue`"
COLUMNS: tuple[Column, ...] = (
    Column("path", str, "", "file, from the folder that was screened",
           lambda line, _: readable(line.entry.photo.path)),
    Column("status", str, "", "read; incomplete: a model failed on a part; refused: not one "
           "readable picture; failed: the machine failed on it (the last and incomplete are tried "
           "anew by the next run)", lambda line, _: line.entry.status),
    Column("problem", str, "", "why it was refused or failed, in the language of --lang", _problem),
    Column("attention", str, "", f"how urgent a look is: {_GROUPS}",
           lambda line, _: group(line.entry)),
    Column("case", str, "", "code of the case that it was kept as, where the page was told to",
           lambda line, _: line.entry.case or None),
    Column("duplicate_of", str, "", "path of the first photo with the same pixels",
           lambda line, _: line.duplicate_of),
    Column("image_id", str, "SHA-256", "of the decoded pixels", _found(lambda f: f.image.id)),
    Column("modality", str, "", "cfp: fundus photo, oct: B-scan, osa: ocular surface, other",
           _found(lambda f: f.image.modality)),
    Column("width_px", int, "px", "of the photo", _found(lambda f: f.image.width)),
    Column("height_px", int, "px", "of the photo", _found(lambda f: f.image.height)),
    Column("eye", str, "", "OD right, OS left, unknown; told by the place of the optic disc",
           _found(lambda f: f.image.eye)),
    Column("gradable", str, "", "yes, limited, no; not judged of a B-scan",
           _judged(lambda f: f.quality.gradable)),
    Column("quality_score", float, "0..1", "0 unreadable, 1 clear",
           _judged(lambda f: f.quality.score)),
    Column("quality_reasons", str, "", "what spoils it: keys `quality.*` of the catalogue, spaces "
           "between", _judged(lambda f: _keys(f.quality.reasons))),
    Column("dr_grade", int, "ICDR 0..4", "diabetic retinopathy, the median of the probabilities",
           _found(lambda f: f.dr.grade)),
    Column("dr_probability_*", float, "0..1", "of each grade; their sum is 1", _grade,
           tuple(map(str, ICDR_GRADES))),
    Column("dr_referable", bool, "", "grade 2 or above", _found(lambda f: f.dr.referable)),
    Column("dme_risk", int, "0..2", "macular edema, by the measured exudates",
           _found(lambda f: f.dme.risk if f.dme else None)),
    Column("dme_risk_networks", int, "0..2", "macular edema, by the networks",
           _found(lambda f: f.dme_grade.risk)),
    Column("dme_probability_*", float, "0..1", "of each risk, by the networks", _risk,
           tuple(map(str, DME_RISKS))),
    Column("disease_*_probability", float, "0..1", "N normal, D diabetic retinopathy, G glaucoma, "
           "C cataract, A age-related macular degeneration, H hypertensive retinopathy, M "
           "pathologic myopia, O other", _disease("probability"), DISEASES),
    Column("disease_*_present", bool, "", "the probability reaches the threshold",
           _disease("present"), DISEASES),
    Column("disease_*_uncertain", bool, "", "too near the threshold to call either way",
           _disease("uncertain"), DISEASES),
    Column("lesion_*_count", int, "lesions", "MA candidate microaneurysms, HE haemorrhages, EX "
           "hard exudates, SE soft exudates", _lesion("count"), LESIONS),
    Column("lesion_*_area_px", int, "px of the photo", "area of all of that class",
           _lesion("area_px"), LESIONS),
    Column("lesion_*_area_percent", float, "% of the field of view", "the same",
           _lesion("area_percent_of_fov"), LESIONS),
    Column("vertical_cdr", float, "0..1", "cup height by disc height",
           _found(lambda f: f.anatomy.vertical_cdr)),
    Column("oct_class", str, "", "the likeliest class of a B-scan",
           _found(lambda f: f.oct.code if f.oct else None)),
    Column("oct_uncertain", bool, "", "even that one is less likely than 0.6",
           _found(lambda f: f.oct.uncertain if f.oct else None)),
    Column("oct_probability_*", float, "0..1", "of each class; their sum is 1", _scan, OCT_CLASSES),
    Column("retina_central_px", float, "px", "thickness of the retina of a B-scan, rows of the "
           "middle tenth; measured, not validated", _thick("central_px")),
    Column("retina_mean_px", float, "px", "the same over the whole width", _thick("mean_px")),
    Column("gland_share", float, "0..1", "of the judged area of a lid in meibography that is "
           "gland; measured, not validated", _glands("gland_share")),
    Column("gland_lost_share", float, "0..1", "of it that has no gland near",
           _glands("lost_share")),
    Column("meiboscore", int, "0..3", "by the share that is lost; not validated",
           _glands("meiboscore")),
    Column("notes", str, "", f"{_LAST} (keys `note.*`), spaces between",
           _found(lambda f: _keys(f.notes))),
    Column("seconds", float, "s", "reading this photo, the loading of models left out",
           lambda line, _: line.entry.seconds),
    Column("weights", str, "SHA-256", "of each model that took part, as name=hash, spaces between",
           _found(lambda f: " ".join(f"{k}={v}" for k, v in sorted(f.models.items())) or None)),
)  # fmt: skip


def kinds() -> dict[str, type]:
    """Every column of the table, in order, and what its cells are."""
    return {name: column.kind for column in COLUMNS for name in column.names}
