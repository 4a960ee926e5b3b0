"""The words for findings in English and Chinese, and where they stand in a text.

Knows terms only; whether a sentence claims one of them of the photo is decided in claims.py.
Texts are normalised by `normalise` first: NFKC, lower case, no markdown.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.script import simplified
from assistant.words import Words

# where two terms of equal length overlap the kind that comes first wins
Kind = Literal["outside", "grade", "disease", "lesion", "normal", "abnormal"]
_WORDS = Words("lexicon")

_CODES = {
    "MA": "microaneurysms", "HE": "haemorrhages", "EX": "hard exudates", "SE": "soft exudates",
}  # fmt: skip

_QUADRANTS = {
    "ST": "superotemporal", "SN": "superonasal", "IT": "inferotemporal", "IN": "inferonasal",
}  # fmt: skip


def normalise(text: str) -> str:
    """The form in which texts are searched."""
    text = simplified(unicodedata.normalize("NFKC", text))
    text = re.sub(r"(?<![A-Za-z])(?:MA|HE|EX|SE)(?![A-Za-z])", lambda m: _CODES[m.group()], text)
    text = re.sub(
        r"(?<![A-Za-z])(?:ST|SN|IT|IN)(?= ?[:=]? ?\d)", lambda m: _QUADRANTS[m.group()], text
    )
    text = re.sub(r"\?\s+(?=(?:no|none|yes)\b|没有|无|有)", ": ", text, flags=re.IGNORECASE)
    text = text.replace("\u2019", "'").replace("\u2011", "-").replace("\u00ad", "")
    text = re.sub(r"是否(?=[^,。;?]{1,10}: ?[是否有无])", "", text)
    return re.sub(r"\s+", " ", re.sub(r"[*_`#]+|<[^<>]{0,40}>", "", text)).strip().lower()


def length_in_words(text: str) -> float:
    """The words of a normalised text; two Chinese characters count as one."""
    return len(re.findall(r"[a-z0-9']+", text)) + len(re.findall(r"[\u4e00-\u9fff]", text)) / 2


@dataclass(frozen=True, slots=True)
class Mention:
    """A term in a text; `codes` name what it may stand for: any of them fits."""

    kind: Kind
    codes: tuple[str, ...]
    start: int
    end: int


_GRADE_NUMBER = _WORDS["GRADE_NUMBER"]
_GRADE_WORD = _WORDS["GRADE_WORD"]
_ALTERNATIVE = _WORDS["ALTERNATIVE"]
_WORD_GRADE = {
    "mild": "1", "moderate": "2", "severe": "3", "proliferative": "4", "advanced": "34",
    "轻度": "1", "中度": "2", "重度": "3", "增殖期": "4", "增殖性": "4",
    **{digit: digit for digit in "01234"}, **dict(zip("零一二三四", "01234", strict=True)),
}  # fmt: skip


def _compile() -> list[tuple[Kind, tuple[str, ...], re.Pattern[str]]]:
    kinds: tuple[Kind, ...] = get_args(Kind)
    return [
        (kind, codes, re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])"))
        for kind in kinds
        for codes, pattern in _WORDS.table(kind)
    ]


_TERMS = _compile()


def mentions(text: str) -> list[Mention]:
    """All terms of a normalised text in order; where terms overlap the longest is kept."""
    found = [
        Mention(kind, codes, match.start(), match.end())
        for kind, codes, pattern in _TERMS
        for match in pattern.finditer(text)
        if match.group().strip()
    ]
    for pattern in (_GRADE_NUMBER, _GRADE_WORD, _ALTERNATIVE):
        for match in pattern.finditer(text):
            name = match.lastgroup
            if name:
                grades = tuple(_WORD_GRADE[match[name]])
                found.append(Mention("grade", grades, match.start(name), match.end(name)))
    found.sort(key=lambda mention: (mention.start - mention.end, mention.start))
    kept: list[Mention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)
