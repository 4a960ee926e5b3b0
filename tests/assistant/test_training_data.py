"""What a stage reads of built records: python -m pytest tests/assistant/test_training_data.py"""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from assistant.training.config import CONFIGS, StageConfig
from assistant.training.data import Maker
from instruct_data.build import build
from tests.fakes import byte_tokenizer
from vision.errors import InputError

COUNT = 4  # visual tokens a photo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small build, with two alignment records of its photos."""
    out = tmp_path_factory.mktemp("built")
    build(out, 0, 120, workers=1)
    said = (
        '"messages": [{"role": "user", "content": "What?"}, {"role": "assistant", "content": "A."}]'
    )
    lines = [f'{{"image": "odir/{n}.jpg", "language": "en", {said}}}\n' for n in (1, 2)]
    (out / "alignment-train.jsonl").write_text("".join(lines))
    return out


def config() -> StageConfig:
    """The shipped stage, with rows that hold what a tokenizer of bytes makes of a record."""
    return replace(StageConfig.read(CONFIGS / "dialogue.json"), row_tokens=6000)


def maker(folder: Path) -> Maker:
    return Maker.read(folder, "train", byte_tokenizer(), config(), Random(0))


def test_all_kinds_of_records_become_rows(folder: Path) -> None:
    one = maker(folder)
    photos = {*one.photos(1000), "odir/1.jpg", "odir/2.jpg"}
    rows = one.rows(400_000, photos, COUNT)
    kinds = {each.kind for row in rows for each in row.examples}
    assert {"tokens", "photo", "scan", "knowledge", "report", "plain"} <= kinds
    assert all(len(row) <= 6000 for row in rows)


def test_every_photo_that_is_read_has_its_visual_places(folder: Path) -> None:
    one = maker(folder)
    photos = set(one.photos(1000))
    rows = one.rows(300_000, photos, COUNT)
    for each in (e for row in rows for e in row.examples if e.kind == "photo"):
        assert each.ids.count(-1) == COUNT * len(each.images) and set(each.images) <= photos


def test_a_photo_whose_tokens_are_not_at_hand_is_not_asked_about(folder: Path) -> None:
    one = maker(folder)
    few = set(one.photos(2))
    seen = {path for row in one.rows(300_000, few, COUNT) for path in row.images}
    assert seen <= few


def test_a_scan_has_no_visual_places_as_in_serving(folder: Path) -> None:
    one = maker(folder)
    scans = [e for row in one.rows(300_000, set(), COUNT) for e in row.examples if e.kind == "scan"]
    assert scans and all(each.ids.count(-1) == 0 for each in scans)


def test_the_photos_are_the_same_for_every_run(folder: Path) -> None:
    assert maker(folder).photos(5) == maker(folder).photos(5)


def test_a_folder_that_was_not_built_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"findings\.jsonl"):
        maker(tmp_path)
