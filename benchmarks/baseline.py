"""The baseline of one machine: start-up, upload to findings, first token, tokens a second, memory.

    python -m benchmarks.baseline

Drawn fundi of 4288 x 2848 px are read and talked about. Medians of three photos after one for
warming up, so that no run finds its prompt in the KV memory; memory is the peak of the whole
process (the image decoder is a child of its own). The last line is one JSON object.
"""

import argparse
import io
import json
import resource
import statistics
import threading
import time

import torch
from PIL import Image

from assistant.analysis import Analysis
from assistant.pipeline import Pipeline
from assistant.session import Session
from tests.drawing import draw_fundus

RUNS = 3
SIDE_PX = (2848, 4288)  # H, W of IDRiD's photos
QUESTIONS = (
    "What do you see in this photo?",
    "Which lesions are there, and how many?",
    "Why is it this grade and not another?",
)


def photo_bytes(seed: int) -> bytes:
    """A drawn fundus with lesions as JPEG."""
    spots = [(1900.0 + 90 * i, 1200.0 + 40 * i, 9.0) for i in range(12)]
    lesions = {"MA": spots, "EX": [(x, y + 300, 20.0) for x, y, _ in spots]}
    stream = io.BytesIO()
    Image.fromarray(draw_fundus(SIDE_PX, seed, lesions)).save(stream, "JPEG", quality=92)
    return stream.getvalue()


def read_once(pipeline: Pipeline, data: bytes) -> tuple[Analysis, float]:
    """One photo and the seconds from its bytes to its findings."""
    began = time.perf_counter()
    last = list(pipeline.analyze(data))[-1]
    if not isinstance(last, Analysis):
        raise TypeError("an analysis ends with its findings")
    return last, time.perf_counter() - began


def converse(pipeline: Pipeline, analysis: Analysis) -> dict[str, float]:
    """Three turns about one photo: seconds to the first token and tokens a second of each."""
    session = Session()
    session.add(analysis)
    figures = {}
    for turn, question in enumerate(QUESTIONS, 1):
        began = time.perf_counter()
        *_, last = pipeline.ask(session, question, "en", threading.Event())
        seconds = time.perf_counter() - began
        first = last.seconds_to_first_token or seconds
        figures[f"turn{turn}_first_token_s"] = first
        figures[f"turn{turn}_tokens_per_s"] = (last.tokens - 1) / max(seconds - first, 1e-6)
    return figures


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline", description=__doc__)
    parser.parse_args()
    began = time.perf_counter()
    pipeline = Pipeline.load()
    figures: dict[str, float] = {"load_models_s": time.perf_counter() - began}
    warm, *photos = [photo_bytes(seed) for seed in range(RUNS + 1)]
    converse(pipeline, read_once(pipeline, warm)[0])
    runs = [read_once(pipeline, data) for data in photos]
    figures["upload_to_findings_s"] = statistics.median(seconds for _, seconds in runs)
    talks = [converse(pipeline, analysis) for analysis, _ in runs]
    for key in talks[0]:
        figures[key] = statistics.median(talk[key] for talk in talks)
    figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({
        "task": "baseline", "threads": torch.get_num_threads(),
        "photo_px": [SIDE_PX[1], SIDE_PX[0]],
        "metrics": {k: round(v, 2) for k, v in figures.items()},
    }))  # fmt: skip


if __name__ == "__main__":
    main()
