"""What one conversation shows, kept apart from any language, and its form for gr.Chatbot.

The page never sends its chat back to us: what is shown is always made from these values.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote

from assistant import citations
from assistant.analysis import Step
from assistant.findings import Findings
from demo.panels import step_result
from vision.catalogue import Language, say


@dataclass(frozen=True, slots=True)
class Photo:
    """A thumbnail that the person sent; `path` lies in Gradio's folder of served files."""

    number: int
    path: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Photos that were sent and are not read yet, or could not be."""

    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why nothing happens yet: a catalogue key; how many stand before in the line."""

    key: str
    before: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The steps of reading one photo, and what they found once all are done."""

    number: int
    steps: tuple[Step, ...] = ()
    findings: Findings | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """The assistant's words: `text` is checked, `pending` is not yet; `sources` are passages."""

    text: str
    pending: str = ""
    about: tuple[int, ...] = ()
    repaired: int = 0
    withheld: int = 0
    done: bool = False
    stopped: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the program itself: an error, a limit, a hint."""

    key: str
    values: dict[str, object] = field(default_factory=dict)


Part = Photo | Sent | Asked | Waiting | Reading | Answered | Told


@dataclass(eq=False)
class Turn:
    """One message of a person and all that followed from it; or a hint of the program alone."""

    question: str
    parts: list[Part] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)  # not yet read
    is_hint: bool = False
    started: bool = False  # False while it waits for its turn
    messages_before: int = 0  # in the session, when the turn began
    photos_before: int = 0

    def wait_for(self, waiting: Waiting | None) -> None:
        """Show what the turn waits for, or nothing."""
        self.parts = [part for part in self.parts if not isinstance(part, Waiting)]
        if waiting is not None:
            self.parts.append(waiting)

    def take_sent(self) -> None:
        """One of the photos sent is being read: it no longer counts as merely sent."""
        for place, part in enumerate(self.parts):
            if isinstance(part, Sent):
                self.parts[place : place + 1] = [Sent(part.count - 1)] if part.count > 1 else []
                return


def render(turns: Sequence[Turn], language: Language) -> list[dict[str, Any]]:
    """Messages for gr.Chatbot."""
    return [message for turn in turns for message in _turn(turn, language)]


def turn_at(turns: Sequence[Turn], index: int) -> int | None:
    """Which turn the Chatbot's message `index` belongs to; None for an index that is not shown."""
    end = 0
    for position, turn in enumerate(turns):
        end += len(_turn(turn, "en"))
        if 0 <= index < end:
            return position
    return None


def _turn(turn: Turn, language: Language) -> list[dict[str, Any]]:
    return [message for part in turn.parts for message in _part(part, language)]


def _part(part: Part, language: Language) -> list[dict[str, Any]]:
    match part:
        case Photo():
            alt = say("demo.photo.sent", language, number=part.number)
            name = say("demo.photo.name", language, number=part.number)
            return [_message("user", _picture(part.path, alt, name))]
        case Sent():
            text = say("demo.photo.waiting", language, count=part.count)
            return [_message("user", _html(f'<p class="sent">{escape(text)}</p>'))]
        case Asked():
            return [_message("user", plain(part.text))]
        case Waiting():
            title = say(part.key, language, **({"before": part.before} if part.before else {}))
            return [_message("assistant", "", title=title, status="pending")]
        case Reading():
            return _reading(part, language)
        case Answered() if not (part.text or part.pending or part.done):
            return _part(Waiting("demo.waiting.answer"), language)
        case Answered():
            return [_message("assistant", _answer(part, language))]
        case Told():
            text = say(part.key, language, **part.values)
            return [_message("assistant", f"> {plain(text)}")]


def _picture(path: str, alt: str, name: str) -> dict[str, Any]:
    # as a file or an image component Gradio would offer to share it with a public site
    source = f"gradio_api/file={quote(path)}"
    return _html(
        f'<figure class="sent"><img src="{source}" alt="{escape(alt)}">'
        f"<figcaption>{escape(name)}</figcaption></figure>"
    )


def _html(html: str) -> dict[str, Any]:
    return {
        "type": "component",
        "component": "html",
        "value": html,
        "constructor_args": {},
        "props": {},
    }


def _message(role: str, content: str | dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"role": role, "content": content, "metadata": metadata}


def _reading(part: Reading, language: Language) -> list[dict[str, Any]]:
    head = f"reading-{part.number}"
    seconds = sum(step.seconds for step in part.steps)
    title = say(f"demo.reading.{'done' if part.done else 'running'}", language, number=part.number)
    total: dict[str, Any] = {"status": "pending"}
    if part.done:
        total = {"status": "done", "duration": round(seconds, 1)}
    messages = [_message("assistant", "", title=title, id=head, **total)]
    for step in part.steps:
        result = plain(step_result(step.name, part.findings, language))
        place = {"id": f"{head}-{step.name}", "parent_id": head}
        messages.append(_message("assistant", result, **_step(step, language), **place))
    return messages


def _step(step: Step, language: Language) -> dict[str, Any]:
    name = say(f"demo.step.{step.name}", language)
    if step.status == "running":
        return {"title": name, "status": "pending"}
    title = say(f"demo.step.is_{step.status}", language, step=name)
    return {"title": title, "duration": round(step.seconds, 2)}


def _answer(part: Answered, language: Language) -> str:
    """Markdown: bold what it is about, italic what is not checked yet or is said of the answer."""
    blocks = []
    if part.about:
        numbers = say("demo.list_separator", language).join(map(str, part.about))
        key = "demo.about.one" if len(part.about) == 1 else "demo.about.many"
        blocks.append(f"**{say(key, language, numbers=numbers)}**")
    text = plain(part.text)
    if part.pending.strip():
        text += f" *{_EMPHASIS.sub('', plain(part.pending.strip()))}*"
    blocks.append(text.strip() or say("demo.answer.none", language))
    if part.done and part.sources:
        cited = citations.lines(part.sources, language)
        items = "\n".join(f"- *{_EMPHASIS.sub('', plain(line))}*" for line in cited)
        blocks.append(f"*{say('knowledge.heading', language)}*\n\n{items}")
    for key, count in (("withheld", part.withheld), ("repaired", part.repaired)):
        if part.done and count:
            blocks.append(f"*{say(f'demo.answer.{key}', language, count=count)}*")
    if part.stopped:
        blocks.append(f"*{say('demo.answer.stopped', language)}*")
    return "\n\n".join(blocks)


# what Markdown would turn into a tag, an entity, a link or a picture, and a backslash that it eats
_ACTIVE = re.compile(
    r"<(?=[a-z/!?])|&(?=#?\w+;)|\](?=[(\[:])|:(?=//)|(?<=www)\.|(?<=\w)@(?=\w)|\\(?=[!-/:-@\[-`{-~])",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"(?<!\\)[*_~`]")


def plain(text: str) -> str:
    """Markdown source in which nothing of `text` becomes a tag, a link or a picture.

    As little as possible is escaped, because the page's copy button copies this source.
    """
    return _ACTIVE.sub(r"\\\g<0>", text)


def unplain(text: str) -> str:
    """Inverse of `plain`, for text that a person edited in place."""
    return re.sub(r"\\([\\<&\]:.@])", r"\1", text)
