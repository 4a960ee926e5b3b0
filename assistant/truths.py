"""True sentences from `Findings`, one fact each, for repairs and for answers made by rule."""

from assistant import numbers
from assistant.findings import GRADE_TOO_LOW, Findings
from assistant.findings_text import (
    LOW_CONFIDENCE,
    WORTH_A_DOUBT,
    disease_name,
    eye_name,
    grade_name,
    grade_rule,
    lesion_name,
    suspicion,
)
from segmentation.labels import LESIONS, MA_PRECISION
from vision.catalogue import Language, say


def lesion(code: str, findings: Findings, language: Language) -> str:
    """How many lesions of a class were measured."""
    if findings.lesions is None or code not in findings.lesions:
        return say("template.lesion.unknown", language)
    count = findings.lesions[code].count if findings.lesions[code].present else 0
    name = lesion_name(code, language)
    if count == 0:
        return say("template.lesion.none", language, name=name)
    key = "template.lesion.candidates" if code == "MA" else "template.lesion.count"
    named, shown = _named(code, count, language), numbers.count(count)
    return say(key, language, count=shown, name=named, precision=numbers.percent(MA_PRECISION))


def lesions(findings: Findings, language: Language) -> list[str]:
    """All classes: what is there with counts, then what is not."""
    if findings.lesions is None:
        return [say("template.lesion.unknown", language)]
    there = [c for c in LESIONS if c in findings.lesions and findings.lesions[c].present]
    missing = [c for c in LESIONS if c in findings.lesions and c not in there]
    if not there:
        return [say("template.lesion.nothing", language)]
    items = []
    for code in there:
        count = findings.lesions[code].count
        key = "template.lesion.item_candidates" if code == "MA" else "template.lesion.item"
        name = _named(code, count, language)
        shown, precision = numbers.count(count), numbers.percent(MA_PRECISION)
        items.append(say(key, language, count=shown, name=name, precision=precision))
    found = [say("template.lesion.all", language, items=join(items, language))]
    return found + [lesion(code, findings, language) for code in missing]


def area(code: str, findings: Findings, language: Language) -> str:
    """How much of the field of view a lesion class covers."""
    if (
        findings.lesions is None
        or code not in findings.lesions
        or (not findings.lesions[code].present)
    ):
        return lesion(code, findings, language)
    stats = findings.lesions[code]
    return say(
        "template.lesion.area",
        language,
        name=lesion_name(code, language),
        area=numbers.pixels(stats.area_px, language),
        percent=numbers.area_percent(stats.area_percent_of_fov),
    )


def quadrants(code: str, findings: Findings, language: Language) -> str:
    """How many lesions of a class lie in each quadrant."""
    stats = (findings.lesions or {}).get(code)
    if stats is None or not stats.present:
        return lesion(code, findings, language)
    counts, name = stats.by_quadrant, lesion_name(code, language)
    if counts is None:
        return say("template.place.unknown", language)
    told = {"ST": counts.ST, "SN": counts.SN, "IT": counts.IT, "IN": counts.IN}
    return say("template.place.quadrants", language, name=name, **told)


def central(code: str, findings: Findings, language: Language) -> str:
    """How many lesions of a class lie in the circles around the fovea."""
    stats = (findings.lesions or {}).get(code)
    if stats is None or not stats.present:
        return lesion(code, findings, language)
    if stats.central_1dd is None or stats.central_3dd is None:
        return say("template.place.unknown", language)
    one, three = stats.central_1dd.count, stats.central_3dd.count
    name = lesion_name(code, language)
    return say("template.place.central", language, name=name, one=one, three=three)


def nearest(code: str, findings: Findings, language: Language) -> str:
    """How far the nearest lesion of a class is from the fovea."""
    stats = (findings.lesions or {}).get(code)
    if stats is None or not stats.present:
        return lesion(code, findings, language)
    if stats.nearest_to_fovea_dd is None:
        return say("template.place.unknown", language)
    away = numbers.distance(stats.nearest_to_fovea_dd, language)
    name = lesion_name(code, language)
    return say("template.place.nearest", language, name=name, distance=away)


def disease(code: str, findings: Findings, language: Language) -> str:
    """Whether a disease is suspected, and its probability."""
    score = next((d for d in findings.diseases or () if d.code == code), None)
    if score is None:
        return say("template.disease.unknown", language)
    if code == "N":
        share = numbers.percent(score.probability)
        return say("template.disease.normal", language, percent=share)
    low = "_low" if code in LOW_CONFIDENCE else ""
    return _capital(
        say(
            f"template.disease.{suspicion(score)}{low}",
            language,
            name=disease_name(code, language),
            percent=numbers.percent(score.probability),
            threshold=numbers.percent(score.threshold),
        )
    )


def diseases(findings: Findings, language: Language) -> list[str]:
    """The suspected and the uncertain diseases, each in a sentence, or that there is none."""
    if findings.diseases is None:
        return [say("template.disease.unknown", language)]
    worth = [d for d in findings.diseases if d.code != "N" and suspicion(d) != "not_suspected"]
    worth.sort(key=lambda score: -score.probability)
    none = [say("template.disease.none", language)]
    return [disease(d.code, findings, language) for d in worth] or none


def grade(findings: Findings, language: Language) -> str:
    """The ICDR grade with its name and probability."""
    value, probabilities = findings.dr.grade, findings.dr.probabilities
    if value is None or probabilities is None:
        return say("template.grade.none", language)
    name, share = grade_name(value, language), numbers.percent(probabilities[value])
    return say("template.grade", language, grade=value, name=name, percent=share)


def rule(findings: Findings, language: Language) -> str:
    """The rule of the grade that was given."""
    value = findings.dr.grade
    if value is None:
        return say("template.grade.none", language)
    return rule_of(value, language)


def rule_of(value: int, language: Language) -> str:
    """The rule of any grade 0..4."""
    return say("template.rule", language, grade=value, rule=grade_rule(value, language))


def runner_up(findings: Findings, language: Language) -> list[str]:
    """The second most likely grade where it is worth a doubt, else nothing."""
    value, probabilities = findings.dr.grade, findings.dr.probabilities
    if value is None or probabilities is None:
        return []
    others = [g for g in range(len(probabilities)) if g != value]
    second = max(others, key=probabilities.__getitem__)
    if probabilities[second] < WORTH_A_DOUBT:
        return []
    share = numbers.percent(probabilities[second])
    # the grade told is the median: one that is likelier by itself is no "next"
    key = "likelier" if probabilities[second] > probabilities[value] else "next"
    return [say(f"template.grade.{key}", language, next=second, percent=share)]


def referable(findings: Findings, language: Language) -> str:
    """Whether the grade is referable."""
    value = findings.dr.referable
    if value is None:
        return say("template.grade.none", language)
    if GRADE_TOO_LOW in findings.notes:  # the lesions may be referable where the grade is not
        return say(GRADE_TOO_LOW, language)
    return say("template.referable.yes" if value else "template.referable.no", language)


def next_step(findings: Findings, language: Language) -> list[str]:
    """When to be seen again. Source: ICO Guidelines for Diabetic Eye Care, 2017."""
    if findings.dr.grade is None:
        return [say("template.next.unknown", language)]
    if GRADE_TOO_LOW in findings.notes:  # an interval for too low a grade would be too long
        least = 2 if findings.lesion_grade is None else max(2, findings.lesion_grade.at_least)
        return [say(GRADE_TOO_LOW, language), say(f"template.next.{least}", language)]
    others = [d for d in findings.diseases or () if d.present and d.code not in "NDO"]
    names = join([disease_name(d.code, language) for d in others], language)
    extra = [say("template.next.disease", language, items=names)] if others else []
    # a suspected disease speaks louder than the long interval of a retina without retinopathy
    usual = [say(f"template.next.{findings.dr.grade}", language)]
    return extra if others and findings.dr.grade < 2 else usual + extra


def eye(findings: Findings, language: Language) -> str:
    """Which eye the photo shows."""
    if findings.image.eye == "unknown":
        return say("template.eye.unknown", language)
    return say("template.eye.known", language, eye=eye_name(findings, language))


def quality(findings: Findings, language: Language) -> list[str]:
    """Whether the photo can be read, with the reasons against it."""
    state = findings.quality
    if state.modality == "oct":
        unread = findings.oct is None  # the classifier's failure, and not the scan's
        keys = ("note.oct_not_read",) if unread else state.reasons
        return [say(key, language) for key in keys]
    if state.modality == "osa":
        unmeasured = () if findings.glands else ("note.glands_not_found",)
        return [say(key, language) for key in (*state.reasons, *unmeasured)]
    if state.modality != "cfp":
        return [say("template.quality.not_fundus", language)]
    score = numbers.ratio(state.score)
    said = say(f"template.quality.{state.gradable}", language, score=score)
    return [said, *(say(reason, language) for reason in state.reasons)]


def normal(findings: Findings, language: Language) -> list[str]:
    """Whether anything was found at all."""
    if findings.diseases is None and findings.lesions is None:
        return [say("template.disease.unknown", language)]
    return [*diseases(findings, language), *lesions(findings, language)[:1]]


def join(items: list[str], language: Language) -> str:
    """ "a, b and c", "a、b和c"."""
    if len(items) < 2:
        return "".join(items)
    head = say("findings.comma", language).join(items[:-1])
    return head + say("template.and", language) + items[-1]


def _named(code: str, count: int, language: Language) -> str:
    return say(f"lesion.one.{code}", language) if count == 1 else lesion_name(code, language)


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
