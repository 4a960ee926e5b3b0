"""Numbers told before their names, put behind them: "four of ten blinks were incomplete"."""

import re

from assistant.numbers import han_value

_LOST = r"(?:lost|missing|gone|atrophi\w+|dropped out|absent)"
_ROUGHLY = r"(?:about |roughly |around |some |nearly |almost |approximately |over |just )*"
_FRACTION = re.compile(
    rf"\b{_ROUGHLY}(?:(?:a |one |1 )?(half|third|3rd|quarter)"
    r"|(2|two|3|three)[ -]?(?:thirds|3rds|quarters))\b(?= of (?:the |his |her |its |their |all )?"
    r"(?:[a-z]+ )?(?:glands?|blinks?|area|those|them)\b"
    rf"|(?: (?:of it|is|are|was|were|has been|have been))? (?:{_LOST}|incomplete|partial)\b)"
)
_FRACTIONS = {"half": "50%", "third": "33%", "3rd": "33%", "quarter": "25%", "2": "67%",
              "two": "67%", "3": "75%", "three": "75%"}  # fmt: skip
_FEW = {"one": 1, "two": 2, "three": 3}
_COUNT = r"(\d+|one|two|three)"
_PER_CENT = re.compile(r"(?<=\d) per ?cent\b")
_OUT_OF_TEN = re.compile(r" ?\( ?/ ?10 ?\)")
_MADE = r"(?: ?(?:were |are |was |being )?(?:only )?(?:partial|incomplete)(?:ly made)?)"
_WHOSE = r"(?:the |his |her |their |its |all )?(?:\w+ )?"
_BLINKS = (  # part, whole
    re.compile(rf"\b{_COUNT} (?:out )?of {_WHOSE}(\d+) (?:\w+ )?blinks(?: in that eye)?{_MADE}?"),
    re.compile(rf"\b{_COUNT} (?:out )?of {_WHOSE}(\d+){_MADE}"),
    re.compile(rf"\b{_COUNT} (?:incomplete|partial)(?: blinks?)? (?:out )?of (\d+)(?: blinks)?"),
)
_HAN = r"(\d+|[一二两三四五六七八九十]+)"
_HAN_BLINKS = re.compile(  # whole, part
    rf"(?:瞬目|眨眼)?{_HAN}\s?次(?:瞬目|眨眼)?(?:之?中|里面?)(?:有)?{_HAN}\s?次(?:为|是)?"
    "(?:不完?全|没有?闭全)(?:瞬目|眨眼)?"
)
_SHARE = re.compile(
    rf"(\d+) ?% of (?:{_WHOSE}blinks|them|these)"
    rf"(?P<eye> in (?:the )?(?:right|left)(?: eye)?)?{_MADE}"
)
_LID = r"(?:(?P<eye>right|left|o[ds]|[rl]e?) )?(?P<lid>upper|lower)(?: (?:eye)?lids?)?"
_OF_GLANDS = re.compile(  # "50% of the glands in the right lower lid have been lost"
    rf"(?P<share>\d+) ?% of (?:the |its |those |his |her )?(?:meibomian )?(?:glands? )?"
    rf"(?:in|of|on) the {_LID}(?: (?:are|is|were|has|have)(?: been)? {_LOST})?"
)
_STABLE = re.compile(
    r"\bstable for (\d+(?:\.\d+)?) s(?:ec(?:onds?)?)? before (?:its|the) first break-?up\b"
)
_SCORED = re.compile(r"\b(\d+(?:\.\d+)?) on the (ocular surface disease index|osdi)\b")
_FIGURES = re.compile(  # of the lids, after those of the other eye
    r"(?<=upper lid)(.*lower lid.*)\bthe figures (?:are|were) (\d+) ?% and (\d+) ?%"
)
_SECTOR = re.compile(  # "flame haemorrhages along the superotemporal vein"
    r"\b(hem\w*)(?= [^.;]{0,40}\balong\b[^.;]{0,40}?\b((?:super|infer)\w*[ -]?temporal) vein)"
)
_HAN_SECTOR = re.compile(
    r"(颞[上下])(?:方)?(?:分?支)?(?:视网膜)?静脉([^.;]{0,30}?(?:沿|分布|引流)[^.;]{0,20}?)(?=出血)"
)
_LARGEST = re.compile(r"\bdrusen \((?:largest|max\w*)(?: diam\w*| size)?\)")
_LOST_IN = re.compile(  # "45% loss in the upper lid"; not "upper 45%, lower 20%"
    r"(\d+) ?%(?: (?:gland |area )?(?:loss|lost|drop-?out))?"
    r"(?: (?:in|on|of|at))?(?: the)? ((?:right|left) )?"
    r"\b(upper|above|lower|below)\b(?: (?:eye)?lids?)?(?!\s*[:=]?\s*\d)"
)
_LIDS = {"upper": "upper", "above": "upper", "lower": "lower", "below": "lower"}


def names_first(line: str) -> str:
    """A line in plain spelling with shares, scores, sizes and sectors behind what they are of."""
    told = _OUT_OF_TEN.sub("", _PER_CENT.sub("%", line))
    told = _FRACTION.sub(lambda m: _FRACTIONS[m[1] or m[2]], told)
    told = _OF_GLANDS.sub(lambda m: f"{m['eye'] or ''} {m['lid']} lid {m['share']}%", told)
    told = _LOST_IN.sub(lambda m: f"{m[2] or ''}{_LIDS[m[3]]} lid {m[1]}%", told)
    told = _FIGURES.sub(r"\1upper lid \2%, lower lid \3%", told)
    told = _STABLE.sub(r"first break-up \1 s", _SCORED.sub(r"\2 \1", told))
    told = _HAN_SECTOR.sub(r"\1静脉\2\1", _SECTOR.sub(r"\1 (\2)", told))
    told = _LARGEST.sub("largest drusen", told)
    told = _SHARE.sub(lambda m: f"partial blinks {m[1]}%{m['eye'] or ''}", told)
    for pattern in _BLINKS:
        told = pattern.sub(lambda m: f"partial blinks {_percent(m[1], m[2])}", told)
    return _HAN_BLINKS.sub(lambda m: f"不完全瞬目 {_percent(m[2], m[1])}", told)


def _percent(part: str, whole: str) -> str:
    return f"{100 * _count(part) / max(1, _count(whole)):.0f}%"


def _count(told: str) -> float:
    return float(told) if told.isdigit() else _FEW.get(told) or han_value(told)
