"""Outliers moved from what linear layers read into their weights, so that both can be rounded
coarsely without another text: SmoothQuant (Xiao et al., ICML 2023).

What is read is divided channel by channel and the matrix that reads it multiplied by the same: the
product stays. The division is folded into what wrote the channel: the norm before query, key,
value, gate and up; the value layer before the output layer; the up layer before the down layer.
"""

from collections.abc import Mapping

import numpy as np

from assistant.openvino_graph import Shape, Weights

_STRENGTH = 0.5  # of the outliers moved: 0 none, 1 all; the paper's
_READERS = {  # what is measured -> the layers that read the same
    "self_attn.q_proj": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "mlp.gate_proj": ("mlp.gate_proj", "mlp.up_proj"),
    "self_attn.o_proj": ("self_attn.o_proj",),
    "mlp.down_proj": ("mlp.down_proj",),
}
MEASURED = tuple(_READERS)
_WRITERS = {
    "self_attn.q_proj": "input_layernorm",
    "mlp.gate_proj": "post_attention_layernorm",
    "self_attn.o_proj": "self_attn.v_proj",
    "mlp.down_proj": "mlp.up_proj",
}


class Smoothed:
    """A decoder's weights by name, smoothed; `largest` holds, for each measured linear layer, the
    largest magnitude (I,) of each channel that it read."""

    def __init__(self, weights: Weights, shape: Shape, largest: Mapping[str, np.ndarray]) -> None:
        self._weights = weights
        self._columns: dict[str, np.ndarray] = {}  # a matrix's columns times this
        self._rows: dict[str, np.ndarray] = {}  # what a layer writes divided by this
        for layer in range(shape.layers):
            start = f"model.layers.{layer}."
            for measured, readers in _READERS.items():
                factors = self._factors(start, readers, largest[start + measured])
                if measured == "self_attn.o_proj":  # heads that share values share factors
                    factors = factors.reshape(shape.kv_heads, -1, shape.head_width).max(axis=1)
                    spread = shape.heads // shape.kv_heads
                    columns = np.repeat(factors, spread, axis=0).reshape(-1)
                    factors = factors.reshape(-1)
                else:
                    columns = factors
                self._columns |= dict.fromkeys((start + name for name in readers), columns)
                self._rows[start + _WRITERS[measured]] = factors

    def get(self, name: str) -> np.ndarray | None:
        """A tensor in float32; None where there is none of this name."""
        tensor = self._weights(name)
        if tensor is None:
            return None
        layer, _, kind = name.rpartition(".")
        if kind == "weight" and layer in self._columns:
            tensor = tensor * self._columns[layer]
        if layer in self._rows:
            rows = self._rows[layer]
            tensor = tensor / (rows[:, None] if tensor.ndim == 2 else rows)
        return tensor

    def _factors(self, start: str, readers: tuple[str, ...], read: np.ndarray) -> np.ndarray:
        """(I,) around 1, large where what is read is large beside the weights for it."""
        matrices = [self._weights(f"{start}{name}.weight") for name in readers]
        columns = np.max([np.abs(m).max(axis=0) for m in matrices if m is not None], axis=0)
        factors = np.maximum(read, 1e-5) ** _STRENGTH / np.maximum(columns, 1e-5) ** (1 - _STRENGTH)
        middle = np.exp(np.log(factors).mean())
        result: np.ndarray = (factors / middle).astype(np.float32)
        return result
