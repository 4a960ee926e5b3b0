"""True sentences from `Findings` on disc, cup, rim, vessels, edema risk and the lesions' grade."""

from assistant import numbers
from assistant.carried_places import follows_isnt
from assistant.findings import RISKS_DIFFER, Findings
from assistant.findings_text import rim_widths
from assistant.sentences import split_sentences
from vision.catalogue import Language, say

_EYE_NOTES = ("note.eye_from_photo", "note.eye_against_photo")


def cup_to_disc(findings: Findings, language: Language) -> str:
    """The cup-to-disc ratios, or that they were not measured."""
    vertical, area = findings.anatomy.vertical_cdr, findings.anatomy.area_cdr
    if vertical is None:
        why = "note.cup_not_seen"
        return say(why if why in findings.notes else "template.cdr.unknown", language)
    if area is None:
        return say("template.cdr", language, vertical=numbers.ratio(vertical))
    told = {"vertical": numbers.ratio(vertical), "area": numbers.ratio(area)}
    return say("template.cdr.both", language, **told)


def cup_limit(language: Language) -> str:
    """What usually counts as suspicious, with its sources.

    Foster et al., Br J Ophthalmol 2002;86:238-242 take the 97.5th percentile of the population,
    0.7 in many surveys; EGS, Terminology and Guidelines for Glaucoma, 5th ed. 2020, II.1.3.1.7.
    """
    return say("template.cdr.limit", language)


def rim(findings: Findings, language: Language) -> list[str]:
    """The rim's widths, and whether they keep the usual order.

    Source: Jonas et al., Invest Ophthalmol Vis Sci 1988. Poon et al., Am J Ophthalmol 2017: the
    order holds in 37% of healthy eyes on photos.
    """
    widths, kept = findings.anatomy.rim, follows_isnt(findings)
    if widths is None:
        return [say("template.rim.unknown", language)]
    order = say("template.rim.isnt" if kept else "template.rim.not_isnt", language)
    return [say("template.rim", language, **rim_widths(widths)), order]


def vessels(findings: Findings, language: Language) -> str:
    """The share of the field of view that is vessel."""
    density = findings.anatomy.vessel_density
    if density is None:
        return say("template.vessels.unknown", language)
    return say("template.vessels", language, percent=numbers.area_percent(100 * density))


def located(part: str, findings: Findings, language: Language) -> str:
    """Whether disc, fovea or cup was seen."""
    anatomy = findings.anatomy
    if part == "cup" and anatomy.vertical_cdr is not None:
        return cup_to_disc(findings, language)
    if part == "disc" and anatomy.disc is not None:
        diameter = numbers.pixels(anatomy.disc.diameter_px, language)
        return say("template.disc", language, diameter=diameter)
    if part == "fovea" and anatomy.fovea is not None:
        return say("template.fovea", language)
    return say(f"note.{part}_not_seen", language)


def oedema_risk(findings: Findings, language: Language) -> list[str]:
    """The risk of macular edema by the exudates, and by the classifier; empty where neither is."""
    said = [] if findings.dme is None else _sentences(say(findings.dme.reason, language))
    risk, shares = findings.dme_grade.risk, findings.dme_grade.probabilities
    if risk is not None and shares is not None:
        percent = numbers.percent(shares[risk])
        said.append(say("template.dme_grade", language, risk=risk, percent=percent))
    differ = [say(RISKS_DIFFER, language)] if RISKS_DIFFER in findings.notes else []
    return said + differ


def lesion_grade(findings: Findings, language: Language) -> list[str]:
    """The least grade that the lesions allow, and what the masks cannot establish."""
    if findings.lesion_grade is None:
        return []
    return [say(findings.lesion_grade.reason, language), say("evidence.limits", language)]


def eye_source(findings: Findings, language: Language) -> list[str]:
    """How the eye side is known; empty where it is not."""
    if findings.image.eye == "unknown":
        return []
    noted = [say(note, language) for note in _EYE_NOTES if note in findings.notes]
    return noted or [say("template.eye.given", language)]


def _sentences(text: str) -> list[str]:
    finished, rest = split_sentences(text)
    return [sentence.strip() for sentence in [*finished, rest] if sentence.strip()]
