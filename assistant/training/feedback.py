"""What readers preferred and rated, as token ids: prompts as serving renders them, as text alone.

TRL's trainers read token ids and no visual rows, so photos are what their findings say in words;
these carry all that an answer may say, and the projector stays as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.conversation import Message, Turn, render
from assistant.findings import Findings
from assistant.prompts import PhotoContext, history_turns, system_turn
from assistant.training.data import read_records
from assistant.training.replay import Pair
from vision.errors import InputError

from transformers import PreTrainedTokenizerBase  # isort: skip

Method = Literal["dpo", "kto"]
Row = dict[str, Any]  # a row of TRL's tables


@dataclass(frozen=True, slots=True)
class Lessons:
    """Rows of one method; `left_out` are too long."""

    method: Method
    rows: list[Row]
    left_out: int


def lessons(
    folder: Path,
    tokenizer: PreTrainedTokenizerBase,
    row_tokens: int,
    replay: Callable[[list[Pair]], tuple[list[Pair], dict[str, Findings]]] = lambda _: ([], {}),
) -> Lessons:
    """What `instruct_data feedback` wrote, for DPO or for KTO.

    A pair tells which words to leave and which to take, so pairs alone are learned (DPO) where
    there are as many as ratings; else all is (KTO), a pair as a good and a bad answer, since a
    rating has no counterpart to be better than. `replay` gives pairs to learn beside corrections.
    Raises InputError where nothing can be learned.
    """
    told = read_records(folder / "findings.jsonl")
    findings = {row["id"]: Findings.from_dict(row["findings"]) for row in told}
    pairs = read_records(folder / "preferences.jsonl")
    rated = read_records(folder / "rated.jsonl")
    method: Method = "dpo" if len(pairs) >= len(rated) else "kto"
    more, seen = replay(pairs)
    findings |= seen
    rows: list[Row] = []
    for pair in [*pairs, *more]:
        prompt, chosen = judged(tokenizer, pair["record"], findings)
        _, rejected = judged(tokenizer, pair["record"], findings, pair["rejected"])
        if method == "dpo":
            rows.append({"prompt_ids": prompt, "chosen_ids": chosen, "rejected_ids": rejected})
        else:
            rows += [_rating(prompt, chosen, good=True), _rating(prompt, rejected, good=False)]
    if method == "kto":
        rows += [_rating(*judged(tokenizer, r["record"], findings), good=r["good"]) for r in rated]
    kept = [row for row in rows if _length(row) <= row_tokens]
    if not kept:
        raise InputError("train.feedback_empty", path=folder)
    if method == "kto" and len({row["label"] for row in kept}) < 2:
        raise InputError("train.feedback_one_sided", path=folder)
    return Lessons(method, kept, len(rows) - len(kept))


def judged(
    tokenizer: PreTrainedTokenizerBase,
    record: Mapping[str, Any],
    findings: Mapping[str, Findings],
    answer: str | None = None,
) -> tuple[list[int], list[int]]:
    """Ids of all before the last answer of a record, and of it (or `answer`) with its end."""
    turns = turns_of(record, findings)
    if answer is not None:
        turns[-1] = Turn("assistant", (answer,))
    whole, prompt = render(tokenizer, turns), render(tokenizer, turns[:-1])
    end = max(place for place, learned in enumerate(whole.mask) if learned) + 1
    return list(prompt.ids), list(whole.ids[len(prompt.ids) : end])


def turns_of(record: Mapping[str, Any], findings: Mapping[str, Findings]) -> list[Turn]:
    """A record as serving would give it: of its photos those that the question is about."""
    language = record["language"]
    said = [
        Message(m["role"], m["content"], tuple(m.get("about", ())), m.get("facts", ""),
                tuple(m.get("passages", ())))
        for m in record["messages"]
    ]  # fmt: skip
    photos = [
        PhotoContext(number, findings[record["images"][number - 1]["id"]], visual_tokens=0)
        for number in _asked_about(said)
    ]
    return [system_turn(photos, language), *history_turns(said, language)]


def _asked_about(said: Sequence[Message]) -> tuple[int, ...]:
    """The photos of the last question, or of the last one before it that was about any."""
    return next((message.about for message in reversed(said) if message.about), ())


def _rating(prompt: list[int], answer: list[int], *, good: bool) -> Row:
    return {"prompt_ids": prompt, "completion_ids": answer, "label": good}


def _length(row: Row) -> int:
    answers = [len(row[name]) for name in row if name not in ("prompt_ids", "label")]
    return len(row["prompt_ids"]) + max(answers)
