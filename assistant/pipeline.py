"""The whole way: bytes -> findings, question -> checked answer. The file to read first.

Every number in an answer comes from `Findings`; the language model only words them, and each
finished sentence is checked before it counts (assistant.ground).
"""

import logging
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant import safety
from assistant.analysis import Analysis, Reader, Step
from assistant.conversation import Message
from assistant.findings import Findings
from assistant.focus import images_asked_about, is_general
from assistant.ground import check_sentence, split_sentences, supported_claims
from assistant.model import Speaker
from assistant.prompts import PhotoContext, history_turns, system_turn
from assistant.session import Session
from assistant.template_answer import answer_from_findings
from segmentation.predict import Segmenter
from vision.catalogue import Language, say
from vision.classifier import Classifier
from vision.errors import InputError, ModelError, OphError
from vision.types import Eye

log = logging.getLogger(__name__)
MAX_QUESTION_CHARACTERS = 4000
_BARE_ANSWER = re.compile(
    r"(?:yes|no|yeah|yep|nope|correct|right|sure|true|false|of course|是的?|不是的?|有的?|没有的?|"
    r"对的?|不对|会|不会|能|不能|可以|不可以|否)[\s.,!。，！]*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """An answer as it grows: checked sentences, the one being written, and what was done to it."""

    text: str
    pending: str = ""  # not checked yet
    done: bool = False
    about: tuple[int, ...] = ()  # photo numbers, from 1
    repaired: int = 0
    withheld: int = 0
    notice: str | None = None  # catalogue key: the answer is degraded, or something was left out
    seconds_to_first_token: float | None = None
    tokens: int = 0


@dataclass
class _Draft:
    """The answer under construction."""

    about: tuple[int, ...]
    findings: tuple[Findings, ...]
    language: Language
    question: str
    facts: str  # what the findings say to the question
    sentences: list[str] = field(default_factory=list)
    repaired: int = 0
    withheld: int = 0
    notice: str | None = None
    first_token_s: float | None = None
    tokens: int = 0

    def take(self, sentence: str) -> None:
        """Check one finished sentence and keep what stands."""
        if self.findings and _BARE_ANSWER.fullmatch(sentence.strip()):
            # "Yes." claims whatever was asked: the findings say it in full instead
            sentence = self.facts
            self.repaired += 1
        elif any(_bare(sentence) in _bare(text) for text in (self.question, *self.notes())):
            return  # the question said again is no answer, nor is a note nobody asked for
        verdict = check_sentence(sentence, self.findings, self.language, self.about)
        self.repaired += verdict.status == "repaired"
        self.withheld += verdict.status == "withheld"
        text = verdict.text.strip()
        if text and text not in self.sentences:  # two wrong claims may have one true repair
            self.sentences.append(text)

    def notes(self) -> list[str]:
        """What the findings note beside their facts, unless that is what was asked."""
        said = [say(n, self.language) for f in self.findings for n in f.notes]
        return [note for note in said if note not in self.facts]

    def event(self, pending: str = "", *, done: bool = False) -> AnswerEvent:
        """The state as a value."""
        joint = "" if self.language == "zh" else " "
        text = joint.join(self.sentences)
        return AnswerEvent(
            text, pending, done, self.about, self.repaired, self.withheld, self.notice,
            self.first_token_s, self.tokens,
        )  # fmt: skip


def _bare(text: str) -> str:
    """Letters, digits and Chinese characters in lower case, without what makes a question."""
    return "".join(c for c in text.lower() if c.isalnum() and c not in "吗呢么")


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

    @staticmethod
    def load(llm: str = "default") -> "Pipeline":
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
            speaker, models = Speaker.load(llm, encoder)
        except OphError as error:
            problems.append(error)
        for problem in problems:
            log.error("%s", problem)
        return Pipeline(Reader(classifier, segmenter), speaker, models, problems)

    def analyze(self, data: bytes, eye: Eye = "unknown") -> Iterator[Step | Analysis]:
        """A photo's bytes -> steps as they come, the analysis last; raises InputError."""
        yield from self.reader.read(data, eye)

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
        about = images_asked_about(question, len(session.analyses), session.active + 1)
        analyses = [session.analyses[n - 1] for n in about]
        findings = tuple(a.findings for a in analyses)
        facts = answer_from_findings(question, findings, language, about)
        draft = _Draft(about, findings, language, question, facts)
        given = "" if not about or is_general(question) else facts
        asked = Message("user", question, about, given)
        try:
            yield from self._answer(session, asked, analyses, draft, stop)
        finally:  # a closed tab or a cancelled event ends the generator here
            answer = draft.event().text
            session.messages.append(asked)
            session.messages.append(Message("assistant", answer, about))

    def _answer(
        self,
        session: Session,
        asked: Message,
        analyses: list[Analysis],
        draft: _Draft,
        stop: threading.Event,
    ) -> Iterator[AnswerEvent]:
        urgent = safety.red_flag(asked.text)
        if urgent:
            # nothing after it: a usual interval beside "go now" would take its edge off
            draft.sentences.append(say(urgent, draft.language))
            yield draft.event(done=True)
            return
        refusal = safety.dose_request(asked.text) or safety.unanswerable(asked.text)
        if refusal:
            draft.sentences.append(say(refusal, draft.language))
        elif self.speaker is None:
            draft.sentences.append(draft.facts)
            draft.notice = "answer.no_llm"
        else:
            try:
                yield from self._worded(self.speaker, session, asked, analyses, draft, stop)
            except (ModelError, RuntimeError, MemoryError, ValueError):
                log.exception("the language model failed; answering from the findings")
                draft.notice = "answer.degraded_llm"
            if not stop.is_set() and not self._carries(draft, asked):
                draft.notice = draft.notice or "answer.template"
                draft.sentences = [draft.facts]
        yield draft.event(done=True)

    @staticmethod
    def _carries(draft: _Draft, asked: Message) -> bool:
        """Whether the model's words say anything; of a photo they must say what was found in it."""
        if not draft.sentences or not asked.facts:
            return bool(draft.sentences)
        if draft.event().text == draft.facts:  # word for word, also where it has no claim
            return True
        return any(supported_claims(w, draft.findings, draft.language)[0] for w in draft.sentences)

    def _worded(
        self,
        speaker: Speaker,
        session: Session,
        asked: Message,
        analyses: list[Analysis],
        draft: _Draft,
        stop: threading.Event,
    ) -> Iterator[AnswerEvent]:
        """The language model's answer, sentence by sentence through the check."""
        began = time.monotonic()
        photos = [
            PhotoContext(number, a.findings, speaker.visual_count(a.tokens))
            for number, a in zip(draft.about, analyses, strict=True)
        ]
        turns = [system_turn(photos, draft.language)]
        turns += history_turns([*session.messages, asked], draft.language)
        tokens = {a.image.id: a.tokens for a in analyses if a.tokens is not None}
        checked = 0  # finished sentences already taken
        pending = ""
        for speech in speaker.speak(turns, tokens, stop):
            if draft.first_token_s is None:
                draft.first_token_s = round(time.monotonic() - began, 3)
            if speech.dropped_pairs:
                draft.notice = "answer.history_dropped"
            draft.tokens += 1
            finished, pending = split_sentences(speech.text)
            for sentence in finished[checked:]:
                draft.take(sentence)
            checked = len(finished)
            yield draft.event(pending)
        if pending.strip() and not stop.is_set():
            draft.take(pending)
