"""Versions of a language model's adapter: the one it came with, and those that feedback made.

They lie in the user's cache folder: `adapters/<model>/<id>/` holds `adapter/` (a model folder) and
`version.json`; `use.json` beside them names those that were put to use, the last one serves. What
cannot be used is passed over for the one that came with the model. Knows no torch.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.base_llm import DEFAULT
from assistant.prepared import ADAPTER
from assistant.storage import MB, cache_root, setting_up, whole_or_nothing
from vision.errors import InputError, ModelError
from vision.model_config import read_config

SHIPPED = "shipped"  # the id of the one that came with the model
_ABOUT, _USE = "version.json", "use.json"
_NEED_BYTES = 100 * MB


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of the gate before and after, over n answers or claims."""

    before: float
    after: float
    n: int
    fell: bool  # by more than was allowed


@dataclass(frozen=True, slots=True)
class Version:
    """One adapter: where it lies, its SHA-256, and how it came about."""

    id: str
    adapter: Path  # its model folder
    sha256: str  # of its weights
    made_at: str = ""  # ISO 8601, UTC; empty of the shipped one
    parent: str = ""  # the id of the version that it was trained from
    method: str = ""  # dpo or kto
    records: int = 0  # that it learned from
    passed: bool = True  # the gate; one that did not is kept to be looked at, never used
    gate: dict[str, Figure] | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The versions of one language model."""

    root: Path
    shipped: Path  # the adapter that came with it

    @staticmethod
    def of(llm: str) -> "Shelf":
        """That of an LLM's name: "default", or a folder that assistant.train wrote."""
        if llm == DEFAULT:
            return Shelf(cache_root() / "adapters" / DEFAULT, ADAPTER)
        folder = Path(llm).expanduser().resolve()
        name = f"{folder.name}-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"
        return Shelf(cache_root() / "adapters" / name, folder / "adapter")

    def versions(self) -> list[Version]:
        """All of them: the shipped one, then the others as they were made."""
        made = [self._read(path.parent) for path in self.root.glob(f"*/{_ABOUT}")]
        made.sort(key=lambda version: (version.made_at, version.id))
        return [*([self._as_shipped()] if self.shipped.is_dir() else []), *made]

    def find(self, version_id: str) -> Version:
        """The version of an id; raises InputError where there is none."""
        for version in self.versions():
            if version.id == version_id:
                return version
        raise InputError("versions.unknown", id=version_id)

    def current(self) -> tuple[Version, ModelError | None]:
        """The version that serves, and why it is not the one that was put to use.

        Raises ModelError where there is no adapter at all.
        """
        used = self._used()
        if not used or used[-1] == SHIPPED:
            return self._as_shipped(), None
        fault = ModelError("versions.unusable", id=used[-1])
        try:
            version = self._read(self.root / used[-1])
        except ModelError:
            return self._as_shipped(), fault
        return (self._as_shipped(), fault) if self._unfit(version) else (version, None)

    def use(self, version_id: str) -> Version:
        """Let a version serve from now on; raises InputError where it may not or cannot."""
        version = self.find(version_id)
        if not version.passed:
            raise InputError("versions.refused", id=version_id)
        if version.id != SHIPPED and self._unfit(version):
            raise InputError("versions.unusable", id=version_id)
        self._change(lambda used: [*used, version_id])
        return version

    def rollback(self) -> Version:
        """Let the version serve that did before; raises InputError where none did."""
        if not self._used():
            raise InputError("versions.nothing_before")
        self._change(lambda used: used[:-1])
        return self.current()[0]

    def add(
        self,
        adapter: Path,
        parent: str,
        method: str,
        records: int,
        gate: dict[str, Figure],
    ) -> Version:
        """Keep a trained adapter with what is known of it; it does not serve yet."""
        sha256, now = _sha256(adapter), datetime.now(UTC).replace(microsecond=0)
        name = f"{now:%Y%m%d-%H%M%S}-{sha256[:6]}"
        passed = not any(figure.fell for figure in gate.values())
        about = {
            "sha256": sha256, "made_at": now.isoformat(), "parent": parent, "method": method,
            "records": records, "passed": passed, "gate": {k: asdict(f) for k, f in gate.items()},
        }  # fmt: skip
        with setting_up(cache_root(), _NEED_BYTES), whole_or_nothing(self.root / name) as written:
            shutil.copytree(adapter, written / "adapter")
            text = json.dumps(about, indent=1) + "\n"
            (written / _ABOUT).write_text(text, encoding="utf-8")
        return self._read(self.root / name)

    def _as_shipped(self) -> Version:
        return Version(SHIPPED, self.shipped, _sha256(self.shipped))

    def _read(self, folder: Path) -> Version:
        path = folder / _ABOUT
        try:
            about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            gate = {name: Figure(**told) for name, told in about.pop("gate").items()}
            return Version(folder.name, folder / "adapter", **about, gate=gate)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError("error.weights_altered", path=path) from error

    def _unfit(self, version: Version) -> bool:
        """Whether it is altered, or was made beside another projector or encoder than today's."""
        try:
            mine, shipped = read_config(version.adapter), read_config(self.shipped)
            same = mine["preprocess"] == shipped["preprocess"]
            return not (version.passed and same and mine["sha256"] == version.sha256)
        except (ModelError, KeyError):
            return True

    def _used(self) -> list[str]:
        path = self.root / _USE
        try:
            return [str(one) for one in json.loads(path.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            raise ModelError("error.weights_altered", path=path) from error

    def _change(self, to: Callable[[list[str]], list[str]]) -> None:
        with setting_up(cache_root(), MB), whole_or_nothing(self.root / _USE) as written:
            written.write_text(json.dumps(to(self._used())) + "\n", encoding="utf-8")


def version_fault(llm: str) -> ModelError | None:
    """Why the version that was put to use does not serve; None where it does, or none was."""
    shelf = Shelf.of(llm)
    return shelf.current()[1] if shelf.shipped.is_dir() else None


def _sha256(adapter: Path) -> str:
    """Of the weights, by the folder's own account; compared with the file on every load."""
    return str(read_config(adapter).get("sha256", ""))
