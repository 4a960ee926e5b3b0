"""Chinese in one script: Traditional characters as Simplified ones, by the tables of OpenCC."""

from functools import cache

from opencc import OpenCC

_FIRST, _LAST = 0x4E00, 0x9FFF  # CJK Unified Ideographs


@cache
def _table() -> dict[int, int]:
    every = "".join(map(chr, range(_FIRST, _LAST + 1)))
    return str.maketrans(every, OpenCC("t2s").convert(every))


def simplified(text: str) -> str:
    """A text with each Traditional character as its Simplified one; no place is moved."""
    return text.translate(_table())
