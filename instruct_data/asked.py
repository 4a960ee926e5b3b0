"""A question that can be asked of one image, with the true sentences that answer it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.findings import Findings
from assistant.sentences import joined
from instruct_data import forms
from instruct_data.wording import reword
from vision.catalogue import Language


@dataclass(frozen=True, slots=True)
class Asked:
    """An intent, the slots of its question, and sentences in the catalogue's words.

    `lead` says how the first sentence begins; `topic` is the lesion, disease or grade that a
    follow-up may point back to.
    """

    intent: str
    said: tuple[str, ...]
    slots: dict[str, str] = field(default_factory=dict)
    lead: str = ""
    topic: str = ""


Asks = Callable[[Findings, Language, random.Random], list[Asked]]


def worded(asked: Asked, language: Language, rng: random.Random) -> str:
    """The answer as text: each sentence reworded, the first led in."""
    told = [reword(sentence, language, rng) for sentence in dict.fromkeys(asked.said)]
    if asked.lead:
        told[0] = forms.lead(asked.lead, told[0], language, rng)
    text = joined(told, language)
    return text.replace(" \n", "\n")
