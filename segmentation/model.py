"""The segmentation network: an smp U-Net on an EfficientNet-Lite tower, built from a JSON config.

Knows no photos: it maps normalised planes (B, 3, H, W) to one logit plane per class.
"""

import dataclasses
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

import vision.compat  # noqa: F401  before smp, which imports torchvision

import segmentation_models_pytorch as smp  # isort: skip

STRIDE_PX = 32  # of the tower: sides of what a network sees are multiples of it


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Architecture of the network."""

    tower: str  # timm name of the encoder
    decoder_channels: tuple[int, ...]  # from the deepest stage up
    classes: tuple[str, ...]  # one logit plane each, in this order; codes of segmentation.sets


@dataclass(frozen=True, slots=True)
class PreprocessConfig:
    """How a photo becomes the network's plane; travels with the weights."""

    side_px: int  # of the plane, whatever the camera; a multiple of STRIDE_PX
    background_sigma: float  # Gaussian of the subtracted background, as a fraction of side_px
    softness: float  # contrast at which the tanh bends, in robust standard deviations
    mirrors: int  # views averaged: 1 plain, 2 with left-right mirrored, 4 with upside-down too
    disc_diameters: float | None = None  # side of a square around the disc; None: the whole field


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """One training run."""

    steps: int
    batch: int
    crop_px: int
    max_lr: float
    weight_decay: float
    ema_decay: float  # of the averaged weights, which are the ones kept
    sets: dict[str, float]  # data set (segmentation.sets) -> share of the crops
    held_out: dict[str, int]  # data set -> photos kept aside to choose thresholds
    focus: dict[str, float]  # class -> share of the crops around it; the rest anywhere
    scale: tuple[float, float]  # range of the zoom
    turn_deg: float  # largest rotation
    coarse: float  # share of the crops shown at a lower resolution


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a run needs; one file in `configs/` for each network that is shipped."""

    model: ModelConfig
    preprocess: PreprocessConfig
    peaks: dict[str, float]  # class -> probability that a lesion must reach somewhere to be one
    train: TrainConfig

    @staticmethod
    def read(path: Path) -> "Config":
        """Read a config file; raises OSError, ValueError, KeyError or TypeError for a bad one."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return Config(
            model_config(data["model"]),
            PreprocessConfig(**data["preprocess"]),
            data["peaks"],
            TrainConfig(**{**data["train"], "scale": tuple(data["train"]["scale"])}),
        )


def model_config(data: dict[str, Any]) -> ModelConfig:
    """ModelConfig from its JSON form."""
    return ModelConfig(data["tower"], tuple(data["decoder_channels"]), tuple(data["classes"]))


def to_dict(config: ModelConfig | PreprocessConfig | TrainConfig) -> dict[str, Any]:
    """JSON form of one part of the config."""
    return dataclasses.asdict(config)


def build(config: ModelConfig) -> smp.Unet:
    """The untrained network: (B, 3, H, W) -> logits (B, C, H, W), sides in whole strides."""
    network = smp.Unet(
        f"tu-{config.tower}",
        encoder_weights=None,  # weights come from a model folder or from vision.imagenet
        decoder_channels=config.decoder_channels,
        classes=len(config.classes),
    )
    # what is looked for covers little of a photo: start from that prior, not from 50 %
    nn.init.constant_(network.segmentation_head[0].bias, -4.0)
    network.to(memory_format=torch.channels_last)  # the layout in which CPUs convolve fastest
    return network


def fuse(network: smp.Unet) -> smp.Unet:
    """Fold each batch norm into the convolution before it, in place, for inference alone.

    The same values but for rounding, in less time and memory.
    """
    network.eval()
    for parent in list(network.modules()):
        for (left, convolution), (right, norm) in pairwise(list(parent.named_children())):
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(parent, left, fuse_conv_bn_eval(convolution, norm))
                setattr(parent, right, getattr(norm, "act", nn.Identity()))  # timm's norms act too
    return network.to(memory_format=torch.channels_last)


def bfloat16_is_fast() -> bool:
    """Whether this CPU computes in bfloat16 itself; where it does not, float32 is faster."""
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))
