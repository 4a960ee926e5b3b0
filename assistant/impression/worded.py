"""How well the language model words impressions: `python -m assistant.impression.worded --n 10`.

Drawn reports in forms that training does not have, made rough (as `assistant.impression.evaluate`
draws them), worded as serving does. `passed` is the share whose own words carry exactly what the
report supports; F1 and laterality are over pairs of eye and diagnosis that these words name.
"""

import json
import threading
import time
from functools import partial

import numpy as np

from assistant.impression.conclude import by_rule
from assistant.impression.evaluate import Example, drawn
from assistant.impression.names import named
from assistant.impression.write import Impression, write_impression
from assistant.model import Speaker
from assistant.proof.rouge import rouge_l
from vision.classifier import Classifier
from vision.command import Parser, run
from vision.metrics import bootstrap_ci


def _counts(example: Example, written: Impression) -> list[float]:
    """Passed; right, told, wanted pairs; pairs whose diagnosis is held; ROUGE-L with the rules."""
    own = written.text if written.source == "llm" else written.withheld
    found = named(own, example.language)
    told = {(side, one.code) for one in found for side in one.sides}
    held = [pair for pair in told if pair[1] in {code for _, code in example.gold}]
    ruled = by_rule(written.read.case, example.language)
    alike = rouge_l(own, ruled)
    right = len(told & example.gold)
    passed = float(written.source == "llm")
    return [passed, right, len(told), len(example.gold), len(held), alike]


def _of(rows: np.ndarray, name: str, places: np.ndarray) -> float:
    passed, right, told, wanted, held, alike = rows[places].sum(0)
    figures = {
        "passed": passed / len(places),
        "f1": 2 * right / (told + wanted),
        "laterality": right / held,
        "rouge_l_with_rules": alike / len(places),
    }
    return float(figures[name])


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m assistant.impression.worded", description=__doc__)
    parser.add_argument("--n", type=int, default=10, help="reports of each kind and language")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    speaker, models = Speaker.load("default", Classifier.load().sha256)
    began = time.monotonic()
    rows = []
    for example in drawn(options.n, options.seed, rough=True):
        written = write_impression(
            example.text, example.modality, example.language, speaker, threading.Event()
        )
        rows.append(_counts(example, written))
        if not rows[-1][0]:
            print(f"withheld ({example.modality}, {example.language}): {written.check}", flush=True)
    table = np.array(rows)
    metrics, intervals = {}, {}
    for name in ("passed", "f1", "laterality", "rouge_l_with_rules"):
        value = partial(_of, table, name)
        metrics[name] = round(value(np.arange(len(table))), 3)
        intervals[name] = [round(end, 3) for end in bootstrap_ci(len(table), value)]
    seconds = round(time.monotonic() - began)
    told = {"task": "impression_words", "dataset": "drawn reports, rough", "split": "test",
            "n": len(rows), "metrics": metrics, "ci95": intervals, "weights_sha256": models,
            "seconds": seconds}  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    run(main)
