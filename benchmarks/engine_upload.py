"""From the bytes of a 12-megapixel photo to its findings and to the first word about it.

    python -m benchmarks.engine_upload      # the last line is JSON

Beside it the plain way: eager float32 PyTorch, a network for each task, those of the segmentation
over tiles of the full resolution (benchmarks.segment_speed, benchmarks.vision_speed). It takes
more than a minute a photo, so its seconds are of `PLAIN_RUNS` photos.
"""

import io
import json
import statistics
import subprocess
import sys
import threading
import time

import numpy as np
import torch
from PIL import Image

from assistant.pipeline import Pipeline
from assistant.session import Session
from benchmarks import segment_speed, vision_speed
from benchmarks.baseline import photo_bytes, read_once
from segmentation.predict import Segmenter
from vision.classifier import Classifier
from vision.fov import detect
from vision.types import FundusImage

RUNS, PLAIN_RUNS = 5, 2
QUESTION = "What do you see?"


def measured() -> dict[str, float]:
    """Both ways, each in a fresh process, one after the other."""
    figures: dict[str, float] = {}
    for way in ("ours", "plain"):
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.engine_upload", way],
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        figures |= json.loads(told.stdout.splitlines()[-1])
    plain = figures["plain_upload_to_findings_s"]
    return {**figures, "upload_to_findings_vs_plain": plain / figures["upload_to_findings_s"]}


def ours() -> dict[str, float]:
    """Medians of seconds from the upload: to the findings, and to the first word."""
    pipeline = Pipeline.load()
    findings: list[float] = []
    words: list[float] = []
    for number in range(RUNS + 1):
        analysis, seconds = read_once(pipeline, photo_bytes(number))
        session = Session()
        session.add(analysis)
        began = time.perf_counter()
        stop = threading.Event()
        for event in pipeline.ask(session, QUESTION, "en", stop):
            if event.text or event.pending:
                break
        stop.set()
        findings.append(seconds)
        words.append(seconds + time.perf_counter() - began)
    return {
        "upload_to_findings_s": statistics.median(findings[1:]),
        "upload_to_first_word_s": statistics.median(words[1:]),
    }


def plain() -> dict[str, float]:
    """The same photos with a network for each task, nothing shared and nothing made smaller."""
    segmenter = Segmenter.load()
    networks = vision_speed.plain_networks(Classifier.load().model)
    seconds: list[float] = []
    for number in range(PLAIN_RUNS + 1):
        data = photo_bytes(number)
        began = time.perf_counter()
        with Image.open(io.BytesIO(data)) as photo:
            image = FundusImage(np.asarray(photo.convert("RGB")))
        vision_speed.plain(networks, image.pixels)
        segment_speed.plain(segmenter, image, detect(image.pixels))
        seconds.append(time.perf_counter() - began)
    return {"plain_upload_to_findings_s": statistics.median(seconds[1:])}


if __name__ == "__main__":
    torch.set_num_threads(vision_speed.THREADS)
    ways = {"ours": ours, "plain": plain}
    print(json.dumps(ways[sys.argv[1]]() if len(sys.argv) > 1 else measured()))
