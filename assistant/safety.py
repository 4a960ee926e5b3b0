"""What is said before any answer: emergencies, doses, and what no photo of the retina can tell.

Rules on the question alone. In doubt an emergency is assumed, unless the question is plainly
general ("what does a detachment feel like?") or denies the symptom.
"""

import re

from assistant.lexicon import normalise
from assistant.words import Words

_WORDS = Words("safety")
_FLAGS = tuple((key, re.compile(pattern)) for (key,), pattern in _WORDS.table("flag"))
_REFUSALS = tuple((key, re.compile(pattern)) for (key,), pattern in _WORDS.table("refuse"))
_SELF = _WORDS["SELF"]
_DENIED_BEFORE = _WORDS["DENIED_BEFORE"]
_DENIED_INSIDE = _WORDS["DENIED_INSIDE"]
_LONG_AGO = _WORDS["LONG_AGO"]
_GENERAL = _WORDS["GENERAL"]
_HELP = _WORDS["HELP"]
_DOSE = _WORDS["DOSE"]
_NORMS = _WORDS["NORMS"]


def red_flag(question: str) -> str | None:
    """Catalogue key of the urgent sentence where the question tells of an emergency, else None."""
    for sentence in re.split(r"(?<=[.?!。;])\s*|\n", _text(question)):
        for key, pattern in _FLAGS:
            match = next((m for m in pattern.finditer(sentence) if _tells(sentence, m)), None)
            if match is not None:
                return key
    return None


def _text(question: str) -> str:
    # an emergency is told in the first words or the last, never after pages of text
    short = question if len(question) <= 4000 else question[:2000] + " \n " + question[-2000:]
    lines = "\n".join(normalise(line) for line in short.splitlines())
    return re.sub(r"\b(ca|do|does|did|is|could|would|have|has)nt\b", r"\1n't", lines)


def _tells(sentence: str, match: re.Match[str]) -> bool:
    before = sentence[: match.start()]
    if _DENIED_BEFORE.search(before) or _DENIED_INSIDE.search(match.group()):
        return False
    if _LONG_AGO.search(sentence):
        return False
    personal = _SELF.search(sentence) or _HELP.search(sentence)
    return bool(personal or not _GENERAL.search(sentence))


def dose_request(question: str) -> str | None:
    """`refuse.dose` where the question asks for a medicine or how much of it, else None."""
    text = _text(question)
    return "refuse.dose" if _DOSE.search(text) else None


def unanswerable(question: str) -> str | None:
    """Catalogue key for what the question asks and no fundus photo can tell, else None."""
    text = _text(question)
    if _NORMS.search(text) and not re.search(r"\b(?:my|this|mine)\b|我|这", text):
        return None
    return next((key for key, pattern in _REFUSALS if pattern.search(text)), None)
