"""What must not be unlearned: questions that have an answer, beside corrections that are narrow.

Sixty times "that cannot be told" teaches a model to say it of everything. So to some corrections a
question of the training records is added, first ones and those that follow them, with what the
findings say to it preferred to an answer that was corrected in elsewhere: right words in the wrong
place. As in serving, what the findings say stands beside the question.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from assistant.conversation import Message
from assistant.findings import Findings
from assistant.intents import RULED, Intents
from assistant.training.data import read_records
from assistant.training.examples import facts_beside

_INTENTS = 15  # so many different things are asked at least, where there are enough
_GENERAL = ("know", "red_flag")  # of eyes in general, or urgent
_LAST = 4  # messages of a talk: its first question and the one that follows
Pair = dict[str, Any]  # as in preferences.jsonl: a record, and the answer that is not preferred


def replayed(
    records: Path, corrections: Sequence[Pair], share: float, seed: int
) -> tuple[list[Pair], dict[str, Findings]]:
    """`share` as many pairs as corrections, in their languages, and the findings of their photos.

    Raises InputError where `records` has no training split.
    """
    count = round(share * len(corrections))
    if not count:
        return [], {}
    seen = {row["id"]: row["findings"] for row in read_records(records / "findings.jsonl")}
    rows = read_records(records / "train.jsonl")
    Random(seed).shuffle(rows)  # noqa: S311
    wrong = cycle([pair["record"]["messages"][-1]["content"] for pair in corrections])
    asked_so_far: Counter[str] = Counter()
    made: list[Pair] = []
    findings: dict[str, Findings] = {}
    for record, one in _asked(rows, seen, {pair["record"]["language"] for pair in corrections}):
        rejected = next(wrong)
        *_, question, answer = record["messages"]
        used = asked_so_far[question["intent"]]
        if rejected == answer["content"] or used >= max(2, count // _INTENTS):
            continue
        asked_so_far[question["intent"]] += 1
        made.append({"record": record, "rejected": rejected})
        findings[one.image.id] = one
        if len(made) == count:
            break
    return made, findings


def _asked(
    rows: Sequence[Mapping[str, Any]], seen: Mapping[str, Any], languages: set[str]
) -> Iterator[tuple[dict[str, Any], Findings]]:
    """Talks on one photo up to a question that it answers, and what the findings say to it."""
    intents = Intents.load()
    for record in rows:
        if record["language"] not in languages or len(record["images"]) != 1:
            continue
        one = Findings.from_dict(seen[record["images"][0]["id"]])
        if one.oct is not None:  # a scan: the gate asks about photos
            continue
        messages, before = record["messages"], list[dict[str, Any]]()
        for question, answer in zip(messages[:_LAST:2], messages[1:_LAST:2], strict=True):
            ruled = question["intent"] in RULED
            if ruled or question["intent"].startswith(_GENERAL) or question.get("about") != [1]:
                break
            said_before = [
                Message(m["role"], m["content"], facts=m.get("facts", "")) for m in before
            ]
            facts = facts_beside(
                question["content"], (1,), (one,), record["language"], said_before, intents
            )
            asked = {**question, "facts": facts}
            said = {"role": "assistant", "content": facts, "about": [1]}
            yield {**record, "messages": [*before, asked, said]}, one
            before += [asked, answer]
