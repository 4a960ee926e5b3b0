"""Who may work next: one at a time, first come, first served."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Ticket:
    """A place in the line; of value to `Turns` alone."""


class Turns:
    """A line of callers of which the first works; one that was stopped leaves it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._line: deque[Ticket] = deque()

    @contextmanager
    def standing(self) -> Iterator[Ticket]:
        """Stand in line, at its end; leave it at the end of the block."""
        ticket = Ticket()
        with self._changed:
            self._line.append(ticket)
        try:
            yield ticket
        finally:
            with self._changed:
                self._line.remove(ticket)
                self._changed.notify_all()

    def before(self, ticket: Ticket, seconds: float = 0.0) -> int:
        """How many stand before a ticket, after up to `seconds` of waiting for fewer; 0: work."""
        with self._changed:
            known = self._line.index(ticket)
            if known and seconds:
                self._changed.wait_for(lambda: self._line.index(ticket) < known, seconds)
            return self._line.index(ticket)

    def places(
        self, ticket: Ticket, given_up: Callable[[], bool], seconds: float = 0.5
    ) -> Iterator[int]:
        """How many stand before a ticket, at first and whenever that changes, until none does.

        Ends within `seconds` where `given_up`, of which nobody notifies us.
        """
        shown = 0
        while (before := self.before(ticket)) and not given_up():
            if before != shown:
                yield before
            shown = before
            self.before(ticket, seconds)

    @contextmanager
    def turn(self, stop: threading.Event, *, idle_only: bool = False) -> Iterator[bool]:
        """Wait in line; yields False where `stop` was set before the turn came.

        With `idle_only` nobody is waited for: False where somebody works.
        """
        with self.standing() as ticket:
            if not idle_only:
                for _ in self.places(ticket, stop.is_set, 0.1):
                    pass
            yield not self.before(ticket) and not stop.is_set()

    def others_wait(self) -> bool:
        """Whether somebody stands in line behind who has the turn."""
        with self._changed:
            return len(self._line) > 1
