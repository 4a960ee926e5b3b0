"""The whole way: bytes -> findings, question -> checked answer. The file to read first.

Every number in an answer comes from `Findings`, or of eyes in general from a passage; the language
model only words them, and each finished sentence is checked before it counts (assistant.draft).
"""

import logging
import threading
import time
from collections.abc import Iterator

import numpy as np

from assistant.analysis import Analysis, Reader, Step
from assistant.base_llm import Kind
from assistant.conversation import Message, Turn
from assistant.draft import AnswerEvent, Draft, PassageDraft, PhotoDraft
from assistant.focus import wants_report
from assistant.ground_passages import sentences_of
from assistant.intents import Intents
from assistant.knowledge import passage
from assistant.model import MAX_ANSWER_TOKENS, MAX_REPORT_TOKENS, Speaker
from assistant.prompts import PhotoContext, history_turns, system_turn
from assistant.release import release_freed
from assistant.sentences import is_finished, split_sentences
from assistant.session import Session
from assistant.understanding import understand
from assistant.versions import version_fault
from segmentation.predict import Segmenter
from vision.catalogue import Language
from vision.classifier import Classifier
from vision.errors import InputError, ModelError, OphError
from vision.types import Eye

__all__ = ["AnswerEvent", "Pipeline"]

log = logging.getLogger(__name__)
MAX_QUESTION_CHARACTERS = 4000


class Pipeline:
    """The models of one process; sessions are the callers'. A part that failed to load is None."""

    def __init__(
        self,
        reader: Reader,
        speaker: Speaker | None,
        models: dict[str, str],
        problems: list[OphError],
    ) -> None:
        self.reader = reader
        self.speaker = speaker
        self.models = models
        self.problems = problems  # what could not be loaded; said on screen
        self.intents: Intents | None = None
        try:
            self.intents = Intents.load()
        except ModelError as error:
            problems.append(error)

    @staticmethod
    def load(llm: str = "default", engine: Kind = "auto") -> "Pipeline":
        """Load all models; one that is missing or altered is left out and named in `problems`."""
        problems: list[OphError] = []
        classifier: Classifier | None = None
        segmenter: Segmenter | None = None
        speaker: Speaker | None = None
        models: dict[str, str] = {}
        try:
            classifier = Classifier.load()
        except ModelError as error:
            problems.append(error)
        try:
            segmenter = Segmenter.load()
        except ModelError as error:
            problems.append(error)
        try:
            encoder = None if classifier is None else classifier.sha256
            speaker, models = Speaker.load(llm, encoder, engine)
            fault = version_fault(llm)
            problems += [one for one in (fault, speaker.engine.notice) if one is not None]
        except OphError as error:
            problems.append(error)
        for problem in problems:
            log.error("%s", problem)
        return Pipeline(Reader(classifier, segmenter), speaker, models, problems)

    def analyze(self, data: bytes, eye: Eye = "unknown") -> Iterator[Step | Analysis]:
        """A photo's bytes -> steps as they come, the analysis last; raises InputError."""
        try:
            yield from self.reader.read(data, eye)
        finally:  # the networks' planes and features are some 200 MB, until the next photo
            release_freed()

    def ask(
        self, session: Session, question: str, language: Language, stop: threading.Event
    ) -> Iterator[AnswerEvent]:
        """Answer a question about the session's photos in a stream of events, the last one done.

        The session gets question and answer when it ends, also when it was stopped. Raises
        InputError for an empty or over-long question; the session then stays as it was.
        """
        question = question.strip()
        if not question:
            raise InputError("question.empty")
        if len(question) > MAX_QUESTION_CHARACTERS:
            raise InputError(
                "question.too_long", length=len(question), limit=MAX_QUESTION_CHARACTERS
            )
        read = understand(question, language, session, self.intents)
        photos = {number: session.analyses[number - 1] for number in read.numbers}
        draft: Draft
        if read.passages:
            asked = Message("user", question, passages=read.passages)
            draft = PassageDraft(
                read.language, read.text, passages=read.passages, findings=read.findings,
                numbers=read.numbers,
            )  # fmt: skip
        else:
            facts = read.facts if photos else ""
            asked = Message("user", question, read.numbers, facts, plain=read.plain)
            draft = PhotoDraft(
                read.language, read.text, about=read.numbers, findings=read.findings,
                facts=read.facts,
            )  # fmt: skip
        try:
            if read.rule:
                # a sentence of a passage names its source
                said = draft.take if read.passages else draft.keep
                for sentence in sentences_of(read.rule):
                    said(sentence)
                yield draft.event(done=True)
            else:
                yield from self._answer(session, asked, photos, draft, stop)
        finally:  # a closed tab or a cancelled event ends the generator here
            answer = draft.event().text
            session.active_when_asked = session.active
            session.messages.append(asked)
            session.messages.append(Message("assistant", answer, asked.about))

    def read_ahead(self, session: Session, language: Language, stop: threading.Event) -> None:
        """Read what a next question about the photo in focus will follow; it can only save time.

        Ends soon after `stop` is set or somebody asks. Call it in a thread of its own.
        """
        if self.speaker is None:
            return
        numbers = [session.active + 1] if session.analyses else []
        photos = {number: session.analyses[number - 1] for number in numbers}
        turns, tokens = _told(self.speaker, photos, [*session.messages], language)
        try:
            self.speaker.read_ahead(turns, tokens, stop)
        except (OphError, RuntimeError, MemoryError, ValueError) as error:
            log.info("nothing was read ahead: %s", error)

    def _answer(
        self,
        session: Session,
        asked: Message,
        photos: dict[int, Analysis],
        draft: Draft,
        stop: threading.Event,
    ) -> Iterator[AnswerEvent]:
        """The model's words that stand; what is given with the question where it has none."""
        if self.speaker is None:
            draft.notice = "answer.no_llm"
            draft.fall_back()
        else:
            try:
                yield from self._worded(self.speaker, session, asked, photos, draft, stop)
            except (ModelError, RuntimeError, MemoryError, ValueError):
                log.exception("the language model failed; answering from what was given to it")
                draft.notice = "answer.degraded_llm"
            if not stop.is_set():
                draft.finish()
        yield draft.event(done=True)

    def _worded(
        self,
        speaker: Speaker,
        session: Session,
        asked: Message,
        photos: dict[int, Analysis],
        draft: Draft,
        stop: threading.Event,
    ) -> Iterator[AnswerEvent]:
        """The language model's answer, sentence by sentence through the check."""
        began = time.monotonic()
        messages = [*session.messages, asked]
        turns, tokens = _told(speaker, photos, messages, draft.language)
        checked = 0  # finished sentences already taken
        pending, cut = "", False
        limit = MAX_REPORT_TOKENS if wants_report(asked.text) else MAX_ANSWER_TOKENS
        likely = asked.facts or "\n".join(passage(p).text[draft.language] for p in asked.passages)
        for speech in speaker.speak(turns, tokens, stop, limit, likely):
            if draft.first_token_s is None:
                draft.first_token_s = round(time.monotonic() - began, 3)
            if speech.dropped_pairs:
                draft.notice = "answer.history_dropped"
            draft.tokens += 1
            finished, pending = split_sentences(speech.text)
            for sentence in finished[checked:]:
                draft.take(sentence)
            checked, cut = len(finished), speech.cut
            yield draft.event(pending)
        if pending.strip() and not stop.is_set():
            draft.end(pending, cut=cut and not is_finished(pending))


def _told(
    speaker: Speaker, photos: dict[int, Analysis], messages: list[Message], language: Language
) -> tuple[list[Turn], dict[str, np.ndarray]]:
    """What the model is told: the system turn and the messages, and visual tokens by image id."""
    contexts = [
        PhotoContext(number, photo.findings, speaker.visual_count(photo.tokens))
        for number, photo in photos.items()
    ]
    turns = [system_turn(contexts, language), *history_turns(messages, language)]
    return turns, {p.image.id: p.tokens for p in photos.values() if p.tokens is not None}
