"""From a model folder and its adapter to the files that the OpenVINO engine loads in seconds.

The adapter is merged, outliers are moved into the matrices (assistant.smoothing), these become
8-bit numbers with a scale for each output, the token table stays in 16 bits, the output layer keeps
the common tokens (assistant.vocabulary). Weights are read one by one: the whole model is never in
memory twice.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import torch
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import Tensor

from assistant.openvino_graph import Shape, Weights, build
from assistant.prepared import EMBEDDINGS, GRAPH, SCORED, Prepared
from assistant.smoothing import MEASURED, Smoothed
from assistant.storage import cache_root, setting_up, whole_or_nothing
from assistant.vocabulary import common
from vision.catalogue import LANGUAGES, table
from vision.errors import ModelError
from vision.weights import load_folder

_log = logging.getLogger(__name__)
ABOUT = "decoder.json"
TOKENIZER = "tokenizer.json"
_LORA = "base_model.model."  # how peft begins the names of what it trains
_MEASURED_TOKENS = 768  # for the sizes of what the layers read
_TABLE = "model.embed_tokens.weight"


def prepare(base: Path, adapter: Path | None) -> Path:
    """The folder for the engine, converted now unless it is there whole.

    Raises ModelError where the model is of another shape or cannot be read, ResourceError where
    the disk is full.
    """
    prepared = Prepared.of(base, adapter)
    if prepared.is_whole(thorough=True):
        prepared.folder.touch()  # used last
        return prepared.folder
    _log.info("converting %s for OpenVINO", base.name)
    weights = sum(file.stat().st_size for file in base.glob("*.safetensors"))
    with setting_up(cache_root(), need_bytes=weights):
        if not prepared.is_whole(thorough=True):  # another process may just have made it
            with whole_or_nothing(prepared.folder) as written:
                written.mkdir()
                convert(base, adapter, written)
                prepared.seal(written)
            prepared.drop_old()
    return prepared.folder


def convert(base: Path, adapter: Path | None, into: Path, *, int8: bool = True) -> None:
    """Write graph, token table and what the engine must know of the model into a folder.

    `int8` is how it is served; without it all stays in float32, to be held against the original.
    """
    try:
        config = _json(base / "config.json")
        shape = Shape.of(config)
        if shape is None:
            raise ModelError("llm.engine_other", path=base)
        tensors = Tensors(base, {} if adapter is None else changes(adapter))
        if adapter is not None and not tensors.fit():
            raise ModelError("llm.adapter", path=adapter)
        rows = tensors.table(halves=int8)
        end_ids = _end_ids(base, config)
        scored = np.arange(shape.vocabulary)
        weights = tensors.get
        if int8:
            weights = Smoothed(weights, shape, _largest(shape, weights, rows, base)).get
            if shape.tied:  # rare tokens are scored from the table, which is the output layer
                scored = common(base / TOKENIZER, shape.vocabulary, end_ids)
        graph = build(shape, weights, int8=int8, scored=scored)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelError("llm.unreadable", path=base) from error
    ov.save_model(graph, into / GRAPH, compress_to_fp16=False)
    np.save(into / EMBEDDINGS, rows)
    np.save(into / SCORED, scored)
    about = {"width": shape.width, "context": shape.context, "end_ids": end_ids}
    (into / ABOUT).write_text(json.dumps(about) + "\n", encoding="utf-8")


def _largest(shape: Shape, weights: Weights, rows: np.ndarray, base: Path) -> dict[str, np.ndarray]:
    """The largest magnitude (I,) of each channel that the decoder's layers read on own text."""
    graph = build(shape, weights, int8=True, watched=MEASURED)
    exact = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0}
    compiled = ov.Core().compile_model(graph, "CPU", exact)
    ids = _own_text(base, len(rows))
    read = compiled(
        {
            "inputs_embeds": rows[ids].astype(np.float32)[None],
            "attention_mask": np.ones((1, len(ids)), np.int64),
            "position_ids": np.arange(len(ids))[None],
            "beam_idx": np.zeros(1, np.int32),
            "last": np.array([1]),
        }
    )
    found = {port.any_name: value for port, value in read.items()}
    return {name: value for name, value in found.items() if name.endswith(MEASURED)}


def _own_text(base: Path, vocabulary: int) -> list[int]:
    """Token ids of what the system says, both languages; without a fast tokenizer ids at random."""
    file = base / TOKENIZER
    if not file.is_file():
        drawn = np.random.default_rng(0).integers(vocabulary, size=_MEASURED_TOKENS)
        return [int(one) for one in drawn]
    tokenizer = Tokenizer.from_file(str(file))
    ids: list[int] = []
    for language in LANGUAGES:
        said = " ".join(t for key, t in table(language).items() if key.startswith("template."))
        ids += tokenizer.encode(said).ids[: _MEASURED_TOKENS // len(LANGUAGES)]
    return ids


class Tensors:
    """A model folder's weights by name, with an adapter's changes added."""

    def __init__(self, base: Path, changed: dict[str, tuple[Tensor, Tensor]]) -> None:
        self._changed = changed
        self._files = {}
        for path in sorted(base.glob("*.safetensors")):
            file = safe_open(path, "pt")
            self._files.update(dict.fromkeys(file.keys(), file))

    def get(self, name: str) -> np.ndarray | None:
        """A tensor in float32; None where there is none of this name."""
        if name not in self._files:
            return None
        tensor: Tensor = self._files[name].get_tensor(name).float()
        if name in self._changed:
            down, up = self._changed[name]
            tensor = tensor.addmm_(up, down)
        return tensor.numpy()

    def table(self, *, halves: bool) -> np.ndarray:
        """The token table (V, D_lm); in 16 bits where that is wanted and they hold it."""
        table: Tensor = self._files[_TABLE].get_tensor(_TABLE)
        half = table.half()
        return (half if halves and torch.isfinite(half).all() else table.float()).numpy()

    def fit(self) -> bool:
        """Whether every change has its place and is of its size."""
        return all(
            name in self._files
            and self._files[name].get_slice(name).get_shape() == [len(up), down.shape[1]]
            for name, (down, up) in self._changed.items()
        )


def changes(adapter: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """What a saved adapter (assistant.adapter) adds to each weight: up (O, r) times down (r, I).

    Raises ModelError where the folder is missing, altered, or no adapter.
    """
    config, state, _ = load_folder(adapter)
    try:
        scale = _scale(config["lora"])
        return {
            name.removeprefix(_LORA).replace(".lora_A.", "."): (
                down,
                scale * state[name.replace(".lora_A.", ".lora_B.")],
            )
            for name, down in state.items()
            if ".lora_A." in name
        }
    except (KeyError, TypeError) as error:
        raise ModelError("llm.adapter", path=adapter) from error


def _scale(lora: Mapping[str, Any]) -> float:
    return float(lora["alpha"]) / float(lora["rank"])


def _end_ids(base: Path, config: Mapping[str, Any]) -> list[int]:
    """The ids that end an answer by the model's own account."""
    generation = base / "generation_config.json"
    told = _json(generation) if generation.is_file() else config
    ids = told.get("eos_token_id")
    return [] if ids is None else [ids] if isinstance(ids, int) else list(ids)


def _json(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
