"""Many photos of one person: where they lie, what came of each, and how far the reading is."""

import math
import shutil
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from demo.screen.attention import Group, group
from demo.screen.entry import FINAL, Entry
from demo.transcript import Told

MOST_PHOTOS = 500  # more than that is a night's work, for `python -m demo.screen`
Keep = Literal["none", "seen", "all"]  # which photos become cases
KEEPS: tuple[Keep, ...] = ("none", "seen", "all")
_WORTH: frozenset[Group] = frozenset({"referable", "finding", "unsure"})  # a person should look


@dataclass(eq=False)
class Batch:
    """One person's photos. Lives in the visit; a thread fills it while `running`."""

    names: list[str] = field(default_factory=list)  # files as they were taken
    entries: dict[str, Entry] = field(default_factory=dict)  # by file, in the order of reading
    keep: Keep = "none"
    prefix: str = ""  # codes of the cases begin with it
    kept: int = 0  # photos that became cases
    group: Group | None = None  # the only one shown; None: all
    clearing: bool = False  # whether all of it waits for a second word to be let go of
    told: Told | None = None  # why something has not happened
    waits: Told | None = None  # what the next photo waits for
    running: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    began_s: float = 0.0  # time.monotonic() of the first photo of this run
    read_in_run: int = 0
    shown: object = None  # what the table on the screen was made of
    _home: TemporaryDirectory[str] | None = None

    # ---- files ----

    @property
    def home(self) -> Path:
        """A folder that only this user can read; gone with the batch, or when the program ends."""
        if self._home is None:
            self._home = TemporaryDirectory(prefix="openophglm-photos-", ignore_cleanup_errors=True)
            (Path(self._home.name) / "photos").mkdir()
        return Path(self._home.name)

    @property
    def photos(self) -> Path:
        """The folder of the photos."""
        return self.home / "photos"

    def take(self, files: Iterable[Path]) -> int:
        """Move uploaded files in; returns how many were too many, which are removed instead."""
        folder, too_many = self.photos, 0
        for file in files:
            if len(self.names) >= MOST_PHOTOS:
                file.unlink(missing_ok=True)
                too_many += 1
                continue
            name = _free(file.name, set(self.names))
            shutil.move(file, folder / name)
            self.names.append(name)
        return too_many

    # ---- where it stands ----

    @property
    def left(self) -> list[str]:
        """Files that were not read yet, or that may be read at another try."""
        found = self.entries
        return [n for n in self.names if n not in found or found[n].status not in FINAL]

    @property
    def skipped(self) -> list[Entry]:
        """Files that could not be read as a photo."""
        return [e for e in list(self.entries.values()) if e.findings is None]

    def wants(self, entry: Entry) -> bool:
        """Whether a photo that was read just now is to become a case."""
        worth = self.keep == "all" or (self.keep == "seen" and group(entry) in _WORTH)
        return worth and entry.findings is not None

    def begin(self) -> None:
        """Note that a run begins."""
        self.stop = threading.Event()
        self.running, self.told, self.clearing = True, None, False
        self.began_s, self.read_in_run = 0.0, 0

    def add(self, entry: Entry) -> None:
        """Note what came of a photo."""
        self.entries[entry.photo.path] = entry
        self.read_in_run += 1

    def seconds_left(self) -> float:
        """An estimate from the photos of this run, waiting included; nan before the first."""
        if not self.read_in_run:
            return math.nan
        each = (time.monotonic() - self.began_s) / self.read_in_run
        return each * sum(name not in self.entries for name in self.names)

    def close(self) -> None:
        """End the reading and remove the photos."""
        self.stop.set()
        home, self._home = self._home, None
        if home is not None:
            home.cleanup()


def _free(name: str, taken: set[str]) -> str:
    """A name that no other file has: two folders may both hold an IMG_0001.jpg."""
    path, number = Path(name), 1
    while name in taken:
        number += 1
        name = f"{path.stem} ({number}){path.suffix}"
    return name
