"""What was read so far, one line a photo, so that a run that was ended anyhow goes on where it was.

Lines are only ever added. A line that was cut short by a sudden end is left where it is and not
counted; the next one starts on a line of its own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from demo.screen.entry import Entry
from vision.errors import InputError, ResourceError


@dataclass(frozen=True, slots=True)
class Journal:
    """The file beside a table that remembers its photos."""

    path: Path

    def entries(self) -> Iterator[Entry]:
        """All whole lines, in the order in which they were written; later ones hold."""
        if not self.path.exists():
            return
        try:
            with self.path.open(encoding="ascii", errors="replace") as lines:
                for line in lines:
                    try:
                        yield Entry.from_json(line)
                    except InputError:  # cut short, or of another version: read anew
                        continue
        except OSError as error:
            raise ResourceError("error.cannot_write", path=self.path) from error

    def add(self, entry: Entry) -> None:
        """Write one line, on the disk before this returns."""
        line = entry.to_json() + "\n"
        try:
            with self.path.open("ab+") as file:
                if file.tell() and file.seek(-1, os.SEEK_END) and file.read(1) != b"\n":
                    line = "\n" + line
                file.write(line.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ResourceError("error.cannot_write", path=self.path) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the journal for one run; a run that was killed holds it no more.

        Raises InputError where another run has it.
        """
        lock = self.path.with_name(f".{self.path.name}.lock")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(lock, timeout=0):
                yield
        except Timeout as error:
            raise InputError("screen.busy", path=self.path) from error
        except OSError as error:
            raise ResourceError("error.cannot_write", path=self.path) from error
