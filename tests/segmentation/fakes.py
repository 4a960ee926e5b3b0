"""Networks that need no training, and photos whose every pixel is known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

import segmentation
from segmentation.fit_grade import grader_config
from segmentation.grade import LEVELS
from segmentation.labels import LESIONS
from segmentation.model import Config, PreprocessConfig, build, to_dict
from segmentation.network import Network
from segmentation.predict import GRADER, LESION_NETWORKS, NETWORKS, Segmenter
from vision.model_config import read_config
from vision.weights import save_folder

TINY = Config.read(Path(segmentation.__file__).parent / "configs" / "tiny.json")
CLASSES = TINY.model.classes
CUP = ("OD", "OC")


class Constant(nn.Module):
    """The same logit everywhere, whatever the photo, for as many classes as any network has."""

    def __init__(self, logit: float) -> None:
        super().__init__()
        self.logit = logit

    def forward(self, tile: torch.Tensor) -> torch.Tensor:
        return torch.full((len(tile), len(CLASSES), *tile.shape[2:]), self.logit)


class BrightSpots(nn.Module):
    """Every class wherever the green channel stands out from its background."""

    def forward(self, tile: torch.Tensor) -> torch.Tensor:
        return (20 * (tile[:, 1:2] - 1.5)).repeat(1, len(CLASSES), 1, 1)


class Levels(nn.Module):
    """Disc and cup by how bright a place is in its plane, from these levels on; no fovea."""

    def __init__(self, disc: float, cup: float) -> None:
        super().__init__()
        self.levels = (disc, cup)

    def forward(self, view: torch.Tensor) -> torch.Tensor:
        disc, cup = (20 * (view[:, 1] - level) for level in self.levels)
        return torch.stack((disc, cup, torch.full_like(disc, -9.0)), dim=1)


class First(nn.Module):
    """The first `count` planes of another network."""

    def __init__(self, module: nn.Module, count: int) -> None:
        super().__init__()
        self.module, self.count = module, count

    def forward(self, tile: torch.Tensor) -> torch.Tensor:
        return self.module(tile)[:, : self.count]


def network(module: nn.Module, classes: tuple[str, ...] = CLASSES, side_px: int = 320) -> Network:
    preprocess = PreprocessConfig(side_px, 0.08, 6.0, mirrors=4)
    if classes == CUP:
        preprocess = PreprocessConfig(128, 1.0, 6.0, mirrors=4, disc_diameters=2.4)
    half, none = dict.fromkeys(classes, 0.5), dict.fromkeys(classes, 0.0)
    peaks = none | ({"FO": 0.5} if "FO" in classes else {})
    return Network(First(module, len(classes)).eval(), classes, preprocess, half, peaks, "0" * 64)


def segmenter(module: nn.Module) -> Segmenter:
    """The same module at every network's place; of the lesion networks the first is the finest."""
    networks = {name: network(module, classes_of(name), side_px=256) for name in NETWORKS}
    networks[LESION_NETWORKS[0]] = network(module)
    return Segmenter(networks)


def anatomist(module: nn.Module) -> Segmenter:
    """The disc is what is bright; then the cup network looks around it."""
    anatomy = network(Levels(0.7, 0.7), classes_of("anatomy"))
    flat = replace(anatomy.preprocess, background_sigma=1.0)  # a disc is no background
    return Segmenter({"anatomy": replace(anatomy, preprocess=flat), "cup": network(module, CUP)})


def classes_of(name: str) -> tuple[str, ...]:
    """What the network of this name outlines."""
    return {"anatomy": ("OD", "OC", "FO"), "cup": CUP, "vessels": ("VE",)}.get(name, CLASSES)


def model_folder(path: Path, classes: tuple[str, ...] = CLASSES, seed: int = 0) -> Path:
    """A saved tiny network that was never trained."""
    torch.manual_seed(seed)
    model = replace(TINY.model, classes=classes)
    disc_diameters = 2.4 if classes == CUP else None
    stored = {
        "model": to_dict(model),
        "preprocess": to_dict(replace(TINY.preprocess, disc_diameters=disc_diameters)),
        "thresholds": dict.fromkeys(classes, 0.5),
        "peaks": dict.fromkeys(classes, 0.0),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_folder(path, stored, build(model).state_dict())
    return path


def segmenter_folder(path: Path, names: Sequence[str] = NETWORKS) -> Path:
    """Tiny networks in the layout that `Segmenter.load` reads."""
    digests = {name: save_digest(model_folder(path / name, classes_of(name))) for name in names}
    if set(LESION_NETWORKS) <= set(names):
        grader_folder(path / GRADER, {name: digests[name] for name in LESION_NETWORKS})
    return path


def save_digest(folder: Path) -> str:
    """SHA-256 of a saved model's weights, as its config has it."""
    return str(read_config(folder)["sha256"])


def grader_folder(path: Path, networks: Mapping[str, str]) -> Path:
    """A saved grader that prefers grade 2 and risk 1 whatever it sees."""
    features = len(LESIONS) * (len(LEVELS) + 2)
    dr, dme = (torch.zeros(count, features + 1).double() for count in (5, 3))
    dr[2, -1] = dme[1, -1] = 3.0
    save_folder(path, grader_config(networks, 0.5), {"dr": dr, "dme": dme})
    return path


def photo_with_square(
    height: int, width: int, square: tuple[int, int, int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """A plain lit circle with one bright square (top, left, bottom, right); pixels and its mask."""
    rows, columns = np.mgrid[:height, :width]
    radius = 0.47 * min(height, width)
    lit = np.hypot(rows + 0.5 - height / 2, columns + 0.5 - width / 2) <= radius
    pixels = np.zeros((height, width, 3), np.uint8)
    texture = 12 * (((rows // 8 + columns // 8) % 2) * 2 - 1)  # real retinas are never even
    pixels[lit] = np.array([150, 80, 40]) + texture[lit][:, None]
    top, left, bottom, right = square
    mask = np.zeros((height, width), bool)
    mask[top:bottom, left:right] = True
    pixels[mask] = (250, 230, 140)
    return pixels, mask


def photo_with_disc() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels, and the masks of a disc and of the brighter cup in it."""
    pixels, disc = photo_with_square(331, 407, (120, 150, 162, 190))
    pixels[disc] = (200, 130, 70)
    cup = np.zeros_like(disc)
    cup[131:151, 160:178] = True
    pixels[cup] = (250, 230, 140)
    return pixels, disc, cup
