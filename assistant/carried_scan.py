"""Whether what the classifier made of an OCT scan carries a claim."""

from assistant.claims import Claim
from assistant.findings import Scan
from assistant.findings_text import WORTH_A_DOUBT
from assistant.numbers import Number
from assistant.truths_scan import LENGTHS, MEANT, meant
from segmentation.types import Thickness

_NORMAL = "NO"
_ANY_DISEASE = 7  # codes of a term that stands for all diseases


def holds(claim: Claim, scan: Scan, thickness: Thickness | None = None) -> bool:
    """Whether the scan carries the claim; of lesions, grades and places it carries none."""
    sure = claim.hedged or not scan.uncertain
    match claim.topic:
        case "disease" if len(claim.codes) >= _ANY_DISEASE:
            return sure and (scan.code == _NORMAL) == claim.denied
        case "disease" | "outside":
            return _denied(claim, scan) if claim.denied else _shown(claim, scan)
        case "normal":
            return sure and (scan.code == _NORMAL) != claim.denied
        case "share" | "figure" if claim.number is not None:
            if claim.number.unit in LENGTHS:
                return not claim.codes and _thick(claim.number, thickness) != claim.denied
            scale = 100 if claim.number.unit == "percent" else 1
            if claim.number.unit not in ("", "percent"):
                return False
            told = any(claim.number.states(scale * p, rounded=True) for p in shares(claim, scan))
            return told != claim.denied
        case "quality":  # only what the image is was judged
            return set(claim.codes) <= {"cfp", "other"} and ("other" in claim.codes) != claim.denied
    return False


def _thick(number: Number, thickness: Thickness | None) -> bool:
    """Whether a length is one of the measured thicknesses, in pixels or in micrometres."""
    if thickness is None:
        return False
    scale = 1.0 if number.unit == "px" else thickness.um_per_px
    told = (thickness.central_px, thickness.mean_px, *thickness.profile_px)
    if scale is None:
        return False
    return any(px is not None and number.states(px * scale, rounded=True) for px in told)


def shares(claim: Claim, scan: Scan) -> list[float]:
    """The probabilities 0..1 that a number may tell: of the named classes, or of all."""
    if not claim.codes:
        return list(scan.probabilities)
    return [scan.share(oct_class) for oct_class in meant(claim.codes)]


def _shown(claim: Claim, scan: Scan) -> bool:
    classes = meant(claim.codes)
    if claim.unsure:
        return scan.uncertain and scan.code in classes
    if claim.hedged:
        return any(c == scan.code or scan.share(c) >= WORTH_A_DOUBT for c in classes)
    return scan.code in classes and not scan.uncertain


def _denied(claim: Claim, scan: Scan) -> bool:
    """An unlikely class may still be there beside the likeliest: a plain "no" needs a normal scan.

    "Not suspected" needs the class to be unlikely alone.
    """
    if any(code not in MEANT for code in claim.codes):
        return False
    unlikely = all(scan.share(c) < WORTH_A_DOUBT for c in meant(claim.codes))
    return unlikely and (claim.hedged or (scan.code == _NORMAL and not scan.uncertain))
