"""Messages, and the one renderer that turns them into token ids for training and for serving.

The chat template and its end-of-turn token come from the tokenizer. Special strings inside what
people or findings say are plain text. Knows no model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import vision.compat  # noqa: F401  before transformers, which imports torchvision

from transformers import PreTrainedTokenizerBase  # isort: skip


Role = Literal["system", "user", "assistant"]
PLACEHOLDER_ID = -1  # stands for one visual token; no text can ever produce it
_SENTINEL = "\ue000{}\ue000"  # private-use characters: templates hold none


@dataclass(frozen=True, slots=True)
class VisualBlock:
    """`count` visual tokens of the image with this id, in the place where they are read."""

    image_id: str
    count: int


Part = str | VisualBlock


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; `about` are the image numbers (from 1) it is about."""

    role: Role
    text: str
    about: tuple[int, ...] = ()
    facts: str = ""  # what the findings say to this question; given to the model, not shown
    passages: tuple[str, ...] = ()  # ids of knowledge passages given with it, best first
    plain: str = ""  # a question as it was understood, in the words of the rules


@dataclass(frozen=True, slots=True)
class Turn:
    """A message ready to render: its role and its parts of text and visual tokens."""

    role: Role
    parts: tuple[Part, ...]
    asked: str = ""  # a question's own words, where its parts hold more than these


@dataclass(frozen=True, slots=True)
class Rendered:
    """Token ids (T,) with -1 at visual positions, and the loss mask (T,): 1 on assistant tokens."""

    ids: tuple[int, ...]
    mask: tuple[int, ...]
    image_ids: tuple[str, ...]  # one per visual position, in order


def plain_ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Token ids of a text in which no special token is ever recognised."""
    ids: list[int] = tokenizer(text, add_special_tokens=False, split_special_tokens=True)[
        "input_ids"
    ]
    return ids


def end_of_turn_ids(tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """The ids after which an assistant turn is over, by the tokenizer's own template."""
    pieces = _template(tokenizer, ("user", "assistant"), "ask")
    closing = tokenizer(pieces[-1], add_special_tokens=False)["input_ids"]
    return frozenset(closing[:1]) | {tokenizer.eos_token_id}


@cache
def _template(
    tokenizer: PreTrainedTokenizerBase, roles: tuple[Role, ...], ending: Literal["ask", "done"]
) -> tuple[str, ...]:
    """The template's own text before, between and after the contents of turns of these roles."""
    turns = [{"role": r, "content": _SENTINEL.format(i)} for i, r in enumerate(roles)]
    text = tokenizer.apply_chat_template(
        turns, tokenize=False, add_generation_prompt=ending == "ask" and roles[-1] != "assistant"
    )
    pieces, rest = [], str(text)
    for i in range(len(roles)):
        before, found, rest = rest.partition(_SENTINEL.format(i))
        if not found:
            raise ValueError(f"the chat template drops a message of role {roles[i]!r}")
        pieces.append(before)
    return (*pieces, rest)


def last_question(turns: Sequence[Turn]) -> str:
    """The words of the last question, without what was put beside them; "" where none was asked."""
    for turn in reversed(turns):
        if turn.role == "user":
            return turn.asked or "".join(part for part in turn.parts if isinstance(part, str))
    return ""


def render(tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn]) -> Rendered:
    """Turns -> ids, loss mask and image ids; ends ready for the assistant after a user turn.

    The mask is 1 on the assistant's words and on the token that ends its turn, 0 elsewhere.
    Raises ValueError where roles do not alternate.
    """
    roles = tuple(turn.role for turn in turns)
    spoken = roles[1:] if roles[:1] == ("system",) else roles
    if any(role != ("user", "assistant")[i % 2] for i, role in enumerate(spoken)):
        raise ValueError(f"roles must alternate user, assistant after one system turn: {roles}")
    pieces = _template(tokenizer, roles, "ask")
    ids: list[int] = []
    mask: list[int] = []
    image_ids: list[str] = []

    def put(new: list[int], learn: int) -> None:
        ids.extend(new)
        mask.extend([learn] * len(new))

    for i, turn in enumerate(turns):
        template_ids = tokenizer(pieces[i], add_special_tokens=False)["input_ids"]
        put(template_ids, 0)
        if i > 0 and turns[i - 1].role == "assistant":  # its end-of-turn token opens this piece
            mask[len(mask) - len(template_ids)] = 1
        for part in turn.parts:
            if isinstance(part, VisualBlock):
                put([PLACEHOLDER_ID] * part.count, 0)
                image_ids.extend([part.image_id] * part.count)
            else:
                put(plain_ids(tokenizer, part), int(turn.role == "assistant"))
    tail = tokenizer(pieces[-1], add_special_tokens=False)["input_ids"]
    put(tail, 0)
    if roles[-1] == "assistant":
        mask[len(mask) - len(tail)] = 1
    return Rendered(tuple(ids), tuple(mask), tuple(image_ids))


def fit(
    tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn], limit_tokens: int
) -> tuple[Rendered, int]:
    """Render, dropping the oldest question-answer pairs until it fits; returns (rendered, dropped).

    System turns, visual blocks and the last question are never cut; raises ValueError where
    they alone are too long.
    """
    kept = list(turns)
    dropped = 0
    first = 1 if kept and kept[0].role == "system" else 0
    rendered = render(tokenizer, kept)
    while len(rendered.ids) > limit_tokens:
        pair = kept[first : first + 2]
        if len(kept) - first < 3 or any(isinstance(p, VisualBlock) for t in pair for p in t.parts):
            raise ValueError(f"{len(rendered.ids)} tokens do not fit into {limit_tokens}")
        del kept[first : first + 2]
        dropped += 1
        rendered = render(tokenizer, kept)
    return rendered, dropped
