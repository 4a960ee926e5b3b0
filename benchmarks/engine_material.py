"""What the engine benchmark reads: blind test questions about the example photos, as prompts.

The photos are those of `python -m demo.samples`; findings and visual tokens are what the shipped
models make of them, so that prompts and drafts are the ones of serving.
"""

import itertools
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import template_answer
from assistant.analysis import Analysis, Reader
from assistant.conversation import Message, plain_ids
from assistant.engine import Engine, Prompt
from assistant.model import Speaker
from assistant.prompts import PhotoContext, history_turns, system_turn
from assistant.storage import cache_root
from segmentation.predict import Segmenter
from vision.catalogue import LANGUAGES, Language
from vision.classifier import Classifier

QUESTIONS = Path("assistant/proof/questions_test.jsonl")


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what the model reads, and the rule-made answer as token ids."""

    language: Language
    question: str
    prompt: Prompt
    draft: tuple[int, ...]


def photos() -> list[Analysis]:
    """The readable example photos, through vision and segmentation."""
    reader = Reader(Classifier.load(), Segmenter.load())
    files = sorted(p for p in (cache_root() / "samples").iterdir() if p.is_file())
    read = [list(reader.read(p.read_bytes(), "unknown"))[-1] for p in files if p.suffix != ".json"]
    return [one for one in read if isinstance(one, Analysis) and one.findings.lesions is not None]


def questions(count: int) -> list[tuple[Language, str]]:
    """Blind test questions that need no slots filled, both languages in turn."""
    with QUESTIONS.open(encoding="utf-8") as stream:
        read = [json.loads(line) for line in stream]
    plain = [q for q in read if "{" not in q.get("text", "{")]
    by_language = [[(k, q["text"]) for q in plain if q["language"] == k] for k in LANGUAGES]
    mixed = [one for pair in zip(*by_language, strict=False) for one in pair]
    return mixed[:: max(1, len(mixed) // count)][:count]


def case(
    speaker: Speaker, photo: Analysis, language: Language, asked: Sequence[Message], room: int
) -> Case:
    """The last of the messages as a question about one photo; `room` for the answer."""
    context = PhotoContext(1, photo.findings, speaker.visual_count(photo.tokens))
    turns = [system_turn([context], language), *history_turns(asked, language)]
    tokens = {} if photo.tokens is None else {photo.findings.image.id: photo.tokens}
    prompt, _ = speaker.prompt(turns, tokens, room)
    draft = tuple(plain_ids(speaker.tokenizer, asked[-1].facts))
    return Case(language, asked[-1].text, prompt, draft)


def message(photo: Analysis, language: Language, question: str) -> Message:
    """A question with what the findings say to it, as serving gives it."""
    facts = template_answer.answer_from_findings(question, (photo.findings,), language, (1,))
    return Message("user", question, (1,), facts)


def cases(speaker: Speaker, shown: Sequence[Analysis], count: int) -> list[Case]:
    """First questions about the photos in turn."""
    return [
        case(speaker, photo, language, [message(photo, language, question)], 180)
        for photo, (language, question) in zip(
            itertools.cycle(shown), questions(count), strict=False
        )
    ]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Two turns, what can be read ahead once they are over, and the third question."""

    turns: tuple[Case, ...]
    history: Case
    third: Case


def conversation(speaker: Speaker, photo: Analysis, history_tokens: int) -> Conversation:
    """One with at least so many tokens before the third question.

    What was said is the rule-made answer, the first one told again until it is enough.
    """
    asked = [message(photo, "en", q) for k, q in questions(40) if k == "en"][:3]
    said = [Message("assistant", one.facts) for one in asked[:2]]
    while True:
        talk = [asked[0], said[0], asked[1], said[1]]
        history = case(speaker, photo, "en", talk, 180)
        if len(history.prompt.ids) >= history_tokens:
            break
        said[0] = Message("assistant", f"{said[0].text} {asked[0].facts}")
    ends = (1, 3)
    turns = tuple(case(speaker, photo, "en", talk[:end], 180) for end in ends)
    return Conversation(turns, history, case(speaker, photo, "en", [*talk, asked[2]], 180))


def said_by(engine: Engine, one: Case, most: int, draft: Sequence[int] = ()) -> list[int]:
    """An engine's answer to a case as ids."""
    return list(engine.stream(one.prompt, most, threading.Event(), draft))
