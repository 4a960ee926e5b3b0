"""A photo's findings explained: to a patient, step by step to a student, as a report; and what if.

Made of the catalogue's sentences with headings and plain words around them.
"""

import random
from collections.abc import Sequence

from assistant import truths, truths_anatomy
from assistant.findings import GRADE_DOUBTS, GRADE_TOO_LOW, Findings
from assistant.findings_text import grade_rule
from instruct_data import forms
from instruct_data.asked import Asked
from instruct_data.wording import reword
from vision.catalogue import Language, say

_HIGHEST = 4


def asks(findings: Findings, language: Language, rng: random.Random) -> list[Asked]:
    """Questions whose answers are more than a fact; empty for a photo without a grade."""
    if findings.dr.grade is None or findings.lesions is None:
        return []
    report = tuple(_report(findings, language, rng))
    return [
        Asked("to_patient", tuple(_to_patient(findings, language, rng)), topic="grade"),
        Asked("to_student", tuple(_to_student(findings, language, rng)), topic="grade"),
        Asked("report", report, topic="grade"),
        Asked("change_grade", _change(findings, language, rng), topic="grade"),
    ]


def _to_patient(findings: Findings, language: Language, rng: random.Random) -> list[str]:
    plain = forms.words(f"patient.{findings.dr.grade}", language, rng)
    lead = forms.words("lead.patient", language, rng)
    notes = [say(n, language) for n in (GRADE_TOO_LOW,) if n in findings.notes]
    step = truths.next_step(findings, language)
    close = forms.words("patient.close", language, rng)
    others = [s for s in truths.diseases(findings, language)[:1] if rng.random() < 0.5]
    return [lead + plain, *others, *(notes or []), *step, close]


def _headed(key: str, said: Sequence[str], language: Language, rng: random.Random) -> list[str]:
    """Sentences of which the first stands behind a heading, on a line of their own."""
    first, *rest = [reword(sentence, language, rng) for sentence in said]
    return ["\n" + forms.words(key, language, rng) + first, *rest]


def _to_student(findings: Findings, language: Language, rng: random.Random) -> list[str]:
    notes = [say(n, language) for n in GRADE_DOUBTS if n in findings.notes]
    steps = {
        "student.quality": truths.quality(findings, language)[:1],
        "student.lesions": truths.lesions(findings, language)[:2],
        "student.rule": [truths.rule(findings, language)],
        "student.grade": [truths.grade(findings, language), *notes],
        "student.next": truths.next_step(findings, language)[:1],
    }
    told = [line for key, said in steps.items() for line in _headed(key, said, language, rng)]
    return [told[0].lstrip("\n"), *told[1:]]


def _report(findings: Findings, language: Language, rng: random.Random) -> list[str]:
    cup = truths_anatomy.cup_to_disc(findings, language)
    parts = {
        "report.eye": [truths.eye(findings, language)],
        "report.quality": truths.quality(findings, language)[:1],
        "report.lesions": truths.lesions(findings, language)[:2],
        "report.disc": [cup],
        "report.impression": [
            truths.grade(findings, language),
            *truths.diseases(findings, language)[:2],
        ],
        "report.advice": truths.next_step(findings, language),
    }
    left_out = {"report.eye"} if findings.image.eye == "unknown" else set()
    left_out |= {"report.disc"} if findings.anatomy.vertical_cdr is None else set()
    told = [
        line
        for key, said in parts.items()
        if key not in left_out
        for line in _headed(key, said, language, rng)
    ]
    return [told[0].lstrip("\n"), *told[1:], "\n" + forms.words("report.close", language, rng)]


def _change(findings: Findings, language: Language, rng: random.Random) -> tuple[str, ...]:
    grade = findings.dr.grade or 0
    if grade == _HIGHEST:
        return truths.grade(findings, language), forms.words("change.top", language, rng)
    rule = grade_rule(grade + 1, language)
    said = say("template.rule", language, grade=grade + 1, rule=rule)
    return truths.grade(findings, language), said
