"""One dialogue in the forms that trainers read: LLaVA, ShareGPT, Alpaca with history, TRL.

What a form has no place for goes along under one key of its own, so that the way back gives the
equal record: also the plain question where a context gave it passages. An "<image>" that somebody
wrote gets an invisible character and loses it again.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Literal, get_args

from instruct_data.context import Context
from instruct_data.schema import SCHEMA, Kind, Record, Said, Shown
from vision.catalogue import LANGUAGES, Language, detect_language
from vision.errors import InputError

KEY = "openophglm"
IMAGE = "<image>"
Form = Literal["messages", "llava", "sharegpt", "alpaca", "trl"]
FORMS: tuple[Form, ...] = get_args(Form)
Content = Literal["parts", "text"]  # of TRL's messages
Turn = tuple[Literal["user", "assistant"], str, int]  # role, text, images that it shows
_JOINER = "\u2060"  # no width, breaks no line; one more of them in each "<image>" of a text
_SPEAKERS = {"user": "human", "assistant": "gpt"}
_ROLES: dict[str, Literal["user", "assistant"]] = {
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant",
}  # fmt: skip
_OF_RECORD = [f.name for f in fields(Record) if f.name not in ("images", "messages")]
_OF_MESSAGE = [f.name for f in fields(Said) if f.name not in ("role", "content")]
_SPLIT: Literal["train"] = "train"


def to_llava(record: Record, context: Context | None = None) -> dict[str, Any]:
    """{"id", "image": path or paths, "conversations": [{"from", "value"}]}.

    A context opens with a turn from "system", at which LLaVA's own `preprocess_v1` fails.
    """
    paths = _paths_of(record)
    image = {"image": paths[0] if len(paths) == 1 else paths} if paths else {}
    first = [{"from": "system", "value": _escape(context.system)}] if context else []
    return {"id": record.id, **image, "conversations": [*first, *_conversations(record, context)],
            KEY: _rest(record, context)}  # fmt: skip


def to_sharegpt(record: Record, context: Context | None = None) -> dict[str, Any]:
    """LLaMA-Factory's form: {"conversations": [{"from", "value"}], "images": paths, "system"}."""
    return {"conversations": _conversations(record, context), **_system(context),
            "images": _paths_of(record), KEY: _rest(record, context)}  # fmt: skip


def to_alpaca(record: Record, context: Context | None = None) -> dict[str, Any]:
    """OphGLM's form: the last question and answer, and the earlier ones as `history`.

    Keeps the messages, the language and the paths of the images, and nothing else of the record;
    with a context everything, as the plain questions need a place.
    """
    said = [text for _, text in _with_placeholders(record, context)]
    rest = {KEY: _rest(record, context)} if context else {}
    pairs = [list(pair) for pair in zip(said[::2], said[1::2], strict=True)]
    images = {"images": _paths_of(record)} if record.images else {}
    return {"instruction": pairs[-1][0], "input": "", "output": pairs[-1][1],
            "history": pairs[:-1], **_system(context), **images, "language": record.language,
            **rest}  # fmt: skip


def to_trl(record: Record, content: Content, context: Context | None = None) -> dict[str, Any]:
    """{"messages": [{"role", "content"}], "images": paths}; as text there is no "images".

    All records of a file need one `content`, or the file cannot be read as a table; raises
    InputError for a record with images as text.
    """
    first = [("system", _escape(context.system))] if context else []
    told, rest = [*first, *_told(record, context)], _rest(record, context)
    if content == "text":
        if record.images:
            raise InputError("error.record_images", found=0, expected=len(record.images))
        return {"messages": [{"role": r, "content": text} for r, text in told], KEY: rest}
    parts = [[{"type": "text", "text": text}] for _, text in told]
    parts[len(first)][:0] = [{"type": "image"} for _ in record.images]
    messages = [{"role": r, "content": p} for (r, _), p in zip(told, parts, strict=True)]
    return {"messages": messages, "images": _paths_of(record), KEY: rest}


def read(row: Any, form: Form) -> Record:
    """A record from any form; raises InputError for missing keys, roles or images out of place.

    What another set does not tell is: split "train", the kind by its images, the language by its
    words. A system prompt is left out, because serving has its own.
    """
    try:
        if form == "messages":
            return Record.from_dict(row)
        turns, paths = _TURNS[form](row), _paths(row)
        return _own(row[KEY], turns, paths) if row.get(KEY) else _foreign(row, turns, paths)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("error.record_keys", detail=repr(error)) from error


def has_system(row: dict[str, Any]) -> bool:
    """Whether a row of any form has a system prompt that is not the one of serving."""
    if row.get(KEY):
        return False
    said = row.get("conversations") or row.get("messages") or [{}]
    return bool(row.get("system")) or "system" in (said[0].get("from"), said[0].get("role"))


def _escape(text: str) -> str:
    return re.sub(f"<({_JOINER}*image>)", rf"<{_JOINER}\1", text)


def _unescape(text: str) -> str:
    return re.sub(f"<{_JOINER}({_JOINER}*image>)", r"<\1", text)


def _paths_of(record: Record) -> list[str]:
    return [image.path for image in record.images]


def _check_roles(roles: Sequence[str]) -> None:
    if not roles or list(roles) != ["user", "assistant"] * (len(roles) // 2):
        raise InputError("error.record_roles", found=", ".join(roles))


def _told(record: Record, context: Context | None) -> list[tuple[str, str]]:
    """Roles and escaped texts, as they are or as serving gives them."""
    roles = [message.role for message in record.messages]
    _check_roles(roles)
    texts = context.texts if context else [message.content for message in record.messages]
    return [(role, _escape(text)) for role, text in zip(roles, texts, strict=True)]


def _system(context: Context | None) -> dict[str, str]:
    return {"system": _escape(context.system)} if context else {}


def _with_placeholders(record: Record, context: Context | None) -> list[tuple[str, str]]:
    """Roles and texts; the first question opens with a placeholder line for each image."""
    told = _told(record, context)
    return [("user", f"{IMAGE}\n" * len(record.images) + told[0][1]), *told[1:]]


def _conversations(record: Record, context: Context | None) -> list[dict[str, str]]:
    told = _with_placeholders(record, context)
    return [{"from": _SPEAKERS[role], "value": text} for role, text in told]


def _rest(record: Record, context: Context | None) -> dict[str, Any]:
    """The record without its paths and without the texts that are told as they are."""
    texts = context.texts if context else [message.content for message in record.messages]
    messages = [
        {name: value for name in _OF_MESSAGE if (value := getattr(message, name))}
        | ({} if text == message.content else {"content": message.content})
        for message, text in zip(record.messages, texts, strict=True)
    ]
    return {"schema": SCHEMA, **{name: getattr(record, name) for name in _OF_RECORD},
            "images": [image.id for image in record.images], "messages": messages}  # fmt: skip


def _own(rest: dict[str, Any], turns: list[Turn], paths: list[str]) -> Record:
    """The record that was written with this rest; raises ValueError where the two do not fit."""
    images = [{"path": p, "id": i} for p, i in zip(paths, rest["images"], strict=True)]
    messages = [
        {"role": role, "content": text} | {k: v for k, v in kept.items() if v or v == ""}
        for (role, text, _), kept in zip(turns, rest["messages"], strict=True)
    ]
    return Record.from_dict({**rest, "images": images, "messages": messages})


def _foreign(row: dict[str, Any], turns: list[Turn], paths: list[str]) -> Record:
    """A record from elsewhere; messages are about the images that were shown last."""
    _check_roles([role for role, _, _ in turns])
    if not any(count for _, _, count in turns):  # shown, but nobody says where
        turns = [(turns[0][0], turns[0][1], len(paths)), *turns[1:]]
    total = sum(count for _, _, count in turns)
    if total != len(paths):
        raise InputError("error.record_images", found=total, expected=len(paths))
    messages, seen, about = [], 0, tuple[int, ...]()
    for role, text, count in turns:
        about = tuple(range(seen + 1, seen + count + 1)) if count else about
        seen += count
        messages.append(Said(role, text, about=about))
    images = tuple(Shown(path, "") for path in paths)
    kind: Kind = "image" if images else "plain"
    name = row.get("id") or f"imported-{_digest(turns, paths)}"
    language = _language(row.get("language"), turns)
    return Record(str(name), _SPLIT, language, kind, "", images, tuple(messages))


def _digest(turns: list[Turn], paths: list[str]) -> str:
    told = json.dumps([turns, paths]).encode()
    return hashlib.sha256(told).hexdigest()[:16]


def _language(told: object, turns: list[Turn]) -> Language:
    """The one that is named, else the one of the words; English where they are of neither."""
    named = next((language for language in LANGUAGES if language == told), None)
    return named or detect_language("\n".join(text for _, text, _ in turns)) or "en"


def _paths(row: dict[str, Any]) -> list[str]:
    told = row.get("images") or row.get("image") or []
    paths = [told] if isinstance(told, str) else list(told)
    if not all(isinstance(path, str) for path in paths):
        raise TypeError("images must be paths")
    return paths


def _turn(role: str, text: str) -> Turn:
    """Role, text without placeholders, and how many there were."""
    speaker = _ROLES[role]
    count = text.count(IMAGE)
    if count and speaker == "assistant":
        raise InputError("error.record_images", found=count, expected=0)
    return speaker, _unescape(re.sub(rf"{IMAGE}\n?|\n{IMAGE}\Z", "", text)), count


def _conversation_turns(row: dict[str, Any]) -> list[Turn]:
    return [_turn(t["from"], t["value"]) for t in row["conversations"] if t["from"] != "system"]


def _alpaca_turns(row: dict[str, Any]) -> list[Turn]:
    question = "\n".join(text for text in (row["instruction"], row.get("input")) if text)
    pairs = [*(row.get("history") or []), (question, row["output"])]
    return [turn for asked, said in pairs for turn in (_turn("user", asked), _turn("gpt", said))]


def _trl_turns(row: dict[str, Any]) -> list[Turn]:
    return [_trl_turn(m["role"], m["content"]) for m in row["messages"] if m["role"] != "system"]


def _trl_turn(role: str, content: str | list[dict[str, str]]) -> Turn:
    if isinstance(content, str):
        return _turn(role, content)
    kinds = [part["type"] for part in content]
    if not set(kinds) <= {"image", "text"}:
        raise ValueError(f"parts of type {sorted(set(kinds))}")
    texts = "\n".join(part["text"] for part in content if part["type"] == "text")
    speaker, text, inside = _turn(role, texts)
    return speaker, text, inside + kinds.count("image")


_TURNS: dict[Form, Callable[[dict[str, Any]], list[Turn]]] = {
    "llava": _conversation_turns,
    "sharegpt": _conversation_turns,
    "alpaca": _alpaca_turns,
    "trl": _trl_turns,
}
