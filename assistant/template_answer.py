"""An answer made by rule from the findings, picked by what the question asks for.

It stands in where the language model fails, and gives it the facts that a question is about.
"""

from collections.abc import Mapping, Sequence

from assistant import across, eye_parts, lid_facts, safety, template_scan, truths, truths_scan
from assistant.findings import Findings
from assistant.findings_text import gland_lines
from assistant.focus import without_sides
from assistant.lexicon import mentions, normalise
from assistant.photo_facts import (
    ASKS_CUP,
    ASKS_LESION,
    ASKS_QUALITY,
    ASKS_RULE,
    MOST_SENTENCES,
    codes_of,
    on_eye,
    on_fundus,
    retake,
    summary,
    terms_of,
    unread,
)
from assistant.plain_question import WHICH_EYE, Plain, plain_question
from assistant.premises import asks_eye, side_taken
from assistant.sentences import joined
from assistant.words import Words
from vision.catalogue import Language, say

_WORDS = Words("template_answer")
_SEVERE = _WORDS.mixed("SEVERE")
_COMPARE = _WORDS.mixed("COMPARE")


def answer_from_findings(
    question: str,
    findings: tuple[Findings, ...],
    language: Language,
    numbers: tuple[int, ...] = (),
    topic: str = "",
    shares: Mapping[str, float] | None = None,
) -> str:
    """One to four true sentences on the question; `numbers` as in ground.check_sentence.

    `topic` is what a follow-up leaves out, by its English name (assistant.topic); `shares` are
    those of intents by the learned reading, where there is one.
    """
    text = f"{normalise(question)} {normalise(topic)}".strip()
    plain = plain_question(text, shares or {})
    if not findings:
        return _shortly(_without_photo(text, language), language)
    if len(findings) == 1:
        said = _on_one(text, plain, findings[0], language)
        if _COMPARE.search(text) and not said:
            said = [say("template.compare.one", language), *summary(findings[0], language)]
        most = eye_parts.MOST_SENTENCES if eye_parts.is_tour(text) else MOST_SENTENCES
        return _shortly(said or summary(findings[0], language), language, most)
    numbers = numbers or tuple(range(1, len(findings) + 1))
    if across.is_across(text, findings):
        said = across.sentences(text, findings, numbers, language)
        return _shortly(said, language, most=len(said))
    most = max(1, MOST_SENTENCES // len(findings))
    own = [_of_several(text, plain, one, language) for one in findings]
    shared = [t for t in own[0] if all(t in other for other in own)]  # said once, of all photos
    said = [
        say("check.photo", language, number=number, text=t)
        for number, sentences in zip(numbers, own, strict=True)
        for t in [s for s in sentences if s not in shared][:most]
    ]
    worse = _worse(plain.text or text, text, findings, numbers, language)
    return _shortly([*worse, *said, *shared[:most]], language, most=len(worse) + len(said) + most)


def _shortly(sentences: list[str], language: Language, most: int = MOST_SENTENCES) -> str:
    return joined(list(dict.fromkeys(sentences))[:most], language)


def _worse(
    asked: str,
    text: str,
    findings: Sequence[Findings],
    numbers: tuple[int, ...],
    language: Language,
) -> list[str]:
    """Which of two photos has the higher grade, where it is asked which is worse or comes first."""
    grades = [one.dr.grade for one in findings]
    named = terms_of(mentions(asked), "lesion", "disease")
    if len(grades) != 2 or not _COMPARE.search(asked) or named or not _SEVERE.search(text):
        return []
    first, second = grades
    if first is None or second is None:
        return []
    if first == second:
        return [say("template.pair.equal", language)]
    return [say("template.pair.worse", language, number=numbers[first < second])]


def _without_photo(text: str, language: Language) -> list[str]:
    refusal = safety.dose_request(text) or safety.unanswerable(text)
    first = say(refusal, language) if refusal else say("template.no_image", language)
    return [first, say("template.general", language)]


def _compared(findings: Findings, language: Language) -> list[str]:
    if findings.oct is not None:
        return truths_scan.likeliest(findings.oct, language)
    if findings.glands is not None:
        return gland_lines(findings, language)
    if unread(findings):
        return truths.quality(findings, language)
    return [truths.grade(findings, language), *truths.lesions(findings, language)]


def _of_several(text: str, plain: Plain, findings: Findings, language: Language) -> list[str]:
    """Of one of several photos; the grade and the lesions where which is worse is asked."""
    asked = plain.text or text
    named = terms_of(mentions(asked), "lesion", "disease")
    if _COMPARE.search(asked) and not named and not ASKS_CUP.search(asked):
        return _compared(findings, language)
    return _on_one(text, plain, findings, language) or _compared(findings, language)


def _on_one(text: str, plain: Plain, findings: Findings, language: Language) -> list[str]:
    """The sentences for the first intent that fits; empty where none does."""
    asked = plain.text or text
    refusal = safety.dose_request(text) or safety.unanswerable(text)
    if refusal:
        return [say(refusal, language)]
    side = None if asked == WHICH_EYE else side_taken(text)
    if side and findings.image.eye not in (side, "unknown"):
        bare = without_sides(text)
        rest = _on_one(bare, plain, findings, language) or summary(findings, language)
        return [truths.eye(findings, language), *rest]
    if findings.oct is not None:
        return template_scan.sentences(text, findings, findings.oct, language)
    if findings.glands is not None:
        return lid_facts.sentences(text, findings, language)
    named = terms_of(mentions(asked), "lesion", "disease") or ASKS_LESION.search(asked)
    if asks_eye(asked) and not named and not _COMPARE.search(asked):
        return on_eye(text, findings, language)
    if unread(findings):
        again = not ASKS_QUALITY.search(asked) and findings.quality.modality != "oct"
        anew = [retake(findings, language)] if again else []
        return [*truths.quality(findings, language), *anew]
    if said := eye_parts.sentences(text, findings, language):
        return said
    said = on_fundus(asked, findings, language)
    if plain.text and not plain.certain:
        said = list(dict.fromkeys([*said, *on_fundus(text, findings, language)]))
    grades = codes_of(mentions(text), "grade")
    wrong = len(grades) == 1 and str(findings.dr.grade) not in grades
    grade = truths.grade(findings, language)
    if wrong and not (ASKS_RULE.search(asked) and grade in said):  # first what it is instead
        return [grade, *said]
    return said
