"""The passages that a general question is answered from, found by it and what it goes on about."""

from collections.abc import Sequence

from assistant.conversation import Message
from assistant.knowledge import Entry, Passage, passage, passages
from assistant.knowledge.search import search, words
from assistant.routing import asks_more, asks_on, asks_what_is
from assistant.subjects import subjects
from vision.catalogue import LANGUAGES, Language, detect_language

GIVEN = 3  # passages with a question, as in training
_ASKING = frozenset(  # words that questions share and that are about nothing
    "what whats how why who when where which tell explain about mean 什么 怎么 为什么 如何".split()
)


def passages_for(question: str, messages: Sequence[Message], language: Language) -> tuple[str, ...]:
    """Ids of up to three passages, best first; none where nothing is known of what is asked.

    A question that names no subject is searched with that of the last general question; one that
    asks for more gets passages that were not given before.
    """
    language = detect_language(question) or language
    text, given = question, set[str]()
    if not subjects(question) and (asks_on(question) or asks_more(question)):
        text = f"{_last_subject(messages, language)} {question}"
        if asks_more(question):
            given = {one for message in messages for one in message.passages}
    hits = [hit.passage for hit in search(text, language, most=GIVEN + len(given))]
    named = subjects(text)
    if not named:
        hits = [one for one in hits if _is_about(text, one)]
    found = [one.id for one in hits]
    if asks_what_is(question):
        found = list(dict.fromkeys([*_what_is(subjects(question)[0]), *found]))
    new = [one for one in found if one not in given]
    # the first answers where the model fails: one on the subject itself before its neighbours
    return tuple(sorted((new or found)[:GIVEN], key=lambda one: passage(one).entry not in named))


def was_general(messages: Sequence[Message]) -> bool:
    """Whether the last question that was answered from anything was answered from passages."""
    asked = [m for m in messages if m.role == "user" and (m.passages or m.facts)]
    return bool(asked and asked[-1].passages)


def _what_is(entry: Entry) -> list[str]:
    """The passages that say what a thing is: its definition, then how a condition looks."""
    places = ("1", "define.1", "visual.1")
    return [one for one in (f"{entry.id}.{place}" for place in places) if one in passages()]


def _last_subject(messages: Sequence[Message], language: Language) -> str:
    """What the last general questions were about, by its name."""
    general = [m for m in reversed(messages) if m.passages]
    for message in general:
        if named := subjects(message.text):
            return named[0].name[language]
    return passage(general[-1].passages[0]).entry.name[language] if general else ""


def _is_about(text: str, found: Passage) -> bool:
    """Whether a passage was found by a word that is about something, and not by how one asks."""
    own = [one[lang] for one in (found.text, found.entry.name) for lang in LANGUAGES]
    lists = (found.entry.aliases, found.asks)
    own += [one for each in lists for lang in LANGUAGES for one in each[lang]]
    asked = {word for word in words(text) if len(word) > 1 or word.isdigit()} - _ASKING
    return bool(asked & set(words(" ".join(own))))
