"""What a follow-up leaves out: the lesion, the disease or the grade that was asked about before."""

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.conversation import Message
from assistant.findings_text import disease_name, lesion_name
from assistant.lay_names import codes_named
from assistant.lexicon import length_in_words, mentions, normalise
from assistant.words import Words
from segmentation.labels import LESIONS

_WORDS = Words("template_answer")
_SHORT = 8  # words, or twice as many Chinese characters: what is shorter goes on even without "it"
_LEARNED_PLACES = ("where", "count", "size", "near")  # follow-ups about lesions
_LEARNED_REASONS = ("why", "sure")
_FOLLOWS = 0.5  # share of follow-ups from which on a question is taken for one
_WHOLE = ("what_seen", "normal", "summary_short", "report", "to_patient", "quality")  # of the photo


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


def topic_of(
    question: str, messages: Sequence[Message], shares: Mapping[str, float] | None = None
) -> str:
    """English names of what a follow-up is about, by the newest answered question that names it.

    Empty where the question names something itself, goes on about nothing, or asks what comes next.
    `shares` are those of intents by the learned reading: some are those of follow-ups.
    """
    text, learned = normalise(question), shares or {}
    places = sum(learned.get(f"then_{intent}", 0.0) for intent in _LEARNED_PLACES)
    reasons = sum(learned.get(f"then_{intent}", 0.0) for intent in _LEARNED_REASONS)
    if sum(learned.get(intent, 0.0) for intent in _WHOLE) >= _FOLLOWS:
        return ""
    if not (_goes_on(text) or (places + reasons >= _FOLLOWS and not _names_something(text))):
        return ""
    place = places > reasons or (_any(_PLACES, text) and not _any(_REASONS, text))
    for message in reversed(messages):
        if message.role == "user" and (message.facts or message.passages):
            for text in (normalise(message.text), message.plain):  # else as it was understood
                lesions, others = _named(text)
                if found := lesions if place else lesions + others:
                    return ", ".join(found)
    return ""


def goes_on_about(
    question: str, messages: Sequence[Message], shares: Mapping[str, float] | None = None
) -> bool:
    """Whether a question goes on about the photo that was last spoken of: "and DR?", "where?"."""
    follows = sum(share for name, share in (shares or {}).items() if name.startswith("then_"))
    return follows >= _FOLLOWS or bool(topic_of(question, messages, shares))


def _any(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _names_something(text: str) -> bool:
    named = [mention for mention in mentions(text) if mention.kind not in ("normal", "abnormal")]
    return bool(named) or _any([*(pattern for pattern, _ in _SUBJECTS), *_OWN], text)


def _goes_on(text: str) -> bool:
    if _names_something(text) or _any(_NEXT, text):
        return False
    if not _any((*_PLACES, *_REASONS, _SAME), text):
        return False
    return length_in_words(text) <= _SHORT or bool(_FOLLOW.search(text))


def _named(text: str) -> tuple[list[str], list[str]]:
    """The lesions that a question names, and its diseases and the grade; none where it is all."""
    lesions, diseases = codes_named(text, "lesion"), codes_named(text, "disease")
    lesions = lesions if len(lesions) < len(LESIONS) else []
    diseases = diseases if len(diseases) <= 2 else []
    others = [disease_name(code, "en") for code in diseases]
    others += [name for pattern, name in _SUBJECTS if pattern.search(text)][:1]
    terms = mentions(text)
    if not others and any(mention.kind == "grade" for mention in terms):
        others.append("grade")
    if not lesions and not others:  # drusen, a detachment: that they are not looked for
        others += [text[m.start : m.end] for m in terms if m.kind == "outside"][:1]
    return [lesion_name(code, "en") for code in lesions], others
