"""What a follow-up leaves out: the lesion, the disease or the grade that was asked about before."""

import re
from collections.abc import Iterable, Sequence

from assistant.conversation import Message
from assistant.findings_text import disease_name, lesion_name
from assistant.lexicon import mentions, normalise
from assistant.words import Words
from segmentation.labels import LESIONS

_WORDS = Words("template_answer")
_SHORT = 8  # words, or twice as many Chinese characters: what is shorter goes on even without "it"


_PLACES = tuple(map(_WORDS.mixed, ("WHERE", "COUNT", "AREA", "FAR", "SHOW")))  # asked of lesions
_REASONS = tuple(map(_WORDS.mixed, ("WHY", "SURE")))
_NEXT = tuple(map(_WORDS.mixed, ("NEXT", "REFER")))
_OWN = tuple(map(_WORDS.mixed, ("DISEASE", "DISC")))
_FOLLOW = _WORDS.mixed("FOLLOW")
_SAME = _WORDS.mixed("SAME")
_SUBJECTS = tuple(
    (_WORDS.mixed(section), name)
    for section, name in (
        ("CDR", "cup-to-disc ratio"), ("RIM", "rim"), ("VESSELS", "vessels"),
        ("OEDEMA", "macular oedema"), ("QUALITY", "photo quality"), ("EYE", "which eye"),
        ("GRADE", "grade"),
    )
)  # fmt: skip


def topic_of(question: str, messages: Sequence[Message]) -> str:
    """English names of what a follow-up is about, by the newest question with facts that names it.

    Empty where the question names something itself, goes on about nothing, or asks what comes next.
    """
    text = normalise(question)
    if not _goes_on(text):
        return ""
    place = _any(_PLACES, text) and not _any(_REASONS, text)
    for message in reversed(messages):
        if message.role == "user" and message.facts:
            lesions, others = _named(normalise(message.text))
            if found := lesions if place else lesions + others:
                return ", ".join(found)
    return ""


def _any(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _goes_on(text: str) -> bool:
    named = [mention for mention in mentions(text) if mention.kind not in ("normal", "abnormal")]
    subjects = [pattern for pattern, _ in _SUBJECTS]
    if named or _any((*subjects, *_OWN, *_NEXT), text):
        return False
    if not _any((*_PLACES, *_REASONS, _SAME), text):
        return False
    length = len(re.findall(r"[a-z0-9']+", text)) + len(re.findall(r"[\u4e00-\u9fff]", text)) / 2
    return length <= _SHORT or bool(_FOLLOW.search(text))


def _named(text: str) -> tuple[list[str], list[str]]:
    """The lesions that a question names, and its diseases and the grade; none where it is all."""
    found: dict[str, list[str]] = {"lesion": [], "disease": [], "grade": []}
    for mention in mentions(text):
        if mention.kind in found:
            found[mention.kind] += mention.codes
    lesions = list(dict.fromkeys(found["lesion"]))
    diseases = list(dict.fromkeys(found["disease"]))
    lesions = lesions if len(lesions) < len(LESIONS) else []
    diseases = diseases if len(diseases) <= 2 else []
    others = [disease_name(code, "en") for code in diseases]
    others += [name for pattern, name in _SUBJECTS if pattern.search(text)][:1]
    if found["grade"] and not others:
        others.append("grade")
    return [lesion_name(code, "en") for code in lesions], others
