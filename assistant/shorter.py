"""What was just said, in fewer sentences: "shorter", 太长了."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.conversation import Message
from assistant.ground_passages import sentences_of
from assistant.plain_question import CERTAIN
from assistant.sentences import joined
from vision.catalogue import Language, detect_language

_INTENT = "then_shorter"


@dataclass(frozen=True, slots=True)
class Shortened:
    """The first half of the last answer, and what it is about."""

    text: str
    about: tuple[int, ...]  # photos
    passages: tuple[str, ...]


def shortened(
    messages: Sequence[Message], shares: Mapping[str, float], language: Language
) -> Shortened | None:
    """The last answer's first half, at least a sentence, where that is all that is wanted; None
    where it is not, or where the answer was in another language.

    An answer begins with what was asked for, and what was checked once is not worded anew.
    """
    if shares.get(_INTENT, 0.0) < CERTAIN or len(messages) < 2:
        return None
    asked, answer = messages[-2:]
    said = list(sentences_of(answer.text))
    if not said or detect_language(answer.text) not in (language, None):
        return None
    return Shortened(joined(said[: (len(said) + 1) // 2], language), asked.about, asked.passages)
