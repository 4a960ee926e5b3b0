"""`convert`: a file of dialogues from one form into another.

Records and TRL's messages are JSON Lines, the other forms one JSON list; both are read as any form.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from instruct_data.context import context_of
from instruct_data.exchange import (
    FORMS,
    Content,
    Form,
    has_system,
    read,
    to_alpaca,
    to_llava,
    to_sharegpt,
    to_trl,
)
from instruct_data.schema import Record
from vision.errors import InputError, ResourceError

__all__ = ["FORMS", "convert"]
log = logging.getLogger(__name__)
_LINES: tuple[Form, ...] = ("messages", "trl")
_WRITE = {"llava": to_llava, "sharegpt": to_sharegpt, "alpaca": to_alpaca}


def convert(source: Path, out: Path, origin: Form, to: Form, *, context: bool = False) -> int:
    """Write `source`, which is of the form `origin`, to `out`; returns the number of dialogues.

    With `context` a dialogue tells what serving gives with it: the findings of its images, from
    findings.jsonl beside `source`, and its passages. `out` is written whole or not at all.
    Raises InputError for what cannot be read or has no place in the form, with the number of its
    record, and ResourceError where `out` cannot be written.
    """
    if context and to == "messages":
        forms = ", ".join(form for form in FORMS if form != "messages")
        raise InputError("error.usage", detail=f"--context needs --to: {forms}")
    findings = source.with_name("findings.jsonl") if context else None
    content: Content = "text"
    if to == "trl" and any(record.images for record in _records(source, origin)):
        content = "parts"
    draft = out.with_name(f"{out.name}.draft")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        count = _write(_written(_records(source, origin), to, content, findings), draft, to)
        draft.replace(out)
    except OSError as error:
        raise ResourceError("error.cannot_write", path=out) from error
    except UnicodeEncodeError as error:  # half a character, which JSON can name
        raise InputError("error.record_keys", detail=error) from error
    finally:
        with suppress(OSError):  # where there is none
            draft.unlink()
    return count


def _written(
    records: Iterator[Record], to: Form, content: Content, findings: Path | None
) -> Iterator[str]:
    for number, record in enumerate(records, 1):
        try:
            yield json.dumps(_row(record, to, content, findings), ensure_ascii=False)
        except InputError as error:
            raise InputError("error.record_number", number=number, detail=error) from error


def _row(record: Record, to: Form, content: Content, findings: Path | None) -> dict[str, Any]:
    if to == "messages":
        return record.to_dict()
    context = context_of(record, findings) if findings else None
    return to_trl(record, content, context) if to == "trl" else _WRITE[to](record, context)


def _write(rows: Iterator[str], path: Path, form: Form) -> int:
    first, between, last = ("", "\n", "\n") if form in _LINES else ("[\n", ",\n", "\n]\n")
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write(first)
        for count, row in enumerate(rows, 1):
            stream.write((between if count > 1 else "") + row)
        stream.write(last if count or first else "")
    return count


def _records(source: Path, origin: Form) -> Iterator[Record]:
    prompts = 0
    for number, row in enumerate(_rows(source), 1):
        try:
            record = read(row, origin)
        except InputError as error:
            raise InputError("error.record_number", number=number, detail=error) from error
        prompts += origin != "messages" and has_system(row)
        yield record
    if prompts:
        log.warning("%s: %d system prompts were left out", source, prompts)


def _rows(path: Path) -> Iterator[Any]:
    """What a JSON list or JSON Lines hold."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            start = stream.read(1024).lstrip()[:1]
            stream.seek(0)
            if start == "[":
                yield from json.load(stream)
            else:
                yield from (json.loads(line) for line in stream if line.strip())
    except OSError as error:
        raise InputError("error.file_missing", path=path) from error
    except ValueError as error:  # neither JSON nor UTF-8
        raise InputError("error.record_keys", detail=error) from error
