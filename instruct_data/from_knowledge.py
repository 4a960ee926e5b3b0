"""Dialogues on eyes in general, answered from passages that are given with the question.

The passages are those that the assistant's search finds, with the answer among them or, where the
answer is that they do not say, without it.
"""

import random
from collections import defaultdict
from functools import cache

from assistant import safety
from assistant.knowledge import Entry, Passage, Section, entries, passages
from assistant.knowledge.search import search
from assistant.of_it import ENTRIES
from assistant.sentences import joined
from instruct_data import forms
from instruct_data.photos import Split
from instruct_data.schema import Record, Said
from vision.catalogue import LANGUAGES, Language

GIVEN = 3  # passages with a question, as in serving
_OWN = 0.6  # share of questions that were written for their passage
_TWO = 0.3  # share of answers of two passages
_SILENT = 0.12  # share of questions that the passages given do not answer
_TURNS = (1, 1, 2, 2, 3, 4)


@cache
def _by_entry() -> dict[str, dict[Section, list[Passage]]]:
    found: dict[str, dict[Section, list[Passage]]] = defaultdict(lambda: defaultdict(list))
    for passage in passages().values():
        found[passage.entry.id][passage.section].append(passage)
    return found


@cache
def _found(question: str, language: Language) -> tuple[str, ...]:
    return tuple(hit.passage.id for hit in search(question, language, most=4 * GIVEN))


def _given(
    question: str, gold: list[Passage], language: Language, rng: random.Random
) -> tuple[str, ...]:
    """The passages that answer, among what the search finds beside them."""
    own = [passage.id for passage in gold]
    rest = [one for one in _found(question, language) if one not in own]
    given = [*own, *rest][:GIVEN]
    rng.shuffle(given)
    return tuple(given)


def _without(question: str, entry: Entry, language: Language) -> tuple[str, ...]:
    """Passages that the search finds, but none that is of the entry or that names it."""
    names = [name.lower() for name in (entry.name[language], *entry.aliases[language])]
    found = [one for one in _found(question, language) if not one.startswith(f"{entry.id}.")]
    known = passages()
    silent = [
        one for one in found if not any(n in known[one].text[language].lower() for n in names)
    ]
    return tuple(silent[:GIVEN])


@cache
def _subjects() -> tuple[Entry, ...]:
    """All entries but the emergencies: who names one is told to go before anything is looked up."""
    return tuple(e for name, e in sorted(entries().items()) if ".urgent_" not in name)


def _name(entry: Entry, language: Language, rng: random.Random) -> str:
    names = [entry.name[language], *entry.aliases[language][:3]]
    return names[0] if rng.random() < 0.6 else rng.choice(names)


def _clear(text: str) -> bool:
    """Whether a question reads as neither an emergency nor one that is refused."""
    return not (safety.red_flag(text) or safety.unanswerable(text) or safety.dose_request(text))


def _question(
    intent: str, entry: Entry, language: Language, split: Split, rng: random.Random
) -> tuple[str, str]:
    """A form of the intent with one of the entry's names."""
    for _ in range(20):
        slots = {} if intent == "know_more" else {"topic": _name(entry, language, rng)}
        text, family = forms.ask(intent, language, split, slots, rng)
        if _clear(text):
            return text, family
    raise LookupError(f"{entry.id} has no name that {intent} can be asked with")


def _own_question(
    passage: Passage, language: Language, split: Split, rng: random.Random
) -> tuple[str, str] | None:
    """A question written for this passage; the last is of val or of test, by the passage's id."""
    asks = passage.asks[language]
    held_out: Split = "val" if sum(passage.id.encode()) % 2 else "test"
    fitting = [i for i in range(len(asks))
               if split == (held_out if i == len(asks) - 1 else "train")]  # fmt: skip
    fitting = [i for i in fitting if _clear(asks[i])]
    if not fitting:
        return None
    number = rng.choice(fitting)
    return asks[number], f"{language}:{passage.id}:{number}"


def _asked(
    intent: str,
    left: list[Passage],
    language: Language,
    split: Split,
    rng: random.Random,
) -> tuple[Said, str]:
    """A question that one or two of the passages left of a section answer, and that answer."""
    entry, most = left[0].entry, 2 if rng.random() < _TWO else 1
    start, found = 0, None  # a general form asks for what a section begins with
    if intent != "know_more" and rng.random() < _OWN:
        start = rng.randrange(len(left))
        found = _own_question(left[start], language, split, rng)
    gold = left[start : start + most] if found else left[:most]
    text, family = found or _question(intent, entry, language, split, rng)
    looked = f"{entry.name[language]} {text}" if intent == "know_more" else text
    unsaid = intent != "know_more" and rng.random() < _SILENT
    if unsaid and (given := _without(looked, entry, language)):
        return _said(text, intent, family, given), forms.words("passages.none", language, rng)
    given = _given(looked, gold, language, rng)
    answer = joined((passage.text[language] for passage in gold), language)
    return _said(text, intent, family, given), answer


def _said(text: str, intent: str, family: str, given: tuple[str, ...]) -> Said:
    return Said("user", text, intent, family, passages=given)


def explain_term(
    topic: str, language: Language, split: Split, rng: random.Random
) -> tuple[Said, str]:
    """A general question on what the dialogue was just about, or on any word of the glossary."""
    glossary = [entry for entry in _subjects() if entry.kind == "glossary"]
    entry = entries()[ENTRIES[topic]] if topic in ENTRIES else rng.choice(glossary)
    sections = _by_entry()[entry.id]
    section = rng.choice(sorted(sections))
    return _asked(f"know_{section}", sections[section], language, split, rng)


def dialogue(number: int, split: Split, rng: random.Random) -> Record:
    """One dialogue of general questions, mostly on one subject."""
    language = rng.choice(LANGUAGES)
    known = _subjects()
    entry = rng.choice(known)
    messages: list[Said] = []
    used: set[str] = set()
    for place in range(rng.choice(_TURNS)):
        intent = ""
        if place and rng.random() < 0.2:
            entry, intent = rng.choice(known), "know_then"
        sections = _by_entry()[entry.id]
        section = rng.choice(sorted(sections))
        if intent == "know_then":
            section = "define"
        elif place and rng.random() < 0.25:
            intent = "know_more"
        left = [p for p in sections[section] if p.id not in used]
        if not left:
            continue
        question, answer = _asked(intent or f"know_{section}", left, language, split, rng)
        used |= {p.id for p in left if p.text[language] in answer}
        messages += [question, Said("assistant", answer)]
    return Record(
        f"{split}-knowledge-{number:06d}", split, language, "knowledge", "", (), tuple(messages)
    )
