"""Prove what the assistant says: six systems, the same questions, measured by their claims.

    python -m assistant.evaluate --records runs/instruct --data ../shared/data --split test

No model judges: claims are read by rule and held against the findings (assistant.proof). Prints a
table, writes proof.json, conversations.jsonl and impressions.jsonl to --out, and as its last line
one JSON object. Answers are kept there too, so an evaluation that was stopped goes on.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from assistant.proof import parts
from assistant.proof.parts import Bench, Values
from assistant.proof.photos import candidates
from assistant.proof.questions import QUESTIONS, wordings
from assistant.proof.report import last_line, markdown, merged
from assistant.proof.voices import load_voices
from vision.classifier import Classifier
from vision.command import Parser, run

PARTS = ("dialogue", "rules", "flags", "repeats", "tokens", "knowledge", "impressions")


def main() -> None:
    """Command line."""
    options = _options()
    began = time.monotonic()
    classifier = Classifier.load()
    shown, pairs = parts.photos_for(
        options.records, options.data, options.split, options.photos, classifier
    )
    voices = load_voices(options.llm, classifier.sha256, options.out)
    bench = Bench(
        options.records, options.data, options.split, wordings(options.questions), options.seed,
        options.out, voices, classifier, shown, pairs, options.every,
    )  # fmt: skip
    seconds = {"loading": round(time.monotonic() - began, 1)}
    found: list[Values] = []
    for name, part in _parts(bench, options).items():
        if name in options.only:
            start = time.monotonic()
            found.append(part())
            seconds[name] = round(time.monotonic() - start, 1)
    values = merged(found)
    metrics, intervals = last_line(values)
    told = {
        "task": "dialogue", "dataset": "+".join(sorted({s.path.split("/")[0] for s in shown})),
        "split": options.split, "n": len(shown), "metrics": metrics, "ci95": intervals,
        "weights_sha256": voices.tuned.digest, "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    everything = {
        **told, "tuned": voices.is_tuned, "questions": options.questions, "seed": options.seed,
        "every": options.every,
        "seconds_by_part": seconds, "systems": values,
        "findings": parts.findings_against_labels(
            candidates(options.records, options.split), options.data
        ),
        "photos": [one.path for one in shown],
    }  # fmt: skip
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(everything, ensure_ascii=False, indent=1)
    (options.out / "proof.json").write_text(text + "\n", encoding="utf-8")
    if not voices.is_tuned:
        print("No adapter is there yet: the tuned columns are of the untuned language model.\n")
    print(markdown(values))
    print("\nSeconds: " + ", ".join(f"{name} {value}" for name, value in seconds.items()))
    print(json.dumps(told))


def _options() -> argparse.Namespace:
    parser = Parser(prog="python -m assistant.evaluate", description=__doc__)
    parser.add_argument("--records", type=Path, required=True, help="folder of instruct_data build")
    parser.add_argument("--data", type=Path, required=True, help="folder with the photos")
    parser.add_argument("--split", choices=("val", "test"), required=True)
    parser.add_argument("--questions", choices=QUESTIONS, default="test")
    parser.add_argument("--photos", type=int, default=24, help="how many are asked about")
    parser.add_argument("--every", type=int, default=1,
                        help="a quick look: of what is asked only each so-manieth")  # fmt: skip
    parser.add_argument("--per-condition", type=int, default=15, help="photos a condition")
    parser.add_argument("--reports", type=int, default=40, help="written reports a language")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--llm", default="default")
    parser.add_argument("--out", type=Path, default=Path("runs/proof"))
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(PARTS),
                        help=f"parts to measure, of {', '.join(PARTS)}")  # fmt: skip
    options = parser.parse_args()
    if unknown := set(options.only) - set(PARTS):
        parser.error(f"--only knows {', '.join(PARTS)}, not {', '.join(sorted(unknown))}")
    if options.every < 1:
        parser.error("--every is 1 or more")
    return options


def _parts(bench: Bench, options: argparse.Namespace) -> dict[str, Callable[[], Values]]:
    return {
        "dialogue": lambda: parts.dialogue(bench),
        "rules": lambda: parts.rules(bench),
        "flags": lambda: parts.flags(bench),
        "repeats": lambda: parts.repeats(bench),
        "tokens": lambda: parts.tokens(bench, options.per_condition),
        "knowledge": lambda: parts.knowledge(bench),
        "impressions": lambda: parts.reports(bench, options.reports),
    }


if __name__ == "__main__":
    run(main)
