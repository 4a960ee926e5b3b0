"""The networks that see as ONNX files, for other programs: `python -m assistant models export DIR`.

Each file holds its config (preprocessing, labels, thresholds, calibration) and the SHA-256 of the
weights that it was made from as metadata, and is held against PyTorch once it is written.
"""

import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from segmentation.model import STRIDE_PX, build, fuse, model_config
from segmentation.predict import DEFAULT, NETWORKS
from vision.backbone import EyeEncoder
from vision.config import SHIPPED
from vision.errors import ModelError, ResourceError
from vision.outputs import load_encoder
from vision.weights import load_folder

TOLERANCE = 1e-3  # of logits, in float32
_LARGEST_PX = 4096  # a side of what a segmentation network looks at


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, and how far its outputs are from PyTorch's."""

    path: Path
    inputs: dict[str, str]  # name -> shape
    outputs: list[str]
    largest_difference: float


class _Encoder(nn.Module):
    """All that the eye encoder says of an image, as a tuple."""

    def __init__(self, encoder: EyeEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """(1, 3, S, S) -> visual tokens (1, N, D), feature map (1, D, h, w), logits by head."""
        seen = self.encoder(image)
        return self.encoder.tokens(seen.features), seen.features, *seen.logits.values()


def export(folder: Path) -> Iterator[Exported]:
    """Write the eye encoder and all segmentation networks; each is told once it is there.

    Raises ModelError for weights that cannot be read or a file that says something else than they
    do, ResourceError where the folder cannot be written or `requirements-onnx.txt` is missing.
    """
    try:
        import onnxscript  # noqa: F401  what torch.onnx writes with
    except ImportError as error:
        raise ResourceError("models.no_onnx") from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResourceError("error.cannot_write", path=folder) from error
    yield _encoder(folder / "eye.onnx")
    for name in NETWORKS:
        yield _segmenter(DEFAULT / name, folder / f"{name}.onnx")


def _encoder(path: Path) -> Exported:
    """At the one size that it was trained at."""
    encoder, config, digest = load_encoder(SHIPPED)
    side = encoder.config.preprocess.side_px
    names = ["tokens", "features", *encoder.config.heads]
    view = torch.randn(1, 3, side, side)
    return _written(_Encoder(encoder), view, {}, names, {**config, "sha256": digest}, path)


def _segmenter(source: Path, path: Path) -> Exported:
    """At any size of whole strides."""
    config, state, digest = load_folder(source)
    network = build(model_config(config["model"]))
    network.load_state_dict(state)
    high, wide = (torch.export.Dim(n, min=2, max=_LARGEST_PX // STRIDE_PX) for n in ("h", "w"))
    sizes = {2: STRIDE_PX * high, 3: STRIDE_PX * wide}
    view = torch.randn(1, 3, 4 * STRIDE_PX, 3 * STRIDE_PX)
    return _written(fuse(network), view, sizes, ["logits"], {**config, "sha256": digest}, path)


def _written(
    module: nn.Module, view: Tensor, sizes: Mapping[int, object], outputs: list[str],
    config: dict[str, object], path: Path,
) -> Exported:  # fmt: skip
    module = module.eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    with redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch about torch
        program = torch.onnx.export(
            module, (view,), input_names=["image"], output_names=outputs, dynamo=True,
            dynamic_shapes=(sizes,), verbose=False,
        )  # fmt: skip
    if program is None:  # as it is typed: it is where a path is given
        raise ModelError("error.weights_altered", path=path)
    program.model.metadata_props["config"] = json.dumps(config, ensure_ascii=False)
    try:
        program.save(path)
    except OSError as error:
        raise ResourceError("error.cannot_write", path=path) from error
    other = [*view.shape[:2], *(extent + STRIDE_PX * bool(sizes) for extent in view.shape[2:])]
    difference = _difference(module, torch.randn(other), path)
    if not difference <= TOLERANCE:
        path.unlink()
        raise ModelError("models.onnx_differs", path=path, difference=f"{difference:.1e}")
    shape = "x".join("any" if axis in sizes else str(n) for axis, n in enumerate(view.shape))
    return Exported(path, {"image": shape}, outputs, difference)


@torch.inference_mode()
def _difference(module: Callable[[Tensor], object], view: Tensor, path: Path) -> float:
    """The largest one between what the file gives in OpenVINO and the module in PyTorch."""
    from openvino import Core

    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    found = Core().compile_model(path, "CPU", exact)(view.numpy()).to_tuple()
    wanted = module(view)
    every = wanted if isinstance(wanted, tuple) else (wanted,)
    pairs = zip(found, every, strict=True)
    return max(float(np.abs(ours - theirs.numpy()).max()) for ours, theirs in pairs)
