"""Where fetched things are kept, written whole or not at all.

Layout of the cache root: `sources/` (downloads as they came), `models/` (what the engine loads),
`samples/` (example photos). Unfinished work lives in `.partial-*` beside its target and is removed
by the next run.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock

from vision.errors import ResourceError
from vision.packages import PARTIAL

MB = 1_000_000


class Progress(Protocol):
    """Told which step begins: a catalogue key and its values."""

    def __call__(self, key: str, **values: object) -> None:
        """Show the step."""


def cache_root() -> Path:
    """$OPENOPHGLM_HOME, else $XDG_CACHE_HOME/openophglm, else ~/.cache/openophglm."""
    if home := os.environ.get("OPENOPHGLM_HOME"):
        return Path(home).expanduser().resolve()
    xdg = os.environ.get("XDG_CACHE_HOME")
    return (Path(xdg) if xdg else Path.home() / ".cache") / "openophglm"


def data_root() -> Path:
    """Where people's own data is kept, apart from what can be fetched again.

    $XDG_DATA_HOME/openophglm, else ~/.local/share/openophglm.
    """
    xdg = os.environ.get("XDG_DATA_HOME")
    return (Path(xdg) if xdg else Path.home() / ".local" / "share") / "openophglm"


@contextmanager
def setting_up(root: Path, need_bytes: int) -> Iterator[None]:
    """Hold the cache root for one set-up at a time, with leftovers of killed ones removed.

    Raises ResourceError where the disk lacks `need_bytes` or cannot be written.
    """
    with _readable_disk_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock"):
            for leftover in root.rglob(f"{PARTIAL}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            if shutil.disk_usage(root).free < need_bytes:
                raise ResourceError("setup.disk_full", folder=root, need_mb=need_bytes // MB)
            yield


@contextmanager
def _readable_disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ResourceError("setup.disk_filled", folder=folder) from error
        if error.errno is None:  # a library's own error, not the disk's
            raise
        raise ResourceError("setup.cannot_write", folder=folder, detail=error.strerror) from error


@contextmanager
def whole_or_nothing(target: Path) -> Iterator[Path]:
    """A path to write a file or folder to; it becomes `target` only where the block succeeds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=target.parent) as temporary:
        written = Path(temporary) / target.name
        yield written
        if target.is_dir():
            target.rename(Path(temporary) / f"old-{target.name}")
        written.replace(target)
