"""Dialogues on eyes in general, answered from passages that are given with the question.

The passages are those that the assistant's search finds, with the answer among them or, where the
answer is that they do not say, without it.
"""

import random
from collections import defaultdict
from functools import cache

from assistant.knowledge import Entry, Passage, Section, entries, passages
from assistant.knowledge.search import search
from instruct_data import forms
from instruct_data.photos import Split
from instruct_data.schema import Record, Said
from vision.catalogue import LANGUAGES, Language

GIVEN = 3  # passages with a question, as in serving
_SILENT = 0.12  # share of questions that the passages given do not answer
_TURNS = (1, 1, 2, 2, 3, 4)
_TERMS = {  # what a dialogue was about -> entries that explain it
    "MA": "signs.microaneurysm", "HE": "signs.dot_blot_haemorrhage", "EX": "signs.hard_exudate",
    "SE": "signs.cotton_wool_spot", "G": "glaucoma", "C": "cataract", "A": "amd_dry", "D": "dr",
    "H": "hypertensive_retinopathy", "M": "pathologic_myopia", "AMD": "amd_wet", "DME": "dme",
    "ERM": "erm", "RAO": "rao", "RVO": "rvo", "VID": "vmt", "NO": "normal", "grade": "dr",
}  # fmt: skip


@cache
def _by_entry() -> dict[str, dict[Section, list[Passage]]]:
    found: dict[str, dict[Section, list[Passage]]] = defaultdict(lambda: defaultdict(list))
    for passage in passages().values():
        found[passage.entry.id][passage.section].append(passage)
    return found


@cache
def _found(question: str, language: Language) -> tuple[str, ...]:
    return tuple(hit.passage.id for hit in search(question, language, most=2 * GIVEN))


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
    """Passages that the search finds, but none of the entry that is asked about."""
    return tuple(one for one in _found(question, language) if not one.startswith(f"{entry.id}."))[
        :GIVEN
    ]


def _name(entry: Entry, language: Language, rng: random.Random) -> str:
    names = [entry.name[language], *entry.aliases[language][:3]]
    return names[0] if rng.random() < 0.6 else rng.choice(names)


def _asked(
    intent: str,
    entry: Entry,
    gold: list[Passage],
    language: Language,
    split: Split,
    rng: random.Random,
) -> tuple[Said, str]:
    slots = {} if intent == "know_more" else {"topic": _name(entry, language, rng)}
    text, family = forms.ask(intent, language, split, slots, rng)
    looked = f"{entry.name[language]} {text}" if intent == "know_more" else text
    if intent != "know_more" and rng.random() < _SILENT:
        given = _without(looked, entry, language)
        return _said(text, intent, family, given), forms.words("passages.none", language, rng)
    given = _given(looked, gold, language, rng)
    told = [passage.text[language] for passage in gold if passage.id in given]
    answer = ("" if language == "zh" else " ").join(told)
    return _said(text, intent, family, given), answer


def _said(text: str, intent: str, family: str, given: tuple[str, ...]) -> Said:
    return Said("user", text, intent, family, passages=given)


def _gold(found: list[Passage], rng: random.Random) -> list[Passage]:
    """One passage, or two that stand side by side."""
    start = rng.randrange(len(found))
    return found[start : start + (2 if rng.random() < 0.3 else 1)]


def explain_term(
    topic: str, language: Language, split: Split, rng: random.Random
) -> tuple[Said, str]:
    """A general question on what the dialogue was just about, on the macula where on nothing."""
    entry = entries()[_TERMS.get(topic, "anatomy.macula")]
    sections = _by_entry()[entry.id]
    section = rng.choice(sorted(sections))
    return _asked(f"know_{section}", entry, _gold(sections[section], rng), language, split, rng)


def dialogue(number: int, split: Split, rng: random.Random) -> Record:
    """One dialogue of general questions, mostly on one subject."""
    language = rng.choice(LANGUAGES)
    known = entries()
    entry = known[rng.choice(sorted(known))]
    messages: list[Said] = []
    used: set[str] = set()
    for place in range(rng.choice(_TURNS)):
        intent = ""
        if place and rng.random() < 0.2:
            entry, intent = known[rng.choice(sorted(known))], "know_then"
        sections = _by_entry()[entry.id]
        section = rng.choice(sorted(sections))
        if intent == "know_then":
            section = "define" if "define" in sections else "visual"
        elif place and rng.random() < 0.25:
            intent = "know_more"
        left = [p for p in sections[section] if p.id not in used]
        if not left:
            continue
        gold = _gold(left, rng)
        used |= {passage.id for passage in gold}
        question, answer = _asked(intent or f"know_{section}", entry, gold, language, split, rng)
        messages += [question, Said("assistant", answer)]
    return Record(
        f"{split}-knowledge-{number:06d}", split, language, "knowledge", "", (), tuple(messages)
    )
