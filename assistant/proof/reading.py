"""What an answer says, read by rule: its claims, and whether it refuses, calls out, or says yes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.carried import holds
from assistant.claims import Claim
from assistant.extract import extract
from assistant.findings import Findings
from assistant.ground import check_sentence
from assistant.lexicon import normalise
from assistant.numbers import Number, read_numbers
from assistant.sentences import split_sentences
from vision.catalogue import Language

_REFUSES = re.compile(
    r"\b(?:can(?:no|['’]?)t|can not|could(?:n['’]t| not)|unable|not able|not possible|impossible|"
    r"no way to|(?:does|do)(?: not|n['’]t) (?:tell|show|give|look|choose|know|have|answer|read)|"
    r"is measured (?:with|by|in)|takes an? (?:eye chart|examination|test)|"
    r"only (?:about eyes?|answer)|not (?:something|what) (?:i|this)|outside (?:what|of what|my)|"
    r"has nothing on|belongs? (?:to|elsewhere)|i only)\b"
    r"|不能|无法|不会|不可能|看不出|没法|判断不了|给不了|得不出|测不出|不做|不提供|不给|不告诉|"
    r"不从|不回答|不判断|不负责|没有这方面|只(?:回答|能|谈|懂|涉及)|需要?.{0,8}(?:测|检查|医生)|请(?:咨询|询问|问|向)"
)
_NOW = re.compile(
    r"\b(?:now|immediately|right away|at once|emergency|urgent(?:ly)?|straight ?away|"
    r"without delay|as soon as possible)\b|立即|马上|立刻|急诊|急救|尽快|赶紧|即刻"
)
_NO_PHOTO = re.compile(
    r"\bno (?:photo|image|picture|scan)|\b(?:upload|send|share|provide|attach)\b|"
    r"(?:not|n['’]t) (?:see|have|received?|given|been)|(?:没有?|未|请).{0,6}(?:照片|图|上传)"
)
_YES = re.compile(r"\W*(?:yes|yeah|yep|correct|indeed)\b|^(?:是的|有的|有[，,。！]|是[，,。！]|对)")
_NO = re.compile(r"\W*(?:no|nope|none)\b|^(?:没有|不是|否|未见|无[，,。！])")
# what the findings measure, so that a claim which does not hold is wrong, not merely unknown
_ALWAYS = frozenset(("interval", "rank", "compare", "rim_order", "place"))


@dataclass(frozen=True, slots=True)
class Read:
    """A claim of an answer; one that is not carried may contradict the findings or go beyond."""

    claim: Claim
    carried: bool
    contradicts: bool


def read(
    text: str, findings: tuple[Findings, ...], numbers: tuple[int, ...], language: Language
) -> list[Read]:
    """The claims of an answer about photos with these numbers; of one photo its number is dropped.

    A sentence that the shipped check lets pass as it stands is carried as a whole.
    """
    found = []
    for sentence in sentences(text):
        claims = [_placed(claim, numbers) for claim in extract(sentence)]
        if not claims:
            continue
        passes = check_sentence(sentence, findings, language, numbers).status == "ok"
        for claim in claims:
            carried = bool(findings) and (passes or holds(claim, findings))
            against = not carried and bool(findings) and contradicts(claim, findings)
            found.append(Read(claim, carried, against))
    return found


def sentences(text: str) -> list[str]:
    """All sentences, the last one too where it is not finished."""
    finished, rest = split_sentences(text)
    return [sentence for sentence in [*finished, rest] if sentence.strip()]


def _placed(claim: Claim, numbers: tuple[int, ...]) -> Claim:
    """With the photos' places in the tuple of findings for their numbers."""
    if len(numbers) < 2:
        return replace(claim, images=())
    places = {number: place for place, number in enumerate(numbers, 1)}
    return replace(claim, images=tuple(places.get(n, n) for n in claim.images))


def contradicts(claim: Claim, findings: tuple[Findings, ...]) -> bool:
    """Whether a claim that does not hold is one whose opposite does."""
    if claim.topic == "outside":
        return False
    return claim.topic in _ALWAYS or holds(replace(claim, denied=not claim.denied), findings)


def refuses(text: str) -> bool:
    """Whether an answer says that this cannot be told or is not given."""
    return bool(_REFUSES.search(normalise(text)))


def misses_photo(text: str) -> bool:
    """Whether an answer says that there is no photo yet, or asks for one."""
    return bool(_NO_PHOTO.search(normalise(text)))


def says_now(text: str) -> bool:
    """Whether the first sentence sends the person off at once."""
    first = sentences(text)[:1]
    return bool(first) and bool(_NOW.search(normalise(first[0])))


def polarity(text: str, claims: Sequence[Claim], kind: str, code: str) -> bool | None:
    """Whether an answer says that a lesion or disease is there; None where it does not tell."""
    told = {_present(c) for c in claims if code in c.codes and c.topic in (kind, "count")}
    if len(told) == 1:
        return told.pop()
    plain = normalise(text)
    if told or bool(_YES.match(plain)) == bool(_NO.match(plain)):
        return None
    return bool(_YES.match(plain))


def _present(claim: Claim) -> bool:
    if claim.topic == "count" and claim.number is not None:
        return claim.number.high > 0
    return not claim.denied


def times(text: str) -> frozenset[tuple[float, float]]:
    """The spans of time that a text tells."""
    return frozenset((n.low, n.high) for n in _numbers(text) if n.unit == "time")


def measures_people(text: str) -> bool:
    """Whether a text gives an age, a pressure, or an acuity as a number."""
    units = {n.unit for n in _numbers(text)}
    return bool(units & {"time", "pressure"}) or bool(re.search(r"\b\d{1,2}/\d{1,3}\b", text))


def _numbers(text: str) -> list[Number]:
    return read_numbers(normalise(text))
