"""Dialogues about real photos and scans: what is asked is drawn anew each time, what is answered
comes from the findings (OphGLM's dynamic label pairing, with measurements in place of labels).
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.findings import Findings
from instruct_data import explained, forms, pair_asks, photo_asks, scan_asks
from instruct_data.asked import Asked, worded
from instruct_data.from_knowledge import explain_term
from instruct_data.observe import Observation
from instruct_data.photos import Split
from instruct_data.plain import aside
from instruct_data.schema import Record, Said, Shown
from segmentation.labels import LESIONS
from vision.catalogue import LANGUAGES, Language

_TURNS = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8)
_FOLLOWS, _ASIDE, _EXPLAINED, _THANKS = 0.4, 0.05, 0.06, 0.05  # chances at each turn
_OPENINGS = ("what_seen", "normal", "grade", "all_lesions", "report", "quality", "all_diseases",
             "scan_what", "summary_short", "pair_compare", "to_patient")  # fmt: skip
# after a lesion class: the same question without its name
_SHORT = {"then_where": "where_lesion", "then_count": "count_lesion", "then_near": "near_fovea",
          "then_size": "size_lesion"}  # fmt: skip
_AFTER_GRADE = ("then_why", "then_sure", "then_next", "then_shorter")


@dataclass
class _Talk:
    """A dialogue under construction."""

    split: Split
    language: Language
    rng: random.Random
    pool: list[Asked]
    about: tuple[int, ...]
    topic: str = ""
    done: set[tuple[str, str]] = field(default_factory=set)
    messages: list[Said] = field(default_factory=list)
    over: bool = False

    def say(self, asked: Asked, about: tuple[int, ...] | None = None) -> None:
        """Add a question and its answer."""
        self.done.add((asked.intent, asked.topic))
        self.topic = asked.topic
        text, family = forms.ask(asked.intent, self.language, self.split, asked.slots, self.rng)
        about = self.about if about is None else about
        answer = worded(asked, self.language, self.rng)
        self.messages.append(Said("user", text, asked.intent, family, about))
        self.messages.append(Said("assistant", answer, about=about))

    def add(self, question: Said, answer: str) -> None:
        """Add a turn that is not about the findings."""
        self.messages += [question, Said("assistant", answer, about=question.about)]

    def fresh(self) -> list[Asked]:
        """What was not asked yet and is no follow-up."""
        return [
            asked
            for asked in self.pool
            if (asked.intent, asked.topic) not in self.done and not asked.intent.startswith("then_")
        ]


def dialogue(
    shown: Sequence[Observation], number: int, split: Split, rng: random.Random
) -> Record | None:
    """One dialogue about one or two images of one patient; None where nothing can be asked."""
    language = rng.choice(LANGUAGES)
    talk = _talk(shown, split, language, rng)
    turns = rng.choice(_TURNS)
    openings = [asked for asked in talk.pool if asked.intent in _OPENINGS]
    if not openings:
        return None
    _open(talk, openings)
    while len(talk.messages) < 2 * turns and not talk.over:
        _go_on(talk, shown)
    images = tuple(Shown(o.photo.path, o.findings.image.id) for o in shown)
    return Record(
        f"{split}-image-{number:06d}", split, language, "image", shown[0].photo.patient, images,
        tuple(talk.messages),
    )  # fmt: skip


def _pool(findings: Findings, language: Language, rng: random.Random) -> list[Asked]:
    if findings.oct is not None:
        return scan_asks.asks(findings, findings.oct, language, rng)
    found = photo_asks.asks(findings, language, rng)
    return found + explained.asks(findings, language, rng)


def _talk(
    shown: Sequence[Observation], split: Split, language: Language, rng: random.Random
) -> _Talk:
    newest = shown[-1].findings  # the one in focus, as in serving
    pool = _pool(newest, language, rng)
    if len(shown) == 2:
        both = pair_asks.asks((shown[0].findings, newest), language, rng)
        pool = both + pool if both else pool
    return _Talk(split, language, rng, pool, (len(shown),))


def _both(asked: Asked) -> tuple[int, ...] | None:
    return (1, 2) if asked.intent.startswith("pair_") else None


def _open(talk: _Talk, openings: list[Asked]) -> None:
    first = talk.rng.choice(openings) if talk.rng.random() < 0.6 else _weighted(talk)
    talk.say(first, _both(first))


def _weighted(talk: _Talk) -> Asked:
    """One of what was not asked yet, each intent with the same chance."""
    by_intent: dict[str, list[Asked]] = defaultdict(list)
    for asked in talk.fresh() or talk.pool:
        by_intent[asked.intent].append(asked)
    return talk.rng.choice(by_intent[talk.rng.choice(sorted(by_intent))])


def _go_on(talk: _Talk, shown: Sequence[Observation]) -> None:
    chance = talk.rng.random()
    if chance < _ASIDE:
        question, answer, talk.over = aside(talk.language, talk.split, talk.rng)
        talk.add(replace(question, about=talk.about), answer)
        return
    if chance < _ASIDE + _EXPLAINED:
        question, answer = explain_term(talk.topic, talk.language, talk.split, talk.rng)
        talk.add(replace(question, about=talk.about), answer)
        return
    if chance < _ASIDE + _EXPLAINED + _THANKS and len(talk.messages) > 2:
        talk.say(Asked("thanks", (forms.words("thanks", talk.language, talk.rng),)))
        talk.over = True
        return
    follow = _follow_ups(talk, shown) if talk.rng.random() < _FOLLOWS else []
    if follow:
        asked, about = talk.rng.choice(follow)
        talk.say(asked, about)
        return
    asked = _weighted(talk)
    talk.say(asked, _both(asked))


def _follow_ups(
    talk: _Talk, shown: Sequence[Observation]
) -> list[tuple[Asked, tuple[int, ...] | None]]:
    """What people ask next in few words, with what it then means."""
    found: list[Asked] = []
    named = {(asked.intent, asked.topic): asked for asked in talk.pool}
    if talk.topic in LESIONS:
        for intent, full in _SHORT.items():
            if (full, talk.topic) in named and (full, talk.topic) not in talk.done:
                found.append(replace(named[full, talk.topic], intent=intent, slots={}))
    if talk.topic in (*LESIONS, "lesions"):
        others = [a for a in talk.pool if a.intent == "has_lesion" and a.topic != talk.topic]
        found += [replace(asked, intent="then_lesion", lead="") for asked in others]
    elif talk.topic == "grade":
        found += [asked for asked in talk.pool if asked.intent in _AFTER_GRADE]
    elif talk.topic:
        others = [a for a in talk.pool if a.intent == "has_disease" and a.topic != talk.topic]
        found += [replace(asked, intent="then_disease") for asked in others]
    fresh = [(a, None) for a in found if (a.intent, a.topic) not in talk.done]
    readable = all(o.findings.dr.grade is not None for o in shown)
    if len(shown) == 2 and readable and ("pair_other", "") not in talk.done:
        return [*fresh, (pair_asks.other(shown[0].findings, 1, talk.language), (1,))]
    return list(fresh)
