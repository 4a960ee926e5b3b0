"""An answer in OpenAI's words: one object, or chunks that say it sentence by sentence.

What is ours beside it stands under `openophglm`: sources, photos, what the check did, notices.
"""

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from fastapi.sse import format_sse_event

from assistant.citations import citations
from assistant.draft import AnswerEvent
from assistant.sentences import split_sentences
from demo.api.conversation import Begun, Usage
from vision.catalogue import say

MODEL = "openophglm"
DONE = format_sse_event(data_str="[DONE]")


@dataclass(slots=True)
class Completion:
    """One answer on its way; `unread` says that the client's system messages were left out."""

    begun: Begun
    unread: bool
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))
    sent: str = ""

    def whole(self, event: AnswerEvent, usage: Usage) -> dict[str, Any]:
        """The answer as one object."""
        message = {"role": "assistant", "content": event.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": usage_of(usage),
            "openophglm": self._ours(event),
        }

    def opening(self) -> bytes:
        """The chunk that says who speaks."""
        return self._chunk({"role": "assistant", "content": ""})

    def more(self, event: AnswerEvent) -> Iterator[bytes]:
        """A chunk with the checked sentences that were not sent yet, if there are any."""
        if text := self._unsent(event.text):
            self.sent += text
            yield self._chunk({"content": text})

    def ending(self, event: AnswerEvent, usage: Usage, *, tell_usage: bool) -> Iterator[bytes]:
        """Why it ended with all that is ours, the usage where it was asked for, and [DONE]."""
        ours = {"openophglm": self._ours(event) | {"text": event.text}}
        yield self._chunk({}, "stop", **ours)
        if tell_usage:
            yield _sse(
                {**self._head("chat.completion.chunk"), "choices": [], "usage": usage_of(usage)}
            )
        yield DONE

    def _unsent(self, text: str) -> str:
        """What follows what was sent. A sentence that was sent stays, also where the answer as a
        whole did without it in the end: it was checked, and a stream takes nothing back."""
        if text.startswith(self.sent):
            return text[len(self.sent) :]
        finished, rest = split_sentences(text)
        new = [one for one in (*finished, rest) if one.strip() and one.strip() not in self.sent]
        space = "" if self.begun.language == "zh" else " "
        return "".join(space + one.strip() for one in new)

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _sse({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def _ours(self, event: AnswerEvent) -> dict[str, Any]:
        language, analyses = self.begun.language, self.begun.session.analyses
        keys = [*(["api.unread_system"] if self.unread else []), event.notice]
        return {
            "notice": say("notice.long", language),
            "notices": [say(key, language) for key in keys if key],
            "language": language,
            "about": list(event.about),
            "photos": [
                {"number": number, "id": one.image.id, "eye": one.findings.image.eye}
                for number, one in enumerate(analyses, 1)
            ],
            "sources": [asdict(one) for one in citations(event.sources, language)],
            "checks": {
                "repaired": event.repaired,
                "withheld": event.withheld,
                "added": event.added,
            },
        }


def usage_of(usage: Usage) -> dict[str, Any]:
    """Token counts under OpenAI's names."""
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.answer,
        "total_tokens": usage.prompt + usage.answer,
        "prompt_tokens_details": {"cached_tokens": usage.known},
    }


def failed(body: dict[str, Any]) -> bytes:
    """A chunk that says that the answer broke off; OpenAI's clients raise it."""
    return _sse(body)


def _sse(value: dict[str, Any]) -> bytes:
    return format_sse_event(data_str=json.dumps(value, ensure_ascii=False))
