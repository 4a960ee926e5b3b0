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
_AHEAD = _WORDS["AHEAD"]
_SUDDEN = re.compile(f"{_WORDS.text('SUDDEN')}|{_WORDS.text('SUDDEN_HAN')}")
_LONG_AGO = _WORDS["LONG_AGO"]
_FOR_LONG = _WORDS["FOR_LONG"]
_CLAUSE_END = _WORDS["CLAUSE_END"]
_GENERAL = _WORDS["GENERAL"]
_HELP = _WORDS["HELP"]
_DOSE = _WORDS["DOSE"]
_NORMS = _WORDS["NORMS"]
# what has usual values that books give
_WITH_NORMS = frozenset(
    f"refuse.{name}"
    for name in ("acuity", "age", "blood_pressure", "pressure", "refraction", "sugar")
)


def red_flag(question: str) -> str | None:
    """Catalogue key of the urgent sentence where the question tells of an emergency, else None."""
    for sentence in re.split(r"(?<=[.?!。;])(?!\d)\s*|\n", _text(question)):
        for key, pattern in _FLAGS:
            match = next((m for m in pattern.finditer(sentence) if _tells(key, sentence, m)), None)
            if match is not None:
                return key
    return None


def _text(question: str) -> str:
    # an emergency is told in the first words or the last, never after pages of text
    short = question if len(question) <= 4000 else question[:2000] + " \n " + question[-2000:]
    lines = "\n".join(normalise(line) for line in short.splitlines())
    lines = re.sub(r"\b(what|how|who|when)s\b", r"\1's", lines)
    return re.sub(r"\b(ca|do|does|did|is|could|would|have|has)nt\b", r"\1n't", lines)


def _tells(key: str, sentence: str, match: re.Match[str]) -> bool:
    before = sentence[: match.start()]
    if _DENIED_BEFORE.search(before) or _DENIED_INSIDE.search(match.group()):
        return False
    # a question about the future is answered by refuse.prognosis
    if key == "urgent.vision_loss" and _AHEAD.search(before + match.group()):
        return False
    if _is_old(sentence, match):
        return False
    personal = _SELF.search(sentence) or _HELP.search(sentence)
    return bool(personal or not _GENERAL.search(sentence))


def _is_old(sentence: str, match: re.Match[str]) -> bool:
    # years of a disease do not make what is sudden old, nor does what stands in another clause
    times = [_LONG_AGO] if _SUDDEN.search(match.group()) else [_LONG_AGO, _FOR_LONG]
    for found in (one for time in times for one in time.finditer(sentence)):
        start, end = min(found.end(), match.end()), max(found.start(), match.start())
        if not _CLAUSE_END.search(sentence[start:end]):
            return True
    return False


def dose_request(question: str) -> str | None:
    """`refuse.dose` where the question asks for a medicine or how much of it, else None."""
    text = _text(question)
    return "refuse.dose" if _DOSE.search(text) else None


def unanswerable(question: str) -> str | None:
    """Catalogue key for what the question asks and no fundus photo can tell, else None."""
    text = _text(question)
    found = next((key for key, pattern in _REFUSALS if pattern.search(text)), None)
    general = _NORMS.search(text) and not re.search(r"\b(?:my|this|mine)\b|我|这", text)
    return None if general and found in _WITH_NORMS else found
