"""Dialogues in the forms of other trainers: python -m pytest tests/instruct_data/test_convert.py"""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruct_data.convert import FORMS, convert
from instruct_data.exchange import (
    KEY,
    Form,
    read,
    to_alpaca,
    to_llava,
    to_sharegpt,
    to_trl,
)
from instruct_data.photos import SPLITS
from instruct_data.schema import Record, Said, Shown
from tests.instruct_data.factory import make_record
from vision.catalogue import LANGUAGES
from vision.errors import InputError, ResourceError

quick = settings(max_examples=50, deadline=None)
LOSSLESS: tuple[Form, ...] = ("llava", "sharegpt", "trl")
PIECES = st.sampled_from(["<image>", "<\u2060image>", "<\u2060", "image>", "\n", "<", "眼", "a"])
TEXTS = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=30)
IDS = st.text("abcdef0123456789", min_size=1, max_size=8)
SHOWN = st.lists(st.builds(Shown, path=IDS, id=IDS), max_size=3).map(tuple)


@st.composite
def records(draw: st.DrawFn) -> Record:
    images = draw(SHOWN)
    numbers = st.sets(st.integers(1, max(1, len(images))), max_size=len(images))
    abouts = numbers.map(sorted).map(tuple)
    messages: list[Said] = []
    for _ in range(draw(st.integers(1, 4))):
        passages = tuple(draw(st.lists(IDS, max_size=2)))
        messages += [
            Said("user", draw(TEXTS), draw(IDS), draw(IDS), draw(abouts), passages),
            Said("assistant", draw(TEXTS), about=draw(abouts)),
        ]
    kinds = st.sampled_from(["image", "knowledge", "report", "plain"])
    return Record(draw(IDS), draw(st.sampled_from(SPLITS)), draw(st.sampled_from(LANGUAGES)),
                  draw(kinds), draw(st.text(max_size=5)), images, tuple(messages))  # fmt: skip


def written(record: Record, form: Form) -> dict[str, Any]:
    """A record in a form, after a trip through JSON."""
    trl = to_trl(record, "parts" if record.images else "text")
    row = {"llava": to_llava(record), "sharegpt": to_sharegpt(record), "trl": trl,
           "alpaca": to_alpaca(record)}[form]  # fmt: skip
    return json.loads(json.dumps(row))


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


@quick
@given(records(), st.sampled_from(LOSSLESS))
def test_a_record_comes_back_equal_from_every_form_that_takes_other_keys(
    record: Record, form: Form
) -> None:
    assert read(written(record, form), form) == record


@quick
@given(records())
def test_alpaca_keeps_messages_language_and_images(record: Record) -> None:
    back = read(written(record, "alpaca"), "alpaca")
    told = [(m.role, m.content) for m in record.messages]
    assert [(m.role, m.content) for m in back.messages] == told
    assert back.language == record.language
    assert [image.path for image in back.images] == [image.path for image in record.images]


@quick
@given(records(), st.sampled_from(["llava", "sharegpt", "alpaca"]))
def test_there_is_one_placeholder_an_image_whatever_people_write(
    record: Record, form: Form
) -> None:
    row = written(record, form)
    row.pop(KEY, None)
    assert json.dumps(row).count("<image>") == len(record.images)


def test_llava_names_one_image_by_its_path_and_several_by_a_list() -> None:
    one, two, none = (written(make_record(images=count), "llava") for count in (1, 2, 0))
    assert one["image"] == "odir/train0.jpg"
    assert two["image"] == ["odir/train0.jpg", "odir/train1.jpg"]
    assert "image" not in none
    assert one["conversations"][0] == {"from": "human", "value": "<image>\nAre there haemorrhages?"}
    assert two["conversations"][0]["value"].startswith("<image>\n<image>\nAre")


def test_alpaca_is_ophglms_form() -> None:
    row = written(make_record(images=0), "alpaca")
    assert row == {
        "instruction": "And exudates?", "input": "", "output": "No hard exudates were found.",
        "history": [["Are there haemorrhages?",
                     "Yes, seven haemorrhages, most of them below the fovea."]],
        "language": "en",
    }  # fmt: skip


def test_trl_has_parts_where_there_are_images_and_strings_where_there_are_none() -> None:
    seen, unseen = (written(make_record(images=count), "trl") for count in (1, 0))
    text = {"type": "text", "text": "Are there haemorrhages?"}
    assert seen["messages"][0] == {"role": "user", "content": [{"type": "image"}, text]}
    assert seen["images"] == ["odir/train0.jpg"]
    assert unseen["messages"][0] == {"role": "user", "content": "Are there haemorrhages?"}
    assert "images" not in unseen


def test_trl_refuses_a_record_with_images_as_text() -> None:
    with pytest.raises(InputError):
        to_trl(make_record(images=1), "text")


def test_a_dialogue_from_elsewhere_is_read_with_what_it_shows() -> None:
    row = {"id": 7, "image": "a.jpg", "conversations": [
        {"from": "human", "value": "这是什么？\n<image>"}, {"from": "gpt", "value": "眼底照片。"},
    ]}  # fmt: skip
    assert read(row, "llava") == Record(
        "7", "train", "zh", "image", "", (Shown("a.jpg", ""),),
        (Said("user", "这是什么？", about=(1,)), Said("assistant", "眼底照片。", about=(1,))),
    )  # fmt: skip


def test_messages_from_elsewhere_are_about_the_images_shown_last() -> None:
    said = ["<image>What is this?", "A fundus.", "<image>\n<image>\nAnd these?", "Two scans."]
    turns = [{"from": ("human", "gpt")[i % 2], "value": text} for i, text in enumerate(said)]
    back = read({"conversations": turns, "images": ["a", "b", "c"]}, "sharegpt")
    assert [m.about for m in back.messages] == [(1,), (1,), (2, 3), (2, 3)]
    assert [m.content for m in back.messages][::2] == ["What is this?", "And these?"]


def test_images_that_nobody_places_are_shown_first() -> None:
    row = {"images": ["a.jpg"], "instruction": "Describe", "input": "it.", "output": "An eye."}
    back = read(row, "alpaca")
    assert back.messages[0] == Said("user", "Describe\nit.", about=(1,))
    assert (back.kind, back.id) == ("image", read(row, "alpaca").id)


@pytest.mark.parametrize(
    ("form", "row"),
    [
        ("llava", {"conversations": []}),
        ("llava", {"conversations": [{"from": "human", "value": "Hi"}]}),
        ("llava", {"conversations": [{"from": "human", "value": None}]}),
        ("sharegpt", {"conversations": [{"from": "observation", "value": "42"}]}),
        ("sharegpt", {"images": ["a"], "conversations": [
            {"from": "human", "value": "<image><image>"}, {"from": "gpt", "value": "?"}]}),
        ("sharegpt", {"conversations": [
            {"from": "human", "value": "Draw"}, {"from": "gpt", "value": "<image>"}]}),
        ("alpaca", {"instruction": "Hi"}),
        ("alpaca", {"instruction": "Hi", "output": "Ho", "images": [{"bytes": "AA"}]}),
        ("trl", {"messages": [{"role": "user", "content": [{"type": "audio"}]}]}),
        ("trl", {"prompt": "Hi", "completion": "Ho"}),
        ("messages", {"schema": 99}),
        ("messages", "text"),
        ("llava", 3),
    ],
)  # fmt: skip
def test_what_is_no_dialogue_of_the_form_is_refused(form: Form, row: Any) -> None:
    with pytest.raises(InputError):
        read(row, form)


def test_a_rest_that_does_not_fit_its_messages_is_refused() -> None:
    row = written(make_record(), "llava")
    row["conversations"] = row["conversations"][:2]
    with pytest.raises(InputError):
        read(row, "llava")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_goes_into_every_form_and_comes_back(tmp_path: Path, form: Form) -> None:
    told = [make_record(0), make_record(1, "test", "zh", "knowledge", images=0)]
    source = write_lines(tmp_path / "in.jsonl", [record.to_dict() for record in told])
    assert convert(source, tmp_path / "x" / "there", "messages", form) == 2
    assert convert(tmp_path / "x" / "there", tmp_path / "back", form, "messages") == 2
    back = [read(row, "messages") for row in read_lines(tmp_path / "back")]
    if form == "alpaca":
        assert [r.messages[-1].content for r in back] == [r.messages[-1].content for r in told]
    else:
        assert back == told
    assert not list(tmp_path.rglob("*.draft"))


def test_one_image_makes_parts_of_all_messages_of_a_trl_file(tmp_path: Path) -> None:
    told = [make_record(0, images=0), make_record(1)]
    source = write_lines(tmp_path / "in.jsonl", [record.to_dict() for record in told])
    convert(source, tmp_path / "out", "messages", "trl")
    rows = read_lines(tmp_path / "out")
    assert all(isinstance(m["content"], list) for row in rows for m in row["messages"])
    assert [row["images"] for row in rows] == [[], ["odir/train0.jpg"]]


def test_an_unreadable_record_is_named_and_leaves_no_file(tmp_path: Path) -> None:
    rows = [written(make_record(), "llava"), {"conversations": []}]
    (tmp_path / "in.json").write_text(json.dumps(rows))
    with pytest.raises(InputError, match="Record 2"):
        convert(tmp_path / "in.json", tmp_path / "out", "llava", "messages")
    assert [path.name for path in tmp_path.iterdir()] == ["in.json"]


@pytest.mark.parametrize("content", [b"not JSON", b"\xff\xfe{", b'[{"a": 1}', b"[1]", b"{}"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.json").write_bytes(content)
    with pytest.raises(InputError):
        convert(tmp_path / "in.json", tmp_path / "out", "sharegpt", "messages")


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    row = {"instruction": "\ud83d", "output": "?"}
    write_lines(tmp_path / "in.jsonl", [row])
    with pytest.raises(InputError):
        convert(tmp_path / "in.jsonl", tmp_path / "out", "alpaca", "messages")


def test_a_missing_file_and_a_place_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        convert(tmp_path / "none", tmp_path / "out", "llava", "messages")
    source = write_lines(tmp_path / "in.jsonl", [make_record().to_dict()])
    with pytest.raises(ResourceError):
        convert(source, source / "out", "messages", "llava")


def test_system_prompts_that_are_left_out_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = [{"role": r, "content": "Hi"} for r in ("system", "user", "assistant")]
    source = write_lines(tmp_path / "in.jsonl", [{"messages": said}] * 3)
    with caplog.at_level(logging.WARNING):
        assert convert(source, tmp_path / "out", "trl", "messages") == 3
    assert "3 system prompts" in caplog.text
