"""Claims that need no term of the lexicon: which eye, how good the photo, referral, the person.

Age, sight, pressure, blood sugar and the like cannot be known from a photo at all.
"""

import re

from assistant import cues
from assistant.claims import Claim, Topic
from assistant.clauses import Clause, is_general
from assistant.numbers import Number, read_numbers
from assistant.words import Words

_WORDS = Words("remarks")
_ADVICE = _WORDS["ADVICE"]
_EYES = _WORDS.table("eye")
_SUBJECT = _WORDS["SUBJECT"]
_QUALITY = _WORDS.table("quality")
_KIND = _WORDS.table("kind")
_NO_REFERRAL = _WORDS["NO_REFERRAL"]
_REFERABLE = _WORDS["REFERABLE"]
_NEED = re.compile(r"\b(?:should|must|needs?|needed|required?)\b|需要|应当?")
_FOLLOW_UP = _WORDS["FOLLOW_UP"]
_YEARLY = _WORDS["YEARLY"]
_MONTHS = {
    "day": 1 / 30, "天": 1 / 30, "week": 0.25, "周": 0.25, "星期": 0.25,
    "month": 1, "月": 1, "year": 12, "yr": 12, "年": 12,
}  # fmt: skip
_PERSONAL = _WORDS.table("personal")
_ASIDE = _WORDS["ASIDE"]


def of_clause(clause: Clause) -> list[Claim]:
    """All such claims of one clause."""
    if cues.HYPOTHETIC.search(clause.text):
        return []
    return [
        *_eye(clause), *_quality(clause), *_referral(clause), *_interval(clause), *_personal(clause)
    ]  # fmt: skip


def _supposed(clause: Clause, position: int) -> bool:
    return any(low <= clause.start + position < high for low, high in clause.supposes)


def _denied(clause: Clause, match: re.Match[str]) -> bool:
    before, after = clause.text[: match.start()], clause.text[match.end() :]
    return bool(
        re.search(r"(?:\bnot|n't|\bno|\bnever|不是|并非|不|没有|未)(?: \w+){0,2}[ ,]*$", before)
        or re.match(r"^[^,;]{0,6}(?:不是|并非)", after)
    )


def _eye(clause: Clause) -> list[Claim]:
    if _ADVICE.search(clause.text):
        return []
    claims = []
    for codes, words in _EYES:
        match = re.search(words, clause.text)
        if not match or _supposed(clause, match.start()):
            continue
        pointed = re.search(r"\b(?:this|the|your|photo\w*|image)\b|[这该您你图]|照片", clause.text)
        general = clause.anchor != "here" and is_general(clause.text)
        if general and (not pointed or codes == ("both",)):
            continue
        claims.append(Claim("eye", codes, denied=_denied(clause, match)))
    return claims


def _quality(clause: Clause) -> list[Claim]:
    general = clause.anchor != "here" and is_general(clause.text)
    if general or clause.conditional or not _SUBJECT.search(clause.text):
        return []
    for codes, words in (*_KIND, *reversed(_QUALITY)):
        match = re.search(words, clause.text)
        if match and not _supposed(clause, match.start()):
            return [Claim("quality", codes, denied=_denied(clause, match))]
    return []


def _referral(clause: Clause) -> list[Claim]:
    if is_general(_NEED.sub("", clause.text)):
        return []
    claims = []
    match = _REFERABLE.search(clause.text)
    if match and not _supposed(clause, match.start()):
        noes = [match[name] or "" for name in ("non", "tail", "no_zh", "tail_zh")]
        denied = any(no.strip(": ") for no in noes) or _denied(clause, match)
        claims.append(Claim("referable", denied=denied))
    refusal = _NO_REFERRAL.search(clause.text)
    if refusal and not _supposed(clause, refusal.start()):
        claims.append(Claim("referral", denied=True))
    return claims


def _interval(clause: Clause) -> list[Claim]:
    text = clause.text
    if not _FOLLOW_UP.search(text) or clause.conditional:
        return []
    if is_general(_NEED.sub("", text)):
        return []
    months = [m for number in read_numbers(text) if (m := _in_months(text, number))]
    if not months and re.search(r"半年|half a year|six months", text):
        months = [6.0]
    if not months and _YEARLY.search(text):
        months = [12.0]
    return [
        Claim("interval", number=Number(m, m, 1.0, "time", False, clause.start, clause.end))
        for m in months[-1:]
    ]


def _in_months(text: str, number: Number) -> float | None:
    if number.unit != "time" or number.high == float("inf"):
        return None
    unit = text[number.start : number.end]
    if re.match(r"\s*(?:ago|old|earlier)|前|岁", text[number.end :]) or "岁" in unit:
        return None
    return next((number.high * scale for name, scale in _MONTHS.items() if name in unit), None)


def _personal(clause: Clause) -> list[Claim]:
    claims: list[Claim] = []
    topic: Topic = "outside"
    for codes, words in _PERSONAL:
        match = re.search(words, clause.text)
        if not match or _supposed(clause, match.start()):
            continue
        general = clause.anchor == "none" and is_general(_NEED.sub("", clause.text))
        if general or _ASIDE.search(clause.text):
            continue
        claims.append(Claim(topic, codes))
    return claims
