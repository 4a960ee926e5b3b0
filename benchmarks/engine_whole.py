"""What only the whole demo shows: its start to a page that answers, and its peak memory.

    python -m benchmarks.engine_whole     # ten turns about three photos; the last line is JSON

The page is driven as a browser would, from outside: the photos are drawn here, and what that takes
(2 GB each) is none of its memory. The decoder of photos is a child of the page for less than a
second a photo and is not counted.
"""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gradio_client import Client, handle_file

from benchmarks.baseline import photo_bytes

QUESTIONS = (
    "What do you see?", "Are there hard exudates, and how many?", "Why is it this grade?",
    "这张照片有出血吗？", "What is the cup-to-disc ratio?",
)  # fmt: skip
PHOTOS = 3
TURNS = 10
_ANSWER_S = 600.0


@contextmanager
def started() -> Iterator[tuple[int, int]]:
    """`python -m demo` once it can be asked: its port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = subprocess.Popen(
        [sys.executable, "-m", "demo", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if page.poll() is not None:
                raise RuntimeError(f"the page ended with status {page.returncode}")
            time.sleep(0.1)
        yield port, page.pid
    finally:
        page.terminate()
        page.wait()


def _answers(port: int) -> bool:
    """Whether the models are loaded; the page says 503 until then."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def warm_start_s() -> float:
    """`make demo` of an installation that is set up, until the page is there and answers."""
    began = time.perf_counter()
    for module in (["assistant", "models", "fetch"], ["demo.samples"]):
        subprocess.run([sys.executable, "-m", *module], check=True, capture_output=True)
    with started():
        return time.perf_counter() - began


def memory() -> dict[str, float]:
    """MB of a fresh demo after ten turns about three photos: peak, and what it ends with.

    Anonymous pages are its own; file pages are of mapped libraries and weights, and the system may
    take them back.
    """
    with TemporaryDirectory() as folder:
        photos = [Path(folder) / f"{number}.jpg" for number in range(PHOTOS)]
        for number, photo in enumerate(photos):
            photo.write_bytes(photo_bytes(number))
        with started() as (port, process):
            talk(port, photos)
            return {
                "peak_rss_mb": _status_mb(process, "VmHWM"),
                "end_anonymous_mb": _status_mb(process, "RssAnon"),
                "end_file_mb": _status_mb(process, "RssFile"),
            }


def talk(port: int, photos: list[Path]) -> None:
    """One visit to the page: a photo with each of the first questions, then questions alone."""
    address = f"http://127.0.0.1:{port}/"
    client = Client(
        address,
        verbose=False,
        download_files=False,
        analytics_enabled=False,
        httpx_kwargs={"timeout": _ANSWER_S},  # the page is slow to answer where the machine is busy
    )
    client.predict(api_name="/open")
    for turn in range(TURNS):
        files = [handle_file(photo) for photo in photos[turn : turn + 1]]
        question = {"text": QUESTIONS[turn % len(QUESTIONS)], "files": files}
        client.predict(question, "en", api_name="/send")
        client.submit(api_name="/work").result(timeout=_ANSWER_S)


def _status_mb(process: int, field: str) -> float:
    """A field of what Linux tells of a process."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


if __name__ == "__main__":
    print(json.dumps({key: round(value, 1) for key, value in memory().items()}))
