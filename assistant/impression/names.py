"""The diagnoses that a text names, and of which eye.

`forms/diagnoses.json` holds, by code, how diagnoses are worded in both languages; `{}` stands for
an eye or a degree, `{n}` for a number, and the code "" holds phrases that only give a reason. Of
phrases within one another the longest counts.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from assistant.impression.cases import SIDES, Side
from assistant.impression.lexis import Eyes, eyes
from assistant.impression.tables import table
from assistant.script import simplified
from vision.catalogue import Language

_ANY = ".{0,40}?"
_STOP = re.compile(r"\n|[。；]|; |(?<!\d)\. |\.$")
_END = re.compile(r"\n|。|(?<!\d)\. |\.$")
_RIGHT_BEHIND = re.compile(r"[^.;:,()\n。；：，（）|]{0,24}$")
_AROUND = 24  # characters around a name in which its degree stands


@dataclass(frozen=True, slots=True)
class Named:
    """A diagnosis of a text, the eyes it is told of (none where no eye is told), and its words."""

    code: str
    sides: tuple[Side, ...]
    around: str


@cache
def _phrases(language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns with their codes, the longest first."""
    worded = [
        (phrase, code) for code, every in table("diagnoses")[language].items() for phrase in every
    ]
    worded.sort(key=lambda pair: -len(pair[0]))
    return tuple((re.compile(_pattern(phrase, language)), code) for phrase, code in worded)


def _pattern(phrase: str, language: Language) -> str:
    body = _ANY.join(re.escape(part) for part in phrase.split("{}")).replace(r"\{n\}", r"\d+")
    return rf"\b{body}\b" if language == "en" and phrase[-1].isalnum() else body


def diagnoses(text: str, language: Language) -> frozenset[str]:
    """The codes of the diagnoses that a text names."""
    return frozenset(code for code, _, _ in _found(text.lower(), language) if code)


def _found(text: str, language: Language) -> list[tuple[str, int, int]]:
    """Codes with their places; what was found is blanked for the shorter phrases."""
    rest, found = text, []
    for pattern, code in _phrases(language):
        for match in pattern.finditer(rest):
            found.append((code, match.start(), match.end()))
            rest = rest[: match.start()] + "\n" * len(match[0]) + rest[match.end() :]
    return sorted(found, key=lambda one: one[1])


def named(text: str, language: Language) -> list[Named]:
    """The diagnoses of a text with their eyes."""
    low = simplified(text.replace("BE ", "OU ").lower())
    told = [one for one in eyes("".join(_half_width(char) for char in low)) if one.sides]
    found: list[Named] = []
    past = 0
    for code, start, end in _found(low, language):
        if code:
            around = low[max(start - _AROUND, 0) : end + _AROUND]
            sides = _sides(low, start, end, told, past)
            found.append(Named(code, sides or (found[-1].sides if found else ()), around))
            past = end
    return found


def _half_width(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _sides(text: str, start: int, end: int, told: list[Eyes], past: int) -> tuple[Side, ...]:
    """The eyes of a name: within it, right behind it, before it or behind it in its sentence.

    `past` is where the name before ended: "both eyes" since then holds over reasons by eye.
    """
    within = [one for one in told if start <= one.start < end]
    if within:
        return within[0].sides
    stops = [m.end() for m in _STOP.finditer(text, 0, start)]
    stop = _STOP.search(text, end)
    first, last = (stops[-1] if stops else 0), (stop.start() if stop else len(text))
    behind = [one for one in told if end <= one.start < last]
    if behind and _RIGHT_BEHIND.fullmatch(text[end : behind[0].start]):
        return behind[0].sides
    ends = [m.end() for m in _END.finditer(text, past, start)]
    since = [one for one in told if max([past, *ends[-1:]]) <= one.start < start]
    if since and since[0].sides == SIDES:
        return SIDES
    before = [one for one in told if first <= one.start < start]
    if before:
        return before[-1].sides
    return behind[0].sides if behind else ()
