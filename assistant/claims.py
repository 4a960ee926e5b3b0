"""A claim about a photo as a value, the photos that it is about, and whether another says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assistant.findings import Findings
from assistant.numbers import Number
from vision.types import Eye

Topic = Literal[
    "lesion", "disease", "grade", "normal", "outside", "count", "share", "figure", "place",
    "referable", "referral", "interval", "eye", "quality", "compare", "rank",
    "anatomy", "rim_order", "located", "oedema_risk", "lesion_grade",
]  # fmt: skip
Relation = Literal["", "more", "fewer", "same", "each", "others", "most"]
EVERY = -1  # the image number that stands for all images


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim; `codes` are alternatives: one carries it, and to deny it none may be there."""

    topic: Topic
    codes: tuple[str, ...] = ()
    denied: bool = False
    hedged: bool = False  # "may", "is suspected": the classifier's word, not a plain fact
    unsure: bool = False  # "uncertain", "borderline"
    number: Number | None = None
    places: tuple[str, ...] = ()  # S I T N, their pairs, near, far, other
    within_dd: float = 0.0  # radius around the fovea, disc diameters; 0 for none
    relation: Relation = ""
    against: tuple[str, ...] = ()  # the classes that `codes` are compared with
    images: tuple[int, ...] = ()  # 1-based; empty: any one image
    eye: Eye | None = None  # the eye that the clause names


def subjects(claim: Claim, findings: tuple[Findings, ...]) -> tuple[Findings, ...]:
    """The images that a claim is about; empty where it names one that is not there."""
    if len(findings) > 1 and claim.eye and claim.topic != "eye" and not claim.images:
        named = tuple(f for f in findings if f.image.eye == claim.eye)
        return named or findings
    if not claim.images or EVERY in claim.images:
        return findings
    return tuple(findings[i - 1] for i in claim.images if 1 <= i <= len(findings))


def states(claim: Claim, wanted: Claim) -> bool:
    """Whether a claim says what is wanted: the same thing, not denied where it is not, equal."""
    if claim.topic == "share" == wanted.topic:  # of what, the two languages tell differently
        return _number(claim.number) == _number(wanted.number)
    if claim.topic != wanted.topic:
        return False
    same = claim.codes == wanted.codes
    covered = claim.denied and set(wanted.codes) <= set(claim.codes)
    return (same or covered) and plain(claim)[2:] == plain(wanted)[2:]


def is_told(wanted: Claim, claims: Iterable[Claim]) -> bool:
    """Whether one of the claims says what is wanted."""
    return any(states(claim, wanted) for claim in claims)


def plain(claim: Claim) -> tuple[object, ...]:
    """A claim as a value that compares equal where the words alone differ."""
    return (
        claim.topic, claim.codes, claim.denied, claim.unsure, _number(claim.number),
        tuple(sorted(claim.places)), claim.within_dd, claim.relation, claim.against, claim.images,
    )  # fmt: skip


def _number(number: Number | None) -> tuple[float, float, str] | None:
    return None if number is None else (number.low, number.high, number.unit)
