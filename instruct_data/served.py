"""Dialogues as serving holds them: people's own wordings, answered as rules answer what is wanted.

Beside a question stands what serving would give with it, which misreads some; the answer is that of
the intent its writer had in mind. So the model learns to say what it is given, and better where it
was given something else.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

from tqdm import tqdm

from assistant import safety
from assistant.conversation import Message
from assistant.findings import Findings
from assistant.focus import images_asked_about
from assistant.impression.cases import MODALITIES
from assistant.impression.conclude import by_rule
from assistant.impression.write import report_question
from assistant.intents import RULED
from assistant.lexicon import normalise
from assistant.plain_question import is_plain, plain_question
from assistant.template_answer import answer_from_findings
from assistant.topic import topic_of
from instruct_data.build import groups_of
from instruct_data.check import problems
from instruct_data.intents import questions
from instruct_data.observe import Observation, load
from instruct_data.photos import Split
from instruct_data.report_text import report_text
from instruct_data.reports import draw_case
from instruct_data.schema import Record, Said, Shown
from vision.catalogue import LANGUAGES, Language, detect_language, say
from vision.errors import ResourceError
from vision.types import Eye

COUNTS: dict[Split, int] = {"train": 6000, "val": 200}
_REPORTS = 0.3  # as many written reports beside them
_TURNS = (4, 5, 6, 7, 8)
_PAIRS, _NO_PHOTO = 0.2, 0.05  # shares of the dialogues
_RULED, _URGENT, _FOLLOWS = 0.1, 0.02, 0.3  # chances at each turn
_TRIES = 20  # of a turn


@dataclass
class Talk:
    """A dialogue under construction."""

    findings: tuple[Findings, ...]
    language: Language
    messages: list[Message] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    @property
    def eyes(self) -> tuple[Eye, ...]:
        """Of the photos, in their order."""
        return tuple(one.image.eye for one in self.findings)

    def say(self, intent: str, question: str) -> bool:
        """Add a question with this intent and its answer; False where it has none here."""
        follows = intent.startswith("then_")
        topic = topic_of(question, self.messages, {intent: 1.0})
        if follows and not (topic or intent in ("then_lesion", "then_disease", "then_next")):
            return False
        about = images_asked_about(
            question, len(self.findings), len(self.findings), self.eyes, {intent: 1.0}
        )
        told = tuple(self.findings[number - 1] for number in about)
        answer = _by_rule(intent, question, told, self.language, about, topic)
        if not answer:
            return False
        facts = answer if about else ""  # a follow-up looks there for what it is about
        plain = plain_question(normalise(question), {intent: 1.0}).text
        self.messages.append(Message("user", question, about, facts, plain=plain))
        self.messages.append(Message("assistant", answer, about))
        self.said.append(Said("user", question, intent, "asked", about))
        self.said.append(Said("assistant", answer, about=about))
        return True


def _by_rule(
    intent: str,
    question: str,
    findings: tuple[Findings, ...],
    language: Language,
    about: tuple[int, ...],
    topic: str,
) -> str:
    if intent in RULED:
        return say(RULED[intent], language)
    if intent.startswith("red_flag."):
        return say(intent.replace("red_flag", "urgent"), language)
    if safety.red_flag(question) or safety.dose_request(question) or safety.unanswerable(question):
        return ""  # serving never comes to an answer
    return answer_from_findings(question, findings, language, about, topic, {intent: 1.0})


@cache
def wordings(split: Split, language: Language) -> dict[str, list[str]]:
    """Intent -> wordings that a split may use."""
    found: dict[str, list[str]] = defaultdict(list)
    for text, intent in questions(split, 0):
        if detect_language(text) in (None, language):
            found[intent].append(text)
    return dict(found)


def dialogue(shown: list[Observation], number: int, split: Split, rng: random.Random) -> Record:
    """One dialogue about the images of one patient, or about none."""
    language = rng.choice(LANGUAGES)
    findings = tuple(one.findings for one in shown)
    talk, texts = Talk(findings, language), wordings(split, language)
    kinds = {
        "plain": [i for i in texts if is_plain(i) and not i.startswith(("then_", "pair_"))],
        "then": [i for i in texts if is_plain(i) and i.startswith("then_")],
        "pair": [i for i in texts if is_plain(i) and i.startswith("pair_")],
        "ruled": [i for i in texts if i in RULED],
        "urgent": [i for i in texts if i.startswith("red_flag.")],
    }
    turns = rng.choice(_TURNS) if shown else 2
    for _ in range(turns * _TRIES):
        if len(talk.said) == 2 * turns:
            break
        intent = rng.choice(kinds[_kind(talk, rng)])
        talk.say(intent, rng.choice(texts[intent]))
    images = tuple(Shown(one.photo.path, one.findings.image.id) for one in shown)
    patient = shown[0].photo.patient if shown else ""
    return Record(
        f"{split}-served-{number:06d}", split, language, "image" if shown else "plain", patient,
        images, tuple(talk.said),
    )  # fmt: skip


def _kind(talk: Talk, rng: random.Random) -> str:
    chance = rng.random()
    if chance < _URGENT:
        return "urgent"
    if chance < _URGENT + _RULED:
        return "ruled"
    if talk.said and talk.findings and rng.random() < _FOLLOWS:
        return "then"
    return "pair" if len(talk.findings) > 1 and rng.random() < 0.5 else "plain"


def dialogues(split: Split, count: int, seed: int) -> Iterator[Record]:
    """`count` dialogues whose every claim holds."""
    findings = {o.findings.image.id: o.findings for o in load()}
    fundus = [[o for o in g if o.findings.oct is None] for g in groups_of(split)]
    groups = [group for group in fundus if group]
    pairs = [group for group in groups if len(group) > 1]
    for number in tqdm(range(count), unit="dialogue"):
        rng = random.Random(f"{seed}/{split}/served/{number}")  # noqa: S311
        for _ in range(_TRIES):
            chance = rng.random()
            if chance < _NO_PHOTO:
                shown = []
            elif chance < _NO_PHOTO + _PAIRS and pairs:
                shown = rng.sample(rng.choice(pairs), 2)
            else:
                shown = [rng.choice(rng.choice(groups))]
            record = dialogue(shown, number, split, rng)
            if record.messages and not problems(record, findings):
                yield record
                break


def impressions(split: Split, count: int, seed: int) -> Iterator[Record]:
    """`count` written reports as serving asks for their impression, in the rules' words."""
    for number in tqdm(range(count), unit="report"):
        rng = random.Random(f"{seed}/{split}/impression/{number}")  # noqa: S311
        language, modality = rng.choice(LANGUAGES), rng.choice(MODALITIES)
        case = draw_case(rng, modality)
        asked = report_question(report_text(case, language, rng, split), modality, language)
        told = by_rule(case, language).partition("\n" + say("impression.rules", language))[0]
        said = (Said("user", asked, f"report_{modality}", "asked"), Said("assistant", told))
        yield Record(f"{split}-impression-{number:06d}", split, language, "report", "", (), said)


def write_served(out: Path, seed: int) -> dict[str, int]:
    """Write served-<split>.jsonl for training and validation; returns the number of records.

    Raises ResourceError where `out` cannot be written.
    """
    counts = {}
    for split, count in COUNTS.items():
        made = chain(
            dialogues(split, count, seed), impressions(split, round(count * _REPORTS), seed)
        )
        lines = [json.dumps(r.to_dict(), ensure_ascii=False) + "\n" for r in made]
        try:
            (out / f"served-{split}.jsonl").write_text("".join(lines), encoding="utf-8")
        except OSError as error:
            raise ResourceError("error.cannot_write", path=out) from error
        counts[f"served-{split}"] = len(lines)
    return counts
