"""A question that asks several things at once, as the questions that it holds.

People ask "are there exudates, and how far from the fovea?" in one breath. The learned reading says
what the whole is most about; what its other parts ask is answered after that. A long story is not
cut at its commas: most of its clauses ask nothing.
"""

import re
from collections.abc import Callable, Iterator

from assistant.conversation import Message
from assistant.findings import Findings
from assistant.ground_passages import sentences_of
from assistant.intents import RULED, Wanted
from assistant.lexicon import length_in_words, normalise
from assistant.plain_question import WHAT_CAN, plain_question
from assistant.template_answer import answer_from_findings
from assistant.topic import topic_of
from assistant.words import Words
from vision.catalogue import Language, say

_END = re.compile(r"[?!;。？！；]+|\.(?=\s)|\n")
_SENTENCE = re.compile(r"[^?!;。？！；\n]+?(?:[?!;。？！；\n]+|\.(?=\s)|$)")
_AND = re.compile(
    r"[,，:：]\s*(?:(?:and|or|but|then|also|plus)\b)?|\b(?:and|or|plus|as well as|also|if so)\b"
    r"|[、/&+]|以及|并且|还有|顺便|另外",
    re.I,
)
_ASKS = Words("intents")["ASKS"]
_LIST_WORDS = 16  # longer sentences are stories; Chinese characters count half
_SURE = 0.9  # share of what no photo tells, from which on that is said of a part
_TOLD = frozenset(RULED.values()) - {  # what a part of a story may only seem to ask
    "refuse.other", "refuse.off_topic", "refuse.identity", "refuse.rules", "answer.thanks",
}  # fmt: skip
_MOST = 8  # sentences of an answer


def asking(question: str) -> str:
    """The sentences that ask, where others only tell: "My mum is diabetic. Is it bad?"."""
    sentences = [one.strip() for one in _SENTENCE.findall(question) if one.strip()]
    asks = [one for one in sentences if one.endswith(("?", "？"))]
    asks = asks and [one for one in sentences if one in asks or _ASKS.search(normalise(one))]
    return " ".join(asks) or question


def questions_in(question: str) -> list[str]:
    """The parts that may ask something of their own; none where it is one question."""
    asks = asking(question)
    parts = [part for sentence in _END.split(asks) for part in _cut(sentence)]
    return parts if len(parts) > 1 or asks != question else []


def _cut(sentence: str) -> Iterator[str]:
    is_short = length_in_words(normalise(sentence)) <= _LIST_WORDS
    for part in _AND.split(sentence) if is_short else [sentence]:
        if part.strip():
            yield part.strip()


def asked_too(
    question: str,
    read: Callable[[str], Wanted],
    said: str,
    findings: tuple[Findings, ...],
    language: Language,
    numbers: tuple[int, ...],
) -> list[str]:
    """Sentences that answer what a question asks beside what was `said` to it, at most to 8 in all.

    `read` is the learned reading of a part. A part counts where rules and learned reading
    understand it alike; refusals of what no photo tells are among the answers.
    """
    parts = questions_in(question)
    if not parts:
        return []
    sentences = sentences_of(said)
    first, before = len(sentences), ""
    nothing = answer_from_findings("", findings, language, numbers)  # what rules say to no words
    for part in parts:
        earlier = [Message("user", before, numbers, said)] if before else []
        before = f"{before} {part}"
        wanted = read(part)
        shares, refusal = wanted.shares, wanted.rule()
        if refusal in _TOLD and wanted.ruled >= _SURE:
            told = say(refusal, language)
            if told not in sentences and (earlier or _ASKS.search(normalise(part))):
                sentences.append(told)  # what comes first is else a story: 糖尿病十年了
            continue
        topic = topic_of(part, earlier, shares)
        plain = plain_question(f"{normalise(part)} {normalise(topic)}", shares)
        if not plain.certain or plain.text == WHAT_CAN:  # a greeting asks nothing
            continue
        ruled, learned = (
            answer_from_findings(part, findings, language, numbers, topic, known)
            for known in ({}, shares)
        )
        if ruled != nothing and sentences_of(ruled)[:1] == sentences_of(learned)[:1]:
            sentences += [one for one in sentences_of(learned) if one not in sentences]
    return sentences[first:_MOST]
