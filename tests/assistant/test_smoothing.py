"""Outliers moved into weights: python -m pytest tests/assistant/test_smoothing.py"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import pytest

from assistant.openvino_convert import Tensors
from assistant.openvino_graph import Shape, Weights, build
from assistant.smoothing import MEASURED, Smoothed
from tests.assistant.test_engine import tiny_model
from tests.assistant.test_engine_openvino import tiny_llama

_PLACES = 40


def read(make: Any, folder: Path) -> tuple[Shape, Tensors]:
    make().save_pretrained(folder)
    shape = Shape.of(json.loads((folder / "config.json").read_text()))
    assert shape is not None
    return shape, Tensors(folder, {})


def run(shape: Shape, weights: Weights, rows: np.ndarray, **how: Any) -> dict[str, np.ndarray]:
    graph = build(shape, weights, int8=False, **how)
    compiled = ov.Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    told = compiled(
        {
            "inputs_embeds": rows[None],
            "attention_mask": np.ones((1, len(rows)), np.int64),
            "position_ids": np.arange(len(rows))[None],
            "beam_idx": np.zeros(1, np.int32),
            "last": np.array([len(rows)]),
        }
    )
    return {port.any_name: value for port, value in told.items()}


@pytest.mark.parametrize("make", [tiny_model, tiny_llama])
def test_a_smoothed_decoder_says_the_same(make: Any, tmp_path: Path) -> None:
    shape, tensors = read(make, tmp_path)
    rows = tensors.table(halves=False)[np.random.default_rng(0).integers(96, size=_PLACES)]
    plain = run(shape, tensors.get, rows, watched=MEASURED)
    smooth = Smoothed(tensors.get, shape, plain)
    again = run(shape, smooth.get, rows)
    assert np.abs(again["logits"] - plain["logits"]).max() <= 1e-3
    name = "model.layers.0.mlp.down_proj.weight"
    before, after = tensors.get(name), smooth.get(name)
    assert before is not None and after is not None and np.abs(before - after).max() > 1e-3


def test_what_layers_read_becomes_more_even(tmp_path: Path) -> None:
    shape, tensors = read(tiny_model, tmp_path)
    rows = tensors.table(halves=False)[np.random.default_rng(0).integers(96, size=_PLACES)]
    plain = run(shape, tensors.get, rows, watched=MEASURED)
    smooth = run(shape, Smoothed(tensors.get, shape, plain).get, rows, watched=MEASURED)
    for name in plain:
        if name.endswith(MEASURED):
            spread = [float(np.log(side[name]).std()) for side in (plain, smooth)]
            assert spread[1] < spread[0], name
