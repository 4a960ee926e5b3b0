"""The facts that a question asks for, by the sentences that serving itself takes them from.

A fact is given in one of several ways: all claims of one option, a true sentence word for word, or
a span of time. Questions that claims cannot answer have none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant import truths, truths_anatomy
from assistant.claims import EVERY, Claim, is_told, plain, states
from assistant.extract import extract
from assistant.findings import Findings
from assistant.findings_text import grade_rule
from assistant.numbers import Number
from assistant.proof.reading import times
from assistant.proof.talks import Ask
from vision.catalogue import Language, say

Option = tuple[Claim, ...]
_FULL = {"follow_where": "where_lesion", "follow_count": "count_lesion", "follow_why": "why_grade",
         "follow_sure": "sure_grade", "follow_next": "next_step", "follow_lesion": "has_lesion",
         "pair_first": "has_lesion", "pair_other": "grade", "pair_eye": "which_eye",
         "false_lesion": "has_lesion", "false_grade": "grade", "false_eye": "which_eye",
         }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to be told, and the ways to tell it."""

    options: tuple[Option, ...]
    texts: tuple[str, ...] = ()
    spans: frozenset[tuple[float, float]] = frozenset()

    def given(self, text: str, claims: Sequence[Claim]) -> bool:
        """Whether an answer with these claims tells it."""
        if any(option and all(is_told(c, claims) for c in option) for option in self.options):
            return True
        bare = text.lower()
        literal = any(wanted.lower().rstrip(".。") in bare for wanted in self.texts)
        return literal or bool(self.spans and self.spans <= times(text))

    def amiss(self, claims: Iterable[Claim]) -> frozenset[tuple[object, ...]]:
        """What an answer says on the subject of this fact that is none of the ways to tell it."""
        wanted = [c for option in self.options for c in option]
        own = {(c.topic, c.codes) for c in wanted if c.topic != "share"}
        return frozenset(
            plain(c)
            for c in claims
            if (c.topic, c.codes) in own and not any(states(c, w) for w in wanted)
        )


def facts(ask: Ask, findings: tuple[Findings, ...]) -> tuple[Fact, ...]:
    """What answers a question about these photos; empty where claims cannot tell."""
    intent, language = _FULL.get(ask.intent, ask.intent), ask.language
    if len(findings) == 2:
        return _of_two(intent, ask.slot("lesion"), findings, language)
    if not findings or intent not in _OF_ONE:
        return ()
    found = _OF_ONE[intent](findings[0], language, ask)
    return tuple(f for f in found if any(f.options) or f.texts or f.spans)


def _claims(sentences: Iterable[str], *topics: str) -> Option:
    """The claims of true sentences on these topics."""
    told = (claim for sentence in sentences for claim in extract(sentence))
    return tuple(claim for claim in told if not topics or claim.topic in topics)


def _each(sentences: Iterable[str], *topics: str) -> tuple[Option, ...]:
    """An option for every claim."""
    return tuple((claim,) for claim in _claims(sentences, *topics))


def _has_lesion(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    code = ask.slot("lesion")
    there = findings.lesions is not None and findings.lesions[code].present
    sentence = truths.lesion(code, findings, language)
    number = _claims([sentence], "count")
    zero = (Claim("count", (code,), number=Number(0, 0, 1, "", False, 0, 0)),)
    options = ((Claim("lesion", (code,), denied=not there),), number if there else zero)
    return [Fact(options, (sentence,))]


def _count(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    counted = _claims([truths.lesion(ask.slot("lesion"), findings, language)], "count")
    return [Fact((counted,))] if counted else _has_lesion(findings, language, ask)


def _where(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    return [Fact((c,)) for c in _each([truths.quadrants(ask.slot("lesion"), findings, language)])]


def _size(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    told = truths.area(ask.slot("lesion"), findings, language)
    return [Fact(_each([told], "share"))]


def _near(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    code = ask.slot("lesion")
    central = _claims([truths.central(code, findings, language)], "place")
    return [Fact((*_each([truths.nearest(code, findings, language)], "share"), central))]


def _disease(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    sentence = truths.disease(ask.slot("disease"), findings, language)
    return [Fact((_claims([sentence], "disease"),), (sentence,))]


def _counts(findings: Findings, language: Language) -> list[Fact]:
    """Each class that is there with its number; that nothing is there, where it is so."""
    first = truths.lesions(findings, language)[:1]
    counted = _each(first, "count")
    return [Fact((c,)) for c in counted] or [Fact((_claims(first, "lesion"),), tuple(first))]


def _grade(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    return [Fact((_claims([truths.grade(findings, language)], "grade"),))]


def _all_lesions(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    return _counts(findings, language)


def _what_seen(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    return [*_grade(findings, language, ask), *_counts(findings, language)]


def _any_of(*facts: Sequence[Fact]) -> list[Fact]:
    """One fact that is given where any of these is."""
    every = [fact for several in facts for fact in several]
    options = tuple(option for fact in every for option in fact.options)
    return [Fact(options, tuple(text for fact in every for text in fact.texts))]


def _normal(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    sick = _each(truths.diseases(findings, language), "disease")
    plain = Claim("normal", ("N",), denied=bool(sick))
    none = () if sick else tuple(truths.diseases(findings, language))
    lesions = _each(truths.lesions(findings, language)[:1], "lesion")
    return [Fact(((plain,), *sick, *lesions), none)]


def _why(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    rule = grade_rule(findings.dr.grade, language)
    lesions = _each(truths_anatomy.lesion_grade(findings, language), "lesion_grade")
    told = [Fact(lesions, (rule,))]
    return _any_of(_grade(findings, language, ask), told, _counts(findings, language))


def _sure(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    second = truths.runner_up(findings, language)
    shares = _each([truths.grade(findings, language), *second], "share")
    return [Fact(shares, (say("template.grade.not_certain", language),))]


def _referable(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    sentence = truths.referable(findings, language)
    told = [Fact((_claims([sentence], "referable"),), (sentence,))]
    return _any_of(told, _grade(findings, language, ask))


def _oedema(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    return [Fact(_each(truths_anatomy.oedema_risk(findings, language), "oedema_risk"))]


def _cup(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    if findings.anatomy.vertical_cdr is None:
        return []
    return [Fact(_each([truths_anatomy.cup_to_disc(findings, language)], "anatomy")[:1])]


def _eye(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    return [Fact((_claims([truths.eye(findings, language)], "eye"),))]


def _quality(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    said = truths.quality(findings, language)
    return [Fact(_each(said[:1], "quality"), tuple(said[:1]))]


def _next(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    steps = truths.next_step(findings, language)
    spans = next((told for step in steps if (told := times(step))), frozenset())
    grade = [] if spans else list(_each([truths.grade(findings, language)], "grade"))
    return [Fact(tuple(grade), tuple(steps), spans)]


def _to_patient(findings: Findings, language: Language, ask: Ask) -> list[Fact]:
    """Any of what was found, or what is to be done, in whatever words."""
    found = [_grade(findings, language, ask), _counts(findings, language)]
    step = _next(findings, language, ask)[0]
    sick = [Fact(_each(truths.diseases(findings, language), "disease"))]
    present = [Fact(_each(truths.lesions(findings, language)[:1], "lesion"))]
    whole = _any_of(*found, sick, present, [step])[0]
    return [Fact(whole.options, whole.texts, step.spans)]


_OF_ONE: dict[str, Callable[[Findings, Language, Ask], list[Fact]]] = {
    "what_seen": _what_seen, "normal": _normal, "all_lesions": _all_lesions,
    "has_lesion": _has_lesion, "count_lesion": _count, "where_lesion": _where,
    "size_lesion": _size, "near_fovea": _near, "has_disease": _disease, "grade": _grade,
    "why_grade": _why, "sure_grade": _sure, "referable": _referable, "oedema": _oedema,
    "cup_disc": _cup, "which_eye": _eye, "quality": _quality, "next_step": _next,
    "to_patient": _to_patient,
}  # fmt: skip


def _of_two(
    intent: str, lesion: str, findings: tuple[Findings, ...], language: Language
) -> tuple[Fact, ...]:
    """The comparison itself, or what both photos show."""
    if intent == "pair_lesion":
        values = [0 if f.lesions is None else f.lesions[lesion].count for f in findings]
        told = [_has(lesion, f, language) for f in findings]
        return (_compared((lesion,), values, told),)
    values = [f.dr.grade or 0 for f in findings]
    told = [_claims([truths.grade(f, language)], "grade") for f in findings]
    return (_compared((), values, told),)


def _has(code: str, findings: Findings, language: Language) -> Option:
    """The number of a lesion, or that it is not there."""
    claims = _claims([truths.lesion(code, findings, language)], "count", "lesion")
    return tuple(c for c in claims if c.topic == "count") or claims


def _compared(codes: tuple[str, ...], values: Sequence[int], told: Sequence[Option]) -> Fact:
    ((first, second),) = pairwise(values)
    more = "more" if first > second else "fewer" if first < second else "same"
    less = {"more": "fewer", "fewer": "more", "same": "same"}[more]
    both = tuple(_at(c, place) for place, option in enumerate(told, 1) for c in option)
    every = tuple(_at(c, EVERY) for c in told[0]) if first == second else ()
    return Fact((
        (Claim("compare", codes, relation=more, images=(1, 2)),),  # type: ignore[arg-type]
        (Claim("compare", codes, relation=less, images=(2, 1)),),  # type: ignore[arg-type]
        both, every, told[0] if first == second else (),
    ))  # fmt: skip


def _at(claim: Claim, image: int) -> Claim:
    return Claim(claim.topic, claim.codes, claim.denied, claim.hedged, claim.unsure, claim.number,
                 images=(image,))  # fmt: skip
