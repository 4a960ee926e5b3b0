"""What a sentence of a report names, before what is said of it is cut out."""

import re
from dataclasses import replace

from assistant.impression.cases import Modality
from assistant.impression.lexis import Mention, eyes, mentions, states

_VALUE_NEXT = re.compile(
    r"\s*(?:\([^)]*\))?\s*(?:[:=]|is\b|[均为]|[右左双两]眼?|(?:o[dsu]|[rl]e|right|left)\b)", re.A
)
_WIDTHS = {  # what a width is of -> its field
    "atrophy_size": "atrophy_size", "hole": "hole_size", "hole_size": "hole_size",
    "vmi": "vmi_width", "vmi_width": "vmi_width", "drusen": "drusen_size",
}  # fmt: skip
_ADJACENT = re.compile(r"[\s:=/|a-z\u4e00-\u9fff]{0,30}")
_MEAN = re.compile(r"mean|average|avg")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_AN_EYE = r"(?:\b(?:right|left|[rl]e|o[ds])\b(?: eye)?|[左右]眼)"
_NOT_DONE = re.compile(
    rf"(?:\bthe )?{_AN_EYE}(?:(?!{_AN_EYE})[^.;|\d]){{0,40}}(?:(?:\bnot|n't)\b(?: been)? "
    r"(?:scanned|tested|imaged|examined|photographed)\b|未(?:拍|检查|扫描|成像))"
    rf"|{_AN_EYE}(?: one)?[: )]+(?:is |has )?(?:an? )?"
    r"(?:prosthe\w+|enucleat\w+|phthis\w+|artificial|义眼|眼球痨)"
)
_THAN = re.compile(  # "13 lower than the fellow eye"
    r"\bthan (?:in )?(?:the )?(?:fellow|other|right|left|o[ds]|[rl]e?)\b(?: eye)?|较[左右对]侧?眼?"
)
_REMARK = 3  # letters of a remark
_SIGN = r"(\+{1,3}|\([+-]\)|nil|none|no|yes|n|y|无|有)"
_BOTH = re.compile(rf"(?<=[ :]){_SIGN} ?/ ?{_SIGN}(?=[ ,;.]|$)")
_DIGIT = re.compile(r"\d")


def named(text: str, modality: Modality) -> list[Mention]:
    """What a sentence names, in its order.

    Without names that are the value of the name before, as in "atrophy: tessellated"; a width is
    that of what was named last and can have one.
    """
    kept: list[Mention] = []
    for one in mentions(text, modality):
        before = kept[-1] if kept else None
        bare_mean = one.fields == ("nibut_mean",) and _MEAN.fullmatch(text, one.start, one.end)
        if bare_mean and not _stable(kept):
            continue  # "lipid: average 46"
        if one.fields == ("width",):
            fields = (field for m in reversed(kept) for field in m.fields)
            one = replace(one, fields=tuple(_WIDTHS[f] for f in fields if f in _WIDTHS)[:1])
        if before and _is_its_value(before, one, text):
            continue
        if before and one.fields == before.fields and not one.state:
            between = text[before.end : one.start]
            if not between.strip(" :("):
                kept[-1] = replace(before, end=one.end)  # "break-up, first break"
                continue
            if _repeats(one, between):
                continue
        kept.append(one)
    return kept


def _is_its_value(before: Mention, one: Mention, text: str) -> bool:
    """Whether a name that tells a state is what the name before it says: "ERM: pucker"."""
    if not one.state or before.state or not set(one.fields) & set(before.fields):
        return False
    at_once = not text[before.end : one.start].strip(" :(")
    return at_once or bool(_VALUE_NEXT.match(text, before.end))


def _repeats(one: Mention, between: str) -> bool:
    """Whether a name only says again what is spoken of: "staining 12 spots", "IRF large cysts"."""
    if one.fields == ("spots",) and between.endswith(tuple("0123456789 ")):
        return True
    labelled = ":" in between and not eyes(between) and not _valued(one, between)
    return not labelled and bool(_ADJACENT.fullmatch(between))


def _valued(one: Mention, words: str) -> bool:
    """Whether words tell a state of what is named."""
    return any(p.search(words) for field in one.fields for _, p in states(field))


def _stable(kept: list[Mention]) -> bool:
    """Whether break-up times are spoken of, so that a mean is theirs."""
    return any(field.startswith("nibut") for one in kept for field in one.fields)


def without_asides(text: str, modality: Modality) -> str:
    """The line without remarks on an eye that was not examined, or is but compared with."""

    def kept(match: re.Match[str]) -> str:
        inner = match[1]
        sides = eyes(inner)
        letters = sum(char.isalpha() for char in inner)
        letters -= sum(one.end - one.start for one in sides)
        measured = _DIGIT.search(inner) or mentions(inner, modality)
        return match[0] if not sides or measured or letters < _REMARK else " "

    return _THAN.sub(" ", _NOT_DONE.sub(" ", _BRACKETS.sub(kept, text)))


def told_apart(text: str) -> str:
    """The line with signs of both eyes, "+ / -", told eye by eye where it names none."""
    return text if eyes(text) else _BOTH.sub(r" od \1, os \2", text)
