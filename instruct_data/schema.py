"""One training dialogue: the canonical record, one JSON line each.

`findings` are named by image id and lie beside the records in `findings.jsonl`; passages are named
by id and lie in `assistant.knowledge`. Prompts are made of them by the functions that serving uses.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal

from instruct_data.photos import Split
from vision.catalogue import Language
from vision.errors import InputError

SCHEMA = 1
Kind = Literal["image", "knowledge", "report", "plain"]


@dataclass(frozen=True, slots=True)
class Shown:
    """An image of a dialogue; images are numbered from 1 in the order they are shown."""

    path: str  # relative to the folder of all sets
    id: str  # SHA-256 of its pixels, the key of its findings


@dataclass(frozen=True, slots=True)
class Said:
    """One message. A question carries its intent, its family of forms and what it is given."""

    role: Literal["user", "assistant"]
    content: str
    intent: str = ""
    family: str = ""  # "<language>:<intent>:<number>"; those of test are never in train
    about: tuple[int, ...] = ()  # numbers of the images that it is about
    passages: tuple[str, ...] = ()  # ids of the passages that are given with the question
    facts: str = ""  # what the findings say to it, where that was kept; else it is made anew


@dataclass(frozen=True, slots=True)
class Record:
    """A dialogue of one to eight questions, in one language."""

    id: str
    split: Split
    language: Language
    kind: Kind
    patient: str  # whose images these are; empty where there is none
    images: tuple[Shown, ...]
    messages: tuple[Said, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-ready dict; empty fields of messages are left out."""
        plain: dict[str, Any] = {"schema": SCHEMA}
        plain |= {field.name: getattr(self, field.name) for field in fields(self)}
        plain["images"] = [{"path": image.path, "id": image.id} for image in self.images]
        plain["messages"] = [
            {f.name: value for f in fields(message) if (value := getattr(message, f.name))}
            for message in self.messages
        ]
        return plain

    @staticmethod
    def from_dict(plain: dict[str, Any]) -> "Record":
        """Inverse of `to_dict`; raises InputError for another schema or missing keys."""
        rest = dict(plain)
        if rest.pop("schema", None) != SCHEMA:
            raise InputError("error.record_schema", found=plain.get("schema"), expected=SCHEMA)
        try:
            images = tuple(Shown(**image) for image in rest.pop("images"))
            messages = tuple(_said(message) for message in rest.pop("messages"))
            return Record(**rest, images=images, messages=messages)
        except (KeyError, TypeError) as error:
            raise InputError("error.record_keys", detail=error) from error


def _said(plain: dict[str, Any]) -> Said:
    told = dict(plain)
    for key in ("about", "passages"):
        if key in told:
            told[key] = tuple(told[key])
    return Said(**told)
