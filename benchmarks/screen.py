"""How many photos a minute are screened, with one process and with two, each a run of its own.

    python -m benchmarks.screen [--photos 12] [--workers 1 2] [--data FOLDER] [--json]

The photos are drawn (2848 x 4288 px, as IDRiD's, with few lesions: many look unreal to the encoder)
unless a folder is given, whose photos are then taken in turn. `measured` counts those whose lesions
were outlined; others cost next to nothing. The models of each process load while its first photo
waits: the time counts from the entry on by which every process can have had one, and the photos
after it. Memory is the peak of the processes together, asked four times a second. The last line is
one JSON object, with --json the only one.
"""

import argparse
import itertools
import json
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from PIL import Image

from demo.screen.photos import photos_in
from demo.screen.reading import PhotoReader, shipped_models, shipped_reader
from demo.screen.workers import cores, in_processes
from tests.drawing import draw_fundus, scatter_lesions
from vision.command import Parser, run

SIDE_PX = (2848, 4288)  # H, W of IDRiD's photos
FEW = {"MA": 6, "HE": 2, "EX": 5, "SE": 0}


def fill(folder: Path, count: int, data: Path | None) -> None:
    """Put so many photos into a folder, each under a name of its own."""
    if data is None:
        for n in range(count):
            pixels = draw_fundus(SIDE_PX, n, scatter_lesions(SIDE_PX, n, FEW))
            Image.fromarray(pixels).save(folder / f"{n:05}.jpg", quality=92)
        return
    found = itertools.cycle(data / photo.path for photo in photos_in(data))
    for n, path in enumerate(itertools.islice(found, count)):
        shutil.copyfile(path, folder / f"{n:05}{path.suffix}")


def measure(folder: Path, workers: int) -> dict[str, float]:
    """Photos per minute, seconds to the first of them, and peak memory of all processes."""
    source = in_processes(PhotoReader(folder, shipped_models(), shipped_reader), workers)
    ended, peak = threading.Event(), [0.0]
    watch = threading.Thread(target=_watch, args=(ended, peak))
    watch.start()
    began = time.monotonic()
    try:
        read = [(time.monotonic(), entry) for entry in source(photos_in(folder))]
    finally:
        ended.set()
        watch.join()
    moments, entries = zip(*read, strict=True)
    first, last = moments[0] - began, moments[-1] - moments[workers - 1]
    found = [entry.findings for entry in entries]
    return {
        "measured": sum(one is not None and one.lesions is not None for one in found),
        "photos_per_minute": round(60 * (len(moments) - workers) / last, 2),
        "first_photo_s": round(first, 2),
        "peak_mb": round(peak[0]),
    }


def _watch(ended: threading.Event, peak: list[float]) -> None:
    while not ended.wait(0.25):
        total = 0
        for process in psutil.Process().children(recursive=True):
            try:
                total += process.memory_info().rss
            except psutil.Error:  # ended meanwhile
                continue
        peak[0] = max(peak[0], total / 2**20)


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m benchmarks.screen", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--photos", type=int, default=12, help="more than processes (%(default)s)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--data", type=Path, help="folder of photos to take")
    parser.add_argument("--json", action="store_true", help="nothing but the last line")
    options = parser.parse_args()
    if min(options.workers) < 1 or options.photos <= max(options.workers):
        parser.error("one process is the least, and more photos than processes")
    figures: dict[str, object] = {"photos": options.photos, "cores": cores()}
    with tempfile.TemporaryDirectory() as temporary:
        fill(Path(temporary), options.photos, options.data)
        for workers in options.workers:
            found = measure(Path(temporary), workers)
            figures[f"workers_{workers}"] = found
            if not options.json:
                print(f"{workers} processes: {found}", file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    run(main)
