"""How numbers are written for a reader, and how numbers written by others are read back.

Writing is here once, for the findings text, the answers and the table on the screen alike.
"""

import math
import re
from dataclasses import dataclass

from vision.catalogue import Language, say

# ---- writing ----


def percent(probability: float) -> str:
    """Probability 0..1 as whole percent; the ends as <1% and >99%, for nothing here is certain."""
    if probability < 0.01:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{100 * probability:.0f}%"


def count(number: int) -> str:
    """A count with thousands separators."""
    return f"{number:,}"


def pixels(number: float, language: Language) -> str:
    """A length or an area in pixels, with its unit."""
    return say("unit.px", language, number=f"{number:,.0f}")


def micrometres(number: float, language: Language) -> str:
    """A length in micrometres, with its unit."""
    return say("unit.um", language, number=f"{number:,.0f}")


def area_percent(value: float) -> str:
    """Percent of the field of view with two significant digits."""
    if value == 0:
        return "0%"
    if value < 0.01:
        return "<0.01%"
    return f"{value:.2f}%" if value < 1 else f"{value:.1f}%"


def ratio(value: float) -> str:
    """A ratio 0..1 with two decimals."""
    return f"{value:.2f}"


def distance(disc_diameters: float, language: Language) -> str:
    """A distance in disc diameters, with its unit."""
    return say("unit.dd", language, number=f"{disc_diameters:.1f}")


# ---- reading ----

_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {
    word: 10 * value
    for value, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)
}
_WORDS |= {"dozen": 12, "hundred": 100}
_HAN = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2, "〇": 0}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"|(?P<words>(?<![\w-])(?:a )?(?:{_WORD})(?:[- ](?:{_WORD}))*(?![\w-]))"
    r"|(?P<percent>百分之[零一二三四五六七八九十百点]+)"
    r"|(?P<han>[零一二三四五六七八九十百两〇]+)(?=\s*(?:处|个|枚|级|期|颗|块|片|只|张|倍|毫|%|像素|年|月|周(?!围|边)|天|岁|次|滴)|(?<=[为是有共约][零一二三四五六七八九十百两])\W*$)"
)
_UNIT = re.compile(
    r"\s*(?:(?P<percent>%|per ?cent\b|percent\w*)"
    r"|(?P<dd>(?:optic )?dis[ck][- ]diameters?|dd\b|个?视(?:盘|乳头)直径|pd\b)"
    r"|(?P<px>px\b|pixels?\b|像素|个像素)"
    r"|(?P<length>mm\b|millimet\w+|µm\b|μm\b|um\b|microns?\b|micromet\w+|cm\b|毫米|微米|厘米|平方毫米"
    r"|mm2|mm²)"
    r"|(?P<time>-?\s?(?:to\s)?(?:hours?|days?|weeks?|months?|years?|yrs?|minutes?)\b"
    r"|个?小时|天|周(?!围|边)|个?星期|个?月|年|岁|分钟)"
    r"|(?P<pressure>mmhg|毫米汞柱))"
)
_BEFORE = (
    ("at_most", r"no more than|not more than|at most|up to|maximum of|≤|不超过|最多|至多|不多于"),
    ("at_least", r"no (?:fewer|less) than|not less than|at least|minimum of|≥|不少于|至少|不低于"),
    ("below", r"fewer than|less than|under|below|<|少于|不到|小于|低于|不足"),
    (
        "above",
        r"more than|greater than|over|above|beyond|farther than|further than|exceed(?:s|ing)?|>|"
        r"超过|多于|大于|高于",
    ),
    (
        "about",
        r"about|approximately|approx\.?|around|roughly|nearly|almost|close to|circa|some|~|≈|"
        r"大约|约为|约|大概|将近|接近|(?<![最靠附])近",
    ),
)
_AFTER = (
    ("at_least", r"\s*(?:or more\b|\+|以上|以外|之外|and above\b|(?:处|个|枚)以上|多(?:处|个|枚))"),
    ("at_most", r"\s*(?:or fewer\b|or less\b|以下|(?:处|个|枚)以下)"),
    ("about", r"\s*(?:or so\b|左右|(?:处|个|枚)?左右|上下)"),
)
_LEAD = 40  # characters before a number that may hold its sense
_RANGE = re.compile(r"\s*(?:-|–|—|~|to|至|到)\s*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number found in a text: the closed range of true values that it states, and its unit."""

    low: float
    high: float
    step: float  # value of the last digit written, the ground for rounding
    unit: str  # "", percent, px, length, time, dd, pressure
    about: bool
    start: int
    end: int  # after the unit

    def states(self, truth: float, *, rounded: bool) -> bool:
        """Whether the text's number tells `truth`; `rounded` allows for the digits left out."""
        slack = self.step / 2 + 1e-9 if rounded else 1e-9
        if self.unit == "dd" and self.step == 1 and math.inf in (self.high, -self.low):
            slack = 1e-9  # "more than one disc diameter away" rounds nothing
        if self.about:
            slack = max(slack, 0.15 * abs(truth), 1.0 if truth >= 3 and not rounded else 0.0)
        return self.low - slack <= truth <= self.high + slack


def read_numbers(text: str) -> list[Number]:
    """All numbers of a normalised, lower-case text, in order, ranges joined."""
    found: list[Number] = []
    end = 0
    for match in _NUMBER.finditer(text):
        if match.start() < end:
            continue
        number = _one(text, match)
        joins = found and _joined(text, found[-1], match.start())
        if joins and found[-1].unit in ("", number.unit) and found[-1].low < number.low:
            first = found.pop()
            number = Number(
                first.low, number.high, number.step, number.unit, number.about, first.start,
                number.end,
            )  # fmt: skip
        found.append(number)
        end = number.end
    return found


def _joined(text: str, first: "Number", start: int) -> bool:
    """Whether a number goes on as a range: "5 to 10", "between 5 and 10"."""
    gap = text[first.end : start]
    between = text[: first.start].rstrip().endswith("between") and gap.strip() == "and"
    return between or bool(_RANGE.fullmatch(gap))


def _one(text: str, match: re.Match[str]) -> Number:
    value, step = _value(match)
    end, unit = match.end(), "percent" if match["percent"] else ""
    start = match.start()
    sense = ""
    lead = text[max(0, start - _LEAD) : start].rstrip()
    for name, words in _BEFORE:
        before = re.search(rf"(?:(?<![a-z])(?:{words}))(?:\s+(?:a|an|the))?$", lead)
        if before:
            sense, start = name, before.start()
            break
    sense, end = _after(text, end, sense)
    measured = _UNIT.match(text, end)
    if measured and not unit:
        unit, end = str(measured.lastgroup), measured.end()
        sense, end = _after(text, end, sense)
    low, high = {
        "below": (-math.inf, value - (0 if unit or step < 1 else 1)),
        "at_most": (-math.inf, value),
        "above": (value + (0 if unit or step < 1 else 1), math.inf),
        "at_least": (value, math.inf),
    }.get(sense, (value, value))
    return Number(low, high, step, unit, sense == "about", start, end)


def _after(text: str, end: int, sense: str) -> tuple[str, int]:
    for name, words in _AFTER:
        match = re.compile(words).match(text, end)
        if match and not sense:
            return name, match.end()
    return sense, end


def _value(match: re.Match[str]) -> tuple[float, float]:
    """Value and the step of its last digit."""
    if match["digits"]:
        digits = match["digits"].replace(",", "")
        if "." in digits:
            return float(digits), 10.0 ** -len(digits.split(".")[1])
        zeros = len(digits) - len(digits.rstrip("0")) if int(digits) >= 1000 else 0
        return float(digits), 10.0**zeros
    if match["words"]:
        total = 0
        for word in re.findall(_WORD, match["words"]):
            total = (
                total * _WORDS[word]
                if total and _WORDS[word] in (12, 100)
                else (total + _WORDS[word])
            )
        return float(total), 1.0
    return han_value(match["han"] or match["percent"].removeprefix("百分之")), 1.0


def han_value(text: str) -> float:
    """A Chinese numeral below a thousand, with or without decimals."""
    whole, _, decimals = text.partition("点")
    total, digit = 0, 0
    for char in whole:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _HAN[char]
    fraction = "".join(str(_HAN[char]) for char in decimals if char in _HAN)
    return float(f"{total + digit}.{fraction or 0}")
