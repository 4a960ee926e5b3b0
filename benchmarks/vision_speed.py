"""From decoded pixels of a 4288 x 2848 photo to every decision, the plain way and ours, in one run.

    python -m benchmarks.vision_speed

Decisions: modality, quality, diseases, DR grade, edema risk, OCT class. Plain: eager float32
PyTorch, a network of the same size for each of the six, each of which finds the field of view and
preprocesses the photo itself. Ours: `detect` and one `Classifier.look`. Two threads; the two ways
take turns; seconds are medians after one turn for warming up. The photo's identity (its SHA-256) is
intake's work and in neither. `parity` is the largest difference of a logit between our network and
the same one run plainly. The last line is one JSON object.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from tests.drawing import draw_fundus
from vision.backbone import EyeEncoder
from vision.classifier import Classifier
from vision.config import SHIPPED
from vision.fov import detect
from vision.preprocess import to_tensor
from vision.types import FundusImage

RUNS = 7
THREADS = 2
SIDE_PX = (2848, 4288)  # H, W of IDRiD's photos
TASKS = ("modality", "quality", "disease", "dr", "dme", "oct")


def plain_networks(model: EyeEncoder) -> list[EyeEncoder]:
    """A network of the encoder's size for each task, with that task's head alone."""
    networks = []
    for task in TASKS:
        config = replace(model.config, heads={task: model.config.heads[task]})
        network = EyeEncoder(config).eval()
        whole = model.state_dict()
        network.load_state_dict({name: whole[name] for name in network.state_dict()})
        networks.append(network)
    return networks


@torch.inference_mode()
def plain(networks: list[EyeEncoder], pixels: np.ndarray) -> dict[str, torch.Tensor]:
    """Logits by task, each network on its own."""
    found: dict[str, torch.Tensor] = {}
    for network in networks:
        image = to_tensor(pixels, detect(pixels), network.config.preprocess)
        found |= network(image).logits
    return found


def ours(classifier: Classifier, image: FundusImage) -> None:
    """What the product does."""
    classifier.look(image, detect(image.pixels))


def preprocessing(classifier: Classifier, pixels: np.ndarray) -> torch.Tensor:
    """What both ways do before a network."""
    return to_tensor(pixels, detect(pixels), classifier.model.config.preprocess)


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vision_speed", description=__doc__)
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    classifier = Classifier.load(options.weights)
    networks = plain_networks(classifier.model)
    image = FundusImage(draw_fundus(SIDE_PX))
    ways: dict[str, Callable[[], object]] = {
        "plain": partial(plain, networks, image.pixels),
        "ours": partial(ours, classifier, image),
        "preprocessing": partial(preprocessing, classifier, image.pixels),
    }
    turns = [{name: seconds(way) for name, way in ways.items()} for _ in range(RUNS + 1)][1:]
    figures = {name: statistics.median(turn[name] for turn in turns) for name in ways}
    with torch.inference_mode():
        logits = classifier.model(preprocessing(classifier, image.pixels)).logits
    other = plain(networks, image.pixels)
    parity = max(float((logits[task] - other[task]).abs().max()) for task in TASKS)
    figures |= {
        "times_faster": figures["plain"] / figures["ours"],
        "preprocessing_share": figures["preprocessing"] / figures["ours"],
        "parity": parity,
    }
    print(json.dumps({name: round(value, 6) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
