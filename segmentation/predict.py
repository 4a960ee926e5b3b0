"""`Segmenter`: a photo in; lesions, disc, cup, vessels and fovea out, in the photo's own pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch import nn

from segmentation.anatomy import disc_of, plausible_disc
from segmentation.grade import Grader
from segmentation.labels import LESIONS
from segmentation.measure import countable
from segmentation.network import Network
from segmentation.patches import largest_patch
from segmentation.types import Fovea, RetinaMap
from vision.fov import FieldOfView, Frame
from vision.types import FundusImage

DEFAULT = Path(__file__).parent / "weights"
# MA HE EX SE: their mean counts, and its thresholds and peaks are stored with the first; of those
# that are loaded: one alone, with its own levels, outlines faster and a little worse
LESION_NETWORKS = ("lesions", "lesions_wide")
GRADER = "grade"
NETWORKS = ("anatomy", "cup", *LESION_NETWORKS, "vessels")
Planes = Mapping[str, np.ndarray]  # class -> probabilities (S, S) float32
Landmarks = tuple[np.ndarray | None, np.ndarray | None, Fovea | None]  # disc, cup, fovea


@dataclass(frozen=True, slots=True, eq=False)
class Segmenter:
    """Small networks by name, each at the scale at which its structures are best seen."""

    networks: Mapping[str, Network]  # `segment` needs all of NETWORKS, other methods their own
    grader: Grader | None = None  # `segment` tells no grades without it

    @staticmethod
    def load(folder: Path = DEFAULT, names: Sequence[str] = NETWORKS) -> "Segmenter":
        """Read one model folder for each network, and the grader for all; raises ModelError."""
        segmenter = Segmenter({name: Network.load(folder / name) for name in names})
        if set(names) < set(NETWORKS):
            return segmenter
        lesions = {name: segmenter.weights[name] for name in LESION_NETWORKS}
        return replace(segmenter, grader=Grader.load(folder / GRADER, lesions))

    @property
    def weights(self) -> dict[str, str]:
        """SHA-256 of each network's weights, and of the grader's."""
        weights = {name: network.sha256 for name, network in self.networks.items()}
        return weights if self.grader is None else weights | {GRADER: self.grader.sha256}

    @property
    def lesion_networks(self) -> list[Network]:
        """Those whose mean counts, from the largest plane down; all are averaged in its pixels."""
        networks = [self.networks[name] for name in LESION_NETWORKS if name in self.networks]
        return sorted(networks, key=lambda network: -network.preprocess.side_px)

    def segment(self, image: FundusImage, fov: FieldOfView) -> RetinaMap:
        """All that the networks see, in source pixels."""
        planes = self.lesion_planes(image, fov)
        lesions = self.lesion_masks(planes, fov)
        grades = None if self.grader is None else self.grader.grades(planes)
        del planes  # 38 MB that the other networks can use
        disc, cup, fovea = self.landmarks(image, fov)
        vessels = self.vessels(image, fov)
        return RetinaMap(lesions, disc, cup, vessels, fovea, self.weights, grades)

    def lesions(self, image: FundusImage, fov: FieldOfView) -> dict[str, np.ndarray]:
        """The masks (H, W) of every lesion class alone, in source pixels."""
        return self.lesion_masks(self.lesion_planes(image, fov), fov)

    def lesion_planes(self, image: FundusImage, fov: FieldOfView) -> Planes:
        """The mean of the lesion networks, (S, S) float32 in the pixels of the finest one."""
        # the finest first: memory that was freed in small pieces cannot be used for large ones
        finest, *others = self.lesion_networks
        found = finest.planes(image, fov)
        total = {code: found.pop(code) / (1 + len(others)) for code in LESIONS}
        for network in others:
            found = network.planes(image, fov)
            for code in LESIONS:
                share = found.pop(code) / (1 + len(others))
                total[code] += _resized(share, finest.preprocess.side_px)
        return total

    def lesion_masks(self, planes: Planes, fov: FieldOfView) -> dict[str, np.ndarray]:
        """The countable lesions of every class, class by class: float planes are large."""
        square = self.lesion_networks[0].frame(fov)
        levels = next(self.networks[name] for name in LESION_NETWORKS if name in self.networks)
        masks = {}
        for code in LESIONS:
            plane = square.restore(planes[code])
            mask = (plane >= levels.thresholds[code]) & fov.mask
            masks[code], _ = countable(mask, code, fov, plane >= levels.peaks[code])
        return masks

    def landmarks(self, image: FundusImage, fov: FieldOfView) -> Landmarks:
        """Disc, the cup within it, and the fovea; None for what is not seen."""
        network = self.networks["anatomy"]
        planes, square = network.planes(image, fov), network.frame(fov)
        fovea = locate_fovea(planes["FO"], network.peaks["FO"], square)
        disc = plausible_disc(square.restore(planes["OD"]) >= network.thresholds["OD"], fov)
        if disc is None:
            return None, None, fovea
        return *self._disc_and_cup(image, fov, disc), fovea

    def _disc_and_cup(
        self, image: FundusImage, fov: FieldOfView, coarse: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Both as they are outlined in a square around a disc (H, W) bool that was found before."""
        network, around = self.networks["cup"], disc_of(coarse)
        planes, square = network.planes(image, fov, around), network.frame(fov, around)
        fine = plausible_disc(square.restore(planes["OD"]) >= network.thresholds["OD"], fov)
        disc = coarse if fine is None else fine
        return disc, largest_patch(
            disc & (square.restore(planes["OC"]) >= network.thresholds["OC"])
        )

    def vessels(self, image: FundusImage, fov: FieldOfView) -> np.ndarray:
        """All vessels within the field of view."""
        network = self.networks["vessels"]
        plane = network.frame(fov).restore(network.planes(image, fov)["VE"])
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


def _resized(plane: np.ndarray, side: int) -> np.ndarray:
    """A plane (s, s) float32 of the same square at another number of pixels a side."""
    if len(plane) == side:
        return plane
    tensor = torch.from_numpy(plane)[None, None]
    return nn.functional.interpolate(tensor, size=(side, side), mode="bilinear")[0, 0].numpy()
