"""The findings table as values: rows in sections, for a fundus photo or for an OCT scan.

Every number comes from `Findings` and is written by `assistant.numbers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant import numbers
from assistant.carried_places import follows_isnt
from assistant.findings import GRADE_DOUBTS, RISKS_DIFFER, SURE_FROM, Findings
from assistant.findings_text import (
    FEW_SCANS,
    LOW_CONFIDENCE,
    cup_ratios,
    disease_name,
    grade_name,
    grade_rule,
    lesion_name,
    rim_widths,
    scan_name,
    suspicion_word,
)
from segmentation.labels import LESIONS, MA_PRECISION, STYLES
from segmentation.types import GlandLoss, LesionStats, Thickness
from vision.catalogue import Language, say
from vision.types import DiseaseScore


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the findings table; `detail` is the smaller print, `tone` marks what matters."""

    name: str
    value: str
    detail: str = ""
    tone: str = ""  # "", found, doubt
    share: float | None = None  # probability 0..1, drawn as a bar
    band: tuple[float, float] | None = None  # where such a probability is uncertain, from and to
    word: str = ""  # what the probability means: suspected, uncertain, not suspected


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of rows."""

    title: str
    rows: tuple[Row, ...]


def sections(findings: Findings, language: Language) -> tuple[Section, ...]:
    """All rows of the findings table, quality first; of a scan, what a scan shows."""
    if findings.image.modality == "oct":
        seen = (
            Section(say("demo.section.quality", language), _quality(findings, language)),
            Section(say("demo.section.oct", language), _scan(findings, language)),
        )
        if findings.thickness is None:  # the notes say so
            return seen
        measured = _thickness(findings.thickness, language)
        return (*seen, Section(say("demo.section.thickness", language), measured))
    if findings.glands is not None:
        lid = _glands(findings.glands, language)
        return (
            Section(say("demo.section.quality", language), _quality(findings, language)),
            Section(say("demo.section.glands", language), lid),
        )
    return (
        Section(say("demo.section.quality", language), _quality(findings, language)),
        Section(say("demo.section.grade", language), _grade(findings, language)),
        Section(say("demo.section.diseases", language), _diseases(findings, language)),
        Section(say("demo.section.lesions", language), _lesions(findings, language)),
        Section(say("demo.section.anatomy", language), _anatomy(findings, language)),
    )


def _quality(findings: Findings, language: Language) -> tuple[Row, ...]:
    quality = findings.quality
    kind = say(f"findings.modality.{quality.modality}", language)
    reasons = [say(reason, language) for reason in quality.reasons]
    what = Row(say("demo.modality.name", language), kind)
    if quality.modality in ("oct", "osa"):
        return (replace(what, detail="\n".join(reasons)),)
    score = say("demo.quality.score", language, score=numbers.ratio(quality.score))
    word = say(f"findings.gradable.{quality.gradable}", language)
    tone = "" if quality.gradable == "yes" else "doubt"
    readable = Row(say("demo.quality.name", language), word, score, tone)
    return (what, readable, *(Row("", reason, tone="doubt") for reason in reasons))


def _scan(findings: Findings, language: Language) -> tuple[Row, ...]:
    """All classes with their probabilities, the likeliest first and with what it means."""
    scan = findings.oct
    if scan is None:
        return (Row(say("demo.not_known", language), ""),)
    details = [say(f"oct.means.{scan.code}", language)]
    if scan.code in FEW_SCANS:
        details.insert(0, say("findings.scan.few", language, count=FEW_SCANS[scan.code]))
    if scan.uncertain:
        details.insert(0, say("demo.scan.uncertain", language, limit=numbers.percent(SURE_FROM)))
    tone = "doubt" if scan.uncertain else "found" if scan.code != "NO" else ""
    rows = [
        Row(scan_name(code, language), numbers.percent(scan.share(code)), share=scan.share(code))
        for code in scan.ranked
    ]
    rows[0] = replace(rows[0], detail="\n".join(details), tone=tone)
    return tuple(rows)


def _thickness(thickness: Thickness, language: Language) -> tuple[Row, ...]:
    """Of the retina: in the middle, on average, and along the scan; how it was measured."""
    central = Row(
        say("demo.thickness.central", language),
        _length(thickness.central_px, thickness, language),
        say("thickness.method", language),
    )
    cut_off = say("thickness.cut_off", language) if thickness.cut_off else ""
    mean = Row(
        say("demo.thickness.mean", language),
        _length(thickness.mean_px, thickness, language),
        cut_off,
        "doubt" if cut_off else "",
    )
    parts = ["–" if px is None else f"{px:.0f}" for px in thickness.profile_px]
    along = Row(
        say("demo.thickness.profile", language), say("unit.px", language, number=" · ".join(parts))
    )
    return (central, mean, along)


def _glands(glands: GlandLoss, language: Language) -> tuple[Row, ...]:
    """Of one lid: how much is gland, how much has none near, and the score by that."""
    shares = (("share", glands.gland_share), ("lost", glands.lost_share))
    rows = [Row(say(f"demo.glands.{k}", language), numbers.percent(v)) for k, v in shares]
    method = say("glands.method", language)
    return (*rows, Row(say("demo.glands.score", language), str(glands.meiboscore), method))


def _length(px: float | None, thickness: Thickness, language: Language) -> str:
    """In pixels, and in micrometres where the scale is known."""
    if px is None:
        return say("demo.not_measured", language)
    told = numbers.pixels(px, language)
    if thickness.um_per_px is None:
        return told
    return f"{told} · {numbers.micrometres(px * thickness.um_per_px, language)}"


def _grade(findings: Findings, language: Language) -> tuple[Row, ...]:
    dr = findings.dr
    if dr.grade is None or dr.probabilities is None:
        unknown = Row(say("demo.grade.name", language), say("demo.not_known", language))
        return (unknown, *_by_rules(findings, language))
    name = grade_name(dr.grade, language)
    value = say("demo.grade.value", language, grade=dr.grade, name=name)
    rule = say("demo.grade.rule", language, rule=grade_rule(dr.grade, language))
    tone = "found" if dr.referable else ""
    referable = say(f"demo.referable.{'yes' if dr.referable else 'no'}", language)
    spread = _spread(dr.probabilities, language)
    return (
        Row(say("demo.grade.name", language), value, rule, tone),
        Row(say("demo.referable.name", language), referable, say("demo.referable.rule", language)),
        Row(say("demo.grade.probabilities", language), "", spread),
        *_by_rules(findings, language),
    )


def _by_rules(findings: Findings, language: Language) -> list[Row]:
    """What the measured lesions say by the written rules, marked where the classifier differs."""
    rows, grade, dme = [], findings.lesion_grade, findings.dme
    if grade is not None:
        doubts = [say(note, language) for note in GRADE_DOUBTS if note in findings.notes]
        rule = [say(grade.reason, language), say("evidence.limits", language)]
        value = say("demo.lesion_grade.value", language, grade=grade.at_least)
        detail, tone = "\n".join([*doubts, *rule]), "doubt" if doubts else ""
        rows.append(Row(say("demo.lesion_grade.name", language), value, detail, tone))
    if dme is not None:
        known = say("demo.dme.value", language, risk=dme.risk)
        value = say("demo.not_known", language) if dme.risk is None else known
        tone = "found" if dme.risk else ""
        rows.append(Row(say("demo.dme.name", language), value, say(dme.reason, language), tone))
    return rows + _risk(findings, language)


def _risk(findings: Findings, language: Language) -> list[Row]:
    """The classifier's edema risk, marked where the exudates say another."""
    risk, probabilities = findings.dme_grade.risk, findings.dme_grade.probabilities
    if risk is None or probabilities is None:
        return []
    differ = [say(RISKS_DIFFER, language)] if RISKS_DIFFER in findings.notes else []
    detail = "\n".join([*differ, _spread(probabilities, language)])
    tone = "doubt" if differ else "found" if risk else ""
    value = say("demo.dme.value", language, risk=risk)
    return [Row(say("demo.dme.classifier", language), value, detail, tone)]


def _spread(probabilities: Sequence[float], language: Language) -> str:
    """Probability of each grade."""
    return say("demo.list_separator", language).join(
        f"{grade}: {numbers.percent(p)}" for grade, p in enumerate(probabilities)
    )


def _diseases(findings: Findings, language: Language) -> tuple[Row, ...]:
    if findings.diseases is None:
        return (Row(say("demo.not_known", language), ""),)
    order = sorted(findings.diseases, key=lambda d: (not d.present, -d.probability))
    return tuple(_disease(score, language) for score in order)


def _disease(score: DiseaseScore, language: Language) -> Row:
    key = "above" if score.present else "below"
    tone = "found" if score.present and score.code != "N" else ""
    if score.uncertain:
        key, tone = "uncertain", "doubt"
    told = {"threshold": score.threshold, "low": score.low, "high": score.high}
    limits = {name: numbers.percent(value) for name, value in told.items()}
    details = [say(f"demo.disease.{key}", language, **limits)]
    if score.code in LOW_CONFIDENCE:
        details.append(say("demo.disease.low_confidence", language))
    return Row(
        disease_name(score.code, language),
        numbers.percent(score.probability),
        "\n".join(details),
        tone,
        score.probability,
        (score.low, score.high),
        "" if score.code == "N" else suspicion_word(score, language),
    )


def _lesions(findings: Findings, language: Language) -> tuple[Row, ...]:
    if findings.lesions is None:
        return (Row(say("demo.not_known", language), ""),)
    return tuple(
        _lesion(code, findings.lesions[code], language)
        for code in LESIONS
        if code in findings.lesions
    )


def _lesion(code: str, stats: LesionStats, language: Language) -> Row:
    name = f"{STYLES[code].letter} · {lesion_name(code, language)}"
    if not stats.present:
        return Row(name, say("demo.lesion.none", language))
    area = numbers.pixels(stats.area_px, language)
    percent = numbers.area_percent(stats.area_percent_of_fov)
    details = [say("demo.lesion.area", language, area=area, percent=percent)]
    if code == "MA":
        precision = numbers.percent(MA_PRECISION)
        details.insert(0, say("demo.lesion.candidates", language, precision=precision))
    if stats.by_quadrant is not None:
        q = stats.by_quadrant
        details.append(say("demo.lesion.quadrants", language, ST=q.ST, SN=q.SN, IT=q.IT, IN=q.IN))
    if stats.central_1dd is not None and stats.central_3dd is not None:
        one, three = stats.central_1dd.count, stats.central_3dd.count
        details.append(say("demo.lesion.central", language, one=one, three=three))
    if stats.nearest_to_fovea_dd is not None:
        distance = numbers.distance(stats.nearest_to_fovea_dd, language)
        details.append(say("demo.lesion.nearest", language, distance=distance))
    return Row(name, numbers.count(stats.count), "\n".join(details), "found")


def _anatomy(findings: Findings, language: Language) -> tuple[Row, ...]:
    anatomy, missing = findings.anatomy, say("demo.not_measured", language)
    disc = anatomy.disc and numbers.pixels(anatomy.disc.diameter_px, language)
    fovea = anatomy.fovea and say("demo.anatomy.located", language)
    cdr = say("demo.list_separator", language).join(cup_ratios(anatomy, language))
    rim, order, vessels = "", "", ""
    if anatomy.rim is not None:
        rim = say("demo.anatomy.rim_value", language, **rim_widths(anatomy.rim))
        kept = "rim_kept" if follows_isnt(findings) else "rim_broken"
        order = say(f"demo.anatomy.{kept}", language)
    if anatomy.vessel_density is not None:
        percent = numbers.area_percent(100 * anatomy.vessel_density)
        vessels = say("demo.anatomy.vessels_value", language, percent=percent)
    named = (("disc", disc, ""), ("fovea", fovea, ""), ("cdr", cdr, ""), ("rim", rim, order),
             ("vessels", vessels, ""))  # fmt: skip
    return tuple(
        Row(say(f"demo.anatomy.{key}", language), text or missing, detail)
        for key, text, detail in named
    )
