"""Whether a question is about the photo in focus or about eyes in general: it is one of them.

By its words and its learned reading. In doubt it is about the photo where there is one.
"""

from assistant.lexicon import mentions, normalise
from assistant.subjects import is_bare, subjects
from assistant.words import Words

_WORDS = Words("routing")
_HERE = _WORDS["HERE"]
_PHOTO = _WORDS["PHOTO"]
_PRESENT = _WORDS["PRESENT"]
_STRONG = _WORDS["STRONG"]
_WEAK = _WORDS["WEAK"]
_OWN = _WORDS["OWN"]
_THEN = _WORDS["THEN"]
_EYES = _WORDS["EYES"]
_ON = _WORDS["ON"]
_MORE = _WORDS["MORE"]
_DEFINES = _WORDS["DEFINES"]
_PASSED_ON = _WORDS["PASSED_ON"]
_CHECKS = _WORDS["CHECKS"]
_CONTRASTS = _WORDS["CONTRASTS"]


# chosen on 240 general questions (0.83 of them taken for such beside a photo; 0.80 at 0.7 and 0.2)
# and on the proof's development questions on photos, of which no fact is lost by it
CERTAIN, DOUBTED = 0.5, 0.2


def is_general(
    question: str, *, photo: bool, after_general: bool, learned: float | None = None
) -> bool:
    """Whether to answer from the knowledge base.

    `photo`: there is one that could be meant. `after_general`: so was the question before.
    `learned`: how likely the question is general by its learned reading (assistant.intents).
    """
    by_words = _by_words(question, photo=photo, after_general=after_general)
    text = normalise(question)
    surer = asks_what_is(question) or any(p.search(text) for p in (_PASSED_ON, _CHECKS))
    surer |= bool(_CONTRASTS.search(text)) and len(subjects(text)) > 1
    surer |= photo and is_bare(text) and bool(_THEN.search(text))  # "and AMD?"
    if learned is None or after_general or surer:  # words are surer here
        return by_words
    return learned >= CERTAIN or (by_words and (not photo or learned >= DOUBTED))


def sounds_general(question: str) -> bool:
    """Whether a question is on eyes in general by its words alone, though there is a photo."""
    return _by_words(question, photo=True, after_general=False)


def is_foreign(question: str) -> bool:
    """Whether a question names nothing of eyes and nothing of photos."""
    text = normalise(question)
    patterns = (_EYES, _PHOTO, _HERE)
    return not (mentions(text) or subjects(text) or any(p.search(text) for p in patterns))


def _by_words(question: str, *, photo: bool, after_general: bool) -> bool:
    text = normalise(question)
    if _HERE.search(text) or _CHECKS.search(text):
        return False
    named, eyes = bool(subjects(text)), bool(_EYES.search(text))
    strong, asks_photo = bool(_STRONG.search(text)), bool(_PHOTO.search(text))
    if after_general and not named and (asks_more(text) or asks_on(text)):
        return strong or not asks_photo
    if not (named or eyes):
        return strong and not asks_photo and not _ON.search(text)
    known = {mention.kind for mention in mentions(text)}  # what the findings of a photo speak of
    own = bool(known or _OWN.search(text))
    if not photo:
        return not (_PRESENT.search(text) or (asks_photo and own and not strong))
    if named and _THEN.search(text):
        return after_general
    if strong or asks_photo:
        return strong
    weak = bool(_WEAK.search(text))
    if not named:
        return weak and not own
    return not own or not (is_bare(text) or ("lesion" in known and not weak))


def asks_on(question: str) -> bool:
    """Whether a question goes on about what was just said, and names nothing new."""
    text = normalise(question)
    return bool(_ON.search(text)) and not subjects(text)


def asks_more(question: str) -> bool:
    """Whether a question asks for more of the same."""
    return bool(_MORE.search(normalise(question)))


def asks_what_is(question: str) -> bool:
    """Whether a question asks what one thing is, and nothing more."""
    text = normalise(question)
    rest = _DEFINES.sub(" ", text)
    return rest != text and is_bare(rest) and len(subjects(rest)) == 1
