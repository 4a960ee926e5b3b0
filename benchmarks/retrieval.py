"""How often the search finds a passage that answers: `python -m benchmarks.retrieval`.

Recall@k is the share of questions with at least one answering passage among the first k; a question
that no passage answers is a miss. The last line is one JSON object.
"""

import json
import time
from functools import partial
from pathlib import Path

import numpy as np

from assistant.knowledge.search import search
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


if __name__ == "__main__":
    print(json.dumps(measure("dev")))
    print(json.dumps(measure("test")))
