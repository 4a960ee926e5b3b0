"""Whether passages of the knowledge base carry a sentence: it says nearly what one of them says.

Words, numbers, denials and directions are compared, meaning is not: "may" for "does" passes, and
so does another order of the same words. Knows no photo; doses are assistant.forbidden's.
"""

import re
from collections.abc import Sequence

from assistant.knowledge.search import words
from assistant.lexicon import normalise
from assistant.numbers import read_numbers
from assistant.sentences import split_sentences
from assistant.words import Words

# Of the sentences of a condition 0.4% (English) and 0.9% (Chinese) share so many of their words
# with another of its passages, so more would seldom stand wrongly; one word in five may be new.
SHARE = 0.8
_NEAR = 0.5
_DENIED_WORDS = 3  # right after a denial: what it denies
_HAN_DENIED = 5  # characters
_LONGEST_SILENCE = {"en": 25, "zh": 60}  # words, characters

_WORDS = Words("ground_passages")
_NOT_DENIED = _WORDS["NOT_DENIED"]
_DENIES = _WORDS["DENIES"]
_END = _WORDS["END"]
_SOURCE = _WORDS["SOURCE"]
_SILENT = _WORDS["SILENT"]
_CERTAIN = _WORDS["CERTAIN"]
_WAYS = tuple((axis, re.compile(pattern)) for (axis, _), pattern in _WORDS.table("way"))


def carried_by(sentence: str, passages: Sequence[str]) -> int | None:
    """The place of the passage that carries a sentence best; None where none does."""
    places = sorted(range(len(passages)), key=lambda place: -_share(sentence, passages[place]))
    return next((place for place in places if _carries(sentence, passages[place])), None)


def nearest(sentence: str, passages: Sequence[str]) -> int:
    """The place of the passage that shares most words; the first where none shares half of them."""
    shares = [_share(sentence, text) for text in passages]
    return shares.index(max(shares)) if max(shares) >= _NEAR else 0


def is_verbatim(sentence: str, passages: Sequence[str]) -> bool:
    """Whether a sentence stands in a passage word for word."""
    text = sentence.strip()
    return any(text and text in sentences_of(passage) for passage in passages)


def completed(sentence: str, passages: Sequence[str]) -> str:
    """A sentence that broke off in the middle of a passage's own: that one whole; else as it is."""
    text = sentence.strip()
    known = (own for passage in passages for own in sentences_of(passage) if own.startswith(text))
    return next((own for own in known if text and 2 * len(text) >= len(own)), sentence)


def says_nothing(sentence: str) -> bool:
    """Whether a sentence says, and says only, that the passages do not answer."""
    text = normalise(sentence)
    han = bool(re.search(r"[\u4e00-\u9fff]", text))
    size = len(text) if han else len(text.split())
    short = size <= _LONGEST_SILENCE["zh" if han else "en"] and not read_numbers(text)
    return bool(short and _SOURCE.search(text) and _SILENT.search(text))


def first_sentence(passage: str) -> str:
    """What a passage begins with: its first sentence."""
    return sentences_of(passage)[0]


def sentences_of(passage: str) -> list[str]:
    """The sentences of a text, each stripped."""
    finished, rest = split_sentences(passage)
    return [text.strip() for text in (*finished, rest) if text.strip()]


def _share(sentence: str, passage: str) -> float:
    own = set(words(sentence))
    return len(own & set(words(passage))) / len(own) if own else 0.0


def _carries(sentence: str, passage: str) -> bool:
    if is_verbatim(sentence, [passage]):
        return True
    text, source = normalise(sentence), normalise(passage)
    return (
        _share(sentence, passage) >= SHARE
        and _numbers(text) <= _numbers(source)
        and _same_denials(text, source)
        and _same_ways(text, source)
        and bool(not _CERTAIN.search(text) or _CERTAIN.search(source))
    )


def _numbers(text: str) -> set[tuple[float, float, str]]:
    found = {(n.low, n.high, n.unit) for n in read_numbers(text)}
    return found - {(1.0, 1.0, "")}  # "one of the most", "in one eye"


def _same_ways(text: str, source: str) -> bool:
    """Whether no direction is turned round: lower for higher, late for early."""
    for axis, pattern in _WAYS:
        others = [other for name, other in _WAYS if name == axis and other is not pattern]
        turned = pattern.search(text) and not pattern.search(source)
        if turned and any(other.search(source) for other in others):
            return False
    return True


def _same_denials(text: str, source: str) -> bool:
    """Whether a sentence denies only what the passage denies, and claims nothing that it denies."""
    denied, denied_there = _denied(text), _denied(source)
    if any(not any(own & other for other in denied_there) for own in denied):
        return False
    claimed = set(words(text)) - {word for own in denied for word in own}
    affirmed = set(words(_DENIES.sub(" ", _without_denied(source))))
    return not any((other & claimed) - affirmed for other in denied_there)


def _spans(text: str) -> list[tuple[int, int]]:
    """Where a text denies something: from after the denial to the end of what it denies."""
    masked = _NOT_DENIED.sub(lambda match: "\x00" * len(match[0]), text)
    spans = []
    for match in _DENIES.finditer(masked):
        stop = _END.search(masked, match.end())
        end = stop.start() if stop else len(text)
        if "\u4e00" <= match[0][0] <= "\u9fff":
            end = min(end, match.end() + _HAN_DENIED)
        else:
            near = list(re.finditer(r"[a-z0-9'-]+", text[match.end() : end]))
            content = [m for m in near if words(m[0])][:_DENIED_WORDS]
            end = match.end() + (content[-1].end() if content else 0)
        spans.append((match.end(), end))
    return spans


def _denied(text: str) -> list[set[str]]:
    """The words of each denial; of Chinese whole words where there are any."""
    found = []
    for start, end in _spans(text):
        there = set(words(text[start:end]))
        found.append({w for w in there if len(w) > 1} or there)
    return [own for own in found if own]


def _without_denied(text: str) -> str:
    for start, end in reversed(_spans(text)):
        text = f"{text[:start]} {text[end:]}"
    return text
