"""A network as OpenVINO runs it: for CPUs that do not compute in bfloat16, in about half the time.

The numbers are those of PyTorch in float32 but for rounding.
"""

import threading
import warnings
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn

from segmentation.model import STRIDE_PX, bfloat16_is_fast


def quickest(network: nn.Module) -> nn.Module:
    """The network as this CPU runs it fastest: itself in bfloat16, else compiled by OpenVINO."""
    if bfloat16_is_fast() or find_spec("openvino") is None:
        return network
    return Compiled(network)


class Compiled(nn.Module):
    """Views (B, 3, H, W) float32 -> logits (B, C, H, W) float32, as the network gives them.

    Converted at the first view and compiled for each new shape, which takes a second: with a shape
    that is known OpenVINO plans its memory, and needs half as much.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self._lock = threading.Lock()  # one compiled network serves one caller at a time
        self._model: Any = None
        self._compiled: Any = None
        self._shape: tuple[int, ...] = ()

    def forward(self, view: torch.Tensor) -> torch.Tensor:
        """See the class."""
        with self._lock, torch.inference_mode():
            if view.shape != self._shape:
                self._compile(tuple(view.shape))
            logits = self._compiled(view.contiguous().numpy())[0].copy()
            self._compiled.release_memory()  # as large as a photo's activations
        return torch.from_numpy(logits)

    def _compile(self, shape: tuple[int, ...]) -> None:
        from openvino import Core

        if self._model is None:
            self._model = _converted(self.network)
        self._shape, self._compiled = (), None  # the old one goes before there is a new one
        self._model.reshape(list(shape))
        threads = {"INFERENCE_NUM_THREADS": torch.get_num_threads()}
        self._compiled = Core().compile_model(
            self._model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", **threads}
        )
        self._shape = shape


def _converted(network: nn.Module) -> Any:
    """The network as a model of OpenVINO.

    By its frontend itself: `openvino.convert_model` reports its use over the network unless a
    person declined. What torch.export gives has the example's size in it; a trace has not.
    """
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    example = torch.zeros(1, 3, 2 * STRIDE_PX, 2 * STRIDE_PX)
    with warnings.catch_warnings(), torch.inference_mode(mode=False), torch.no_grad():
        warnings.simplefilter("ignore", DeprecationWarning)
        trace = torch.jit.freeze(torch.jit.trace(network.eval(), example, check_trace=False))
    decoder = TorchScriptPythonDecoder(trace)  # is read until the end of convert
    frontend = FrontEndManager().load_by_framework("pytorch")
    return frontend.convert(frontend.load(decoder))
