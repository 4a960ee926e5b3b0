"""The systems that are compared, each as one step: a session and a question in, an answer out.

What a system needs from its language model and does not have yet it asks for by `Missing`; the
driver has it generated with all others and tries again. Prompts are those of serving: the real
pipeline makes them, and a speaker that writes them down stands in the model's place.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from assistant.analysis import Reader
from assistant.conversation import Message, Turn
from assistant.engine import Prompt
from assistant.model import MAX_ANSWER_TOKENS, Speaker, Speech
from assistant.pipeline import AnswerEvent, Pipeline
from assistant.prompts import PhotoContext, history_turns, system_turn, tokens_turn
from assistant.proof.talks import copy_of
from assistant.proof.voices import Said, Voice
from assistant.session import Session
from vision.catalogue import Language


class Missing(Exception):  # noqa: N818  no error, and never one that the pipeline catches
    """The answer to this prompt is to be generated first."""

    def __init__(self, voice: Voice, prompt: Prompt, limit: int) -> None:
        super().__init__("an answer is missing")
        self.voice = voice
        self.prompt = prompt
        self.limit = limit  # tokens


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as a person gets it."""

    text: str
    ended: bool = True
    repaired: int = 0
    withheld: int = 0
    notice: str | None = None
    raw: str = ""  # what the language model said, where that is not the answer
    general: bool = False  # answered from passages: of eyes in general, not of a photo


class System(Protocol):
    """One column of the table."""

    @property
    def name(self) -> str:
        """Of the column."""

    def ask(self, session: Session, question: str, language: Language) -> Given:
        """Answer and go on with the session; raises Missing and leaves it as it was."""


def _said(voice: Voice, prompt: Prompt, limit: int = MAX_ANSWER_TOKENS) -> Said:
    said = voice.known(prompt, limit)
    if said is None:
        raise Missing(voice, prompt, limit)
    return said


class _Writer(Speaker):
    """Writes down what the pipeline gives the language model, and breaks off."""

    def __init__(self, inner: Speaker, *, sees: bool) -> None:
        super().__init__(inner.tokenizer, inner.engine, inner.projector if sees else None)
        self.turns: list[Turn] | None = None
        self.limit = MAX_ANSWER_TOKENS

    def speak(
        self,
        turns: Sequence[Turn],
        tokens: Mapping[str, np.ndarray],
        stop: threading.Event,
        max_tokens: int = MAX_ANSWER_TOKENS,
        likely: str = "",
    ) -> Iterator[Speech]:
        """Nothing is said."""
        self.turns, self.limit = list(turns), max_tokens
        stop.set()
        yield from ()


class _Player(Speaker):
    """Says what a voice said to the same prompt; notes the prompt where that is not known."""

    def __init__(self, voice: Voice) -> None:
        inner = voice.speaker
        super().__init__(inner.tokenizer, inner.engine, inner.projector)
        self.voice = voice
        self.missing: Missing | None = None
        self.said: Said | None = None

    def speak(
        self,
        turns: Sequence[Turn],
        tokens: Mapping[str, np.ndarray],
        stop: threading.Event,
        max_tokens: int = MAX_ANSWER_TOKENS,
        likely: str = "",
    ) -> Iterator[Speech]:
        """The whole answer at once."""
        prompt, dropped = self.prompt(turns, tokens, max_tokens)
        self.said = self.voice.known(prompt, max_tokens)
        if self.said is None:
            self.missing = Missing(self.voice, prompt, max_tokens)
            stop.set()
            return
        yield Speech(self.said.text, dropped, cut=self.said.tokens == max_tokens)


def _ask(
    speaker: Speaker | None, session: Session, question: str, language: Language
) -> AnswerEvent:
    pipeline = Pipeline(Reader(None, None), speaker, {}, [])
    *_, event = pipeline.ask(session, question, language, threading.Event())
    return event


@dataclass(frozen=True, slots=True)
class Bare:
    """A language model that is asked the question and nothing else."""

    name: str
    voice: Voice
    limit: int = MAX_ANSWER_TOKENS

    def ask(self, session: Session, question: str, language: Language) -> Given:
        """The bare words, of the history too."""
        asked = Message("user", question)
        turns = [Turn(m.role, (m.text,)) for m in [*session.messages, asked]]
        said = _said(self.voice, self.voice.prompt(turns, {}, self.limit), self.limit)
        session.messages += [asked, Message("assistant", said.text)]
        return Given(said.text, said.ended)


@dataclass(frozen=True, slots=True)
class Prompted:
    """A language model with the prompt of serving; its words are taken as they are."""

    name: str
    voice: Voice
    sees: bool  # visual tokens too
    limit: int = 0  # tokens; 0: the limit of serving

    def ask(self, session: Session, question: str, language: Language) -> Given:
        """What safety answers in serving is asked of the model here: it stands for itself."""
        writer, scratch = _Writer(self.voice.speaker, sees=self.sees), copy_of(session)
        _ask(writer, scratch, question, language)
        asked = scratch.messages[-2]
        turns = writer.turns
        if turns is None:  # answered before the model was asked
            photos = [
                PhotoContext(n, a.findings, writer.visual_count(a.tokens))
                for n, a in enumerate(session.analyses, 1)
                if n in asked.about
            ]
            turns = [system_turn(photos, language)]
            turns += history_turns([*session.messages, asked], language)
        tokens = {a.image.id: a.tokens for a in session.analyses if a.tokens is not None}
        limit = self.limit or writer.limit
        said = _said(self.voice, self.voice.prompt(turns, tokens, limit), limit)
        session.messages += [asked, Message("assistant", said.text, asked.about)]
        return Given(said.text, said.ended, general=bool(asked.passages))


@dataclass(frozen=True, slots=True)
class TokensOnly:
    """The visual tokens of the photos and the bare question; findings and facts are withheld."""

    name: str
    voice: Voice

    def ask(self, session: Session, question: str, language: Language) -> Given:
        """The form in which the projector was trained."""
        asked = Message("user", question)
        tokens = {a.image.id: a.tokens for a in session.analyses if a.tokens is not None}
        turns = tokens_turns(tokens, [*session.messages, asked], language)
        said = _said(self.voice, self.voice.prompt(turns, tokens))
        session.messages += [asked, Message("assistant", said.text)]
        return Given(said.text, said.ended)


def tokens_turns(
    tokens: Mapping[str, np.ndarray], messages: Sequence[Message], language: Language
) -> list[Turn]:
    """Tokens by image id in the order of the photos, and bare words."""
    counts = {image_id: len(rows) for image_id, rows in tokens.items()}
    system = [tokens_turn(counts, language)] if counts else []
    return [*system, *(Turn(m.role, (m.text,)) for m in messages)]


@dataclass(frozen=True, slots=True)
class Shipped:
    """The whole way: safety first, each sentence checked, the findings where the model fails."""

    name: str
    voice: Voice | None  # None: the answers by rule alone

    def ask(self, session: Session, question: str, language: Language) -> Given:
        """The real pipeline over what the model said."""
        player = None if self.voice is None else _Player(self.voice)
        scratch = copy_of(session)
        event = _ask(player, scratch, question, language)
        if player is not None and player.missing is not None:
            raise player.missing
        session.messages[:] = scratch.messages
        said = player.said if player is not None and player.said else Said("", ended=True)
        general = bool(scratch.messages[-2].passages)
        return Given(
            event.text, said.ended, event.repaired, event.withheld, event.notice, said.text, general
        )
