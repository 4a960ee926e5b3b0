"""What a question takes for granted of a photo, and what the findings say instead."""

from assistant import truths
from assistant.findings import Findings
from assistant.focus import sides_named
from assistant.lexicon import mentions, normalise
from assistant.photo_facts import codes_of
from assistant.words import Words
from vision.catalogue import Language
from vision.types import Eye

_EYE = Words("template_answer").mixed("EYE")


def corrections(question: str, findings: Findings, language: Language) -> list[str]:
    """True sentences on the side, lesions and grade that a question wrongly takes for granted."""
    text = normalise(question)
    said, terms = [], mentions(text)
    side, grades = side_taken(text), codes_of(terms, "grade")
    if side and findings.image.eye not in (side, "unknown"):
        said.append(truths.eye(findings, language))
    said += [
        truths.lesion(code, findings, language)
        for code in codes_of(terms, "lesion")
        if findings.lesions and code in findings.lesions and not findings.lesions[code].present
    ]
    if len(grades) == 1 and findings.dr.grade is not None and str(findings.dr.grade) not in grades:
        said.append(truths.grade(findings, language))
    return said


def asks_eye(text: str) -> bool:
    """Whether a normalised question asks which eye it is."""
    return bool(_EYE.search(text)) or len(sides_named(text)) == 2


def side_taken(text: str) -> Eye | None:
    """The side that a question takes for granted; None where it names none or asks for it."""
    named = sides_named(text)
    return named[0] if len(named) == 1 and not _EYE.search(text) else None
