"""What serving gives the model with a dialogue: findings of its images, text of its passages.

For trainers that know neither; made by the functions that serving makes its prompts with.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.conversation import Message, Turn
from assistant.findings import Findings
from assistant.prompts import PhotoContext, history_turns, system_turn
from instruct_data.schema import Record
from vision.errors import InputError


@dataclass(frozen=True, slots=True)
class Context:
    """The system prompt, and the texts of all messages, questions with their passages."""

    system: str
    texts: tuple[str, ...]


@cache
def findings_in(path: Path) -> dict[str, Findings]:
    """Findings by image id, of a file that `build` wrote; raises InputError where there is none."""
    try:
        with path.open(encoding="utf-8") as stream:
            rows = [json.loads(line) for line in stream if line.strip()]
        return {row["id"]: Findings.from_dict(row["findings"]) for row in rows}
    except OSError as error:
        raise InputError("error.data_missing", path=path) from error
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("error.findings_keys", detail=error) from error


def context_of(record: Record, path: Path) -> Context:
    """What is given with a record; `path` are the findings, not read where it has no images.

    Raises InputError for an image without findings and for an unknown passage.
    """
    known = findings_in(path) if record.images else {}
    missing = [image.id for image in record.images if image.id not in known]
    if missing:
        raise InputError("error.data_missing", path=f"{path} ({missing[0]})")
    photos = [
        PhotoContext(number, known[image.id], visual_tokens=0)
        for number, image in enumerate(record.images, 1)
    ]
    messages = [Message(m.role, m.content, m.about, passages=m.passages) for m in record.messages]
    try:
        said = history_turns(messages, record.language)
    except KeyError as error:
        raise InputError("error.record_keys", detail=f"no passage {error}") from error
    return Context(_text(system_turn(photos, record.language)), tuple(map(_text, said)))


def _text(turn: Turn) -> str:
    return "".join(part for part in turn.parts if isinstance(part, str))
