"""Which photos a person should look at first."""

from collections.abc import Iterable
from typing import Literal, get_args

from assistant.findings import GRADE_DOUBTS, RISKS_DIFFER, Findings
from demo.screen.entry import Entry

Group = Literal["referable", "finding", "unsure", "unread", "nothing"]
GROUPS: tuple[Group, ...] = get_args(Group)  # the most urgent first
_DOUBTS = frozenset({*GRADE_DOUBTS, RISKS_DIFFER})
_REFERABLE_RISK = 2  # hard exudates within one disc diameter of the fovea
Urgency = tuple[int, float, float, str]


def group(entry: Entry) -> Group:
    """The most urgent group that a photo belongs to; nobody vouches for what was not read."""
    findings = entry.findings
    if findings is None:
        return "unread"
    if findings.dr.referable or _REFERABLE_RISK in _risks(findings):
        return "referable"
    if _suspected(findings):
        return "finding"
    if not _whole(entry, findings):
        return "unread"
    return "unsure" if _unsure(findings) else "nothing"


def by_urgency(entries: Iterable[Entry]) -> list[Entry]:
    """All photos, the most urgent first; alike ones by path."""
    return sorted(entries, key=_urgency)


def _urgency(entry: Entry) -> Urgency:
    findings = entry.findings
    grade = (findings and findings.dr.grade) or 0
    worst = 0.0
    if findings and findings.dr.probabilities:
        worst = sum(p * g for g, p in enumerate(findings.dr.probabilities))
    if findings and findings.diseases:
        worst += max(d.probability for d in findings.diseases if d.code != "N")
    return GROUPS.index(group(entry)), -grade, -worst, entry.photo.path


def _risks(findings: Findings) -> set[int | None]:
    """Of macular edema, by the exudates and by the networks."""
    by_rule = findings.dme.risk if findings.dme else None
    return {by_rule, findings.dme_grade.risk}


def _suspected(findings: Findings) -> bool:
    if findings.oct is not None:
        return findings.oct.code != "NO" and not findings.oct.uncertain
    diseases = findings.diseases or ()
    ill = any(d.present and not d.uncertain for d in diseases if d.code != "N")
    return ill or bool(findings.dr.grade) or any(_risks(findings))


def _whole(entry: Entry, findings: Findings) -> bool:
    """Whether the photo could be read, and every model did its part."""
    seen = findings.oct is not None or findings.diseases is not None
    return entry.status == "read" and seen


def _unsure(findings: Findings) -> bool:
    if findings.oct is not None:
        return findings.oct.uncertain
    near = any(d.uncertain for d in findings.diseases or () if d.code != "N")
    poor = findings.quality.gradable == "limited"
    return near or poor or bool(_DOUBTS & set(findings.notes))
