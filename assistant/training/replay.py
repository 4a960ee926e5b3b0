"""What must not be unlearned: questions that have an answer, beside corrections that are narrow.

Sixty times "that cannot be told" teaches a model to say it of everything. So to some corrections a
question of the training records is added, with what the findings say to it preferred to an answer
that was corrected in elsewhere: right words in the wrong place.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from assistant.findings import Findings
from assistant.intents import RULED, Intents
from assistant.template_answer import answer_from_findings
from assistant.topic import topic_of
from assistant.training.data import read_records

_INTENTS = 15  # so many different things are asked at least, where there are enough
Pair = dict[str, Any]  # as in preferences.jsonl: a record, and the answer that is not preferred


def replayed(
    records: Path, corrections: Sequence[Pair], share: float, seed: int
) -> tuple[list[Pair], dict[str, Findings]]:
    """`share` as many pairs as corrections, in their languages, and the findings of their photos.

    Facts stand beside the questions where they stand beside those of the corrections. Raises
    InputError where `records` has no training split.
    """
    count = round(share * len(corrections))
    if not count:
        return [], {}
    seen = {row["id"]: row["findings"] for row in read_records(records / "findings.jsonl")}
    rows = read_records(records / "train.jsonl")
    Random(seed).shuffle(rows)  # noqa: S311
    asked = _asked(rows, seen, {pair["record"]["language"] for pair in corrections})
    wrong = cycle([pair["record"]["messages"][-1]["content"] for pair in corrections])
    facts = any(m.get("facts") for pair in corrections for m in pair["record"]["messages"])
    asked_so_far: Counter[str] = Counter()
    made: list[Pair] = []
    findings: dict[str, Findings] = {}
    for record, one, said in asked:
        rejected = next(wrong)
        used = asked_so_far[record["messages"][0]["intent"]]
        if rejected == said or used >= max(2, count // _INTENTS):
            continue
        asked_so_far[record["messages"][0]["intent"]] += 1
        made.append({"record": _with_answer(record, said, facts=facts), "rejected": rejected})
        findings[one.image.id] = one
        if len(made) == count:
            break
    return made, findings


def _asked(
    rows: Sequence[Mapping[str, Any]], seen: Mapping[str, Any], languages: set[str]
) -> Iterator[tuple[Mapping[str, Any], Findings, str]]:
    """First questions on one photo that it answers, and what the findings say to them."""
    intents = Intents.load()
    for record in rows:
        first = record["messages"][0]
        about_one = len(record["images"]) == 1 and first.get("about") == [1]
        wanted = first["intent"] in RULED or first["intent"].startswith(("know", "red_flag"))
        if record["language"] not in languages or not about_one or wanted:
            continue
        one = Findings.from_dict(seen[record["images"][0]["id"]])
        if one.oct is not None:  # a scan: the gate asks about photos
            continue
        question, language = first["content"], record["language"]
        shares = intents.wanted(question).placed(question, photos=1, follows=False).shares
        topic = topic_of(question, [], shares)
        yield record, one, answer_from_findings(question, (one,), language, (1,), topic, shares)


def _with_answer(record: Mapping[str, Any], said: str, *, facts: bool) -> dict[str, Any]:
    question = {**record["messages"][0], "facts": said if facts else ""}
    answer = {"role": "assistant", "content": said, "about": [1]}
    return {**record, "messages": [question, answer]}
