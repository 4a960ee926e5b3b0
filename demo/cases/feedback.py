"""What of the conversation a reader can judge: its answers, and the findings of its photos."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant import numbers
from assistant.findings import Findings
from assistant.findings_text import disease_name, lesion_name, scan_name
from assistant.session import Session
from demo.store_context import context_of
from vision.catalogue import Language, say

_MOST_LETTERS = 60  # of a question in the list


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to judge, by its place in the list; `models` made it, part -> SHA-256.

    `context` is what it is an answer to, or of (demo.store_context).
    """

    key: str
    label: str
    answer: str
    finding: str
    image_id: str
    models: dict[str, str]
    context: dict[str, Any]


def targets(session: Session, models: Mapping[str, str], language: Language) -> list[Target]:
    """All that can be judged: the last answer first, then the findings photo by photo."""
    return [
        *reversed(_answers(session, models, language)),
        *(
            Target(
                f"finding:{number}:{code}",
                _of_photo(number, words, language),
                "",
                code,
                one.image.id,
                dict(one.findings.models),
                context_of((), (one.findings,)),
            )
            for number, one in enumerate(session.analyses, 1)
            for code, words in _findings(one.findings, language)
        ),
    ]


def _answers(session: Session, models: Mapping[str, str], language: Language) -> list[Target]:
    found: list[Target] = []
    question = ""
    findings = [one.findings for one in session.analyses]
    for place, message in enumerate(session.messages, 1):
        if message.role == "user":
            question = message.text
        elif message.role == "assistant":
            number = len(found) + 1
            short = question if len(question) <= _MOST_LETTERS else question[:_MOST_LETTERS] + "…"
            label = say("demo.cases.about.answer", language, number=number, question=short)
            about = [session.analyses[n - 1] for n in message.about if n <= len(session.analyses)]
            made_by = dict(models)
            for one in about:
                made_by |= one.findings.models
            image_id = about[0].image.id if about else ""
            context = context_of(session.messages[:place], findings)
            found.append(
                Target(f"answer:{number}", label, message.text, "", image_id, made_by, context)
            )
    return found


def _findings(findings: Findings, language: Language) -> list[tuple[str, str]]:
    """Names of findings as the store keeps them, and each in words."""
    found = []
    if findings.oct is not None:
        found.append(("oct", scan_name(findings.oct.code, language)))
    for disease in findings.diseases or ():
        share = numbers.percent(disease.probability)
        words = f"{disease_name(disease.code, language)}: {share}"
        found.append((f"diseases.{disease.code}", words))
    if findings.dr.grade is not None:
        grade = f"{say('demo.cases.about.grade', language)}: {findings.dr.grade}"
        found.append(("dr.grade", grade))
    for code, stats in (findings.lesions or {}).items():
        words = f"{lesion_name(code, language)}: {numbers.count(stats.count)}"
        found.append((f"lesions.{code}", words))
    cup = findings.anatomy.vertical_cdr
    if cup is not None:
        words = f"{say('demo.cases.about.cup', language)}: {numbers.ratio(cup)}"
        found.append(("vertical_cdr", words))
    return found


def _of_photo(number: int, words: str, language: Language) -> str:
    return f"{say('demo.photo.name', language, number=number)} · {words}"
