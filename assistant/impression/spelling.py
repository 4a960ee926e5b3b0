"""A report's text in one spelling: half-width, lower case, American, typing errors mended."""

import difflib
import re
import unicodedata
from functools import cache

from assistant.impression.numerals import arabic
from assistant.words import Words

_SIGNS = {
    "。": ". ", "【": " ", "】": " ", "μ": "u", "微米": "um", "毫米": "mm", "纳米": "nm",
    "–": "-", "—": "-", "−": "-", "’": "'", "\u00a0": " ", "\t": "\t", "＋": "+", "×": "x",
    "黄班": "黄斑", "积夜": "积液", "‐": "-", "⁄": "/", "∕": "/", "‘": "'", "·": ", ",
}  # fmt: skip
_AMERICAN = {
    "haem": "hem", "oedema": "edema", "fibre": "fiber", "centre": "center", "colour": "color",
    "aemi": "emi", "r.e.": "re", "l.e.": "le", "anaesth": "anesth", "microns": "um", "micron": "um",
}  # fmt: skip
_TYPE = re.compile(r"\btype (ii?)\b")
_SHORT = re.compile(
    r"\b(approx|conj|fluo|exud|corn|tr|art|ca|min|max|vs|avg|temp|sup|inf|(?:un)?anesth|diam)\."
    r"(?= ?[\w~()])"
)
_BARE = re.compile(r"(?<![\w.)%])\.(?=\d)")  # ".15"
_LEADER = re.compile(r"\.{3,}|…+|_{3,}")
_DECIMAL = re.compile(r"(?<![\d.,])(0|\d{1,2}(?=,\d(?!\d)))[,，](\d{1,2})(?!\d|[.,]\d)")
_MEANT = set("上下内外前后左右中无未出小大不")  # characters that make another term
_WORD = re.compile(r"[a-z]{6,}")


def plain_spelling(text: str) -> str:
    """The text as the word tables expect it; line breaks stay."""
    told = unicodedata.normalize("NFKC", text).lower()
    for sign, plain in (_SIGNS | _AMERICAN).items():
        told = told.replace(sign, plain)
    told = _SHORT.sub(r"\1", _DECIMAL.sub(r"\1.\2", _BARE.sub("0.", _LEADER.sub(": ", told))))
    told = _TYPE.sub(lambda m: f"type {len(m[1])}", arabic(told))
    return _han_mended(_WORD.sub(lambda match: _mended(match[0]), told))


@cache
def _known() -> tuple[str, ...]:
    return tuple(re.split(r"[\s|]+", Words("report_en").text("spelling").strip()))


@cache
def _mended(word: str) -> str:
    """The known word that one is nearly spelled as, else itself."""
    known = _known()
    if word in known or word.removesuffix("s") in known or _is_table_word(word):
        return word
    near = difflib.get_close_matches(word, known, 1, 0.82)
    return near[0] if near and near[0][0] == word[0] and abs(len(near[0]) - len(word)) < 2 else word


@cache
def _table_text() -> str:
    return " ".join(pattern for kind in ("mention", "value", "history", "side")
                    for _, pattern in Words("report_en").table(kind))  # fmt: skip


def _is_table_word(word: str) -> bool:
    return word in _table_text()


@cache
def _terms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Chinese terms, and each with any one character wrong."""
    terms = re.split(r"[\s|]+", Words("report_zh").text("spelling").strip())
    return tuple((term, re.compile(_nearly(term))) for term in terms)


def _nearly(term: str) -> str:
    return "|".join(f"{term[:i]}[\u4e00-\u9fff]{term[i + 1 :]}" for i, _ in enumerate(term))


def _han_mended(text: str) -> str:
    known = {term for term, _ in _terms()}
    for term, pattern in _terms():
        text = pattern.sub(lambda match, to=term: _term(match[0], to, known), text)  # type: ignore[misc]
    return text


def _term(found: str, term: str, known: set[str]) -> str:
    """The term for what was found, unless that is another term or differs in what it says."""
    wrong = {a for a, b in zip(found, term, strict=True) if a != b}
    return found if found in known or wrong & _MEANT else term
