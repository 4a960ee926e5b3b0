"""Which photos a question is about, by its words. Two languages."""

import re

from vision.catalogue import Language, detect_language

_ORDINALS: dict[str, int] = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5,
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5,
}  # fmt: skip
_IMAGE = r"(?:photos?|images?|pictures?|fundus(?: photos?)?|scans?)"
_NUMBERED = re.compile(rf"\b{_IMAGE}\s*(?:no\.?|number|#)?\s*(\d+)\b|#(\d+)\b", re.I)
_ORDINAL = re.compile(rf"\b(first|second|third|fourth|fifth)\s+(?:one\b|eye\b|{_IMAGE})", re.I)
_CHINESE = re.compile(
    r"第\s*([一二两三四五\d]+)\s*[张幅个]|(?:图|照片|图片|图像)\s*(\d+|[一二三四五])"
)
_ALL = re.compile(
    rf"\b(?:both|compare|comparison|all (?:the )?{_IMAGE}|two {_IMAGE}|either|difference between)\b"
    r"|两张|两幅|两只眼|双眼|两个|对比|比较|所有照片|全部照片|相比|区别",
    re.I,
)
_PREVIOUS = re.compile(
    rf"\b(?:previous|earlier|the other|other) (?:one|eye|{_IMAGE})\b"
    r"|上一张|前一张|另一张|另一只|另外一张|之前那张",
    re.I,
)


def images_asked_about(question: str, count: int, active: int) -> tuple[int, ...]:
    """Numbers (from 1) of the photos meant, given `count` photos with number `active` in focus.

    Empty where there is no photo. Words for a photo that is not there are ignored.
    """
    if count == 0:
        return ()
    named: set[int] = set()
    for match in _NUMBERED.finditer(question):
        named.add(int(match[1] or match[2]))
    for match in _ORDINAL.finditer(question):
        named.add(_ORDINALS[match[1].lower()])
    for match in _CHINESE.finditer(question):
        word = match[1] or match[2]
        named.add(int(word) if word.isdigit() else _ORDINALS.get(word, 0))
    named = {n for n in named if 1 <= n <= count}
    if named:
        return tuple(sorted(named))
    if count > 1 and _ALL.search(question):
        return tuple(range(1, count + 1))
    if count > 1 and _PREVIOUS.search(question):
        return (active - 1 if active > 1 else active + 1,)
    return (active,)


_REPORT = re.compile(
    r"\breports?\b|\bwrite[- ]?up\b|\bstep by step\b|报告|逐步|一步一步|一步步", re.I
)
_ABBREVIATION = re.compile(r"[A-Z]{1,5}\d?s?")


def wants_report(question: str) -> bool:
    """Whether a question asks for more than a short answer: a report, or to be led step by step."""
    return bool(_REPORT.search(question))


def answer_language(question: str, otherwise: Language) -> Language:
    """The question's own language; `otherwise` where it has none: figures, or "OCT?"."""
    words = re.findall(r"[A-Za-z]+\d?", question)
    found = detect_language(question)
    if found == "en" and all(_ABBREVIATION.fullmatch(word) for word in words):
        return otherwise
    return found or otherwise
