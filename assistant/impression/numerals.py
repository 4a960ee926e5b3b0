"""Chinese numerals of measurements as digits: 四点五秒, 六百二十微米, 百分之五十, as people dictate."""

import re

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ONE = "零〇一二两三四五六七八九"
_UNIT = "秒|毫米|微米|纳米|um|mm|nm|%|分(?![之级为别成])|级"
_WHOLE = f"(?:[{_ONE}]百)?(?:零|[{_ONE}]?十)?[{_ONE}]?"
_DECIMAL = re.compile(rf"(?<!第)([{_ONE}十百]+)点([{_ONE}]+)")
_SHARE = re.compile(rf"百分之([{_ONE}十百]+)")
_LONG = re.compile(rf"(?<![第{_ONE}十百])(?=[{_ONE}十百]{{2}})({_WHOLE})(?![{_ONE}十百点几多余])")
_SHORT = re.compile(rf"(?<![第{_ONE}十百])(?!十分[\u4e00-\u9fff])([{_ONE}十])(?={_UNIT})")


def arabic(text: str) -> str:
    """The text with numerals that measure as digits; counts of one or a few stay words."""
    told = _DECIMAL.sub(lambda m: f"{_value(m[1])}.{''.join(str(_DIGITS[c]) for c in m[2])}", text)
    told = _SHARE.sub(lambda m: f"{_value(m[1])}%", told)
    told = _LONG.sub(lambda m: str(_value(m[1])) if re.search("[十百]", m[1]) else m[1], told)
    return _SHORT.sub(lambda m: str(_value(m[1])), told)


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
