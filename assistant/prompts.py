"""What the language model is told: the system turn with photos and findings, and question turns.

The words are in the catalogue; training data and serving build their prompts here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.conversation import Message, Part, Turn, VisualBlock
from assistant.findings import Findings
from assistant.findings_text import to_text
from assistant.knowledge import passage
from vision.catalogue import Language, say


@dataclass(frozen=True, slots=True)
class PhotoContext:
    """One photo as the model gets it: number, findings, visual tokens (0 where there are none)."""

    number: int
    findings: Findings
    visual_tokens: int


def system_turn(photos: Sequence[PhotoContext], language: Language) -> Turn:
    """The system turn: who speaks, the rules, and for each photo its visual tokens and findings."""
    parts: list[Part] = [say("prompt.system", language)]
    if not photos:
        parts.append("\n" + say("prompt.no_photo", language))
    for photo in photos:
        parts.append("\n\n" + say("prompt.photo", language, number=photo.number) + "\n")
        if photo.visual_tokens:
            parts.append(VisualBlock(photo.findings.image.id, photo.visual_tokens))
            parts.append("\n")
        parts.append(say("prompt.findings", language) + "\n" + to_text(photo.findings, language))
    return Turn("system", tuple(parts))


def tokens_turn(counts: Mapping[str, int], language: Language) -> Turn:
    """The visual tokens of photos alone, N of each image id in order: no rules and no findings."""
    parts: list[Part] = []
    for number, (image_id, count) in enumerate(counts.items(), 1):
        parts.append(say("prompt.photo", language, number=number) + "\n")
        parts.append(VisualBlock(image_id, count))
    return Turn("system", tuple(parts))


def history_turns(messages: Sequence[Message], language: Language) -> list[Turn]:
    """Messages -> turns; a question carries what the findings and the passages say to it."""
    turns = []
    for message in messages:
        text = message.text
        if message.role == "user" and message.facts:
            text = say("prompt.question", language, facts=message.facts, question=message.text)
        if message.passages:
            told = "\n".join(
                f"[{place}] {passage(one).text[language]}"
                for place, one in enumerate(message.passages, 1)
            )
            text = say("prompt.passages", language, passages=told, question=text)
        turns.append(Turn(message.role, (text,), message.text if text != message.text else ""))
    return turns
