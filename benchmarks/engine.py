"""How fast the language model runs, beside the other ways of running it.

    python -m benchmarks.engine --json [--chart docs/engine.png] [--only decode,prefill,...]

Each row is a ratio of two sides that were warmed, then measured in turn, in one run: medians of
`--runs`. Run it on a quiet machine. llama.cpp needs `pip install -r requirements-bench.txt`; its
rows are left out without. With --json the last line is one JSON object.
"""

import argparse
import json
import logging
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch

from assistant.analysis import Analysis
from assistant.engine import Prompt, RunStats
from assistant.engine_openvino import OpenVinoEngine
from assistant.engine_transformers import TransformersEngine
from assistant.model import Speaker
from benchmarks.engine_crowd import crowd
from benchmarks.engine_material import Case, cases, conversation, photos, said_by
from benchmarks.engine_rivals import LlamaCpp, generate, transformers_fp32
from benchmarks.engine_upload import measured
from benchmarks.engine_whole import memory, warm_start_s
from vision.classifier import Classifier

log = logging.getLogger(__name__)
Figures = dict[str, float]
TARGETS = {
    "decode_vs_transformers": 3, "decode_vs_llama_cpp": 1.2, "decode_drafted_vs_llama_cpp": 2,
    "prefill_vs_llama_cpp": 4, "ttft_turn3_vs_full_prefill": 10, "warm_start_s": 20,
    "peak_rss_mb": 3000, "same_text": 0.9, "upload_to_findings_vs_plain": 4,
}  # fmt: skip
PREFILL_TOKENS, DECODE_TOKENS, HISTORY_TOKENS, COMPARED_TOKENS = 600, 48, 1000, 40


@dataclass
class Bench:
    """The engines and what they read, each made when first asked for."""

    runs: int
    prompts: int
    threads: int

    @cached_property
    def speaker(self) -> Speaker:
        """The shipped model on OpenVINO."""
        return Speaker.load("default", Classifier.load().sha256, "openvino")[0]

    @property
    def ours(self) -> OpenVinoEngine:
        """Its engine."""
        if not isinstance(self.speaker.engine, OpenVinoEngine):
            raise TypeError(self.speaker.engine.name)
        return self.speaker.engine

    @cached_property
    def photos(self) -> list[Analysis]:
        """The example photos, read."""
        return photos()

    @cached_property
    def cases(self) -> list[Case]:
        """First questions."""
        return cases(self.speaker, self.photos, self.prompts)

    @cached_property
    def reference(self) -> TransformersEngine:
        """The shipped model on transformers in float32."""
        return transformers_fp32(self.speaker)

    @cached_property
    def llama(self) -> LlamaCpp | None:
        """llama.cpp; None where it is not installed."""
        try:
            return LlamaCpp(self.threads)
        except (ImportError, FileNotFoundError) as error:
            log.warning("without llama.cpp: %s", error)
            return None

    def long_prompt(self) -> Prompt:
        """Exactly PREFILL_TOKENS with the visual tokens of one photo."""
        whole = conversation(self.speaker, self.photos[0], HISTORY_TOKENS).third.prompt
        return Prompt(whole.ids[:PREFILL_TOKENS], whole.visual, whole.visual_keys)


def decode(bench: Bench) -> Figures:
    """Tokens a second after the first one, answers made to go on past their end."""
    ours: list[float] = []
    theirs: list[float] = []
    llama: list[float] = []
    model = bench.reference.open_model()
    for number, one in enumerate(bench.cases[: bench.runs + 1]):
        with endless(bench.ours):
            said_by(bench.ours, one, DECODE_TOKENS)
        first = generate(model, one.prompt, 1)
        rest = generate(model, one.prompt, DECODE_TOKENS + 1) - first
        told = bench.llama.measure(plain(one.prompt), DECODE_TOKENS) if bench.llama else None
        if number:  # the first one warms up
            ours.append(stats(bench.ours).tokens_per_second)
            theirs.append(DECODE_TOKENS / rest)
            llama += [told[1]] if told else []
    figures = {
        "decode_tokens_per_s": statistics.median(ours),
        "decode_vs_transformers": ratio(ours, theirs),
    }
    return figures | ({"decode_vs_llama_cpp": ratio(ours, llama)} if llama else {})


def drafts(bench: Bench) -> Figures:
    """Whole answers with the findings' own as a draft, and without."""
    runs: list[tuple[RunStats, RunStats]] = []
    llama: list[float] = []
    same = []
    for number, one in enumerate(bench.cases[: 4 * bench.runs + 1]):
        plainly = said_by(bench.ours, one, 180)
        without = stats(bench.ours)
        same.append(said_by(bench.ours, one, 180, one.draft) == plainly)
        told = bench.llama.measure(plain(one.prompt), 24) if bench.llama else None
        if number and without.answer_tokens > 2:
            runs.append((without, stats(bench.ours)))
            llama += [told[1]] if told else []
    speeds = [[run.tokens_per_second for run in side] for side in zip(*runs, strict=True)]
    tokens = sum(drafted.answer_tokens for _, drafted in runs)
    figures = {
        "decode_drafted_tokens_per_s": statistics.median(speeds[1]),
        "decode_drafted_vs_plain": ratio(speeds[1], speeds[0]),
        "drafted_share": sum(drafted.drafted_tokens for _, drafted in runs) / tokens,
        "drafted_same_text": sum(same) / len(same),
    }
    return figures | ({"decode_drafted_vs_llama_cpp": ratio(speeds[1], llama)} if llama else {})


def prefill(bench: Bench) -> Figures:
    """Tokens a second of reading a prompt anew, its visual tokens included."""
    prompt = bench.long_prompt()
    model = bench.reference.open_model()
    ours: list[float] = []
    theirs: list[float] = []
    llama: list[float] = []
    for number in range(bench.runs + 1):
        mine = len(prompt.ids) / first_token(bench.ours, prompt, cold=True)
        other = len(prompt.ids) / generate(model, prompt, 1)
        told = bench.llama.measure(plain(prompt), 1) if bench.llama else None
        if number:
            ours.append(mine)
            theirs.append(other)
            llama += [told[0]] if told else []
    figures = {
        "prefill_tokens_per_s": statistics.median(ours),
        "prefill_vs_transformers": ratio(ours, theirs),
    }
    return figures | ({"prefill_vs_llama_cpp": ratio(ours, llama)} if llama else {})


def ttft(bench: Bench) -> Figures:
    """Seconds to the first token of a third turn: known start, history read ahead, all anew."""
    figures: dict[str, list[float]] = {"known": [], "ahead": [], "anew": []}
    for number in range(bench.runs + 1):
        photo = bench.photos[number % len(bench.photos)]
        talk = conversation(bench.speaker, photo, HISTORY_TOKENS)
        for kind, seconds in figures.items():
            forget(bench.ours)
            for turn in talk.turns if kind != "anew" else ():
                said_by(bench.ours, turn, 8)
            if kind == "ahead":
                bench.ours.prefill(talk.history.prompt, threading.Event())
            took = first_token(bench.ours, talk.third.prompt, cold=kind == "anew")
            seconds += [took] if number else []
    medians = {kind: statistics.median(seconds) for kind, seconds in figures.items()}
    return {
        "ttft_turn3_s": medians["ahead"],
        "ttft_turn3_vs_full_prefill": ratio(figures["anew"], figures["ahead"]),
        "ttft_turn3_not_read_ahead_vs_full_prefill": ratio(figures["anew"], figures["known"]),
    }


def same_text(bench: Bench) -> Figures:
    """The share of the first tokens until the first one that float32 on transformers would not say.

    Photo by photo, so that the reference need not read the same start again.
    """
    shares = []
    for one in sorted(bench.cases, key=lambda c: (c.prompt.visual_keys[:1], c.language)):
        wanted = said_by(bench.reference, one, COMPARED_TOKENS)
        got = said_by(bench.ours, one, COMPARED_TOKENS)
        shares.append(common(wanted, got) / max(len(wanted), len(got), 1))
    return {"same_text": statistics.mean(shares), "same_text_prompts": len(shares)}


def several(bench: Bench) -> Figures:
    """How long people wait who ask at the same time."""
    return crowd(bench.ours, bench.cases[:16])


def whole(bench: Bench) -> Figures:
    """Seconds to a page that answers; peak memory after ten turns about three photos."""
    return {"warm_start_s": warm_start_s(), **memory()}


def upload(bench: Bench) -> Figures:
    """Seconds from a photo's bytes to its findings and to the first word, and the plain way's."""
    return measured()


PARTS: dict[str, Callable[[Bench], Figures]] = {
    "decode": decode, "drafts": drafts, "prefill": prefill, "ttft": ttft,
    "same_text": same_text, "crowd": several, "whole": whole, "upload": upload,
}  # fmt: skip


@contextmanager
def endless(engine: OpenVinoEngine) -> Iterator[None]:
    """No token ends an answer."""
    ends, engine._end_ids = engine._end_ids, frozenset()
    try:
        yield
    finally:
        engine._end_ids = ends


def forget(engine: OpenVinoEngine) -> None:
    """Nothing that was read is known any more."""
    engine._memory.clear()


def first_token(engine: OpenVinoEngine, prompt: Prompt, *, cold: bool) -> float:
    """Seconds from the question to the first token."""
    if cold:
        forget(engine)
    began = time.perf_counter()
    with endless(engine):
        list(engine.stream(prompt, 1, threading.Event()))
    return time.perf_counter() - began


def stats(engine: OpenVinoEngine) -> RunStats:
    """How the last answer went."""
    if engine.last_run is None:
        raise ValueError("nothing was answered yet")
    return engine.last_run


def plain(prompt: Prompt) -> list[int]:
    """The ids for an engine that takes no embeddings: a word in each visual place."""
    return [max(token, 0) for token in prompt.ids]


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """The full length where they are equal, else that of their common start."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Of the medians."""
    return statistics.median(above) / statistics.median(below)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--runs", type=int, default=5, help="of each side (%(default)s)")
    parser.add_argument("--prompts", type=int, default=100, help="for same_text (%(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="of all sides (%(default)s)")
    parser.add_argument("--only", default=",".join(PARTS), help="parts (%(default)s)")
    parser.add_argument("--chart", type=Path, help="write the ratios as a bar chart")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    bench = Bench(options.runs, options.prompts, options.threads)
    figures: Figures = {}
    for part in options.only.split(","):
        figures |= PARTS[part](bench)
        told = {key: round(value, 3) for key, value in figures.items()}
        log.info("%s: %s", part, told)
    for key, value in figures.items():
        print(f"| {key} | {value:.3g} | {TARGETS.get(key, '')} |")
    if options.chart:
        from benchmarks.engine_chart import draw

        draw(figures, TARGETS, options.chart)
    if options.json:
        rounded = {key: round(value, 3) for key, value in figures.items()}
        settings = {"threads": options.threads, "runs": options.runs}
        print(json.dumps({"task": "engine", **settings, "metrics": rounded}))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request to the page
    main()
