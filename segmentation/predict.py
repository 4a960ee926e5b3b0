"""`Segmenter`: a photo in; lesions, disc, cup, vessels and fovea out, in the photo's own pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch import nn

from segmentation.anatomy import largest_patch, plausible_disc
from segmentation.labels import LESIONS
from segmentation.measure import countable
from segmentation.network import Network
from segmentation.types import Fovea, RetinaMap
from vision.fov import FieldOfView, Frame
from vision.types import FundusImage

DEFAULT = Path(__file__).parent / "weights"
_NETWORKS = ("lesions", "lesions_wide", "anatomy", "vessels")
Planes = Mapping[str, np.ndarray]  # class -> probabilities (S, S) float32


@dataclass(frozen=True, slots=True, eq=False)
class Segmenter:
    """Small networks, each at the scale at which its structures are best seen."""

    lesions: Network  # MA HE EX SE, in tiles of a large plane; thresholds and peaks of both
    lesions_wide: Network  # the same classes with more of the eye in each tile, and less detail
    anatomy: Network  # OD OC FO, the whole field at once
    vessels: Network  # VE, in tiles

    @staticmethod
    def load(folder: Path = DEFAULT) -> "Segmenter":
        """Read one model folder for each network; raises ModelError."""
        return Segmenter(*(Network.load(folder / name) for name in _NETWORKS))

    def segment(self, image: FundusImage, fov: FieldOfView) -> RetinaMap:
        """All that the networks see, in source pixels."""
        lesions = lesion_masks(self.lesions, self.lesion_planes(image, fov), fov)
        disc, cup, fovea = landmarks(self.anatomy, self.anatomy.planes(image, fov), fov)
        vessels = vessel_mask(self.vessels, self.vessels.planes(image, fov), fov)
        return RetinaMap(lesions, disc, cup, vessels, fovea, self.weights)

    def lesion_planes(self, image: FundusImage, fov: FieldOfView) -> Planes:
        """The mean of both lesion networks, (S, S) float32 in the pixels of `lesions.frame`."""
        fine, wide = self.lesions.planes(image, fov), self.lesions_wide.planes(image, fov)
        size = fine[LESIONS[0]].shape
        return {code: (fine[code] + _resized(wide[code], size)) / 2 for code in LESIONS}

    @property
    def weights(self) -> dict[str, str]:
        """SHA-256 of each network's weights."""
        return {name: getattr(self, name).sha256 for name in _NETWORKS}


def _resized(plane: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """A plane (s, s) float32 of the same square at another number of pixels."""
    tensor = torch.from_numpy(plane)[None, None]
    return nn.functional.interpolate(tensor, size=size, mode="bilinear")[0, 0].numpy()


def lesion_masks(network: Network, planes: Planes, fov: FieldOfView) -> dict[str, np.ndarray]:
    """The countable lesions of every class, class by class: float planes are large."""
    square = network.frame(fov)
    masks = {}
    for code in LESIONS:
        plane = square.restore(planes[code])
        mask = (plane >= network.thresholds[code]) & fov.mask
        masks[code], _ = countable(mask, code, fov, plane >= network.peaks[code])
    return masks


def landmarks(
    network: Network, planes: Planes, fov: FieldOfView
) -> tuple[np.ndarray | None, np.ndarray | None, Fovea | None]:
    """Disc, the cup within it, and the fovea; None for what is not seen."""
    square = network.frame(fov)
    disc = plausible_disc(square.restore(planes["OD"]) >= network.thresholds["OD"], fov)
    cup = None
    if disc is not None:
        cup = largest_patch(disc & (square.restore(planes["OC"]) >= network.thresholds["OC"]))
    return disc, cup, locate_fovea(planes["FO"], network.peaks["FO"], square)


def vessel_mask(network: Network, planes: Planes, fov: FieldOfView) -> np.ndarray:
    """All vessels within the field of view."""
    plane = network.frame(fov).restore(planes["VE"])
    return np.asarray((plane >= network.thresholds["VE"]) & fov.mask)


def locate_fovea(plane: np.ndarray, least: float, square: Frame) -> Fovea | None:
    """The centre of the likeliest patch, weighted by probability; None below `least` 0..1."""
    peak = float(plane.max())
    if peak < least:
        return None
    labels, _ = ndimage.label(plane >= peak / 2)
    patch = labels == labels[np.unravel_index(int(plane.argmax()), plane.shape)]
    y, x = ndimage.center_of_mass(plane * patch)
    return Fovea(square.to_source(float(x) + 0.5, float(y) + 0.5), peak)
