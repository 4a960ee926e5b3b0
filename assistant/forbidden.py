"""What no answer may say, whatever the findings: doses of medicines, and diagnoses as certain."""

import re

from assistant import cues
from assistant.lexicon import normalise
from assistant.words import Words

_WORDS = Words("forbidden")
_AMOUNT = _WORDS["AMOUNT"]
_TIMES = _WORDS["TIMES"]
_TAKING = _WORDS["TAKING"]
_FOOD = _WORDS["FOOD"]
_SURE = _WORDS["SURE"]
_ILL = _WORDS["ILL"]
_DIAGNOSIS = _WORDS["DIAGNOSIS"]
_NOT_SURE = _WORDS["NOT_SURE"]
_GENERALLY = _WORDS["GENERALLY"]
_DOUBTS = _WORDS["DOUBTS"]
_TREATS = _WORDS["TREATS"]


def prescribes(sentence: str) -> bool:
    """Whether a sentence tells this person which treatment to have."""
    text = normalise(sentence)
    match = _TREATS.search(text)
    return bool(match and not _DOUBTS.search(text))


def gives_dose(sentence: str) -> bool:
    """Whether a sentence tells how much of a medicine to take, or how often."""
    text = normalise(sentence)
    if _AMOUNT.search(text):
        return True
    return bool(_TIMES.search(text) and _TAKING.search(text) and not _FOOD.search(text))


def claims_certainty(sentence: str) -> bool:
    """Whether a sentence gives a diagnosis of this person as certain."""
    text = normalise(sentence)
    for pattern, other in ((_DIAGNOSIS, None), (_SURE, _ILL)):
        match = pattern.search(text)
        if not match or (other and not other.search(text)):
            continue
        before, after = text[: match.start()][-60:], text[match.end() :][:25]
        you = other and re.search(r"\byou (?:definitely|certainly)", text)
        sure = you or not _NOT_SURE.search(before + after)
        if sure and not _GENERALLY.search(text) and not cues.CONDITION.match(text):
            return True
    return False
