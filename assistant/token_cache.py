"""Visual tokens of many photos, worked out once for training and evaluation."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from assistant.visual import tokens_of_file
from segmentation.predict import Segmenter
from vision.classifier import Classifier

log = logging.getLogger(__name__)
CACHE = Path("runs/tokens")  # a folder below it for each split
_SAVE_EVERY = 200  # photos; with lesions each takes seconds


def quick_segmenter() -> Segmenter:
    """Outlines lesions by the coarser network in one look: a sixteenth of the time of serving.

    For the hundreds of photos of a training, where a few lesions more or less do not count.
    """
    network = Segmenter.load(names=("lesions_wide",)).networks["lesions_wide"]
    quick = replace(network, preprocess=replace(network.preprocess, mirrors=1))
    return Segmenter({"lesions_wide": quick})


def photo_tokens(
    classifier: Classifier,
    segmenter: Segmenter | None,
    images: Sequence[str],
    data: Path,
    cache: Path,
) -> dict[str, Tensor]:
    """Visual tokens (N, D) fp16 of every image path below `data`, kept in the folder `cache`.

    Without a segmenter the region tokens are zeros.
    """
    weights = [classifier.sha256, *sorted(segmenter.weights.values() if segmenter else ())]
    digest = hashlib.sha256("".join(weights).encode()).hexdigest()
    path = cache / f"tokens-{digest[:12]}.safetensors"
    known: dict[str, Tensor] = load_file(path) if path.is_file() else {}
    missing = [i for i in images if i not in known]
    for done, name in enumerate(missing, 1):
        tokens = tokens_of_file((data / name).read_bytes(), classifier, segmenter)
        known[name] = torch.from_numpy(tokens).half()
        if done % _SAVE_EVERY == 0 or done == len(missing):
            log.info("visual tokens: %d of %d photos", done, len(missing))
            cache.mkdir(parents=True, exist_ok=True)
            save_file(known, path)
    return {name: known[name] for name in images}
