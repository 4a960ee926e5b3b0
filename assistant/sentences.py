"""A growing text cut into finished sentences, for English and Chinese.

Nothing is lost: the finished sentences and the rest, joined, are the text.
"""

import re
from collections.abc import Iterable

from vision.catalogue import Language

_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:e\.g|i\.e|vs|cf|dr|mr|mrs|ms|prof|st|et al|resp|incl|[a-z])\.$",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(
    r"(?:^|[\s(])(?:nos?|figs?|pp?|vol|ca|approx|max|min)\.$", re.IGNORECASE
)
_LIST_MARK = re.compile(r"(?:^|\n)\s*(?:\(?\d{1,2}|[ivx]{1,4}|[a-zA-Z])\.$")
_MAYBE_END = re.compile(r"(?:^|\s)(?:etc|a\.m|p\.m)\.$", re.IGNORECASE)
_END = re.compile(
    r"(?P<han>[\u3002\uff01\uff1f\uff1b]+[\u201d\u300d\u300f\uff09\"')\]]*\s*)"  # full-width
    r"|(?P<line>\s*\n\s*)"
    r"|(?P<latin>[.!?]+[\"'\u201d\u2019)\]*_]*)(?P<gap>\s+|(?=[\u4e00-\u9fff]))"
)


_CLOSED = re.compile(r"[.!?\u3002\uff01\uff1f\uff1b][\"'\u201d\u2019\u300d\u300f\uff09)\]*_]*\s*$")


def is_finished(sentence: str) -> bool:
    """Whether the last sentence of a text ends as sentences do."""
    return bool(_CLOSED.search(sentence))


def joined(sentences: Iterable[str], language: Language) -> str:
    """Whole sentences as one text; Chinese ones have no space between them."""
    return ("" if language == "zh" else " ").join(sentences)


def split_sentences(text: str) -> tuple[list[str], str]:
    """Sentences that are complete in `text`, with the space after them, and what is still open."""
    finished: list[str] = []
    begin = 0
    for match in _END.finditer(text):
        if match.start() < begin or not _ends(text, begin, match):
            continue
        piece = text[begin : match.end()]
        if piece.strip():
            finished.append(piece)
        elif finished:
            finished[-1] += piece
        else:
            continue  # leading space stays with the first sentence
        begin = match.end()
    return finished, text[begin:]


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    if match["latin"] is None:
        return True
    head = text[begin : match.start("latin") + 1]
    if match["latin"][0] != ".":
        return True
    if "\n" not in match["gap"] and (_ABBREVIATION.search(head) or _LIST_MARK.search(head)):
        return False
    following = text[match.end() : match.end() + 1]
    if _BEFORE_NUMBER.search(head):
        return bool(following) and not following.isdigit()
    if _MAYBE_END.search(head):
        return following.isupper() or "\u4e00" <= following <= "\u9fff"
    return True
