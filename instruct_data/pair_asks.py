"""What can be asked of two fundus photos in one conversation, with true answers from both."""

import random

from assistant import truths
from assistant.findings import Findings
from assistant.findings_text import lesion_name
from instruct_data import forms
from instruct_data.asked import Asked
from segmentation.labels import LESIONS
from vision.catalogue import Language, say

Pair = tuple[Findings, Findings]
_NUMBERS = {"photo": "1", "other": "2"}


def asks(pair: Pair, language: Language, rng: random.Random) -> list[Asked]:
    """Questions about both photos; empty where one of them has no grade or no lesions."""
    if any(f.dr.grade is None or f.lesions is None for f in pair):
        return []
    grades = _grades(pair, language, rng)
    counts = {code: _counts(code, pair, language, rng) for code in LESIONS}
    told = counts[max(LESIONS, key=lambda code: _gap(code, pair))]
    caution = forms.words("pair.caution", language, rng)
    refer = tuple(_each(pair, [truths.referable(f, language) for f in pair], language))
    found = [
        Asked("pair_compare", (*grades, *told), dict(_NUMBERS)),
        Asked("pair_grade", tuple(grades), dict(_NUMBERS), topic="grade"),
        Asked("pair_change", (*grades, *told, caution), dict(_NUMBERS)),
        Asked("pair_which_refer", refer, dict(_NUMBERS), topic="grade"),
    ]
    for code in LESIONS:
        slots = {"lesion": forms.name(code, language, rng)}
        found.append(Asked("pair_lesion", tuple(counts[code]), slots, topic=code))
    return found


def other(findings: Findings, number: int, language: Language) -> Asked:
    """ "And the other one?": the same facts of the other photo, named by its number."""
    facts = [truths.grade(findings, language), *truths.lesions(findings, language)[:1]]
    said = tuple(say("check.photo", language, number=number, text=text) for text in facts)
    return Asked("pair_other", said, {"other": str(number)})


def _each(pair: Pair, texts: list[str], language: Language) -> list[str]:
    if texts[0] == texts[1]:
        return texts[:1]
    return [say("check.photo", language, number=n, text=t) for n, t in enumerate(texts, 1)]


def _count(code: str, findings: Findings) -> int:
    stats = (findings.lesions or {})[code]
    return stats.count if stats.present else 0


def _gap(code: str, pair: Pair) -> int:
    return abs(_count(code, pair[0]) - _count(code, pair[1]))


def _more(
    values: tuple[int, int],
    keys: tuple[str, str],
    language: Language,
    rng: random.Random,
    **told: str,
) -> str:
    """Which photo has more, or that both have the same."""
    first, second = values
    if first == second:
        return forms.words(keys[1], language, rng, high=first, **told)
    more, less = (1, 2) if first > second else (2, 1)
    return forms.words(keys[0], language, rng, more=more, less=less, **told)


def _counts(code: str, pair: Pair, language: Language, rng: random.Random) -> list[str]:
    values = (_count(code, pair[0]), _count(code, pair[1]))
    same = "pair.same" if any(values) else "pair.none"
    name = lesion_name(code, language)
    compared = _more(values, ("pair.more", same), language, rng, name=name)
    if values[0] == values[1]:
        return [compared]
    counted = [truths.lesion(code, f, language) for f in pair]
    return [compared, *_each(pair, counted, language)]


def _grades(pair: Pair, language: Language, rng: random.Random) -> list[str]:
    values = (pair[0].dr.grade or 0, pair[1].dr.grade or 0)
    compared = _more(values, ("pair.higher", "pair.equal"), language, rng)
    if values[0] == values[1]:
        return [compared]
    return [compared, *_each(pair, [truths.grade(f, language) for f in pair], language)]
