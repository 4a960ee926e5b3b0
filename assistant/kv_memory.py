"""What an engine computed for the starts of prompts, kept for later turns within a limit of bytes.

Only whole chunks of what was read are kept, never what was decoded: with prompts always cut at
the same places, every number comes out of the same shapes, so that an answer does not depend on
what was asked before. A chunk ends with a turn or where it is full: all that stands before a new
question is whole. Conversations that start alike share the chunks of that start.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence

import numpy as np

Keys = tuple[int | str, ...]  # assistant.engine.Prompt.keys


class ChunkMemory:
    """KV arrays by the keys up to their end; what was used longest ago goes first."""

    def __init__(self, chunk_tokens: int, turn_ends: Collection[int], limit_bytes: int) -> None:
        """Chunks of up to so many tokens, each ended by the ids that end a turn."""
        self.chunk_tokens = chunk_tokens
        self._turn_ends = frozenset(turn_ends)
        self._limit = limit_bytes
        self._kept: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._size

    def ends(self, keys: Keys) -> list[int]:
        """Where the whole chunks of a prompt end; those of its start are those of all of it."""
        found: list[int] = []
        start = 0
        for end, key in enumerate(keys, 1):
            if end - start == self.chunk_tokens or key in self._turn_ends:
                found.append(end)
                start = end
        return found

    def recall(self, keys: Keys) -> list[np.ndarray]:
        """The chunks known of a prompt's start, leaving at least one position to compute."""
        found: list[np.ndarray] = []
        marks = []
        for mark in self._marks(keys[:-1]):
            if mark not in self._kept:
                break
            marks.append(mark)
            found.append(self._kept[mark])
        self._used(marks)
        return found

    def keep(self, keys: Keys, first: int, chunks: Sequence[np.ndarray]) -> None:
        """Remember the prompt's chunks number `first` and on; those before it are known."""
        marks = list(self._marks(keys))[: first + len(chunks)]
        for mark, chunk in zip(marks[first:], chunks, strict=True):
            if mark not in self._kept:
                self._kept[mark] = chunk
                self._size += chunk.nbytes
        self._used([mark for mark in marks if mark in self._kept])
        while self._size > self._limit:
            self._size -= self._kept.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._size = 0

    def _used(self, marks: Sequence[bytes]) -> None:
        for mark in reversed(marks):  # a start is worth more than what follows it
            self._kept.move_to_end(mark)

    def _marks(self, keys: Keys) -> Iterator[bytes]:
        """One name for each whole chunk: of all that stands up to its end."""
        mark, start = b"", 0
        for end in self.ends(keys):
            mark = hashlib.sha256(mark + repr(keys[start:end]).encode()).digest()
            start = end
            yield mark
