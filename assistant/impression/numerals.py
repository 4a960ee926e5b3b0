"""Numerals in words as digits, as people dictate: 四点五秒, 六百二十微米, "point two four"."""

import re

from text_to_num import alpha2digit

from assistant.numbers import han_value

_ONE = "零〇一二两三四五六七八九"
_UNIT = "秒|毫米|微米|纳米|um|mm|nm|%|分(?![之级为别成])|级"
_WHOLE = f"(?:[{_ONE}]百)?(?:零|[{_ONE}]?十)?[{_ONE}]?"
_SPOKEN = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty"
    r"|forty|fifty|sixty|seventy|eighty|ninety|hundred|zero)\b"
)
_DOZEN = re.compile(r"\ba dozen\b")
_DECIMAL = re.compile(rf"(?<!第)([{_ONE}十百]+)点([{_ONE}]+)")
_HALF = re.compile("(?<=[失损缩少])(?:了|约)?一半")
_SPAN = re.compile(rf"([{_ONE}十])(?=[到至][{_ONE}十](?:{_UNIT}))")
_RANK = re.compile("第([一二三四五])(?=级)")
_PART = re.compile("([二三四五])分之([一二三四])")
_SHARE = re.compile(rf"百分之([{_ONE}十百]+)")
_LONG = re.compile(rf"(?<![第{_ONE}十百])(?=[{_ONE}十百]{{2}})({_WHOLE})(?![{_ONE}十百点几多余])")
_SHORT = re.compile(rf"(?<![第{_ONE}十百])(?!十分[\u4e00-\u9fff])([{_ONE}十])(?={_UNIT})")


def arabic(text: str) -> str:
    """The text with numerals that measure as digits; counts of one or a few stay words."""
    told = _english(text) if _SPOKEN.search(text) else text
    told = _DOZEN.sub("12", told)
    told = _SPAN.sub(lambda m: f"{han_value(m[1]):g}", _HALF.sub("50%", told))
    told = _RANK.sub(lambda m: f"{han_value(m[1]):g}", told)
    told = _DECIMAL.sub(lambda m: f"{han_value(m[0]):g}", told)
    told = _PART.sub(lambda m: f"{100 * han_value(m[2]) / han_value(m[1]):.0f}%", told)
    told = _SHARE.sub(lambda m: f"{han_value(m[1]):g}%", told)
    told = _LONG.sub(lambda m: f"{han_value(m[1]):g}" if re.search("[十百]", m[1]) else m[1], told)
    return _SHORT.sub(lambda m: f"{han_value(m[1]):g}", told)


def _english(text: str) -> str:
    """English numerals as digits; "point two four" begins with nothing before the point."""
    words = text.split(" ")
    for place, word in enumerate(words[1:], 1):
        if word == "point" and not _SPOKEN.fullmatch(words[place - 1]):
            words[place] = "zero point"
    spoken: str = alpha2digit(" ".join(words), "en")
    return spoken
