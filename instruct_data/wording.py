"""A true sentence told in another way: its facts stay, its words are drawn.

A sentence made by the catalogue is found back by its template, and one of that template's other
wordings (`forms/wordings.<language>.json`) is filled with the same values.
"""

import json
import random
import re
import string
from functools import cache
from pathlib import Path

from vision.catalogue import Language, table

FORMS = Path(__file__).parent / "forms"
# what a value may hold, where it tells one template from another
_HOLDS = {"number": r"\d+", "count": r"[\d,]+", "name": r"[^\d:：]+?"}
REWORDED = ("template.", "refuse.", "urgent.", "note.", "evidence.", "dme.", "check.")


@cache
def wordings(language: Language) -> dict[str, list[str]]:
    """Catalogue key -> other texts with the same fields."""
    path = FORMS / f"wordings.{language}.json"
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def _templates(language: Language) -> list[tuple[str, re.Pattern[str]]]:
    """Templates as patterns, those with the most words of their own first."""
    found = []
    for key, text in table(language).items():
        if not key.startswith(REWORDED):
            continue
        pattern, own, known = "", 0, set[str]()
        for literal, field, _, _ in string.Formatter().parse(text):
            pattern += re.escape(literal)
            own += len(literal)
            if field is not None:
                holds = _HOLDS.get(field, ".+?")
                pattern += f"(?P={field})" if field in known else f"(?P<{field}>{holds})"
                known.add(field)
        found.append((own, key, re.compile(pattern, re.I)))
    return [(key, pattern) for _, key, pattern in sorted(found, key=lambda f: -f[0])]


@cache
def template_of(sentence: str, language: Language) -> tuple[str, dict[str, str]] | None:
    """The catalogue key that a sentence was made by, and its values; None where it was not."""
    for key, pattern in _templates(language):
        if match := pattern.fullmatch(sentence):
            return key, match.groupdict()
    return None


def reword(sentence: str, language: Language, rng: random.Random) -> str:
    """The sentence as it is or in one of its other wordings."""
    found = template_of(sentence, language)
    if found is None:
        return sentence
    key, values = found
    form = rng.choice([None, *wordings(language).get(key, ())])
    if form is None:
        return sentence
    said = form.format(**values)
    return said[0].upper() + said[1:]
