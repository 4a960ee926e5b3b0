"""The whole way: bytes -> findings, question -> checked answer. The file to read first.

Every number in an answer comes from `Findings`, or of eyes in general from a passage; the language
model only words them, and each finished sentence is checked before it counts (assistant.draft).
"""

import logging
import threading
import time
from collections.abc import Iterator

import numpy as np

from assistant import across, safety
from assistant.analysis import Analysis, Reader, Step
from assistant.base_llm import Kind
from assistant.compound import asked_too
from assistant.conversation import Message, Turn
from assistant.draft import AnswerEvent, Draft, PassageDraft, PhotoDraft
from assistant.findings import Findings
from assistant.focus import images_asked_about, names_a_side_alone, wants_report, without_other
from assistant.intents import Intents, Wanted
from assistant.knowledge import passage
from assistant.language import asks_only_language, language_asked
from assistant.lexicon import mentions, normalise
from assistant.lookup import passages_for, was_general
from assistant.model import MAX_ANSWER_TOKENS, MAX_REPORT_TOKENS, Speaker
from assistant.plain_question import plain_question
from assistant.premises import corrections
from assistant.prompts import PhotoContext, history_turns, system_turn
from assistant.release import release_freed
from assistant.routing import is_foreign, is_general, sounds_general
from assistant.sentences import is_finished, split_sentences
from assistant.session import Session
from assistant.template_answer import answer_from_findings
from assistant.topic import goes_on_about, topic_of
from assistant.versions import version_fault
from segmentation.predict import Segmenter
from vision.catalogue import Language, say
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
        language = language_asked(question) or language
        typed, question = question, _meant(question, session.messages)
        count = len(session.analyses)
        follows = any(message.facts for message in session.messages if message.role == "user")
        wanted = (
            None
            if self.intents is None
            else self.intents.wanted(question).placed(question, photos=count, follows=follows)
        )
        shares = wanted.shares if wanted else {}
        goes_on = goes_on_about(question, session.messages, shares)
        active = session.spoken_of if goes_on else session.active + 1
        numbers = images_asked_about(question, count, active, session.eyes, shares)
        known = [analysis.findings for analysis in session.analyses]
        numbers = across.images(question, numbers, active, known)
        photos = {number: session.analyses[number - 1] for number in numbers}
        findings = tuple(photo.findings for photo in photos.values())
        measured = across.is_of_images(question, findings)  # which no learned reading knows
        after_general = was_general(session.messages)
        foreign = not after_general and is_foreign(question)  # "is it common?" names nothing either
        outside = any(mention.kind == "outside" for mention in mentions(normalise(question)))
        rule = (  # an emergency first, and nothing after it: it would take its edge off
            (None if wanted and wanted.is_calm else safety.red_flag(question))
            or (wanted.red_flag if wanted else None)
            or safety.dose_request(question)
            or safety.unanswerable(question)
            or (
                wanted.rule(general=sounds_general(question) or outside, foreign=foreign)
                if wanted and not measured
                else None
            )
        )
        draft: Draft
        if (
            rule is None
            and not measured
            and is_general(
                question,
                photo=bool(numbers),
                after_general=after_general,
                learned=wanted.general if wanted else None,
            )
        ):
            given = passages_for(question, session.messages, language)
            rule = None if given else "answer.no_passage"
            asked = Message("user", typed, passages=given)
            draft = PassageDraft(
                language, question, passages=given, findings=findings, numbers=numbers
            )
        else:
            told = without_other(question) if count > 1 else question
            sided = count > 1 and names_a_side_alone(told)
            bare = "the other one" if sided else told
            topic = topic_of(bare, session.messages, shares)
            if told != question or (sided and topic):
                # "and the other eye?", "and the left?" do not ask which eye it is
                shares = {name: share for name, share in shares.items() if name != "which_eye"}
            facts = answer_from_findings(told, findings, language, numbers, topic, shares)
            if rule is None:
                facts = self._with_more(question, facts, findings, language, numbers)
            plain = plain_question(normalise(told), shares).text
            asked = Message("user", typed, numbers, facts if numbers else "", plain=plain)
            draft = PhotoDraft(language, question, about=numbers, findings=findings, facts=facts)
        try:
            if rule is not None:
                said = say(rule, language)
                if rule.startswith("refuse."):
                    for one in findings if len(findings) == 1 else ():
                        draft.keep(" ".join(corrections(question, one, language)))
                    said = self._with_more(question, said, findings, language, numbers)
                draft.keep(said)
                yield draft.event(done=True)
            else:
                yield from self._answer(session, asked, photos, draft, stop)
        finally:  # a closed tab or a cancelled event ends the generator here
            answer = draft.event().text
            session.active_when_asked = session.active
            session.messages.append(asked)
            session.messages.append(Message("assistant", answer, asked.about))

    def _with_more(
        self,
        question: str,
        said: str,
        findings: tuple[Findings, ...],
        language: Language,
        numbers: tuple[int, ...],
    ) -> str:
        """What is said to a question, and to what else it asks of the photos."""
        intents = self.intents
        if intents is None or not findings:
            return said

        def read(part: str) -> Wanted:
            return intents.wanted(part).placed(part, photos=len(findings), follows=True)

        more = asked_too(question, read, said, findings, language, numbers)
        return ("" if language == "zh" else " ").join([said, *more])

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


def _meant(question: str, messages: list[Message]) -> str:
    """The question before where this one only wants it answered in another language."""
    before = [m.text for m in messages if m.role == "user" and not asks_only_language(m.text)]
    return before[-1] if before and asks_only_language(question) else question


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
