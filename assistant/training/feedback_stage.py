"""Stage `feedback`: readers' preferences -> a new version of the adapter, which serves if it may.

The LLM and the projector stay as they are; the adapter in use is where learning begins, and what
serves on where the new one answers the old test worse.
"""

import argparse
import json
import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from assistant import adapter
from assistant.model import Tuned
from assistant.proof.voices import tuned_voice
from assistant.training.config import CONFIGS, FeedbackConfig
from assistant.training.feedback import lessons
from assistant.training.gate import Gate, compared, told
from assistant.training.preference import teach
from assistant.training.replay import replayed
from assistant.versions import Shelf
from vision.classifier import Classifier
from vision.errors import ModelError
from vision.model_config import read_config

log = logging.getLogger("assistant.train")
KEPT = Path("runs/proof")  # answers that are known, as those of assistant.evaluate


def learn(options: argparse.Namespace, load_llm: Callable[[str], tuple[Any, Any]]) -> None:
    """Train, measure, keep; the last line printed is one JSON object.

    Raises InputError where there is nothing to learn, and ModelError where the new adapter did not
    pass: the old one then serves on.
    """
    began = time.monotonic()
    config = FeedbackConfig.read(options.config or CONFIGS / "feedback.json")
    runs = options.runs or Path("runs/feedback")
    shelf = Shelf.of(options.llm)
    parent, _ = shelf.current()
    gate = Gate.of(options.test, options.data, config.gate_photos)
    tokenizer, llm = load_llm(Tuned.of(options.llm).base(options.llm))
    replay = partial(replayed, options.test, share=config.replay, seed=options.seed)
    found = lessons(options.records, tokenizer, config.row_tokens, replay)
    log.info("%s on %d rows, from %s", found.method, len(found.rows), parent.id)
    model = adapter.loaded(llm, parent.adapter)
    said = teach(model, tokenizer, found, config, options.seed, runs)
    belongs = read_config(parent.adapter)["preprocess"]
    adapter.save(model, runs / "adapter", belongs)
    del model, llm
    trained = round(time.monotonic() - began)

    encoder = None if options.data is None else Classifier.load().sha256
    measures = []
    for place in (parent.adapter, runs / "adapter"):
        measures.append(gate.measured(tuned_voice(options.llm, encoder, KEPT, place)))
    figures = compared(measures[0], measures[1], config.tolerance)
    version = shelf.add(runs / "adapter", parent.id, found.method, len(found.rows), figures)
    if version.passed:
        shelf.use(version.id)
    line = {
        "version": version.id, "weights_sha256": version.sha256, "parent": parent.id,
        "passed": version.passed, "questions": len(gate.talks), **said,
        "gate": {name: [f.before, f.after, f.n] for name, f in figures.items()},
        "seconds_training": trained, "seconds": round(time.monotonic() - began),
    }  # fmt: skip
    print(json.dumps(line))
    if not version.passed:
        raise ModelError("train.gate", new=version.id, old=parent.id, fallen=told(figures))
