"""`feedback`: what readers said of answers and findings, as records that training reads.

A corrected answer becomes a dialogue (train.jsonl) and a preference to what the model said
(preferences.jsonl); a rating alone a rated answer (rated.jsonl). An answer that is to be learned is
held against the findings by the check that all records pass, so that a reader's slip or a wrong
finding never becomes an answer; what does not pass is listed with its reasons (rejected.jsonl).
Corrected findings and masks go to corrections.jsonl: for people who train the networks that see,
since no stage of this project learns from them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from assistant.findings import Findings
from assistant.ground import supported_claims
from assistant.proof.reading import refuses
from instruct_data.check import personal, problems
from instruct_data.feedback_rows import Given
from instruct_data.judged import Preference, Rated
from instruct_data.schema import Kind, Record, Said, Shown
from segmentation.labels import LESIONS
from vision.catalogue import LANGUAGES, Language, detect_language, table
from vision.errors import InputError, ResourceError

_RULES = ("answer.", "refuse.", "urgent.")
INTENT = "feedback"  # of the questions: readers' questions have no label


@dataclass
class Export:
    """What is written; `rejected` names each piece of feedback that is not, and why."""

    findings: dict[str, Findings] = field(default_factory=dict)  # by image id, the newest
    sentences: list[Record] = field(default_factory=list)
    preferences: list[Preference] = field(default_factory=list)
    rated: list[Rated] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        names = ("sentences", "preferences", "rated", "corrections", "rejected")
        return {name: len(getattr(self, name)) for name in names}


def export(given: Iterable[Given], out: Path) -> dict[str, int]:
    """Write the files of all feedback to a folder; returns how many records each kind has.

    Raises ResourceError where the folder cannot be written.
    """
    made = made_of(list(given))
    files: dict[str, Iterable[dict[str, Any]]] = {
        "train": (record.to_dict() for record in made.sentences),
        "preferences": (one.to_dict() for one in made.preferences),
        "rated": (one.to_dict() for one in made.rated),
        "corrections": made.corrections,
        "rejected": made.rejected,
        "findings": (
            {"id": image, "path": _path(image), "findings": one.to_dict()}
            for image, one in made.findings.items()
        ),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, rows in files.items():
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (out / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    except OSError as error:
        raise ResourceError("error.cannot_write", path=out) from error
    return made.counts()


def made_of(given: list[Given]) -> Export:
    """Feedback, the oldest first, as records."""
    made = Export()
    for one in given:  # a later piece of feedback tells the findings as they are now
        for findings in _findings(one):
            made.findings[findings.image.id] = findings
    opinions = Counter({(_key(one), one.rating): 1 for one in given if one.answer})
    for one in given:
        if not one.answer:
            reasons = _take_finding(one, made)
        elif not one.corrected and len({r for k, r in opinions if k == _key(one)}) > 1:
            reasons = ["readers disagree on this answer"]
        else:
            reasons = _take_answer(one, made)
        if reasons:
            made.rejected.append({"feedback": one.id, "reasons": reasons})
    return made


def _key(one: Given) -> str:
    """What was judged: the same answer in the same conversation."""
    messages = (one.context or {}).get("messages")
    return json.dumps([one.answer, messages], sort_keys=True)


def _take_answer(one: Given, made: Export) -> list[str]:
    """Add the records of feedback on an answer; the reasons why there are none."""
    try:
        said = _record(one, one.answer)
    except (KeyError, TypeError, IndexError):
        return ["it is not known what this was an answer to"]
    if any(made.findings.get(f.image.id) != f for f in _findings(one)):
        return ["the findings of this photo have changed since"]
    if "adapter" not in one.models or one.answer in _by_rule():
        return ["no tuned model said this: it was answered by rule"]
    wanted = one.corrected if one.corrected != one.answer else ""
    reasons = problems(said, made.findings, claims=False)
    if not reasons and (wanted or one.rating == "up"):
        learned = _record(one, wanted or one.answer)
        reasons = problems(learned, made.findings) or _saying(learned, made.findings)
    if reasons:
        return reasons
    if wanted:
        made.sentences.append(learned)
        made.preferences.append(Preference(learned, one.answer))
    else:
        made.rated.append(Rated(said, one.rating == "up"))
    return []


def _record(one: Given, answer: str) -> Record:
    """The conversation with this text as its last answer; raises KeyError, TypeError, IndexError.

    Earlier answers that the check would not let pass today are left out with their questions.
    """
    context = one.context or {}
    messages = [_said(message) for message in context["messages"]]
    images = tuple(Shown(_path(f.image.id), f.image.id) for f in _findings(one))
    kind: Kind = "image" if images else "knowledge" if messages[-2].passages else "plain"
    language: Language = detect_language(answer) or detect_language(one.answer) or "en"
    last = (messages[-2], replace(messages[-1], content=answer))
    record = Record(f"feedback-{one.id}", "train", language, kind, f"case-{one.case_id[:8]}",
                    images, last)  # fmt: skip
    known = {f.image.id: f for f in _findings(one)}
    kept: list[Said] = []
    for pair in zip(messages[:-2:2], messages[1:-2:2], strict=True):
        if not problems(replace(record, messages=pair), known):
            kept += pair
    return replace(record, messages=(*kept, *last))


def _said(message: Mapping[str, Any]) -> Said:
    role, text = message["role"], message["text"]
    intent = INTENT if role == "user" else ""
    return Said(role, text, intent, "", tuple(message["about"]), tuple(message["passages"]),
                message["facts"])  # fmt: skip


def _saying(record: Record, findings: Mapping[str, Findings]) -> list[str]:
    """A remark such as "too long" is no answer: one on a photo says something of it, or refuses."""
    question, answer = record.messages[-2:]
    if question.passages or not answer.about:
        return []
    seen = tuple(findings[record.images[number - 1].id] for number in answer.about)
    _, claims = supported_claims(answer.content, seen, record.language)
    said = claims or refuses(answer.content)
    return [] if said else [f"says nothing of the photo: {answer.content[:60]}"]


def _take_finding(one: Given, made: Export) -> list[str]:
    """Add a corrected finding; the reasons why it is not one."""
    (findings,) = _findings(one) or (None,)
    if findings is None:
        return ["it is not known what was found in this photo"]
    size = [findings.image.height, findings.image.width]
    for code, runs in (one.masks or {}).items():
        if code not in LESIONS or list(runs.get("size", ())) != size:
            return [f"the mask of {code} does not fit the photo"]
    if personal(one.corrected):
        return ["personal data"]
    row = {
        "feedback": one.id, "image_id": one.image_id, "finding": one.finding,
        "rating": one.rating, "corrected": one.corrected, "masks": one.masks, "who": one.who,
        "given_at": one.given_at, "models": one.models,
    }  # fmt: skip
    made.corrections.append(row)
    return []


def _findings(one: Given) -> list[Findings]:
    """Those that came with it; none where they are not known or of another schema."""
    try:
        return [Findings.from_dict(told) for told in (one.context or {})["findings"]]
    except (KeyError, TypeError, InputError):
        return []


@cache
def _by_rule() -> frozenset[str]:
    """Answers that are given before any model is asked."""
    said = (item for language in LANGUAGES for item in table(language).items())
    return frozenset(text for key, text in said if key.startswith(_RULES))


def _path(image_id: str) -> str:
    """The photo itself is not exported: nothing that learns from feedback reads it."""
    return f"{image_id}.png"
