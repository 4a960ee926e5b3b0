"""Numerals in words as digits, as people dictate: 四点五秒, 六百二十微米, "point two four"."""

import re

from text_to_num import alpha2digit

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ONE = "零〇一二两三四五六七八九"
_UNIT = "秒|毫米|微米|纳米|um|mm|nm|%|分(?![之级为别成])|级"
_WHOLE = f"(?:[{_ONE}]百)?(?:零|[{_ONE}]?十)?[{_ONE}]?"
_SPOKEN = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty"
    r"|forty|fifty|sixty|seventy|eighty|ninety|hundred|zero)\b"
)
_DECIMAL = re.compile(rf"(?<!第)([{_ONE}十百]+)点([{_ONE}]+)")
_PART = re.compile("([二三四五])分之([一二三四])")
_SHARE = re.compile(rf"百分之([{_ONE}十百]+)")
_LONG = re.compile(rf"(?<![第{_ONE}十百])(?=[{_ONE}十百]{{2}})({_WHOLE})(?![{_ONE}十百点几多余])")
_SHORT = re.compile(rf"(?<![第{_ONE}十百])(?!十分[\u4e00-\u9fff])([{_ONE}十])(?={_UNIT})")


def arabic(text: str) -> str:
    """The text with numerals that measure as digits; counts of one or a few stay words."""
    told = _english(text) if _SPOKEN.search(text) else text
    told = _DECIMAL.sub(lambda m: f"{_value(m[1])}.{''.join(str(_DIGITS[c]) for c in m[2])}", told)
    told = _PART.sub(lambda m: f"{100 * _value(m[2]) / _value(m[1]):.0f}%", told)
    told = _SHARE.sub(lambda m: f"{_value(m[1])}%", told)
    told = _LONG.sub(lambda m: str(_value(m[1])) if re.search("[十百]", m[1]) else m[1], told)
    return _SHORT.sub(lambda m: str(_value(m[1])), told)


def _english(text: str) -> str:
    """English numerals as digits; "point two four" begins with nothing before the point."""
    words = text.split(" ")
    for place, word in enumerate(words[1:], 1):
        if word == "point" and not _SPOKEN.fullmatch(words[place - 1]):
            words[place] = "zero point"
    spoken: str = alpha2digit(" ".join(words), "en")
    return spoken


def _value(numeral: str) -> int:
    """A numeral below a thousand."""
    total, last = 0, 0
    for char in numeral:
        if char in "十百":
            total += (last or 1) * (10 if char == "十" else 100)
            last = 0
        else:
            last = _DIGITS[char]
    return total + last
