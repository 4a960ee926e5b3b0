"""What only a whole process shows: its start to a page that answers, and its peak memory.

python -m benchmarks.engine_whole     # ten turns about three photos; the last line is JSON
"""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from benchmarks.baseline import photo_bytes, read_once
from benchmarks.segment_speed import peak_mb

QUESTIONS = (
    "What do you see?", "Are there hard exudates, and how many?", "Why is it this grade?",
    "这张照片有出血吗？", "What is the cup-to-disc ratio?",
)  # fmt: skip
PHOTOS = 3
TURNS = 10


def warm_start_s() -> float:
    """`make demo` of an installation that is set up, until the page is there and answers."""
    began = time.perf_counter()
    for module in (["assistant", "models", "fetch"], ["demo.samples"]):
        subprocess.run([sys.executable, "-m", *module], check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = subprocess.Popen(
        [sys.executable, "-m", "demo", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while page.poll() is None:
            try:  # answers 503 while the models are loading
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                    return time.perf_counter() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"the page ended with status {page.returncode}")
    finally:
        page.terminate()
        page.wait()


def peak_rss_mb() -> float:
    """Peak memory of a fresh process after ten turns about three photos."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine_whole"],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return float(json.loads(told.stdout.splitlines()[-1])["peak_rss_mb"])


def main() -> None:
    """The ten turns."""
    from assistant.pipeline import Pipeline
    from assistant.session import Session

    pipeline = Pipeline.load()
    session = Session()
    for turn in range(TURNS):
        if turn < PHOTOS:
            session.add(read_once(pipeline, photo_bytes(turn))[0])
        question = QUESTIONS[turn % len(QUESTIONS)]
        for _ in pipeline.ask(session, question, "en", threading.Event()):
            pass
    print(json.dumps({"peak_rss_mb": round(peak_mb(), 1)}))


if __name__ == "__main__":
    main()
