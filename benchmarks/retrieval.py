"""How often the search finds a passage that answers: `python -m benchmarks.retrieval [split ...]`.

Recall@k is the share of questions with at least one answering passage among the first k; a question
that no passage answers is a miss. Splits: dev, test; asks, the questions beside the passages, each
left out of the search and its passage looked for (a neighbour that answers counts as a miss: for
comparing searches only). The last line is one JSON object.
"""

import json
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

from assistant.knowledge.search import Index, search
from vision.catalogue import LANGUAGES
from vision.metrics import bootstrap_ci

QUESTIONS = Path("tests/assistant/knowledge")


def _mean(values: np.ndarray, index: np.ndarray) -> float:
    return float(values[index].mean())


def measure(split: str) -> dict[str, object]:
    """Recall at 1, 3 and 5 by language with 95 % intervals, and the median time of a search."""
    with (QUESTIONS / f"questions_{split}.jsonl").open(encoding="utf-8") as stream:
        questions = [json.loads(line) for line in stream]
    found: dict[str, list[list[bool]]] = {language: [] for language in LANGUAGES}
    search("warm", "en"), search("预热", "zh")
    seconds = []
    for asked in questions:
        began = time.perf_counter()
        hits = search(asked["question"], asked["language"], most=5)
        seconds.append(time.perf_counter() - began)
        good = [hit.passage.id in asked["passages"] for hit in hits]
        found[asked["language"]].append([any(good[:k]) for k in (1, 3, 5)])
    metrics, intervals = {}, {}
    for language, rows in found.items():
        table = np.array(rows, float)
        for column, k in enumerate((1, 3, 5)):
            name = f"recall_{k}_{language}"
            metrics[name] = round(float(table[:, column].mean()), 3)
            low, high = bootstrap_ci(len(table), partial(_mean, table[:, column]))
            intervals[name] = [round(low, 3), round(high, 3)]
    return {"split": split, "n": len(questions), "metrics": metrics, "ci95": intervals,
            "median_ms": round(1000 * float(np.median(seconds)), 1)}  # fmt: skip


def measure_asks(every: int = 2) -> dict[str, object]:
    """Recall of a passage by a question beside it that the search does not have."""
    metrics: dict[str, float] = {}
    for language in LANGUAGES:
        rows = []
        for left_out in range(7):
            index = Index(language, without=left_out)
            for passage in index.passages[left_out % every :: every]:
                for question in passage.asks[language][left_out : left_out + 1]:
                    ids = [hit.passage.id for hit in index.search(question, most=5)]
                    rows.append([passage.id in ids[:k] for k in (1, 3, 5)])
        for k, share in zip((1, 3, 5), np.mean(rows, axis=0), strict=True):
            metrics[f"recall_{k}_{language}"] = round(float(share), 3)
    return {"split": "asks", "metrics": metrics}


if __name__ == "__main__":
    for split in sys.argv[1:] or ("dev", "test"):
        print(json.dumps(measure_asks() if split == "asks" else measure(split)))
