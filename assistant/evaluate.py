"""What the visual tokens carry: does the LLM name the right condition from them alone?

    python -m assistant.evaluate --records runs/instruct --data ../shared/data --split test

For each photo with one label of N D G C A M, six sentences are scored by likelihood after the
visual tokens, the findings withheld; the best one is the answer. Shuffled photos are the control:
what is right there comes from the sentences, not from the photo. The last line is one JSON object.
"""

import json
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant.engine import splice
from assistant.projector import SHIPPED, Projector
from assistant.token_cache import photo_tokens
from assistant.train import (
    collate,
    load_llm,
    read_records,
    record_turns,
    token_losses,
)
from segmentation.predict import LESION_NETWORKS, Segmenter
from vision.catalogue import say
from vision.classifier import Classifier
from vision.command import Parser, run
from vision.metrics import bootstrap_ci

from transformers import PreTrainedTokenizerBase  # isort: skip

CONDITIONS = ("N", "D", "G", "C", "A", "M")
_QUESTION = "What does this photo show?"
_SENTENCE = "Impression: {name}."


def balanced(records: list[dict[str, Any]], per_condition: int, seed: int) -> list[dict[str, Any]]:
    """Photos with exactly one label, up to `per_condition` of each condition, drawn by seed."""
    rng = random.Random(seed)  # noqa: S311
    chosen = []
    for code in CONDITIONS:
        fitting = sorted({r["image"]: r for r in records if r["labels"] == [code]}.items())
        rng.shuffle(fitting)
        chosen += [record for _, record in fitting[:per_condition]]
    return chosen


@torch.inference_mode()
def sentence_scores(
    llm: Any, tokenizer: PreTrainedTokenizerBase, projector: Projector, tokens: Tensor
) -> np.ndarray:
    """Visual tokens (N, D) of one photo -> mean log-likelihood (6,) of the six sentences."""
    candidates = [
        {
            "image": "photo",
            "language": "en",
            "messages": [
                {"role": "user", "content": _QUESTION},
                {"role": "assistant", "content": _SENTENCE.format(name=say(f"disease.{c}", "en"))},
            ],
        }
        for c in CONDITIONS
    ]
    ids, labels, _ = collate(tokenizer, [record_turns(c, tokens.shape[0]) for c in candidates])
    visual = projector(tokens[None].float())[0].repeat(len(CONDITIONS), 1)
    embedded = splice(llm.get_input_embeddings(), ids, visual)
    losses, rows = token_losses(llm, embedded, labels)
    return np.array([-float(losses[rows == i].mean()) for i in range(len(CONDITIONS))])


def share_ci(right: np.ndarray) -> list[float]:
    """95 % interval of the share of true values (n,) over resampled photos."""
    return [round(e, 4) for e in bootstrap_ci(len(right), lambda draw: float(right[draw].mean()))]


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m assistant.evaluate", description=__doc__)
    parser.add_argument("--records", type=Path, required=True, help="folder of instruct_data build")
    parser.add_argument("--data", type=Path, required=True, help="folder with the photos")
    parser.add_argument("--split", choices=("val", "test"), required=True)
    parser.add_argument("--llm", default="default")
    parser.add_argument("--per-condition", type=int, default=20)
    options = parser.parse_args()
    began = time.monotonic()
    records = read_records(options.records / f"alignment-{options.split}.jsonl")
    chosen = balanced(records, options.per_condition, seed=0)
    classifier = Classifier.load()
    images = [r["image"] for r in chosen]
    cache = Path("runs/projector") / options.split
    segmenter = Segmenter.load(names=LESION_NETWORKS)
    tokens = photo_tokens(classifier, segmenter, images, options.data, cache)
    tokenizer, llm = load_llm(options.llm)
    width = llm.get_input_embeddings().weight.shape[1]
    projector, digest = Projector.load(SHIPPED, width, classifier.sha256)
    scores = np.stack([sentence_scores(llm, tokenizer, projector, tokens[i]) for i in images])
    # the name's own likelihood is no merit of the photo: compare with the mean over photos
    said = (scores - scores.mean(0)).argmax(1)
    truth = np.array([CONDITIONS.index(r["labels"][0]) for r in chosen])
    shuffled = truth[np.random.default_rng(0).permutation(len(truth))]
    values = {"tokens_only_top1": said == truth, "tokens_only_shuffled": said == shuffled}
    values |= {f"tokens_only_{c}": said[truth == i] == i for i, c in enumerate(CONDITIONS)}
    print(json.dumps({
        "task": "tokens_only", "dataset": "odir", "split": options.split, "n": len(chosen),
        "metrics": {k: round(float(v.mean()), 4) for k, v in values.items()},
        "ci95": {k: share_ci(v) for k, v in values.items()},
        "weights_sha256": digest, "seconds": round(time.monotonic() - began, 1),
    }))  # fmt: skip


if __name__ == "__main__":
    run(main)
