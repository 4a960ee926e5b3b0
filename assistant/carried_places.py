"""Whether `Findings` carry a claim of where lesions lie, of the normal retina, or of edema risk."""

from collections.abc import Sequence
from itertools import combinations

from assistant.claims import Claim
from assistant.findings import Findings
from assistant.numbers import Number
from segmentation.types import LesionStats

NEAR_FOVEA_DD = 1.0  # within one disc diameter: the distance used for clinically significant edema
_CENTRAL_RADII_DD = (0.5, 1.5)  # of the circles 1 and 3 disc diameters wide
_QUADRANTS = {
    "S": ("ST", "SN"), "I": ("IT", "IN"), "T": ("ST", "IT"), "N": ("SN", "IN"),
    "ST": ("ST",), "SN": ("SN",), "IT": ("IT",), "IN": ("IN",),
}  # fmt: skip


def some_sum(number: Number, counts: Sequence[int]) -> bool:
    """Whether a number tells one of the counts or a sum of some of them."""
    sums = (sum(c) for size in range(1, len(counts) + 1) for c in combinations(counts, size))
    return any(number.states(truth, rounded=False) for truth in sums)


def place(claim: Claim, findings: Findings) -> bool:
    """Lesions in quadrants, near the fovea or within a radius of it; no codes: of any class."""
    known = findings.lesions
    if known is None or any(code not in known for code in claim.codes):
        return False
    stats = [known[code] for code in claim.codes or known]
    if claim.within_dd:
        return _within(claim, stats)
    if claim.number is not None:
        counts = [_in_places(s, claim.places) for s in stats]
        there = [count for count in counts if count is not None]
        return len(there) == len(counts) and some_sum(claim.number, there) != claim.denied
    if claim.denied:
        return all(not s.present or _away(s, claim.places) for s in stats)
    if claim.relation == "each":  # all of them
        return any(s.present and _in_places(s, claim.places) == s.count for s in stats)
    if claim.relation == "most":
        return any(2 * (_in_places(s, claim.places) or 0) > s.count for s in stats)
    return all(any(_lies(s, place) for s in stats) for place in claim.places)


def _in_places(stats: LesionStats, places: Sequence[str]) -> int | None:
    """Lesions in the quadrants that the places cover together."""
    quadrants = stats.by_quadrant
    if quadrants is None:
        return None if stats.present else 0
    names = {name for place in places for name in _QUADRANTS.get(place, ())}
    return sum(getattr(quadrants, name) for name in names)


def _lies(stats: LesionStats, place: str) -> bool:
    if place in _QUADRANTS:
        return bool(_in_places(stats, (place,)))
    distance = stats.nearest_to_fovea_dd
    if distance is None or place == "other":
        return False
    return distance <= NEAR_FOVEA_DD if place == "near" else distance > NEAR_FOVEA_DD


def _away(stats: LesionStats, places: Sequence[str]) -> bool:
    known = {**dict.fromkeys(_QUADRANTS, stats.by_quadrant), "near": stats.nearest_to_fovea_dd}
    return all(known.get(place) is not None and not _lies(stats, place) for place in places)


def _within(claim: Claim, stats: Sequence[LesionStats]) -> bool:
    bounds = [_bounds(s, claim.within_dd) for s in stats]
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return False
    if claim.number is not None:  # a count that the bounds leave open is not carried
        least, most = ([bound[i] for bound in known] for i in (0, 1))
        return some_sum(claim.number, least) and some_sum(claim.number, most)
    if claim.denied:
        return all(most == 0 for _, most in known)
    if claim.relation == "each":  # all of them
        pairs = zip(known, stats, strict=True)
        return any(s.present and least == s.count for (least, _), s in pairs)
    return any(least > 0 for least, _ in known)


def _bounds(stats: LesionStats, radius_dd: float) -> tuple[int, int] | None:
    """The least and the most lesions that may lie within a radius of the fovea."""
    if not stats.present:
        return 0, 0
    circles, nearest = (stats.central_1dd, stats.central_3dd), stats.nearest_to_fovea_dd
    if nearest is None:
        return None
    if nearest > radius_dd:
        return 0, 0
    least, most = 1, stats.count
    for known_dd, circle in zip(_CENTRAL_RADII_DD, circles, strict=True):
        if circle is not None and known_dd <= radius_dd:
            least = max(least, circle.count)
        if circle is not None and known_dd >= radius_dd:
            most = min(most, circle.count)
    return least, max(least, most)


def anatomy(claim: Claim, findings: Findings) -> bool:
    """A ratio, a width or a density, written as such or in percent."""
    if claim.number is None:
        return False
    scale = 100 if claim.number.unit == "percent" else 1
    known = _anatomy_values(findings)
    truths = [scale * known[code] for code in claim.codes if code in known]
    return any(claim.number.states(truth, rounded=True) for truth in truths) != claim.denied


def _anatomy_values(findings: Findings) -> dict[str, float]:
    """What was measured, by the code of its claim."""
    seen, rim = findings.anatomy, findings.anatomy.rim
    values = {
        "vertical_cdr": seen.vertical_cdr,
        "area_cdr": seen.area_cdr,
        "vessel_density": seen.vessel_density,
    }
    if rim is not None:
        values |= {"I": rim.inferior, "S": rim.superior, "N": rim.nasal, "T": rim.temporal}
    return {code: value for code, value in values.items() if value is not None}


def follows_isnt(findings: Findings) -> bool | None:
    """Whether the rim is widest inferiorly, then superiorly, nasally and temporally."""
    rim = findings.anatomy.rim
    if rim is None:
        return None
    return rim.inferior >= rim.superior >= rim.nasal >= rim.temporal


def rim_order(claim: Claim, findings: Findings) -> bool:
    """Where the rim is widest ("most") or narrowest ("fewer"), wider than elsewhere, in order."""
    if findings.anatomy.rim is None:
        return False
    if not claim.relation:
        return follows_isnt(findings) != claim.denied
    widths = {s: w for s, w in _anatomy_values(findings).items() if s in ("I", "S", "N", "T")}
    if claim.against:
        one, other = (
            sum(widths.get(s, 0.0) for s in side) for side in (claim.codes, claim.against)
        )
        return one > other if claim.relation == "more" else one < other
    extreme = (max if claim.relation == "most" else min)(widths.values())
    return any(widths.get(sector) == extreme for sector in claim.codes) != claim.denied


def located(claim: Claim, findings: Findings) -> bool:
    """Disc, fovea or cup was seen."""
    seen = findings.anatomy
    known = {"disc": seen.disc, "fovea": seen.fovea, "cup": seen.vertical_cdr}
    return any(known[code] is not None for code in claim.codes) != claim.denied


def oedema_risk(claim: Claim, findings: Findings) -> bool:
    """The risk of macular edema; a risk that is not known carries nothing.

    Where classifier and exudates differ, only what is told as the classifier's may be the lower.
    """
    seen = findings.dme_grade.risk
    by_exudates = None if findings.dme is None else findings.dme.risk
    known = [risk for risk in (seen, by_exudates) if risk is not None]
    if not known:
        return False
    risk = seen if claim.hedged and seen is not None else max(known)
    return (str(risk) in claim.codes) != claim.denied


def lesion_grade(claim: Claim, findings: Findings) -> bool:
    """The least grade that the measured lesions allow."""
    if findings.lesion_grade is None:
        return False
    return (str(findings.lesion_grade.at_least) in claim.codes) != claim.denied
