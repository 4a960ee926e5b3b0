"""What the page says of one photo: a few short lines, the same numbers as in the table."""

from dataclasses import dataclass

from assistant import numbers
from assistant.findings import GRADE_DOUBTS, RISKS_DIFFER, Findings
from assistant.findings_text import disease_name, grade_name, lesion_name, scan_name
from demo.screen.entry import Entry
from segmentation.labels import LESIONS, STYLES
from vision.catalogue import Language, say
from vision.types import DiseaseScore


@dataclass(frozen=True, slots=True)
class Fact:
    """One line; `tone` marks what matters: found, doubt or nothing."""

    text: str
    tone: str = ""


def about(entry: Entry, language: Language) -> str:
    """Which eye the photo shows, or what else it is."""
    if entry.findings is None:
        return say(f"screen.status.{entry.status}", language)
    image = entry.findings.image
    if image.modality == "cfp" and entry.findings.quality.gradable != "no":
        return say(f"eye.{image.eye}", language)
    return say(f"findings.modality.{image.modality}", language)


def facts(entry: Entry, language: Language) -> list[Fact]:
    """The lines of a photo, the weightiest first."""
    findings = entry.findings
    if findings is None:
        return [Fact(entry.problem.text(language), "doubt")] if entry.problem else []
    told = [*_grade(findings, language), *_risk(findings, language), *_scan(findings, language)]
    told += [*_diseases(findings, language), *_lesions(findings, language)]
    if findings.anatomy.vertical_cdr is not None:
        cdr = numbers.ratio(findings.anatomy.vertical_cdr)
        told.append(Fact(say("screen.cdr", language, ratio=cdr)))
    return [*told, *_quality(findings, language), *_notes(entry, findings, language)]


def _grade(findings: Findings, language: Language) -> list[Fact]:
    dr = findings.dr
    if dr.grade is None or dr.probabilities is None:
        return []
    share = numbers.percent(dr.probabilities[dr.grade])
    name = grade_name(dr.grade, language)
    text = say("screen.grade", language, grade=dr.grade, name=name, percent=share)
    return [Fact(text, "found" if dr.referable else "")]


def _risk(findings: Findings, language: Language) -> list[Fact]:
    """By exudates and by the networks, where one of them sees any."""
    rule, seen = findings.dme and findings.dme.risk, findings.dme_grade.risk
    if not (rule or seen):
        return []
    unknown = say("screen.not_known", language)
    told = {"rule": unknown if rule is None else rule, "seen": unknown if seen is None else seen}
    return [Fact(say("screen.risk", language, **told), "found")]


def _scan(findings: Findings, language: Language) -> list[Fact]:
    scan = findings.oct
    if scan is None:
        return []
    tone = "doubt" if scan.uncertain else "found" if scan.code != "NO" else ""
    share = numbers.percent(scan.share(scan.code))
    return [Fact(f"{scan_name(scan.code, language)} {share}", tone)]


def _diseases(findings: Findings, language: Language) -> list[Fact]:
    scores = sorted(findings.diseases or (), key=lambda score: -score.probability)
    near = [score for score in scores if score.uncertain and score.code != "N"]
    sure = [score for score in scores if score.present and not score.uncertain]
    normal = [score for score in sure if score.code == "N"]
    ill = [score for score in sure if score.code != "N"]
    told = [Fact(_named(ill, language), "found")] if ill else []
    if near:
        told.append(Fact(say("screen.uncertain", language, items=_named(near, language)), "doubt"))
    return [*told, *(Fact(_named([score], language)) for score in normal)]


def _named(scores: list[DiseaseScore], language: Language) -> str:
    items = [f"{disease_name(s.code, language)} {numbers.percent(s.probability)}" for s in scores]
    return say("findings.comma", language).join(items)


def _lesions(findings: Findings, language: Language) -> list[Fact]:
    """Counts with the letters that are drawn."""
    found = findings.lesions
    if found is None:
        return []
    items = [
        f"{STYLES[code].letter} {_counted(code, found[code].count, language)}"
        for code in LESIONS
        if code in found and found[code].present
    ]
    if not items:
        return [Fact(say("screen.no_lesions", language))]
    return [Fact(say("findings.comma", language).join(items))]


def _counted(code: str, number: int, language: Language) -> str:
    """A class and its count; about a quarter of the microaneurysms are none."""
    key = "screen.candidates" if code == "MA" else "screen.lesions"
    name = lesion_name(code, language)
    return say(key, language, name=name, count=numbers.count(number))


def _quality(findings: Findings, language: Language) -> list[Fact]:
    quality = findings.quality
    if quality.modality == "oct":
        return []
    told = [Fact(say(reason, language), "doubt") for reason in quality.reasons]
    if quality.modality == "cfp" and quality.gradable != "yes":
        word = say(f"findings.gradable.{quality.gradable}", language)
        told.insert(0, Fact(say("findings.quality", language, gradable=word), "doubt"))
    return told


def _notes(entry: Entry, findings: Findings, language: Language) -> list[Fact]:
    """Disagreements, and what a model could not do; the rest stands in the table."""
    doubts = {*GRADE_DOUBTS, RISKS_DIFFER}
    worth = [n for n in findings.notes if n in doubts or entry.status == "incomplete"]
    return [Fact(say(note, language), "doubt") for note in worth]
