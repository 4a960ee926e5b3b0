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
_TREATS = _WORDS["TREATS"]


def prescribes(sentence: str) -> bool:
    """Whether a sentence tells this person which treatment to have."""
    text = normalise(sentence)
    match = _TREATS.search(text)
    doubts = re.search(r"\b(?:if|whether|ask|may|might|could|decide|discuss)\b|如果|是否|可能|由医生|咨询", text)
    return bool(match and not doubts)


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
        around = text[max(0, match.start() - 60) : match.start()] + text[match.end() : match.end() + 25]
        sure_of_it = not _NOT_SURE.search(around) or (other and re.search(r"\byou (?:definitely|certainly)", text))
        if sure_of_it and not _GENERALLY.search(text) and not cues.CONDITION.match(text):
            return True
    return False
