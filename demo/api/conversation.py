"""From OpenAI's messages to what was asked and answered, and from that to a session.

Clients keep the conversation; nothing of it stays here but the analyses of its photos.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.draft import AnswerEvent
from assistant.focus import answer_language
from assistant.pipeline import MAX_QUESTION_CHARACTERS
from assistant.session import MAX_IMAGES, Session
from demo.api.errors import ApiError
from demo.api.photos import PhotoMemory, Picture, picture
from demo.api.schema import ChatMessage, ImagePart
from vision.catalogue import Language, say
from vision.errors import InputError

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline

_MOST_TOLD = 4 * MAX_QUESTION_CHARACTERS  # of an earlier answer; ours are shorter


@dataclass(slots=True)
class Exchange:
    """Photos and a question, and the answer where one was given already."""

    photos: list[Picture] = field(default_factory=list)
    question: str = ""
    answer: str | None = None


def exchanges(messages: Sequence[ChatMessage], most: int) -> list[Exchange]:
    """The conversation as questions with their answers; the last one waits for its own.

    System messages are left out, and so is what an assistant says before the first question.
    Messages of one role in a row are taken for one. Raises ApiError and InputError.
    """
    found: list[Exchange] = []
    for place, message in enumerate(messages):
        text = "\n".join(part.text for part in message.content if part.type == "text")
        if message.role == "user":
            if not found or found[-1].answer is not None:
                found.append(Exchange())
            found[-1].question = f"{found[-1].question}\n{text}".strip()
            found[-1].photos += _pictures(message, place)
        elif message.role == "assistant" and found:
            found[-1].answer = f"{found[-1].answer or ''}\n{text}".strip()
    if not found or found[-1].answer is not None:
        raise ApiError(422, "api.error.last_role", param="messages")
    if len(found) > most:
        raise InputError("demo.error.too_many_turns", most=most)
    if len({photo for one in found for photo in one.photos}) > MAX_IMAGES:
        raise InputError("session.too_many_images", limit=MAX_IMAGES)
    for one in found:
        _check(one)
    return found


def _pictures(message: ChatMessage, place: int) -> Iterator[Picture]:
    for index, part in enumerate(message.content):
        if isinstance(part, ImagePart):
            param = f"messages.{place}.content.{index}.image_url.url"
            yield picture(part.image_url.url, part.eye, param)


def _check(one: Exchange) -> None:
    if not one.question and not one.photos:
        raise InputError("question.empty")
    for text, limit in ((one.question, MAX_QUESTION_CHARACTERS), (one.answer or "", _MOST_TOLD)):
        if len(text) > limit:
            raise InputError("question.too_long", length=len(text), limit=limit)


@dataclass(frozen=True, slots=True)
class Begun:
    """All photos are read; the answer to the last question follows, in this language."""

    session: Session
    language: Language


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that the language model read and wrote; none where an answer needed no model."""

    prompt: int = 0
    known: int = 0  # of the prompt: not read anew
    answer: int = 0


def replay(
    pipeline: "Pipeline",
    conversation: Sequence[Exchange],
    wanted: Language | None,
    otherwise: Language,
    photos: PhotoMemory,
    stop: threading.Event,
) -> Iterator[Begun | AnswerEvent | Usage]:
    """Rebuild the session, then answer the last question; ends early where `stop` is set.

    `wanted` is the language of the answer, else it is the question's; `otherwise` where that
    has none.
    """
    session = Session()
    for one in conversation:
        for photo in one.photos:
            analysis = photos.read(pipeline, photo, stop)
            if analysis is None:
                return
            session.add(analysis)
        language = wanted or answer_language(one.question, otherwise)
        question = one.question or say("demo.default_question", language)
        if one.answer is not None:
            _recall(pipeline, session, question, one.answer, language)
        else:
            yield Begun(session, language)
            yield from _answered(pipeline, session, question, language, stop)


def _recall(
    pipeline: "Pipeline", session: Session, question: str, answer: str, language: Language
) -> None:
    """Have a question in the session as if it had been asked there.

    Follow-ups need to know which photos it was about and what the findings say to it: so it is
    asked again and stopped at once, before the language model speaks, and gets its old answer.
    """
    stopped = threading.Event()
    stopped.set()
    for _ in pipeline.ask(session, question, language, stopped):
        pass
    session.messages[-1] = replace(session.messages[-1], text=answer)


def _answered(
    pipeline: "Pipeline",
    session: Session,
    question: str,
    language: Language,
    stop: threading.Event,
) -> Iterator[AnswerEvent | Usage]:
    engine = None if pipeline.speaker is None else pipeline.speaker.engine
    before = None if engine is None else engine.last_run
    yield from pipeline.ask(session, question, language, stop)
    run = None if engine is None else engine.last_run
    if run is None or run is before:
        yield Usage()
    else:
        yield Usage(run.prefill_tokens + run.reused_tokens, run.reused_tokens, run.answer_tokens)
