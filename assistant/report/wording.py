"""What the report says of one photo: severity, impression, next step, doubt. True sentences only.

How likely something is comes in words and in percent. The words follow the likelihood scale of the
IPCC (Mastrandrea et al. 2010, Guidance Note on Consistent Treatment of Uncertainties).
"""

from assistant import lid_facts, numbers, truths, truths_anatomy, truths_scan
from assistant.findings import GRADE_DOUBTS, RISKS_DIFFER, Findings
from assistant.findings_text import (
    disease_name,
    eye_name,
    gland_lines,
    grade_name,
    scan_name,
    suspicion,
    thickness_lines,
)
from assistant.photo_facts import retake, unread
from segmentation.labels import MA_PRECISION
from vision.catalogue import Language, say

_SCALE = ((0.9, "very_likely"), (0.66, "likely"), (0.33, "even"), (0.1, "unlikely"))
_DOUBTS = (*GRADE_DOUBTS, RISKS_DIFFER, "note.eye_against_photo")
# on the scale of the grades 0..4
_AT_ONCE, _SOON, _SUSPECTED, _NO_GRADE, _NO_RETINA = 5, 3, 2, 1, -1


def likelihood(probability: float, language: Language) -> str:
    """A probability 0..1 in words and in percent."""
    word = next((word for limit, word in _SCALE if probability >= limit), "very_unlikely")
    return say(f"visit.sure.{word}", language, percent=numbers.percent(probability))


def title(number: int, findings: Findings, language: Language) -> str:
    """Which image, of which kind where it is no fundus photo, and of which eye."""
    eye, kind = eye_name(findings, language), findings.image.modality
    key = f"visit.photo.{kind}" if kind in ("oct", "osa") else "visit.photo"
    return say(key, language, number=number, eye=eye)


def severity(findings: Findings, language: Language) -> list[str]:
    """Grade, risk of macular edema and other suspected diseases, each with how likely it is."""
    scan = findings.oct
    if scan is not None:
        name = scan_name(scan.code, language)
        return [_item(name, scan.share(scan.code), language)]
    if findings.glands is not None:
        return gland_lines(findings, language)[1:]
    if unread(findings):
        return [say("visit.severity.unread", language)]
    lines = []
    grade, shares = findings.dr.grade, findings.dr.probabilities
    if grade is None or shares is None:
        lines.append(say("visit.severity.none", language))
    else:
        name = say("visit.severity", language, grade=grade, name=grade_name(grade, language))
        lines.append(_item(name, shares[grade], language))
    risk, risks = findings.dme_grade.risk, findings.dme_grade.probabilities
    if risk and risks:
        name = say("visit.severity.dme", language, risk=risk)
        lines.append(_item(name, risks[risk], language))
    for score in findings.diseases or ():
        if score.code not in "ND" and suspicion(score) == "suspected":
            lines.append(_item(disease_name(score.code, language), score.probability, language))
    return lines


def _item(name: str, probability: float, language: Language) -> str:
    told = likelihood(probability, language)
    item = say("visit.sure.item", language, name=name, likelihood=told)
    return item[0].upper() + item[1:]


def impression(findings: Findings, language: Language) -> list[str]:
    """What is suspected, the grade, the edema risk and the lesions in sentences."""
    if findings.oct is not None:
        scan = findings.oct
        told = [*truths_scan.likeliest(scan, language), truths_scan.means(scan, language)]
        return [*told, *thickness_lines(findings, language)[:2]]
    if findings.glands is not None:
        return gland_lines(findings, language)
    if unread(findings):
        return [*truths.quality(findings, language), retake(findings, language)]
    return [
        *truths.diseases(findings, language),
        truths.grade(findings, language),
        *truths.lesions(findings, language)[:1],
        *_oedema(findings, language),
    ]


def _oedema(findings: Findings, language: Language) -> list[str]:
    """The risk of macular edema where one of the two methods sees any."""
    ruled = findings.dme.risk if findings.dme is not None else None
    if not (ruled or findings.dme_grade.risk):
        return []
    differ = say(RISKS_DIFFER, language)  # has a part of the report to itself
    said = [t for t in truths_anatomy.oedema_risk(findings, language) if t != differ]
    return [said[0], *said[1:][-1:]]


def next_step(findings: Findings, language: Language) -> list[str]:
    """Who should see the eye and how soon (assistant.truths names the guideline)."""
    if findings.oct is not None:
        return truths_scan.next_step(findings.oct, language)
    if findings.glands is not None:
        return [lid_facts.next_step(language)]
    again = [retake(findings, language)] if unread(findings) else []
    if findings.image.modality != "cfp":
        return again
    return [*again, *truths.next_step(findings, language)]


def urgency(findings: Findings) -> int:
    """Which next step comes first among several photos: the larger the sooner."""
    if findings.oct is not None:
        return _AT_ONCE if findings.oct.code == "RAO" else _SOON
    if findings.dr.grade is None:
        return _NO_RETINA if findings.image.modality != "cfp" else _NO_GRADE
    suspected = any(d.present for d in findings.diseases or () if d.code not in "ND")
    return max(findings.dr.grade, _SUSPECTED if suspected else 0)


def uncertainty(findings: Findings, language: Language) -> list[str]:
    """How far each judgement is to be trusted, in words and numbers; empty where there is none."""
    scan = findings.oct
    if scan is not None:
        name = scan_name(scan.code, language)
        return [
            _item(name, scan.share(scan.code), language),
            *truths_scan.runner_up(scan, language),
        ]
    if unread(findings):
        return []
    said = []
    grade, shares = findings.dr.grade, findings.dr.probabilities
    if grade is not None and shares is not None:
        told = likelihood(shares[grade], language)
        said.append(say("visit.sure.grade", language, grade=grade, likelihood=told))
        said += truths.runner_up(findings, language)
    for score in findings.diseases or ():
        if score.code != "N" and suspicion(score) == "suspected":
            said.append(_item(disease_name(score.code, language), score.probability, language))
        elif score.code != "N" and suspicion(score) == "uncertain":
            said.append(truths.disease(score.code, findings, language))
    if findings.quality.gradable == "limited":
        said += truths.quality(findings, language)
    if findings.lesions and findings.lesions.get("MA") and findings.lesions["MA"].present:
        precision = numbers.percent(MA_PRECISION)
        said.append(say("visit.sure.candidates", language, precision=precision))
    return said


def disagreements(findings: Findings, language: Language) -> list[str]:
    """Where two ways of judging the same thing differ, with what each of them says."""
    said = []
    for note in findings.notes:
        if note not in _DOUBTS:
            continue
        said.append(say(note, language))
        risk, ruled = findings.dme_grade.risk, findings.dme
        if note == RISKS_DIFFER and ruled is not None:
            said.append(say("visit.differ.dme", language, networks=risk, rule=ruled.risk))
        lesions = findings.lesion_grade
        if note in GRADE_DOUBTS and lesions is not None:
            told = {"networks": findings.dr.grade, "lesions": lesions.at_least}
            said.append(say("visit.differ.grade", language, **told))
    return said
