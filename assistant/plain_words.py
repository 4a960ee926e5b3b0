"""A photo's findings for someone who is no doctor: true sentences in everyday words."""

from assistant import truths
from assistant.findings import Findings
from segmentation.labels import LESIONS
from vision.catalogue import Language, say


def in_plain_words(findings: Findings, language: Language) -> list[str]:
    """Grade, lesions, another suspected disease, what to do; empty without a grade."""
    if findings.dr.grade is None:
        return []
    others = [d for d in findings.diseases or () if d.present and d.code not in "ND"]
    sick = [truths.disease(d.code, findings, language) for d in others[:1]]
    grade = say(f"lay.grade.{findings.dr.grade}", language)
    steps = truths.next_step(findings, language)
    return [grade, *_lesions(findings, language), *(sick if len(steps) == 1 else []), *steps]


def _lesions(findings: Findings, language: Language) -> list[str]:
    if findings.lesions is None:
        return [say("template.lesion.unknown", language)]
    there = [c for c in LESIONS if c in findings.lesions and findings.lesions[c].present]
    if not there:
        return [say("lay.none", language)]
    items = [say(f"lay.lesion.{code}", language) for code in there]
    return [say("lay.lesions", language, items=truths.join(items, language))]
