"""A Qwen2- or LLaMA-shaped decoder as an OpenVINO graph: embeddings in, logits out, KV inside.

The graph is built node by node from the weights, so that making it needs neither tracing nor the
converter (which reports its use over the network). Attention is written the way that OpenVINO's
CPU plugin recognises and fuses: state, gather by beam, concatenation, one fused attention.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import openvino as ov
from openvino import opset13 as op

Weights = Callable[[str], np.ndarray | None]  # by transformers' name, float32; None: no such tensor
LIKE = ("qwen2", "llama")
_FAR = -65504.0  # what is masked; exp of it is 0
_END = 2**31 - 1
_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Shape:
    """What a decoder's config.json says of its size."""

    layers: int
    width: int  # D_lm
    heads: int
    kv_heads: int
    head_width: int
    vocabulary: int
    context: int
    rope_theta: float
    epsilon: float
    tied: bool  # the token table is the output layer too

    @staticmethod
    def of(config: dict[str, Any]) -> "Shape | None":
        """That of a config; None where the model is not of this shape."""
        rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
        plain = (
            config.get("model_type") in LIKE
            and config.get("hidden_act") == "silu"
            and rope.get("rope_type", rope.get("type", "default")) == "default"
            and not config.get("use_sliding_window")
            and rope.get("partial_rotary_factor", 1.0) == 1.0
            and "quantization_config" not in config
        )
        if not plain:
            return None
        heads = config["num_attention_heads"]
        return Shape(
            layers=config["num_hidden_layers"],
            width=config["hidden_size"],
            heads=heads,
            kv_heads=config.get("num_key_value_heads") or heads,
            head_width=config.get("head_dim") or config["hidden_size"] // heads,
            vocabulary=config["vocab_size"],
            context=config["max_position_embeddings"],
            rope_theta=float(rope.get("rope_theta") or config.get("rope_theta") or 10000.0),
            epsilon=config["rms_norm_eps"],
            tied=bool(config.get("tie_word_embeddings")),
        )


def build(
    shape: Shape,
    weights: Weights,
    *,
    int8: bool,
    scored: np.ndarray | None = None,
    watched: Collection[str] = (),
) -> ov.Model:
    """The graph; `int8` keeps the matrices as 8-bit numbers with one scale for each output.

    `scored` are the ids (V',) that the output layer scores; None: all, V' = V.

    Inputs, all for one conversation: inputs_embeds (1, S, D_lm) after the T - S positions that
    the state holds; attention_mask (1, T), 0 at positions that nobody may read; position_ids
    (1, S); beam_idx (1,), always 0; last (1,): of how many of the S positions logits are wanted,
    0 of none.
    Outputs: logits (1, last, V'), hidden (1, last, D_lm) that they score, and for each linear
    layer whose name ends like one of `watched` the largest magnitude (I,) of each channel that it
    read, named like its layer.
    """
    return _Builder(shape, weights, int8, scored, tuple(watched)).model()


class _Builder:
    def __init__(
        self,
        shape: Shape,
        weights: Weights,
        int8: bool,
        scored: np.ndarray | None,
        watched: tuple[str, ...],
    ) -> None:
        self.shape, self.weights, self.int8 = shape, weights, int8
        self.scored, self.watched = scored, watched
        self.results: list[ov.Node] = []
        self.sinks: list[ov.Node] = []
        self.embeds = _input("inputs_embeds", ov.Type.f32, [1, -1, shape.width])
        self.mask_input = _input("attention_mask", ov.Type.i64, [1, -1])
        self.positions = _input("position_ids", ov.Type.i64, [1, -1])
        self.beam = _input("beam_idx", ov.Type.i32, [-1])
        self.last = _input("last", ov.Type.i64, [1])

    def model(self) -> ov.Model:
        """The whole graph."""
        rope = self.rotation()
        mask = self.mask()
        x = self.embeds
        for layer in range(self.shape.layers):
            x = self.layer(f"model.layers.{layer}", layer, x, rope, mask)
        new = op.gather(op.shape_of(self.embeds, "i64"), _ints(1), _ints(0, scalar=True))
        start = op.subtract(new, self.last)
        x = op.slice(self.norm("model.norm", x), start, _ints(_END), _ints(1), _ints(1))
        x.output(0).get_tensor().set_names({"hidden"})
        head = "model.embed_tokens" if self.shape.tied else "lm_head"
        logits = self.linear(head, x, self.scored)
        logits.output(0).get_tensor().set_names({"logits"})
        inputs = [self.embeds, self.mask_input, self.positions, self.beam, self.last]
        results = [op.result(logits), op.result(x), *self.results]
        return ov.Model(results, self.sinks, inputs, "decoder")

    def layer(
        self, name: str, number: int, x: ov.Node, rope: tuple[ov.Node, ov.Node], mask: ov.Node
    ) -> ov.Node:
        """One decoder layer."""
        read = self.norm(f"{name}.input_layernorm", x)
        x = op.add(x, self.attention(f"{name}.self_attn", number, read, rope, mask))
        read = self.norm(f"{name}.post_attention_layernorm", x)
        gate = op.swish(self.linear(f"{name}.mlp.gate_proj", read))
        both = op.multiply(gate, self.linear(f"{name}.mlp.up_proj", read))
        return op.add(x, self.linear(f"{name}.mlp.down_proj", both))

    def attention(
        self, name: str, number: int, x: ov.Node, rope: tuple[ov.Node, ov.Node], mask: ov.Node
    ) -> ov.Node:
        """Grouped attention over what the state holds and the new positions, which it keeps."""
        s = self.shape
        query = self.turned(self.split(f"{name}.q_proj", x, s.heads), rope)
        keys = self.turned(self.split(f"{name}.k_proj", x, s.kv_heads), rope)
        values = self.split(f"{name}.v_proj", x, s.kv_heads)
        keys, values = self.kept(f"{number}.keys", keys), self.kept(f"{number}.values", values)
        out = op.scaled_dot_product_attention(query, self.spread(keys), self.spread(values), mask)
        joined = op.reshape(
            op.transpose(out, _ints(0, 2, 1, 3)), _ints(0, 0, s.heads * s.head_width), True
        )
        return self.linear(f"{name}.o_proj", joined)

    def split(self, name: str, x: ov.Node, heads: int) -> ov.Node:
        """A linear layer's output (1, S, heads * D) as (1, heads, S, D)."""
        shape = _ints(0, 0, heads, self.shape.head_width)
        return op.transpose(op.reshape(self.linear(name, x), shape, True), _ints(0, 2, 1, 3))

    def kept(self, name: str, new: ov.Node) -> ov.Node:
        """What the state holds under this name, with `new` after it."""
        s = self.shape
        empty = op.broadcast(_floats(0.0), _ints(1, s.kv_heads, 0, s.head_width))
        held = op.read_value(empty, name, ov.Type.f32, [1, s.kv_heads, -1, s.head_width])
        grown = op.concat([op.gather(held, self.beam, _ints(0, scalar=True)), new], 2)
        self.sinks.append(op.assign(grown, name))
        return grown

    def spread(self, x: ov.Node) -> ov.Node:
        """Keys or values (1, K, T, D) repeated for the heads that share them: (1, H, T, D)."""
        s = self.shape
        if s.heads == s.kv_heads:
            return x
        each = _ints(1, 1, s.heads // s.kv_heads, 1, 1)
        wide = op.broadcast(op.unsqueeze(x, _ints(2)), each, broadcast_spec="BIDIRECTIONAL")
        return op.reshape(wide, _ints(0, s.heads, -1, s.head_width), True)

    def rotation(self) -> tuple[ov.Node, ov.Node]:
        """Cosine and sine (1, 1, S, D) of the rotary position embedding."""
        s = self.shape
        powers = np.arange(0, s.head_width, 2, dtype=np.float64) / s.head_width
        rates = op.constant((1.0 / s.rope_theta**powers).astype(np.float32)[None, None, None])
        places = op.convert(op.unsqueeze(self.positions, _ints(1, 3)), "f32")
        angles = op.multiply(places, rates)
        both = op.concat([angles, angles], -1)
        return op.cos(both), op.sin(both)

    def turned(self, x: ov.Node, rope: tuple[ov.Node, ov.Node]) -> ov.Node:
        """Rotary position embedding of (1, heads, S, D)."""
        half, axis = self.shape.head_width // 2, _ints(3)
        first = op.slice(x, _ints(0), _ints(half), _ints(1), axis)
        second = op.slice(x, _ints(half), _ints(_END), _ints(1), axis)
        swapped = op.concat([op.multiply(second, _floats(-1.0)), first], -1)
        return op.add(op.multiply(x, rope[0]), op.multiply(swapped, rope[1]))

    def mask(self) -> ov.Node:
        """(1, 1, S, T) 0 where a new position may look, far below where not."""
        zero, one = _ints(0, scalar=True), _ints(1, scalar=True)
        total = op.gather(op.shape_of(self.mask_input, "i64"), one, zero)
        new = op.gather(op.shape_of(self.embeds, "i64"), one, zero)
        places = op.range(zero, total, one, "i64")
        own = op.range(op.subtract(total, new), total, one, "i64")
        seen = op.less_equal(op.unsqueeze(places, _ints(0)), op.unsqueeze(own, _ints(1)))
        valid = op.greater(self.mask_input, zero)
        both = op.logical_and(op.unsqueeze(seen, _ints(0, 1)), op.unsqueeze(valid, _ints(1, 2)))
        return op.select(both, _floats(0.0), _floats(_FAR))

    def norm(self, name: str, x: ov.Node) -> ov.Node:
        """RMS normalisation."""
        squares = op.reduce_mean(op.power(x, _floats(2.0)), _ints(-1), True)
        root = op.sqrt(op.add(squares, _floats(self.shape.epsilon)))
        scaled = op.multiply(x, op.divide(_floats(1.0), root))
        return op.multiply(scaled, op.constant(self.tensor(f"{name}.weight")[None, None]))

    def linear(self, name: str, x: ov.Node, rows: np.ndarray | None = None) -> ov.Node:
        """A linear layer, or these of its outputs, with a bias where the weights have one."""
        if self.watched and name.endswith(self.watched):
            largest = op.reduce_max(op.abs(x), _ints(0, 1), False)
            largest.output(0).get_tensor().set_names({name})
            self.results.append(op.result(largest))
        matrix = self.tensor(f"{name}.weight")
        bias = self.weights(f"{name}.bias")
        if rows is not None:
            matrix, bias = matrix[rows], None if bias is None else bias[rows]
        if self.int8:
            numbers, scales = to_int8(matrix)
            kept = op.multiply(op.convert(op.constant(numbers), "f32"), op.constant(scales))
        else:
            kept = op.constant(matrix)
        out = op.matmul(x, kept, False, True)
        return out if bias is None else op.add(out, op.constant(bias[None, None]))

    def tensor(self, name: str) -> np.ndarray:
        """A tensor that must be there; raises KeyError."""
        found = self.weights(name)
        if found is None:
            raise KeyError(name)
        return found


def to_int8(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix (O, I) as int8 (O, I) and scales (O, 1): the largest of each row becomes 127."""
    numbers = np.empty(matrix.shape, np.int8)
    scales = np.empty((len(matrix), 1), np.float32)
    for start in range(0, len(matrix), _ROWS):  # a token table is large: no copies of the whole
        rows = matrix[start : start + _ROWS]
        scale = np.abs(rows).max(axis=1, keepdims=True) / 127
        scale[scale == 0] = 1
        scales[start : start + _ROWS] = scale
        numbers[start : start + _ROWS] = np.rint(rows / scale)
    return numbers, scales


def _input(name: str, kind: ov.Type, shape: list[int]) -> ov.Node:
    node = op.parameter(ov.PartialShape(shape), kind, name=name)
    node.output(0).get_tensor().set_names({name})
    return node


def _ints(*values: int, scalar: bool = False) -> ov.Node:
    return op.constant(np.array(values[0] if scalar else values, np.int64))


def _floats(value: float) -> ov.Node:
    return op.constant(np.array(value, np.float32))
