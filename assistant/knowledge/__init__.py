"""What the assistant knows of eyes in general: short sourced passages, English and Chinese.

`passages/*.json` hold conditions (what it is, and five sections: what it looks like, causes,
diagnosis, treatment, prognosis), a glossary of signs and anatomy, examinations, and rules.
`asks/` holds questions that each passage answers, in the words that people use, for the search.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from vision.catalogue import Language

FOLDER = Path(__file__).parent
Kind = Literal["condition", "glossary", "examination", "rule"]
Section = Literal["visual", "causes", "diagnosis", "treatment", "prognosis", "define"]
SECTIONS: tuple[Section, ...] = get_args(Section)[:5]  # of a condition, beside one passage
DEFINE: Section = "define"  # that says what it is; other entries have these alone


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A condition, sign, structure, examination or rule: its names, and what people call it."""

    id: str  # "erm", "signs.hard_exudate"
    kind: Kind
    name: dict[Language, str]
    aliases: dict[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Passage:
    """One to three sentences on one thing, in both languages, with their source."""

    id: str  # "erm.visual.1": entry, section (not of glossaries), place
    entry: Entry
    section: Section
    source: str  # key of `sources`
    text: dict[Language, str]
    asks: dict[Language, tuple[str, ...]]  # questions that it answers, in people's words


@cache
def sources() -> dict[str, str]:
    """Guidelines and textbooks that passages name: key -> how to cite it."""
    found: dict[str, str] = json.loads((FOLDER / "sources.json").read_text(encoding="utf-8"))
    return found


@cache
def _asks() -> dict[str, dict[Language, tuple[str, ...]]]:
    found: dict[str, dict[Language, tuple[str, ...]]] = {}
    for path in sorted((FOLDER / "asks").glob("*.json")):
        for passage_id, asked in json.loads(path.read_text(encoding="utf-8")).items():
            found[passage_id] = {language: tuple(texts) for language, texts in asked.items()}
    return found


@cache
def passages() -> dict[str, Passage]:
    """All passages by id, file by file in the order of their names."""
    found: dict[str, Passage] = {}
    for path in sorted((FOLDER / "passages").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for passage in _of_condition(data) if "aliases" in data else _of_collection(data):
            if passage.id in found:
                raise ValueError(f"passage {passage.id} is there twice")
            found[passage.id] = passage
    return found


@cache
def entries() -> dict[str, Entry]:
    """All entries by id."""
    return {passage.entry.id: passage.entry for passage in passages().values()}


def passage(passage_id: str) -> Passage:
    """The passage of an id; raises KeyError for an unknown one."""
    return passages()[passage_id]


def _entry(entry_id: str, kind: Kind, data: dict[str, Any]) -> Entry:
    aliases = {language: tuple(names) for language, names in data["aliases"].items()}
    return Entry(entry_id, kind, data["name"], aliases)


def _of_condition(data: dict[str, Any]) -> list[Passage]:
    entry = _entry(data["id"], data["kind"], data)
    return [
        _passage(f"{entry.id}.{section}.{place}", entry, section, told)
        for section in (DEFINE, *SECTIONS)
        for place, told in enumerate(data["sections"][section], 1)
    ]


def _of_collection(data: dict[str, Any]) -> list[Passage]:
    found = []
    for name, told in data["sections"].items():
        entry = _entry(f"{data['id']}.{name}", data["kind"], data["entries"][name])
        found += [
            _passage(f"{entry.id}.{i}", entry, "define", one) for i, one in enumerate(told, 1)
        ]
    return found


def _passage(passage_id: str, entry: Entry, section: Section, told: dict[str, str]) -> Passage:
    text: dict[Language, str] = {"en": told["en"], "zh": told["zh"]}
    asks = _asks().get(passage_id, {"en": (), "zh": ()})
    return Passage(passage_id, entry, section, told["source"], text, asks)
