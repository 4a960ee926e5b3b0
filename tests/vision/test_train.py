"""Training: python -m pytest tests/vision/test_train.py"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.vision.factory import encoder, odir_row, photo, scan, tiny, write_set
from vision import train
from vision.augment import augment
from vision.captions import _EXPERT
from vision.config import CONFIGS
from vision.labels import OCT_CLASSES
from vision.outputs import load_encoder
from vision.train import Ema, freeze

SQUARES = torch.from_numpy(np.stack([photo(seed)[24:96, 24:96] for seed in range(2)]))
TILTED = torch.zeros(2, dtype=torch.bool)


def test_an_augmented_photo_keeps_its_shape_and_differs_from_draw_to_draw() -> None:
    same = SQUARES[:1].repeat(2, 1, 1, 1)
    out = augment(same, 64, TILTED, torch.Generator().manual_seed(0))
    assert out.shape == (2, 64, 64, 3)
    assert out.dtype == torch.uint8
    assert not torch.equal(out[0], out[1])


def test_the_same_seed_augments_alike() -> None:
    first, second = (
        augment(SQUARES, 64, TILTED, torch.Generator().manual_seed(3)) for _ in range(2)
    )
    assert torch.equal(first, second)


def test_what_is_upright_stays_upright() -> None:
    squares = torch.zeros(40, 64, 64, 3, dtype=torch.uint8)
    squares[:, :24] = 200  # light above
    upright = torch.ones(40, dtype=torch.bool)
    out = augment(squares, 64, upright, torch.Generator().manual_seed(0)).float().mean((2, 3))
    assert (out[:, 8] > out[:, -8] + 50).all()


def test_the_average_moves_a_little_towards_the_model() -> None:
    model = torch.nn.Linear(2, 2)
    ema = Ema(model, 0.9)
    before = ema.state["weight"].clone()
    with torch.no_grad():
        model.weight += 1
    ema.update(model)
    assert torch.allclose(ema.state["weight"] - before, torch.tensor(0.1))


def test_a_frozen_block_keeps_its_weights_and_its_statistics() -> None:
    model = encoder().train()
    trunk = model.clip.visual.trunk
    before = trunk.bn1.running_mean.clone()
    freeze(model, 1)
    model(torch.randn(2, 3, 64, 64)).pooled.sum().backward()
    assert trunk.conv_stem.weight.grad is None
    assert torch.equal(trunk.bn1.running_mean, before)
    assert trunk.conv_head.weight.grad is not None


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All seven sets, drawn; everyday pictures without fetching any; runs/ in a folder of ours."""
    folder = tmp_path / "data"
    write_set(folder / "odir", [odir_row(i, "train") for i in range(8)])
    graded = {"split": "train", "dr_grade": 2, "dme_risk": 1, "same_photo_in_idrid_lesions": ""}
    write_set(folder / "idrid_grading", [{"image": "0.png", **graded}], "train")
    write_set(folder / "palm", [{"image": "0.png", "split": "train", "pathologic_myopia": 1}])
    rows = [{"image": "0.png", "split": "train", "glaucoma": 1}]
    for name, images in (
        ("drishti", "train/images"),
        ("drive", "train/images"),
        ("chase", "images"),
    ):
        write_set(folder / name, rows, images)
    scans = [{"image": f"{c}.png", "split": "train", "label": c} for c in OCT_CLASSES]
    write_set(folder / "octdl", scans, pixels=scan)
    (folder / "text").mkdir()
    experts = {"definitions": {name: ["expert words"] for name in _EXPERT.values()}}
    (folder / "text" / "flair_dictionary.json").write_text(json.dumps(experts))
    everyday = np.random.default_rng(0).integers(0, 255, (3, 70, 70, 3), dtype=np.uint8)
    monkeypatch.setattr(train, "natural_squares", lambda *_: everyday)
    monkeypatch.chdir(tmp_path)
    return folder


def run(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    """The command for two steps of the tiny encoder."""
    arguments = ["--data", str(data), "--out", "eye", "--config", str(CONFIGS / "tiny.json")]
    monkeypatch.setattr(sys, "argv", ["train", *arguments, "--steps", "2"])
    train.main()


def test_the_command_trains_the_encoder_and_writes_a_whole_folder(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, data)
    printed = json.loads(capsys.readouterr().out)
    model, config, digest = load_encoder(Path("eye"))
    assert printed["weights_sha256"] == digest
    assert model.config == tiny()
    assert config["trained"]["steps"] == 2
    (row,) = map(json.loads, Path("runs/eye-seed0/log.jsonl").read_text().splitlines())
    assert row["step"] == 2
    assert row["disease"] > 0


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step:UserWarning")
def test_an_interrupted_run_goes_on_where_it_stopped(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    learn = train.learn

    def interrupted(*arguments):  # type: ignore[no-untyped-def]
        steps.append(len(steps))
        if len(steps) == 2:
            raise KeyboardInterrupt
        return learn(*arguments)

    monkeypatch.setattr(train, "learn", interrupted)
    monkeypatch.setattr(train, "_CHECKPOINT_EVERY_S", -1.0)
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, data)
    assert not Path("eye").exists()
    run(monkeypatch, data)
    assert len(steps) == 3  # the first, the interrupted one, and the second again
    assert load_encoder(Path("eye"))[1]["trained"]["steps"] == 2
