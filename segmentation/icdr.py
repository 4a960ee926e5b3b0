"""Measured lesions against the written rules: what they say on grade and on macular edema.

Knows no models and no photos. The rules are those of people who look at an eye; lesions that a
network outlined are only part of what they look at, so each rule gives what the lesions establish.
"""

from segmentation.types import Anatomy, DMERisk, LesionGrade, LesionStats, Quadrants

SEVERE_PER_QUADRANT = 20  # more haemorrhages than these in each of four quadrants: grade 3
# From how many on a class is evidence: more than were outlined in any of ten held-out healthy eyes,
# and no more than in any of eight held-out eyes that have the class (soft exudates: few have them).
# Counted with the lesion networks before the present ones, whose stricter peaks outline fewer.
EVIDENCE_FROM = {"MA": 4, "HE": 2, "EX": 7, "SE": 1}
_NEAR_FOVEA_DD = 1.0  # hard exudates as close as this: risk 2


def lesion_grade(lesions: dict[str, LesionStats]) -> LesionGrade:
    """The lowest grade that the lesions allow by the ICDR scale (Wilkinson et al., 2003).

    0 no lesion; 1 microaneurysms only; 2 haemorrhages, hard or soft exudates; 3 more than 20
    haemorrhages in each of the four quadrants around the fovea. The masks cannot establish venous
    beading, IRMA, new vessels, vitreous or preretinal haemorrhage, and a photo shows no periphery:
    the grade may be higher, and grade 4 is never given. The text `evidence.limits` says so. Where
    quadrants were not measured, haemorrhages give 2. As few lesions of a class as the networks
    outline in healthy eyes are no evidence of it.
    Source: Wilkinson et al., Ophthalmology 2003;110:1677-82.
    """
    present = {code for code, stats in lesions.items() if stats.count >= EVIDENCE_FROM[code]}
    if not present and any(stats.present for stats in lesions.values()):
        return LesionGrade(0, "evidence.few")
    if _severe(lesions["HE"].by_quadrant):
        grade = 3
    elif present - {"MA"}:
        grade = 2
    else:
        grade = 1 if present else 0
    return LesionGrade(grade, f"evidence.{grade}")


def dme_risk(anatomy: Anatomy, lesions: dict[str, LesionStats]) -> DMERisk:
    """Risk of diabetic macular edema by IDRiD's rule, from hard exudates alone.

    0 no hard exudate; 1 hard exudates, all farther than one disc diameter from the fovea's centre;
    2 a hard exudate within one disc diameter. None where there are hard exudates, but the fovea or
    the disc, which is the unit, was not seen. Edema itself needs OCT or stereoscopic viewing.
    Source: Porwal et al., Data 2018;3:25; after the ETDRS report 1, Arch Ophthalmol 1985.
    """
    nearest = lesions["EX"].nearest_to_fovea_dd
    if not lesions["EX"].present:
        return DMERisk(0, "dme.0")
    if anatomy.fovea is None:
        return DMERisk(None, "dme.no_fovea")
    if anatomy.disc is None or nearest is None:
        return DMERisk(None, "dme.no_disc")
    return DMERisk(2, "dme.2") if nearest <= _NEAR_FOVEA_DD else DMERisk(1, "dme.1")


def _severe(haemorrhages: Quadrants | None) -> bool:
    if haemorrhages is None:
        return False
    counts = (haemorrhages.ST, haemorrhages.SN, haemorrhages.IT, haemorrhages.IN)
    return min(counts) > SEVERE_PER_QUADRANT
