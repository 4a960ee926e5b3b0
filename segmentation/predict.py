"""`Segmenter`: a photo in, lesion and disc masks in the photo's own pixels out."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from segmentation.labels import LESIONS
from segmentation.measure import countable, plausible_disc
from segmentation.model import PreprocessConfig, bfloat16_is_fast, build, model_config
from segmentation.preprocess import fov_plane, normalise, to_input
from segmentation.tiles import merge
from segmentation.types import LesionMap
from vision.errors import ModelError
from vision.fov import FieldOfView, Frame, frame
from vision.types import FundusImage
from vision.weights import load_folder

DEFAULT = Path(__file__).parent / "weights" / "lesions"
DISC = "OD"
_MIRRORS: tuple[tuple[int, ...], ...] = ((), (3,), (2,), (2, 3))  # axes of (B, C, H, W) flipped


def probability_plane(
    network: nn.Module, plane: np.ndarray, inside: np.ndarray, config: PreprocessConfig
) -> np.ndarray:
    """Probabilities (C, S, S) float32 of a contrast plane (S, S, 3) uint8 within its field."""
    mirrors = _MIRRORS[: config.mirrors]

    def predict(tile: torch.Tensor) -> torch.Tensor:
        views = []
        for axes in mirrors:
            view = tile.flip(axes).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16_is_fast()):
                logits = network(view)
            views.append(logits.float().sigmoid().flip(axes))
        return torch.stack(views).mean(0)

    with torch.inference_mode():
        return merge(predict, to_input(plane), inside, config.tile_px, config.overlap_px)


class Segmenter:
    """A network with the preprocessing and thresholds that were stored with its weights."""

    def __init__(
        self,
        network: nn.Module,
        classes: tuple[str, ...],
        preprocess: PreprocessConfig,
        thresholds: dict[str, float],
        peaks: dict[str, float],
        weights_sha256: str,
    ) -> None:
        self.network = network.eval()
        self.classes = classes
        self.preprocess = preprocess
        self.thresholds = thresholds  # per class, 0..1: where a lesion ends
        self.peaks = peaks  # per class, 0..1: what it must reach somewhere to be one
        self.weights_sha256 = weights_sha256

    @staticmethod
    def load(folder: Path = DEFAULT) -> "Segmenter":
        """Read a model folder; raises ModelError where it is missing, altered or does not fit."""
        config, state, digest = load_folder(folder)
        try:
            model = model_config(config["model"])
            network = build(model)
            network.load_state_dict(state)
            preprocess = PreprocessConfig(**config["preprocess"])
            thresholds = {code: float(config["thresholds"][code]) for code in model.classes}
            peaks = {code: float(config["peaks"][code]) for code in model.classes}
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise ModelError("error.weights_altered", path=folder) from error
        return Segmenter(network, model.classes, preprocess, thresholds, peaks, digest)

    def frame(self, fov: FieldOfView) -> Frame:
        """The square frame that `probabilities` looks at."""
        return frame(fov, self.preprocess.side_px)

    def probabilities(self, image: FundusImage, fov: FieldOfView) -> np.ndarray:
        """One plane a class, (C, S, S) float32 in the pixels of `frame`, 0 outside the field."""
        square = self.frame(fov)
        inside = fov_plane(fov, square)
        plane = normalise(square.crop(image.pixels), inside, self.preprocess)
        return probability_plane(self.network, plane, inside, self.preprocess)

    def segment(self, image: FundusImage, fov: FieldOfView) -> LesionMap:
        """Masks of countable lesions and of the disc, (H, W) bool in the photo's own pixels."""
        return self.to_map(self.probabilities(image, fov), fov)

    def to_map(self, planes: np.ndarray, fov: FieldOfView) -> LesionMap:
        """Threshold `probabilities` in source pixels, class by class: float planes are large."""
        square = self.frame(fov)
        lesions = {}
        for code in LESIONS:
            plane = square.restore(planes[self.classes.index(code)])
            mask = (plane >= self.thresholds[code]) & fov.mask
            lesions[code], _ = countable(mask, code, fov, plane >= self.peaks[code])
        disc = square.restore(planes[self.classes.index(DISC)]) >= self.thresholds[DISC]
        return LesionMap(lesions, plausible_disc(disc & fov.mask, fov), self.weights_sha256)
