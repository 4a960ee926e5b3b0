"""What a text is about, as entries of the knowledge base: found by their names in both languages.

A name counts as a whole, in any case, with or without hyphens and the plural's s.
"""

import re
from functools import cache

from assistant.knowledge import Entry, entries
from assistant.lexicon import normalise

_TOKEN = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")
_PLURAL = re.compile(r"(?<=[a-z]{3})(?<![sui])s$")

_SMALL = frozenset("a an the of in on and or my please eye retina 的 和 与 或 请 有 眼 底".split())


def subjects(text: str) -> tuple[Entry, ...]:
    """The entries that a text names, in order; of names in one another the longest counts."""
    return tuple(dict.fromkeys(entry for _, _, entry in _named(_tokens(text))))


def is_bare(text: str) -> bool:
    """Whether a text is nothing but names of entries and the small words between them."""
    tokens = _tokens(text)
    named = _named(tokens)
    inside = {place for start, end, _ in named for place in range(start, end)}
    rest = (token for place, token in enumerate(tokens) if place not in inside)
    return bool(named) and all(token in _SMALL for token in rest)


def _named(tokens: list[str]) -> list[tuple[int, int, Entry]]:
    names, longest = _names()
    found, start = [], 0
    while start < len(tokens):
        ends = range(min(len(tokens), start + longest), start, -1)
        end = next((e for e in ends if tuple(tokens[start:e]) in names), None)
        if end is None:
            start += 1
        else:
            found.append((start, end, names[tuple(tokens[start:end])]))
            start = end
    return found


@cache
def _names() -> tuple[dict[tuple[str, ...], Entry], int]:
    """Names as tokens, and how many tokens the longest has."""
    names: dict[tuple[str, ...], Entry] = {}
    for entry in entries().values():
        for called in (*entry.name.values(), *entry.aliases["en"], *entry.aliases["zh"]):
            names.setdefault(tuple(_tokens(called)), entry)
    return names, max(map(len, names))


def _tokens(text: str) -> list[str]:
    return [_PLURAL.sub("", token) for token in _TOKEN.findall(normalise(text))]
