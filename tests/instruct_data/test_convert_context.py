"""What serving gives, in other forms: pytest tests/instruct_data/test_convert_context.py"""

import json
import logging
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.findings_text import to_text
from assistant.knowledge import passage, passages
from instruct_data import from_images, from_knowledge, plain
from instruct_data.context import Context
from instruct_data.convert import convert
from instruct_data.exchange import (
    KEY,
    Form,
    read,
    to_alpaca,
    to_llava,
    to_sharegpt,
    to_trl,
)
from instruct_data.observe import Observation
from instruct_data.photos import Photo
from instruct_data.schema import Record, Said
from tests.instruct_data.factory import findings_of, make_record, write_folder
from tests.instruct_data.test_convert import TEXTS, read_lines, records, write_lines
from vision.catalogue import say
from vision.errors import InputError

FOREIGN: tuple[Form, ...] = ("llava", "sharegpt", "alpaca", "trl")
Told = tuple[str, list[str]]  # system prompt; questions and answers


def drawn_image(count: int, rng: random.Random) -> Record:
    shown = [
        Observation(Photo(f"odir/{place}.jpg", "train", "odir-1", "N"), findings_of(f"sha-{place}"))
        for place in range(count)
    ]
    record = from_images.dialogue(shown, 0, "train", rng)
    assert record is not None
    return record


@cache
def drawn(kind: str) -> list[Record]:
    """A few dialogues as `build` makes them; images are of one and of two photos."""
    rng = random.Random(11)
    make: dict[str, Callable[[], Record]] = {
        "knowledge": lambda: from_knowledge.dialogue(0, "train", rng),
        "one photo": lambda: drawn_image(1, rng),
        "two photos": lambda: drawn_image(2, rng),
        "plain": lambda: plain.dialogue(0, "train", rng),
    }
    return [make[kind]() for _ in range(6)]


def rows_of(folder: Path, told: list[Record], form: Form) -> list[Any]:
    """The records with their context, in a form."""
    write_folder(folder, told)
    convert(folder / "train.jsonl", folder / "out", "messages", form, context=True)
    return read_lines(folder / "out") if form == "trl" else json.loads((folder / "out").read_text())


def back_from(folder: Path, form: Form) -> list[Record]:
    convert(folder / "out", folder / "back", form, "messages")
    return [read(row, "messages") for row in read_lines(folder / "back")]


def as_text(content: str | list[dict[str, str]]) -> str:
    if isinstance(content, str):
        return content
    return "".join("<image>\n" if p["type"] == "image" else p["text"] for p in content)


def told_by(row: dict[str, Any], form: Form) -> Told:
    """What a trainer of the form reads of a row."""
    if form == "alpaca":
        pairs = [*row["history"], [row["instruction"], row["output"]]]
        return row["system"], [text for pair in pairs for text in pair]
    if form == "sharegpt":
        return row["system"], [turn["value"] for turn in row["conversations"]]
    role, text = ("from", "value") if form == "llava" else ("role", "content")
    first, *rest = row["conversations" if form == "llava" else "messages"]
    assert first[role] == "system"
    return as_text(first[text]), [as_text(turn[text]) for turn in rest]


@pytest.mark.parametrize("form", FOREIGN)
@pytest.mark.parametrize("kind", ["knowledge", "one photo", "two photos", "plain"])
def test_a_drawn_record_with_its_context_comes_back_equal(
    tmp_path: Path, kind: str, form: Form
) -> None:
    rows_of(tmp_path, drawn(kind), form)
    assert back_from(tmp_path, form) == drawn(kind)


@settings(max_examples=30, deadline=None)
@given(records(), st.sampled_from(FOREIGN), TEXTS, st.data())
def test_any_record_in_any_context_comes_back_equal(
    record: Record, form: Form, system: str, data: st.DataObject
) -> None:
    given_texts = tuple(data.draw(st.just(m.content) | TEXTS) for m in record.messages)
    context = Context(system, given_texts)
    trl = to_trl(record, "parts" if record.images else "text", context)
    row = {"llava": to_llava(record, context), "sharegpt": to_sharegpt(record, context),
           "alpaca": to_alpaca(record, context), "trl": trl}[form]  # fmt: skip
    row = json.loads(json.dumps(row))
    assert read(row, form) == record
    row.pop(KEY)
    if form != "trl":
        assert json.dumps(row).count("<image>") == len(record.images)


@pytest.mark.parametrize("form", FOREIGN)
@pytest.mark.parametrize("kind", ["one photo", "two photos"])
def test_the_system_prompt_holds_the_findings_of_every_image(
    tmp_path: Path, kind: str, form: Form
) -> None:
    for row, record in zip(rows_of(tmp_path, drawn(kind), form), drawn(kind), strict=True):
        system, texts = told_by(row, form)
        assert system.startswith(say("prompt.system", record.language))
        for number, image in enumerate(record.images, 1):
            assert say("prompt.photo", record.language, number=number) in system
            assert to_text(findings_of(image.id), record.language) in system
        assert texts[0].startswith("<image>\n" * len(record.images) + record.messages[0].content)


@pytest.mark.parametrize("form", FOREIGN)
def test_a_question_holds_its_passages_as_in_serving_and_an_answer_stays(
    tmp_path: Path, form: Form
) -> None:
    told = drawn("knowledge")
    for row, record in zip(rows_of(tmp_path, told, form), told, strict=True):
        system, texts = told_by(row, form)
        assert system.endswith("\n" + say("prompt.no_photo", record.language))
        for text, message in zip(texts, record.messages, strict=True):
            if not message.passages:
                assert text == message.content
                continue
            lines = [passage(one).text[record.language] for one in message.passages]
            numbered = "\n".join(f"[{place}] {line}" for place, line in enumerate(lines, 1))
            assert text == say(
                "prompt.passages", record.language, passages=numbered, question=message.content
            )


def test_without_a_context_nothing_is_added(tmp_path: Path) -> None:
    write_folder(tmp_path, drawn("knowledge"))
    convert(tmp_path / "train.jsonl", tmp_path / "out", "messages", "sharegpt")
    rows = json.loads((tmp_path / "out").read_text())
    for row, record in zip(rows, drawn("knowledge"), strict=True):
        assert "system" not in row
        assert [t["value"] for t in row["conversations"]] == [m.content for m in record.messages]


def test_images_without_findings_are_refused_and_others_need_none(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [make_record(images=0).to_dict()])
    assert convert(source, tmp_path / "out", "messages", "llava", context=True) == 1
    write_lines(source, [make_record(images=1).to_dict()])
    with pytest.raises(InputError, match=r"Record 1.*findings\.jsonl"):
        convert(source, tmp_path / "out", "messages", "llava", context=True)
    write_folder(tmp_path, [make_record(images=1)])
    write_lines(source, [make_record(images=2).to_dict()])
    with pytest.raises(InputError, match="sha-train-1"):
        convert(source, tmp_path / "out", "messages", "llava", context=True)


@pytest.mark.parametrize("line", ["no JSON", "[]", '{"id": "a"}', '{"id": "a", "findings": {}}'])
def test_a_findings_file_of_something_else_is_refused(tmp_path: Path, line: str) -> None:
    source = write_lines(tmp_path / "in.jsonl", [make_record(images=1).to_dict()])
    (tmp_path / "findings.jsonl").write_text(line)
    with pytest.raises(InputError):
        convert(source, tmp_path / "out", "messages", "trl", context=True)


def test_an_unknown_passage_is_named(tmp_path: Path) -> None:
    messages = (Said("user", "?", passages=("erm.nowhere",)), Said("assistant", "!"))
    assert "erm.nowhere" not in passages()
    record = Record("a", "train", "en", "knowledge", "", (), messages)
    source = write_lines(tmp_path / "in.jsonl", [record.to_dict()])
    with pytest.raises(InputError, match=r"erm\.nowhere"):
        convert(source, tmp_path / "out", "messages", "alpaca", context=True)


def test_records_have_no_place_for_a_context(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [make_record(images=0).to_dict()])
    with pytest.raises(InputError, match="--to"):
        convert(source, tmp_path / "out", "messages", "messages", context=True)


@pytest.mark.parametrize("form", FOREIGN)
def test_a_system_prompt_of_ours_is_not_counted_as_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, form: Form
) -> None:
    rows_of(tmp_path, drawn("plain"), form)
    with caplog.at_level(logging.WARNING):
        back_from(tmp_path, form)
    assert "left out" not in caplog.text
