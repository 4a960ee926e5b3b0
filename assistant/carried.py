"""Whether `Findings` carry a claim."""

import dataclasses
from collections.abc import Sequence

from assistant import carried_places, carried_scan, lid_facts
from assistant.carried_places import some_sum
from assistant.claims import EVERY, Claim, subjects
from assistant.findings import GRADE_TOO_LOW, Findings
from assistant.findings_text import suspicion
from segmentation.labels import MA_PRECISION
from segmentation.types import LesionStats
from vision.types import DiseaseScore

_LATEST_MONTHS = {0: 24, 1: 12, 2: 6, 3: 3, 4: 1}  # ICO Guidelines for Diabetic Eye Care, 2017


def holds(claim: Claim, findings: tuple[Findings, ...]) -> bool:
    """Whether the findings carry the claim: all named images do, or any one where none is named."""
    if claim.topic == "compare":
        return _compares(claim, findings)
    if claim.topic == "eye" and claim.codes == ("both",):
        return {"OD", "OS"} <= {f.image.eye for f in findings}
    about = subjects(claim, findings)
    if not about:
        return False
    together = all if EVERY in claim.images or len(claim.images) > 1 else any
    return together(_holds(claim, one) for one in about)


def _holds(claim: Claim, findings: Findings) -> bool:
    if findings.oct is not None and claim.topic != "eye":
        return carried_scan.holds(claim, findings.oct, findings.thickness)
    if findings.glands is not None and claim.topic not in ("eye", "quality"):
        return lid_facts.holds(claim, findings.glands)
    match claim.topic:
        case "lesion":
            return _lesion(claim, findings)
        case "disease":
            return _disease(claim, findings)
        case "grade":
            return _grade(claim, findings)
        case "normal":
            return _normal(claim, findings)
        case "count":
            return _count(claim, findings)
        case "rank":
            return _ranks(claim, findings)
        case "share" | "figure":
            return _figure(claim, findings)
        case "place":
            return carried_places.place(claim, findings)
        case "anatomy":
            return carried_places.anatomy(claim, findings)
        case "rim_order":
            return carried_places.rim_order(claim, findings)
        case "located":
            return carried_places.located(claim, findings)
        case "oedema_risk":
            return carried_places.oedema_risk(claim, findings)
        case "lesion_grade":
            return carried_places.lesion_grade(claim, findings)
        case "eye":
            known = findings.image.eye != "unknown"
            return known and (findings.image.eye in claim.codes) != claim.denied
        case "quality":
            return _quality(claim, findings)
        case "referable":
            referable = findings.dr.referable
            return referable is not None and referable != claim.denied
        case "referral":  # only its denial is a claim that can harm
            return not claim.denied or _harmless(findings)
        case "interval":
            return _interval(claim, findings)
    return False


def _interval(claim: Claim, findings: Findings) -> bool:
    """No later than the grade allows, and the lesions where they go beyond it."""
    grade, lesions = findings.dr.grade, findings.lesion_grade
    if grade is None or claim.number is None:
        return True
    if GRADE_TOO_LOW in findings.notes and lesions is not None:
        grade = max(grade, lesions.at_least)
    return claim.number.high <= _LATEST_MONTHS[grade]


def _stats(claim: Claim, findings: Findings) -> list[LesionStats] | None:
    if findings.lesions is None or any(code not in findings.lesions for code in claim.codes):
        return None
    return [findings.lesions[code] for code in claim.codes]


def _lesion(claim: Claim, findings: Findings) -> bool:
    stats = _stats(claim, findings)
    return stats is not None and any(s.present for s in stats) != claim.denied


def _scores(findings: Findings) -> dict[str, DiseaseScore]:
    return {score.code: score for score in findings.diseases or ()}


def _disease(claim: Claim, findings: Findings) -> bool:
    scores = _scores(findings)
    if claim.unsure:
        return any(c in scores and suspicion(scores[c]) == "uncertain" for c in claim.codes)
    if claim.relation == "others":  # one may have been named in the sentence before
        found = [code for code in claim.codes if code in scores and scores[code].present]
        return len(found) <= 1 if claim.denied else bool(found)
    if claim.denied:
        return all(_disease_denied(code, claim, findings, scores) for code in claim.codes)
    return any(_disease_there(code, claim, findings, scores) for code in claim.codes)


def _disease_there(
    code: str, claim: Claim, findings: Findings, scores: dict[str, DiseaseScore]
) -> bool:
    if code == "D" and (findings.dr.grade or 0) >= 1:
        return True
    if code not in scores:
        return False
    near = claim.hedged and suspicion(scores[code]) == "uncertain"
    return scores[code].present or near


def _disease_denied(
    code: str, claim: Claim, findings: Findings, scores: dict[str, DiseaseScore]
) -> bool:
    """Retinopathy has two witnesses: "no" needs the grade, "not suspected" the classifier."""
    absent = code in scores and not scores[code].present
    if code != "D":
        return absent
    grade = findings.dr.grade
    return grade == 0 or (absent and (grade is None or claim.hedged))


def _grade(claim: Claim, findings: Findings) -> bool:
    grade, probabilities = findings.dr.grade, findings.dr.probabilities
    if grade is None:
        return False
    if claim.unsure and probabilities is not None:  # said to be the likeliest of the others
        others = [g for g in range(len(probabilities)) if g != grade]
        return str(max(others, key=probabilities.__getitem__)) in claim.codes
    if claim.hedged and not claim.denied and probabilities is not None:
        return any(int(c) == grade or probabilities[int(c)] >= 0.2 for c in claim.codes)
    return (str(grade) in claim.codes) != claim.denied


def _normal(claim: Claim, findings: Findings) -> bool:
    if findings.diseases is None or findings.lesions is None:
        return False
    found = (
        any(d.present and d.code != "N" for d in findings.diseases)
        or any(s.present for s in findings.lesions.values())
        or (findings.dr.grade or 0) > 0
    )
    return found if claim.denied else not found and findings.dr.grade == 0


def _harmless(findings: Findings) -> bool:
    if findings.diseases is None or findings.quality.gradable == "no":
        return False
    suspected = any(d.present and d.code not in "ND" for d in findings.diseases)
    return findings.dr.referable is False and not suspected


def _count(claim: Claim, findings: Findings) -> bool:
    stats = _stats(claim, findings)
    if stats is None or claim.number is None:
        return False
    number, total = claim.number, sum(s.count for s in stats)
    if claim.relation == "each":
        if number.low == float("-inf"):
            return total <= number.high
        placed = [dataclasses.astuple(s.by_quadrant) for s in stats if s.by_quadrant]
        counts = [sum(counts) for counts in zip(*placed, strict=True)]
        return bool(placed) and all(number.states(c, rounded=False) for c in counts)
    counts = [s.count for s in stats]
    return some_sum(number, counts) != claim.denied


def _figure(claim: Claim, findings: Findings) -> bool:
    if claim.number is None or claim.number.unit in ("length", "pressure"):
        return False
    truths = figures(findings, claim.number.unit, claim.codes)
    return any(claim.number.states(truth, rounded=True) for truth in truths) != claim.denied


def figures(findings: Findings, unit: str, codes: tuple[str, ...] = ()) -> list[float]:
    """The true numbers of a unit (percent, px, dd or none), of some codes or of all."""
    lesions = findings.lesions or {}
    of_lesions = [s for code, s in lesions.items() if code in codes or not codes]
    if unit == "px":
        disc = findings.anatomy.disc
        frame = [findings.image.width, findings.image.height] if not codes else []
        wide = [disc.diameter_px] if disc and not codes else []
        areas: list[float] = [s.area_px for s in of_lesions]
        return [*_with_sum(areas), *frame, *wide]
    if unit == "dd":
        return [s.nearest_to_fovea_dd for s in of_lesions if s.nearest_to_fovea_dd is not None]
    scores = [d for d in findings.diseases or () if d.code in codes or not codes]
    shares = [share for d in scores for share in (d.probability, d.threshold)]
    if not codes or set(codes) & set("D01234"):
        shares += findings.dr.probabilities or ()
    if not codes or "oedema" in codes:
        shares += findings.dme_grade.probabilities or ()
    if not codes:
        shares += [findings.quality.score]
    if unit == "percent":
        covered = [s.area_percent_of_fov for s in of_lesions]
        precision = [100 * MA_PRECISION] if "MA" in codes and lesions else []
        return [*(100 * share for share in shares), *_with_sum(covered), *precision]
    counts = [s.count for s in of_lesions]
    grade = [] if findings.dr.grade is None else [findings.dr.grade]
    rest = [] if codes else [findings.image.width, findings.image.height, len(lesions)]
    return [*shares, *_with_sum(counts), *rest, *grade]


def _with_sum(values: Sequence[float]) -> list[float]:
    return [*values, sum(values)] if values else []


def _quality(claim: Claim, findings: Findings) -> bool:
    quality = findings.quality
    truths = {
        "good": quality.gradable == "yes",
        "poor": quality.gradable != "yes",
        "cfp": quality.modality == "cfp",
        "other": quality.modality != "cfp",
    }
    said = any(truths.get(code, f"quality.{code}" in quality.reasons) for code in claim.codes)
    return said != claim.denied


def _ranks(claim: Claim, findings: Findings) -> bool:
    """More of one class than of another in the same photo."""
    stats = findings.lesions
    if stats is None:
        return False
    first, second = (sum(stats[c].count for c in side) for side in (claim.codes, claim.against))
    return first > second if claim.relation == "more" else first < second


def _compares(claim: Claim, findings: tuple[Findings, ...]) -> bool:
    """The first named image against the second: counts of a lesion, or grades."""
    images = claim.images or ((2, 1) if len(findings) == 2 else ())
    if len(images) != 2 or not all(1 <= i <= len(findings) for i in images):
        return False
    values: list[int] = []
    for index in images:
        one = findings[index - 1]
        stats = _stats(claim, one) if claim.codes else None
        grade = one.dr.grade
        if stats is None and (claim.codes or grade is None):
            return False
        values.append(sum(s.count for s in stats) if stats else grade or 0)
    first, second = values
    true = {"more": first > second, "fewer": first < second, "same": first == second}
    return true.get(claim.relation, False) != claim.denied
