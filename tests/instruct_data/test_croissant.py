"""Metadata of a built folder: python -m pytest tests/instruct_data/test_croissant.py"""

import hashlib
import json
from pathlib import Path
from typing import Any

import mlcroissant
import pytest

from instruct_data.croissant import describe, write_croissant
from instruct_data.photos import SPLITS
from tests.instruct_data.factory import make_record, write_folder
from vision.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    records = [make_record(i, split, images=i) for split in SPLITS for i in (0, 1, 2)]
    records.append(make_record(3, "train", "zh", "knowledge", images=0))
    write_folder(tmp_path, records)
    write_croissant(tmp_path)
    return tmp_path


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    """The records of a set as mlcroissant gives them, texts decoded."""
    dataset = mlcroissant.Dataset(folder / "croissant.json")
    return [plain(record) for record in dataset.records(name)]


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


def test_mlcroissant_finds_neither_errors_nor_warnings(folder: Path) -> None:
    issues = mlcroissant.Dataset(folder / "croissant.json").metadata.ctx.issues
    assert not issues.errors
    assert not issues.warnings


@pytest.mark.parametrize("split", SPLITS)
def test_mlcroissant_reads_the_dialogues_of_a_split(folder: Path, split: str) -> None:
    lines = (folder / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    found = read(folder, split)
    assert [row[f"{split}/id"] for row in found] == [row["id"] for row in told]
    for row, wanted in zip(found, told, strict=True):
        said = [m[f"{split}/messages/content"] for m in row[f"{split}/messages"]]
        assert said == [message["content"] for message in wanted["messages"]]
        about = [m[f"{split}/messages/about"] for m in row[f"{split}/messages"]]
        assert about == [message.get("about") for message in wanted["messages"]]
        paths = [image[f"{split}/images/path"] for image in row[f"{split}/images"]]
        assert paths == [image["path"] for image in wanted["images"]]


def test_mlcroissant_reads_the_findings(folder: Path) -> None:
    found = read(folder, "findings")
    assert {row["findings/id"] for row in found} >= {"sha-train-0", "sha-test-1"}
    assert {row["findings/grade"] for row in found} == {2}
    assert {row["findings/eye"] for row in found} == {"OD"}


def test_an_altered_file_does_not_fit_its_metadata(folder: Path) -> None:
    with (folder / "val.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    with pytest.raises(Exception, match="Download") as told:
        read(folder, "val")
    assert "not identical" in str(told.value.__cause__)


def test_every_file_is_named_with_its_hash_and_licence(folder: Path) -> None:
    told = describe(folder)
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert len(told["distribution"]) == 4
    for file in told["distribution"]:
        content = (folder / file["contentUrl"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        write_croissant(tmp_path)
