"""The whole segmentation of a 4288 x 2848 photo, the plain way and ours, in one run.

    python -m benchmarks.segment_speed [--data DATA/idrid_lesions]

Plain: eager float32 PyTorch, one of our networks per task (lesions; disc and cup; fovea; vessels)
over the whole photo in overlapping tiles of its full resolution, one view. Ours: `Segmenter`, and
all measurements of what it outlines. Each runs in a process of its own, so that each has its own
peak of memory; the photos are drawn outside of it. Seconds are means of two photos after one for
warming up. With --data the lesions' mean AUC-PR on the official
test photos is measured too, ours against the same networks in float32 with four mirrored views.
The last line is one JSON object.
"""

import argparse
import json
import multiprocessing
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from torch import nn

from segmentation.anatomy import measure_anatomy
from segmentation.measure import measure_lesions
from segmentation.model import build, model_config
from segmentation.network import Network
from segmentation.predict import DEFAULT, Segmenter
from segmentation.preprocess import normalise, to_input
from segmentation.score_lesions import count, metrics
from segmentation.sets import photos_of
from tests.drawing import draw_fundus, scatter_lesions
from vision.fov import FieldOfView, detect
from vision.types import FundusImage
from vision.weights import load_folder

RUNS = 2
SIDE_PX = (2848, 4288)  # H, W of IDRiD's photos
TILE_PX, OVERLAP_PX = 512, 128
Way = Callable[[Segmenter, FundusImage, FieldOfView], object]


def ours(segmenter: Segmenter, image: FundusImage, fov: FieldOfView) -> object:
    """What the product does."""
    retina = segmenter.segment(image, fov)
    return measure_lesions(retina, fov, measure_anatomy(retina, fov))


def plain(segmenter: Segmenter, image: FundusImage, fov: FieldOfView) -> object:
    """Four networks as they were trained, over the whole photo at full resolution."""
    tasks = ("lesions", "anatomy", "anatomy", "vessels")
    networks = [replace(segmenter.networks[name], module=_as_trained(name)) for name in tasks]
    return [_full_resolution(network, image, fov) >= 0.5 for network in networks]


@cache
def _as_trained(name: str) -> nn.Module:
    """The network of a model folder with nothing done to make it faster."""
    config, state, _ = load_folder(DEFAULT / name)
    module: nn.Module = build(model_config(config["model"]))
    module.load_state_dict(state)
    return module.eval()


@torch.inference_mode()
def _full_resolution(network: Network, image: FundusImage, fov: FieldOfView) -> np.ndarray:
    side = max(image.pixels.shape[:2])
    square = np.zeros((side, side, 3), np.uint8)
    square[: image.height, : image.width] = image.pixels
    inside = np.zeros((side, side), bool)
    inside[: image.height, : image.width] = fov.mask
    plane = to_input(normalise(square, inside, network.preprocess))
    found = np.zeros((len(network.classes), image.height, image.width), np.float32)
    times = np.zeros((image.height, image.width), np.float32)
    for top in _starts(image.height):
        for left in _starts(image.width):
            where = (slice(top, top + TILE_PX), slice(left, left + TILE_PX))
            tile = torch.from_numpy(np.ascontiguousarray(plane[:, where[0], where[1]]))[None]
            found[:, where[0], where[1]] += network.module(tile).sigmoid()[0].numpy()
            times[where] += 1
    return found / times


def _starts(side_px: int) -> list[int]:
    """Where tiles begin along one side; the last one ends at the border."""
    return [*range(0, side_px - TILE_PX, TILE_PX - OVERLAP_PX), side_px - TILE_PX]


def _measure(way: Way, caller: Connection) -> None:
    segmenter = Segmenter.load()
    before = peak_mb()
    seconds = []
    for _ in range(1 + RUNS):
        pixels = caller.recv()
        image, fov = FundusImage(pixels), detect(pixels)
        began = time.perf_counter()
        way(segmenter, image, fov)
        seconds.append(time.perf_counter() - began)
    caller.send({"seconds": statistics.mean(seconds[1:]), "peak_mb": peak_mb(), "idle_mb": before})


def peak_mb() -> float:
    """Of this program alone (Linux): ru_maxrss also remembers the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


def _in_a_process_of_its_own(way: Way, photos: list[np.ndarray]) -> dict[str, float]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_measure, args=(way, there))
    process.start()
    there.close()
    for photo in photos:
        here.send(photo)
    figures: dict[str, float] = here.recv()
    process.join()
    return figures


def mean_auc_pr(segmenter: Segmenter, data: Path) -> float:
    """Mean AUC-PR of the four lesions on the official test photos."""
    counts = [count(segmenter, photo) for photo in photos_of(data.parent, data.name, "test")]
    return metrics(counts)["auc_pr_mean"](np.arange(len(counts)))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.segment_speed", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of idrid_lesions")
    options = parser.parse_args()
    photos = [draw_fundus(SIDE_PX, n, scatter_lesions(SIDE_PX, n)) for n in range(1 + RUNS)]
    slow, fast = (_in_a_process_of_its_own(way, photos) for way in (plain, ours))
    figures = {"plain": slow, "ours": fast, "times_faster": slow["seconds"] / fast["seconds"]}
    if options.data:
        segmenter = Segmenter.load()
        views = {
            name: replace(network, preprocess=replace(network.preprocess, mirrors=4))
            for name, network in segmenter.networks.items()
        }
        quick = mean_auc_pr(segmenter, options.data)
        with patch("segmentation.network.bfloat16_is_fast", return_value=False):
            full = mean_auc_pr(Segmenter(views), options.data)
        figures |= {"auc_pr_mean": quick, "auc_pr_mean_float32": full}
    print(json.dumps(figures, default=partial(round, ndigits=4)))


if __name__ == "__main__":
    main()
