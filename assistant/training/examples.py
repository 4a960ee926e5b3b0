"""Training records as token ids and labels, rendered as serving renders its conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from assistant.conversation import Message, Turn, last_question, render
from assistant.findings import Findings
from assistant.impression.cases import MODALITIES
from assistant.impression.conclude import by_rule
from assistant.impression.reader import read_report
from assistant.intents import Intents
from assistant.prompts import PhotoContext, history_turns, system_turn, tokens_turn
from assistant.template_answer import answer_from_findings
from assistant.topic import topic_of
from assistant.training.config import Kind
from vision.catalogue import Language

from transformers import PreTrainedTokenizerBase  # isort: skip

IGNORE = -100
_REPORTS = {f"report_{modality}": modality for modality in MODALITIES}  # by intent


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation to learn from: ids (T,) with -1 at visual places, labels (T,)."""

    kind: Kind
    ids: tuple[int, ...]
    labels: tuple[int, ...]  # IGNORE everywhere but on assistant tokens
    images: tuple[str, ...]  # paths of its photos, in the order of their visual places
    intents: tuple[str, ...]  # of each question
    question: str = ""  # the last one, with which its photos are seen

    def __len__(self) -> int:
        return len(self.ids)


def example(
    tokenizer: PreTrainedTokenizerBase,
    kind: Kind,
    turns: Sequence[Turn],
    intents: Sequence[str],
    path_of: Mapping[str, str],
) -> Example:
    """Turns -> ids and labels; `path_of` gives the path of each visual block's image id."""
    rendered = render(tokenizer, turns)
    labels = tuple(i if m else IGNORE for i, m in zip(rendered.ids, rendered.mask, strict=True))
    images = tuple(path_of[i] for i in dict.fromkeys(rendered.image_ids))
    question = last_question(turns)
    return Example(kind, rendered.ids, labels, images, tuple(intents), question)


def tokens_turns(record: Mapping[str, Any], count: int) -> list[Turn]:
    """A photo's `count` visual tokens alone, and what is asked and said of them."""
    system = tokens_turn({record["image"]: count}, record["language"])
    return [system, *(Turn(m["role"], (m["content"],)) for m in record["messages"])]


def dialogue_turns(
    record: Mapping[str, Any],
    findings: Mapping[str, Findings],
    counts: Mapping[str, int],
    plain_questions: float,
    rng: Random,
    intents: Intents,
) -> list[Turn]:
    """A record of `instruct_data` as the turns that serving would make of it.

    `counts` are the visual tokens of each image id, none where the photo cannot be read. A question
    about photos comes with what the findings say to it, a report with what the rules conclude, as
    in serving, but for a share of `plain_questions`, so that the findings themselves are read too.
    """
    language = record["language"]
    seen = [findings[image["id"]] for image in record["images"]]
    photos = [PhotoContext(n, f, counts.get(f.image.id, 0)) for n, f in enumerate(seen, 1)]
    messages: list[Message] = []
    for message in record["messages"]:
        about = tuple(message.get("about", ()))
        passages = tuple(message.get("passages", ()))
        facts = message.get("facts", "")  # those of feedback are kept as they were given
        alone = passages or facts or message["role"] != "user" or rng.random() <= plain_questions
        if about and not alone:
            facts = facts_beside(message["content"], about, seen, language, messages, intents)
        elif message.get("intent") in _REPORTS and not alone:
            read = read_report(message["content"], _REPORTS[message["intent"]])
            facts = by_rule(read.case, language)
        messages.append(Message(message["role"], message["content"], about, facts, passages))
    return [system_turn(photos, language), *history_turns(messages, language)]


def facts_beside(
    question: str,
    about: tuple[int, ...],
    seen: Sequence[Findings],
    language: Language,
    before: Sequence[Message],
    intents: Intents,
) -> str:
    """What the findings say to a question about some of the photos, after others, as in serving."""
    asked = tuple(seen[number - 1] for number in about)
    follows = any(m.facts for m in before if m.role == "user")
    wanted = intents.wanted(question).placed(question, photos=len(seen), follows=follows)
    topic = topic_of(question, before, wanted.shares)
    return answer_from_findings(question, asked, language, about, topic, wanted.shares)


def shortened(turns: Sequence[Turn], pairs: int) -> list[Turn]:
    """The system turn and the first `pairs` questions with their answers."""
    return list(turns[: 1 + 2 * pairs])
