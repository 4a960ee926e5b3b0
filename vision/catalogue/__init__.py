"""Every sentence a person reads, in English and Chinese, from two JSON files with the same keys."""

import json
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@cache
def table(language: Language) -> dict[str, str]:
    """All entries of one language: dotted key -> text with {named} fields."""
    entries: dict[str, str] = json.loads(
        (Path(__file__).parent / f"{language}.json").read_text(encoding="utf-8")
    )
    return entries


def say(key: str, language: Language, **values: object) -> str:
    """The catalogue's text for `key`, filled in; raises KeyError for an unknown key."""
    return table(language)[key].format(**values)


def detect_language(text: str) -> Language | None:
    """Chinese where its characters carry the text, English where words do, None where neither."""
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    latin_words = sum(word.isascii() and any(c.isalpha() for c in word) for word in text.split())
    if han == 0 and latin_words == 0:
        return None
    return "zh" if han >= latin_words else "en"
