"""Where the OpenVINO engine's files of a model lie, and whether they are whole and still its own.

The folder's name holds the hash of all that the files are made from: the base model, the adapter,
the converter and OpenVINO. One that changes gives another name, so that old files are never used.
Knows no torch and no OpenVINO: `python -m assistant models fetch` asks at every start.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from assistant.base_llm import MANIFEST
from assistant.storage import cache_root
from vision.errors import ModelError
from vision.packages import sha256_of

ADAPTER = Path(__file__).parent / "weights" / "adapter"  # the shipped one
CONVERTER = 3  # raise it whenever the conversion writes something else
GRAPH = "decoder.xml"
EMBEDDINGS = "embeddings.npy"
SCORED = "scored.npy"
_MARK = "openvino.json"
_KEPT = 3  # versions of one model: the ones used last


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files of one model: a folder that is there whole, or not yet."""

    folder: Path
    made_from: dict[str, Any]

    @staticmethod
    def of(base: Path, adapter: Path | None) -> "Prepared":
        """Those of a model folder with an adapter merged into it.

        Raises ModelError where OpenVINO is not installed or the adapter has no readable config.
        """
        made_from = {
            "base": _digest(base),
            "adapter": None if adapter is None else _adapter_sha256(adapter),
            "converter": CONVERTER,
            "openvino": _openvino_version(),
        }
        key = hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:16]
        return Prepared(cache_root() / "models" / f"{base.name}-openvino-{key}", made_from)

    def is_whole(self, *, thorough: bool) -> bool:
        """Whether the files are as they were written; `thorough` compares each with its hash."""
        try:
            mark = json.loads((self.folder / _MARK).read_text(encoding="utf-8"))
            if mark["made_from"] != self.made_from or GRAPH not in mark["files"]:
                return False
            for name, (size, sha256) in mark["files"].items():
                file = self.folder / name
                if file.stat().st_size != size or (thorough and sha256_of(file) != sha256):
                    return False
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return True

    def seal(self, written: Path) -> None:
        """Note in a folder that is being written what its files are made from, and their hashes."""
        files = {f.name: (f.stat().st_size, sha256_of(f)) for f in sorted(written.iterdir())}
        mark = {"made_from": self.made_from, "files": files}
        (written / _MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")

    def drop_old(self) -> None:
        """Remove what other versions of the model left, but for the ones used last."""
        stem = self.folder.name.rpartition("-")[0]
        others = [f for f in self.folder.parent.glob(f"{stem}-*") if f != self.folder]
        others.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in others[_KEPT - 1 :]:
            shutil.rmtree(folder, ignore_errors=True)


def _digest(base: Path) -> str:
    """SHA-256 of all that tells a model: its manifest where it has one, else weights and config."""
    if (base / MANIFEST).is_file():  # assistant.base_llm compared the files with it
        return sha256_of(base / MANIFEST)
    names = ("config.json", "generation_config.json")
    files = sorted(f for f in base.iterdir() if f.name in names or f.suffix == ".safetensors")
    told = json.dumps([(file.name, sha256_of(file)) for file in files])
    return hashlib.sha256(told.encode()).hexdigest()


def _adapter_sha256(adapter: Path) -> str:
    """That of its config, which holds that of its weights."""
    try:
        return sha256_of(adapter / "config.json")
    except OSError as error:
        raise ModelError("llm.adapter", path=adapter) from error


def _openvino_version() -> str:
    try:
        return version("openvino")
    except PackageNotFoundError as error:
        raise ModelError("llm.engine_missing") from error
