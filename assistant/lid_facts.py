"""What the findings of a meibography picture say: sentences, answers by rule, carried claims."""

from assistant import truths
from assistant.claims import Claim
from assistant.findings import Findings
from assistant.findings_text import gland_lines, to_text
from assistant.lexicon import mentions, normalise
from assistant.words import Words
from segmentation.types import GlandLoss
from vision.catalogue import Language, say

_WORDS = Words("template_answer")
_EYE, _QUALITY, _NEXT = (_WORDS.mixed(name) for name in ("EYE", "QUALITY", "NEXT"))
_GLANDS = Words("across").mixed("MEASURED_LID")
_RETINA = ("lesion", "grade", "disease")


def sentences(question: str, findings: Findings, language: Language) -> list[str]:
    """What answers a question about a lid whose glands were measured."""
    text = normalise(question)
    if _EYE.search(text):
        return [truths.eye(findings, language)]
    if _QUALITY.search(text):
        return truths.quality(findings, language)
    measured = gland_lines(findings, language)
    if not _GLANDS.search(text) and any(mention.kind in _RETINA for mention in mentions(text)):
        return [say("glands.limits", language), *measured]
    if _NEXT.search(text):
        return [*measured, next_step(language)]
    return measured


def next_step(language: Language) -> str:
    """Who should judge the glands. Source: TFOS workshop on meibomian gland dysfunction, 2011."""
    return say("glands.next", language)


def everything(findings: Findings, language: Language) -> list[str]:
    """Every sentence that this picture carries; empty for other images."""
    if findings.glands is None:
        return []
    lines = to_text(findings, language).splitlines()
    return [*lines, say("glands.limits", language), next_step(language)]


def holds(claim: Claim, glands: GlandLoss) -> bool:
    """Whether the measured glands carry a claim: of shares and of the score, and of nothing else.

    What is claimed of the retina here is not carried, and is not denied either.
    """
    number = claim.number
    if claim.topic not in ("share", "figure") or claim.codes or number is None:
        return False
    if number.unit == "percent":
        shares = (100 * glands.gland_share, 100 * glands.lost_share)
        told = any(number.states(share, rounded=True) for share in shares)
    else:
        told = number.unit == "" and number.states(glands.meiboscore, rounded=False)
    return told != claim.denied
