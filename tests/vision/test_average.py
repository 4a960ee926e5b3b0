"""The mean of encoders: python -m pytest tests/vision/test_average.py"""

from pathlib import Path

import pytest
import torch

from vision.average import average
from vision.errors import InputError
from vision.weights import load_folder, save_folder

CONFIG = {"preprocess": {"side_px": 64}}


def saved(folder: Path, **state: torch.Tensor) -> Path:
    save_folder(folder, CONFIG, state)
    return folder


def test_every_weight_is_the_mean_and_counts_are_the_first_one_s(tmp_path: Path) -> None:
    a = saved(tmp_path / "a", w=torch.tensor([1.0, 2.0]), n=torch.tensor(3))
    b = saved(tmp_path / "b", w=torch.tensor([2.0, 4.0]), n=torch.tensor(5))
    digest = average([a, b], tmp_path / "out")
    config, state, found = load_folder(tmp_path / "out")
    assert state["w"].tolist() == [1.5, 3.0] and int(state["n"]) == 3
    assert found == digest and config["preprocess"] == CONFIG["preprocess"]


def test_networks_of_other_shapes_have_no_mean(tmp_path: Path) -> None:
    a = saved(tmp_path / "a", w=torch.zeros(2))
    b = saved(tmp_path / "b", w=torch.zeros(3))
    with pytest.raises(InputError, match="not the network"):
        average([a, b], tmp_path / "out")
    assert not (tmp_path / "out").exists()
