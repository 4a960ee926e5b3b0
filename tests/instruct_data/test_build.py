"""Building, checking and resuming: python -m pytest tests/instruct_data/test_build.py"""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from instruct_data import build as building
from instruct_data.build import build, plan
from instruct_data.check import problems
from instruct_data.from_images import dialogue
from instruct_data.from_knowledge import dialogue as general
from instruct_data.observe import load
from instruct_data.photos import SPLITS
from instruct_data.schema import Record, Said
from instruct_data.validate import validate
from vision.errors import InputError, OphError

FINDINGS = {o.findings.image.id: o.findings for o in load()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small whole: all kinds, all splits."""
    out = tmp_path_factory.mktemp("built")
    build(out, seed=1, count=400, workers=2)
    return out


def read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as stream:
        return [Record.from_dict(json.loads(line)) for line in stream]


def talk(seed: int = 0) -> Record:
    """A dialogue about one photo with lesions."""
    one = next(o for o in load() if o.findings.lesions and o.findings.dr.grade == 2)
    record = dialogue([one], 0, "train", random.Random(seed))
    assert record is not None
    return record


def altered(record: Record, place: int, **changes: object) -> Record:
    messages = list(record.messages)
    messages[place] = replace(messages[place], **changes)  # type: ignore[arg-type]
    return replace(record, messages=tuple(messages))


def test_a_build_holds_every_kind_in_every_split(built: Path) -> None:
    for split in SPLITS:
        assert {r.kind for r in read(built / f"{split}.jsonl")} == {
            "image", "knowledge", "report", "plain",
        }  # fmt: skip


def test_a_build_is_valid_by_its_own_validator(built: Path) -> None:
    found = validate(built)
    assert found["wrong"] == 0, found["examples"]
    assert found["records"] == sum(len(read(built / f"{s}.jsonl")) for s in SPLITS)


def test_a_build_is_the_same_for_the_same_seed_and_other_for_another(
    built: Path, tmp_path: Path
) -> None:
    build(tmp_path / "same", seed=1, count=400, workers=1)
    build(tmp_path / "other", seed=2, count=400, workers=1)
    train = (built / "train.jsonl").read_bytes()
    assert (tmp_path / "same" / "train.jsonl").read_bytes() == train
    assert (tmp_path / "other" / "train.jsonl").read_bytes() != train


def test_no_image_patient_or_form_of_test_is_in_train(built: Path) -> None:
    for name in ("images", "patient", "families"):
        sets = {}
        for split in SPLITS:
            records = read(built / f"{split}.jsonl")
            sets[split] = {
                "images": {i.id for r in records for i in r.images},
                "patient": {r.patient for r in records if r.patient},
                "families": {m.family for r in records for m in r.messages if m.family},
            }[name]
        assert sets["train"] and sets["test"]
        assert not sets["test"] & sets["train"] and not sets["val"] & sets["train"]


def test_a_stopped_build_goes_on_and_ends_the_same(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("settings.json", *(p.name for p in plan(400, 1)[::2])):
        (tmp_path / "parts").mkdir(exist_ok=True)
        (tmp_path / "parts" / name).write_bytes((built / "parts" / name).read_bytes())
    build(tmp_path, seed=1, count=400, workers=1)
    assert (tmp_path / "train.jsonl").read_bytes() == (built / "train.jsonl").read_bytes()


def test_parts_of_other_settings_are_not_kept(built: Path, tmp_path: Path) -> None:
    build(tmp_path, seed=3, count=60, workers=1)
    first = (tmp_path / "train.jsonl").read_bytes()
    build(tmp_path, seed=4, count=60, workers=1)
    assert (tmp_path / "train.jsonl").read_bytes() != first


def test_a_half_written_part_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    draft = tmp_path / "parts" / f"{plan(60, 1)[0].name}.draft"
    draft.write_text("{", encoding="utf-8")
    assert sum(build(tmp_path, seed=1, count=60, workers=1).values()) >= 55


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OphError):
        build(tmp_path / "file", seed=1, count=60, workers=1)


def test_every_record_reads_back_as_it_was(built: Path) -> None:
    for record in read(built / "val.jsonl"):
        assert Record.from_dict(json.loads(json.dumps(record.to_dict()))) == record


def test_a_record_of_another_schema_is_refused() -> None:
    with pytest.raises(InputError):
        Record.from_dict({**talk().to_dict(), "schema": 0})


def test_a_whole_dialogue_has_no_problem() -> None:
    assert not problems(talk(), FINDINGS)


@pytest.mark.parametrize(
    ("place", "changes", "told"),
    [
        (1, {"content": "The measurement found 999 haemorrhages."}, "999"),
        (1, {"content": "照片提示ICDR 4级。"}, "4级"),
        (1, {"content": ""}, "empty"),
        (0, {"role": "assistant"}, "alternate"),
        (0, {"content": "My name is Dr. Jones, what is this?"}, "personal"),
        (0, {"content": "<image> what is this?"}, "placeholder"),
        (0, {"about": (2,)}, "not there"),
        (0, {"passages": ("nothing.visual.1",)}, "no passage"),
    ],
)
def test_a_fault_is_found(place: int, changes: dict[str, object], told: str) -> None:
    record = replace(talk(), language="zh" if "照片" in str(changes) else talk().language)
    found = problems(altered(record, place, **changes), FINDINGS)
    assert any(told in text for text in found), found


def test_an_answer_in_the_other_language_is_found() -> None:
    record = talk()
    text = "这张照片质量良好。" if record.language == "en" else "The photo quality is good."
    assert any("not in" in p for p in problems(altered(record, 1, content=text), FINDINGS))


def test_an_image_without_findings_is_found() -> None:
    assert any("no findings" in text for text in problems(talk(), {}))


def test_words_that_no_passage_given_holds_are_found() -> None:
    record = general(0, "train", random.Random(0))
    made_up = Said("assistant", record.messages[1].content + " It is always harmless.")
    changed = replace(record, messages=(record.messages[0], made_up))
    assert any("not from the passages" in text for text in problems(changed, FINDINGS))


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        validate(tmp_path)


def test_the_shares_of_the_kinds_make_a_whole() -> None:
    assert sum(building.SHARES.values()) == pytest.approx(1)


def test_the_committed_sample_is_200_whole_records() -> None:
    records = read(Path(building.__file__).parent / "sample" / "records.jsonl")
    assert len(records) == 200 and {r.split for r in records} == set(SPLITS)
    assert [text for record in records for text in problems(record, FINDINGS)] == []
