"""How an answer may go on, guessed from a text that it is likely to repeat.

The guesses are only ever checked, never trusted: an engine reads several of them in one step and
keeps those that it would have said itself (prompt lookup: Saxena, 2023; here the looked-up text is
the answer that rules made from the findings).
"""

from collections.abc import Sequence

MOST = 15  # guesses in a step: with the token before them sixteen positions
_UNSURE = 3  # after finding the place anew
_TAILS = (3, 2)  # how many tokens tell a place


class Draft:
    """A place in the draft that moves with the answer and is sought anew where they part."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = tuple(ids)
        self._at: int | None = 0  # where the answer stands; None: somewhere else
        self._read = 0  # how much of the answer was seen
        self._most = MOST

    def guess(self, answer: Sequence[int]) -> tuple[int, ...]:
        """What may follow the answer so far; called with an answer that only grows."""
        for token in answer[self._read :]:
            follows = self._at is not None and self._ids[self._at : self._at + 1] == (token,)
            self._at = self._at + 1 if follows and self._at is not None else None
        self._read = len(answer)
        if self._at is None:
            self._at = self._place(answer)
            self._most = _UNSURE
        elif answer:
            self._most = MOST
        return () if self._at is None else self._ids[self._at : self._at + self._most]

    def _place(self, answer: Sequence[int]) -> int | None:
        """After the draft's first run of the answer's last tokens."""
        for length in _TAILS:
            tail = tuple(answer[-length:])
            if len(tail) == length:
                for end in range(length, len(self._ids)):
                    if self._ids[end - length : end] == tail:
                        return end
        return None
