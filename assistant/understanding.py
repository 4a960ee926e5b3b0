"""What a question asks, and of what: by rule, of eyes in general, or of which photos.

The rules read words, the learned reading (assistant.intents) what they are likely to want; where it
could not be loaded the rules stand alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant import across, eye_parts, safety
from assistant.compound import asked_too, asking
from assistant.conversation import Message
from assistant.findings import Findings
from assistant.focus import images_asked_about, names_a_side_alone, without_other
from assistant.intents import Intents, Wanted
from assistant.language import asks_only_language, language_asked
from assistant.lexicon import mentions, normalise
from assistant.lookup import passages_for, was_general
from assistant.of_it import subject_of_it
from assistant.plain_question import plain_question
from assistant.premises import corrections
from assistant.routing import is_foreign, is_general, sounds_general
from assistant.sentences import joined
from assistant.session import Session
from assistant.shorter import shortened
from assistant.template_answer import answer_from_findings
from assistant.topic import goes_on_about, topic_of
from vision.catalogue import Language, say


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is answered: by `rule`, else from `passages`, else with `facts`."""

    text: str  # the question; the one before where it only asks for another language
    language: Language  # of the answer
    numbers: tuple[int, ...]  # of the photos that it is about or that lie beside it, from 1
    findings: tuple[Findings, ...]  # of these
    rule: str = ""  # what is said to it without any model
    passages: tuple[str, ...] = ()  # ids, best first: it is on eyes in general
    facts: str = ""  # what the findings say to it
    plain: str = ""  # in plain words


def understand(
    question: str, language: Language, session: Session, intents: Intents | None
) -> Understood:
    """What a question asks where it is asked; the session stays as it is."""
    language = language_asked(question) or language
    text = _meant(question, session.messages)
    count, general_before = len(session.analyses), was_general(session.messages)
    wanted = None
    if intents is not None:
        follows = any(message.facts for message in session.messages if message.role == "user")
        wanted = intents.wanted(text).placed(text, photos=count, follows=follows)
    shares: Mapping[str, float] = wanted.shares if wanted else {}
    numbers = _photos(text, session, shares)
    findings = tuple(session.analyses[number - 1].findings for number in numbers)
    own = bool(findings) and (  # of the photos, whatever the learned reading makes of it
        across.is_of_images(text, findings) or eye_parts.is_asked(normalise(text))
    )
    foreign = not general_before and is_foreign(text)  # "is it common?" names nothing either
    of_it = subject_of_it(text, session.messages, findings)
    rule = _rule(text, wanted)
    if rule is None and (known := _known(text, language, session, shares, photo=bool(findings))):
        return known
    if rule is None and wanted is not None and not own and of_it is None:
        rule = _learned_rule(text, wanted, foreign=foreign)
        asks = asking(text)
        if rule is not None and asks != text and intents is not None:
            alone = intents.wanted(asks).placed(asks, photos=count, follows=True)
            rule = _learned_rule(asks, alone, foreign=foreign)
    if (
        rule is None
        and not own
        and (
            of_it is not None
            or is_general(
                text,
                photo=bool(numbers),
                after_general=general_before,
                learned=wanted.general if wanted else None,
            )
        )
    ):
        looked = f"{of_it.name[language]} {text}" if of_it else text
        passages = passages_for(looked, session.messages, language)
        if passages:
            return Understood(text, language, numbers, findings, passages=passages)
        return Understood(text, language, (), (), say("answer.no_passage", language))
    told, topic, shares = _left_out(text, session, shares)
    facts = answer_from_findings(told, findings, language, numbers, topic, shares)
    said = ""
    if rule is None:
        facts = _with_more(text, facts, findings, language, numbers, intents)
    else:
        said = say(rule, language)
        if rule.startswith("refuse."):
            wrong = corrections(text, findings[0], language) if len(findings) == 1 else []
            said = _with_more(text, said, findings, language, numbers, intents)
            said = joined([*wrong, said], language)
    plain = plain_question(normalise(told), shares).text
    return Understood(text, language, numbers, findings, said, (), facts, plain)


def _known(
    text: str, language: Language, session: Session, shares: Mapping[str, float], *, photo: bool
) -> Understood | None:
    """What needs no photo to be looked at: the last answer, shorter, and the system itself."""
    if short := shortened(session.messages, shares, language):
        seen = tuple(session.analyses[number - 1].findings for number in short.about)
        said = short.text
        return Understood(text, language, short.about, seen, said, short.passages, said)
    of_system = [] if photo else eye_parts.of_system(normalise(text), language)
    return Understood(text, language, (), (), joined(of_system, language)) if of_system else None


def _meant(question: str, messages: list[Message]) -> str:
    """The question before where this one only wants it answered in another language."""
    before = [m.text for m in messages if m.role == "user" and not asks_only_language(m.text)]
    return before[-1] if before and asks_only_language(question) else question


def _photos(question: str, session: Session, shares: Mapping[str, float]) -> tuple[int, ...]:
    """Numbers of the photos that a question is about."""
    goes_on = goes_on_about(question, session.messages, shares)
    active = session.spoken_of if goes_on else session.active + 1
    count = len(session.analyses)
    numbers = images_asked_about(question, count, active, session.eyes, shares)
    known = [analysis.findings for analysis in session.analyses]
    return across.images(question, numbers, active, known)


def _rule(question: str, wanted: Wanted | None) -> str | None:
    """Catalogue key of what is said without any model: to an emergency first, and nothing after
    it, which would take its edge off; then to what no photo tells by its words."""
    calm = wanted is not None and wanted.is_calm
    return (
        (None if calm else safety.red_flag(question))
        or (wanted.red_flag if wanted else None)
        or safety.dose_request(question)
        or safety.unanswerable(question)
    )


def _learned_rule(question: str, wanted: Wanted, *, foreign: bool) -> str | None:
    """The same by the learned reading: what no photo and no passage answers."""
    outside = any(mention.kind == "outside" for mention in mentions(normalise(question)))
    return wanted.rule(general=sounds_general(question) or outside, foreign=foreign)


def _left_out(
    question: str, session: Session, shares: Mapping[str, float]
) -> tuple[str, str, Mapping[str, float]]:
    """The question without the photo that it names, what it goes on about, and its intents."""
    several = len(session.analyses) > 1
    told = without_other(question) if several else question
    sided = several and names_a_side_alone(told)
    topic = topic_of("the other one" if sided else told, session.messages, shares)
    if told != question or (sided and topic):
        # "and the other eye?", "and the left?" do not ask which eye it is
        shares = {name: share for name, share in shares.items() if name != "which_eye"}
    return told, topic, shares


def _with_more(
    question: str,
    said: str,
    findings: tuple[Findings, ...],
    language: Language,
    numbers: tuple[int, ...],
    intents: Intents | None,
) -> str:
    """What is said to a question, and to what else it asks of the photos."""
    if intents is None or not findings:
        return said

    def read(part: str) -> Wanted:
        return intents.wanted(part).placed(part, photos=len(findings), follows=True)

    more = asked_too(question, read, said, findings, language, numbers)
    return joined([said, *more], language)
