"""The ICDR grade step by step: the written rule applied to the lesions that were outlined.

The rule itself is `segmentation.icdr`; here its steps are said with the numbers of one photo.
"""

from dataclasses import dataclass
from typing import Literal

from assistant import numbers
from assistant.findings import Findings
from assistant.findings_text import grade_name, grade_rule, lesion_name
from segmentation.icdr import EVIDENCE_FROM, SEVERE_PER_QUADRANT
from segmentation.labels import LESIONS
from segmentation.types import LesionGrade, LesionStats
from vision.catalogue import Language, say

Verdict = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Step:
    """A question of the rule, its answer for this photo, and the numbers behind the answer."""

    question: str
    verdict: Verdict | None  # None: a conclusion, no question
    because: str


def steps(findings: Findings, language: Language) -> tuple[Step, ...]:
    """From the counted lesions to the grade; empty where lesions were not measured."""
    lesions, grade = findings.lesions, findings.lesion_grade
    if lesions is None or grade is None:
        return ()
    return (
        _any(lesions, language),
        _evidence(lesions, language),
        _more(lesions, language),
        _severe(lesions, language),
        _proliferative(language),
        _conclusion(grade, language),
        *_networks(findings, language),
    )


def counted(lesions: dict[str, LesionStats], language: Language) -> str:
    """How many of each class were outlined, in words."""
    items = [
        say("demo.practice.count", language, name=lesion_name(code, language),
            count=numbers.count(lesions[code].count))
        for code in LESIONS
    ]  # fmt: skip
    return say("demo.list_separator", language).join(items)


def _step(name: str, verdict: Verdict | None, language: Language, **values: object) -> Step:
    key = f"demo.practice.step.{name}"
    answer = "" if verdict is None else f".{verdict}"
    question = say(f"{key}.question", language)
    because = say(f"{key}{answer}", language, **values)
    return Step(question, verdict, because[0].upper() + because[1:])


def _any(lesions: dict[str, LesionStats], language: Language) -> Step:
    there = any(stats.present for stats in lesions.values())
    return _step("any", "yes" if there else "no", language, items=counted(lesions, language))


def _enough(lesions: dict[str, LesionStats]) -> list[str]:
    return [code for code in LESIONS if lesions[code].count >= EVIDENCE_FROM[code]]


def _evidence(lesions: dict[str, LesionStats], language: Language) -> Step:
    """A network outlines a few lesions in healthy eyes too: below these numbers it is none."""
    enough = _enough(lesions)
    least = [
        say("demo.practice.at_least", language, name=lesion_name(code, language),
            count=EVIDENCE_FROM[code])
        for code in LESIONS
    ]  # fmt: skip
    joint = say("demo.list_separator", language)
    names = joint.join(lesion_name(code, language) for code in enough)
    verdict: Verdict = "yes" if enough else "no"
    return _step("evidence", verdict, language, least=joint.join(least), names=names)


def _more(lesions: dict[str, LesionStats], language: Language) -> Step:
    more = [code for code in _enough(lesions) if code != "MA"]
    names = say("demo.list_separator", language).join(lesion_name(c, language) for c in more)
    return _step("more", "yes" if more else "no", language, names=names)


def _severe(lesions: dict[str, LesionStats], language: Language) -> Step:
    quadrants = lesions["HE"].by_quadrant
    if quadrants is None:
        # with so few in all there cannot be more than these in each of four
        if lesions["HE"].count <= 4 * SEVERE_PER_QUADRANT:
            return _step("severe", "no", language, items=lesions["HE"].count)
        return _step("severe", "unknown", language)
    counts = {name: getattr(quadrants, name) for name in ("ST", "SN", "IT", "IN")}
    items = say("demo.practice.quadrants", language, **counts)
    severe = min(counts.values()) > SEVERE_PER_QUADRANT
    return _step("severe", "yes" if severe else "no", language, items=items)


def _proliferative(language: Language) -> Step:
    return Step(
        say("demo.practice.step.proliferative.question", language),
        "unknown",
        say("evidence.limits", language),
    )


def _conclusion(grade: LesionGrade, language: Language) -> Step:
    return Step(
        say("demo.practice.step.conclusion.question", language, grade=grade.at_least,
            name=grade_name(grade.at_least, language)),
        None,
        say(grade.reason, language),
    )  # fmt: skip


def _networks(findings: Findings, language: Language) -> list[Step]:
    """What the networks make of the whole photo, and whether it goes with the lesions."""
    grade, probabilities, by_lesions = (
        findings.dr.grade,
        findings.dr.probabilities,
        findings.lesion_grade,
    )
    if grade is None or probabilities is None or by_lesions is None:
        return []
    question = say("demo.practice.step.networks.question", language, grade=grade,
                   name=grade_name(grade, language),
                   percent=numbers.percent(probabilities[grade]))  # fmt: skip
    agrees = "lower" if grade < by_lesions.at_least else "fits"
    referable = "yes" if findings.dr.referable else "no"
    because = (
        say("template.rule", language, grade=grade, rule=grade_rule(grade, language)),
        say(f"demo.practice.step.networks.{agrees}", language),
        say(f"template.referable.{referable}", language),
    )
    joint = " " if language == "en" else ""
    return [Step(question, None, joint.join(because))]
