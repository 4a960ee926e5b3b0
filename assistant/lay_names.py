"""Lesions and diseases as people call them in questions: by their terms, else in lay words.

Lay words ("blood", "the yellow bits") are too wide to hold a sentence of an answer to, so the
lexicon does not have them; of a question that is known to ask for a lesion they say which one.
"""

import re
from typing import Literal

from assistant.lexicon import mentions
from assistant.words import Words

_WORDS = Words("lay_names")
_NAMES = tuple((keys, re.compile(pattern, re.ASCII)) for keys, pattern in _WORDS.table("lesion"))
_SICK = tuple((keys, re.compile(pattern, re.ASCII)) for keys, pattern in _WORDS.table("disease"))


def codes_named(text: str, kind: Literal["lesion", "disease"]) -> list[str]:
    """Codes of the lesions or diseases that a normalised question names, each once."""
    found = [code for one in mentions(text) if one.kind == kind for code in one.codes]
    if not found:
        names = _NAMES if kind == "lesion" else _SICK
        found = [code for codes, pattern in names if pattern.search(text) for code in codes]
    return list(dict.fromkeys(found))
