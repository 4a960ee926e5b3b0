"""The rows that a stage trains on and is validated on, from a folder that `instruct_data` built."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal

from torch import Tensor

from assistant.findings import Findings
from assistant.intents import Intents
from assistant.token_cache import CACHE, photo_tokens, quick_segmenter
from assistant.training.choose import choose
from assistant.training.config import Kind, StageConfig
from assistant.training.examples import (
    Example,
    dialogue_turns,
    example,
    shortened,
    tokens_turns,
)
from assistant.training.packing import Row, pack
from vision.classifier import Classifier
from vision.errors import InputError

from transformers import PreTrainedTokenizerBase  # isort: skip

log = logging.getLogger("assistant.train")
Records = Sequence[Mapping[str, Any]]
_HELD_OUT_PHOTOS = 30
_HELD_OUT_ROWS = 14


@dataclass(frozen=True, slots=True)
class Material:
    """Rows to learn from, rows to watch, and the visual tokens of all their photos."""

    rows: list[Row]
    held_out: list[Row]
    tokens: dict[str, Tensor]


def read_records(path: Path) -> list[dict[str, Any]]:
    """JSON lines; raises InputError where the file is missing or no JSON."""
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise InputError("error.data_missing", path=path) from error
    except ValueError as error:
        raise InputError("error.findings_keys", detail=error) from error


def material(
    folder: Path,
    data: Path,
    tokenizer: PreTrainedTokenizerBase,
    classifier: Classifier,
    config: StageConfig,
    seed: int,
) -> Material:
    """Everything that a stage reads; photos are seen once, their tokens are kept.

    Raises InputError where the folder or a photo of it is missing.
    """
    rows: dict[str, list[Row]] = {}
    segmenter = quick_segmenter()
    tokens: dict[str, Tensor] = {}
    for split in ("train", "val"):
        maker = Maker.read(folder, split, tokenizer, config, Random(f"{seed}/{split}"))  # noqa: S311
        most = config.photos if split == "train" else _HELD_OUT_PHOTOS
        photos = maker.photos(most)
        tokens |= photo_tokens(classifier, segmenter, photos, data, CACHE / split)
        count = next(iter(tokens.values())).shape[0] if tokens else 0
        budget = config.steps * config.rows_per_step if split == "train" else _HELD_OUT_ROWS
        rows[split] = maker.rows(budget * config.row_tokens, set(photos), count)
        log.info("%s: %d rows, %d tokens", split, len(rows[split]), sum(map(len, rows[split])))
    return Material(rows["train"], rows["val"], tokens)


@dataclass(frozen=True, slots=True)
class Maker:
    """The records of one split, and how examples are made of them."""

    records: dict[Kind, list[dict[str, Any]]]
    findings: dict[str, Findings]  # by image id
    path_of: dict[str, str]  # image id -> path
    tokenizer: PreTrainedTokenizerBase
    config: StageConfig
    rng: Random
    intents: Intents

    @staticmethod
    def read(
        folder: Path,
        split: Literal["train", "val", "test"],
        tokenizer: PreTrainedTokenizerBase,
        config: StageConfig,
        rng: Random,
    ) -> "Maker":
        """From what `instruct_data build --data DATA` wrote."""
        seen = read_records(folder / "findings.jsonl")
        findings = {row["id"]: Findings.from_dict(row["findings"]) for row in seen}
        records: dict[Kind, list[dict[str, Any]]] = {kind: [] for kind in config.shares}
        if set(records) - {"tokens", "served", "impression"}:
            for record in read_records(folder / f"{split}.jsonl"):
                records.get(_kind(record, findings), []).append(record)
        if {"served", "impression"} & set(records):
            for record in read_records(folder / f"served-{split}.jsonl"):
                kind: Kind = "impression" if record["kind"] == "report" else "served"
                records.get(kind, []).append(record)
        if "tokens" in records:
            records["tokens"] = read_records(folder / f"alignment-{split}.jsonl")
        path_of = {row["id"]: row["path"] for row in seen}
        return Maker(records, findings, path_of, tokenizer, config, rng, Intents.load())

    def photos(self, most: int) -> list[str]:
        """Paths of up to `most` photos of the split's records that have visual tokens."""
        told = [*self.records.get("photo", ()), *self.records.get("served", ())]
        ids = {i["id"] for r in told for i in r["images"]}
        paths = {self.path_of[i] for i in ids if _is_read(self.findings[i])}
        paths |= {r["image"] for r in self.records.get("tokens", ())} if not ids else set()
        drawn = sorted(paths)
        Random(0).shuffle(drawn)  # noqa: S311
        return drawn[:most]

    def rows(self, budget: int, photos: set[str], count: int) -> list[Row]:
        """Rows of about `budget` tokens in all, about these photos, with `count` tokens each."""
        rows: list[Row] = []
        for kind, share in self.config.shares.items():

            def make(record: Mapping[str, Any], kind: Kind = kind) -> Example | None:
                return self._make(record, kind, photos, count)

            chosen = choose(self.records[kind], make, round(share * budget), self.rng)
            rows += pack(chosen, self.config.row_tokens)
        return rows

    def _make(
        self, record: Mapping[str, Any], kind: Kind, photos: set[str], count: int
    ) -> Example | None:
        """A record as an example that fits into a row; None where its photos are not at hand."""
        if kind == "tokens":
            if record["image"] not in photos:
                return None
            asked = ["tokens"] * (len(record["messages"]) // 2)
            names = {record["image"]: record["image"]}
            return self._fitting(kind, tokens_turns(record, count), asked, names)
        ids = [i["id"] for i in record["images"] if _is_read(self.findings[i["id"]])]
        read = [i for i in ids if self.path_of[i] in photos]
        if kind in ("photo", "served") and len(ids) == 1 and read != ids:
            return None  # of a pair both are seldom at hand; its findings are enough
        counts = dict.fromkeys(read, count)
        plain = self.config.plain_questions
        turns = dialogue_turns(record, self.findings, counts, plain, self.rng, self.intents)
        asked = [m["intent"] for m in record["messages"] if m["role"] == "user"]
        return self._fitting(kind, turns, asked, self.path_of)

    def _fitting(
        self, kind: Kind, turns: Sequence[Any], asked: list[str], names: Mapping[str, str]
    ) -> Example | None:
        """The longest beginning of whole questions and answers that a row holds."""
        for pairs in range(len(asked), 0, -1):
            kept = shortened(turns, pairs)
            made = example(self.tokenizer, kind, kept, asked[:pairs], names)
            if len(made) <= self.config.row_tokens:
                return made
        return None


def _kind(record: Mapping[str, Any], findings: Mapping[str, Findings]) -> Kind:
    """A record's kind: those about images by how many and which."""
    if record["kind"] != "image":
        kind: Kind = record["kind"]
        return kind
    if len(record["images"]) > 1:
        return "pair"
    return "scan" if findings[record["images"][0]["id"]].oct is not None else "photo"


def _is_read(findings: Findings) -> bool:
    return findings.image.modality == "cfp" and findings.quality.gradable != "no"
