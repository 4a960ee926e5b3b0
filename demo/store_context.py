"""What a piece of feedback is about, as it was when it was given: plain JSON kept with it.

{"messages": the conversation up to the judged answer, or none for a finding,
 "findings": those of its photos in their order}. Later changes of the case do not reach it.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.conversation import Message
from assistant.findings import Findings


def context_of(messages: Sequence[Message], findings: Sequence[Findings]) -> dict[str, Any]:
    """The context of an answer, the last of `messages`, or of a finding without any."""
    return {
        "messages": [asdict(message) for message in messages],
        "findings": [one.to_dict() for one in findings],
    }


def up_to(messages: Sequence[Message], answer: str) -> list[Message]:
    """The conversation up to the one answer of this text; empty where none or several fit."""
    places = [n for n, m in enumerate(messages) if (m.role, m.text) == ("assistant", answer)]
    return list(messages[: places[0] + 1]) if len(places) == 1 else []
