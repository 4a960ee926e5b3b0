"""1, 4 and 16 people who ask at the same time: how long each waits.

Each person asks a first question about one of the example photos; all start together. One answer
runs at a time (assistant.turns), first come, first served.
"""

import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.engine_openvino import OpenVinoEngine
from benchmarks.engine_material import Case

CROWDS = (1, 4, 16)
ANSWER_TOKENS = 180


@dataclass(frozen=True, slots=True)
class Served:
    """One person's answer: seconds since all asked."""

    first_word_s: float
    end_s: float
    tokens: int


def crowd(engine: OpenVinoEngine, cases: Sequence[Case]) -> dict[str, float]:
    """Seconds to the first word (median, longest) and answers a minute for each size of crowd."""
    served(engine, cases[:1])  # warms up
    figures: dict[str, float] = {}
    for people in CROWDS:
        engine._memory.clear()
        told = served(engine, [cases[i % len(cases)] for i in range(people)])
        waits = [one.first_word_s for one in told]
        last = max(one.end_s for one in told)
        figures |= {
            f"crowd_{people}_first_word_median_s": statistics.median(waits),
            f"crowd_{people}_first_word_longest_s": max(waits),
            f"crowd_{people}_answers_per_minute": 60 * people / last,
            f"crowd_{people}_tokens_per_s": sum(one.tokens for one in told) / last,
            f"crowd_{people}_kv_mb": engine._memory.size / 1e6,
        }
    return figures


def served(engine: OpenVinoEngine, cases: Sequence[Case]) -> list[Served]:
    """All ask at once; each in a thread of its own."""
    answers: list[Served] = []
    together = threading.Barrier(len(cases) + 1)

    def ask(one: Case) -> None:
        together.wait()
        began, first, tokens = time.perf_counter(), 0.0, 0
        for _ in engine.stream(one.prompt, ANSWER_TOKENS, threading.Event(), one.draft):
            tokens += 1
            first = first or time.perf_counter() - began
        answers.append(Served(first, time.perf_counter() - began, tokens))

    threads = [threading.Thread(target=ask, args=(one,)) for one in cases]
    for thread in threads:
        thread.start()
    together.wait()
    for thread in threads:
        thread.join()
    return answers
