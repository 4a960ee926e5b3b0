"""A tiny eye encoder, its model folder, and drawn data sets in the form of the real ones."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from tests.drawing import draw_fundus
from vision.backbone import EyeEncoder
from vision.calibration import Calibration, DiseasePoint
from vision.config import CONFIGS, EncoderConfig
from vision.labels import DISEASES, MODALITIES, OCT_CLASSES, SPOILERS
from vision.weights import save_folder

CALIBRATION = Calibration(
    {code: DiseasePoint(1.0, 0.0, 0.5, 0.3333, 0.6667, 0.4, 0.6) for code in DISEASES},
    {"modality": 1.0, "dr": 1.5, "dme": 1.0, "oct": 0.8},
)


def tiny(tower: str = "test_efficientnet") -> EncoderConfig:
    """The smallest encoder, on any of timm's tiny towers."""
    config = EncoderConfig.read(CONFIGS / "tiny.json")
    side = 160 if tower == "test_vit" else config.preprocess.side_px
    return replace(
        config,
        vision_cfg={**config.vision_cfg, "timm_model_name": tower},
        preprocess=replace(config.preprocess, side_px=side),
    )


def encoder(tower: str = "test_efficientnet", sees: str = "") -> EyeEncoder:
    """Random weights, the same ones each time; `sees` one modality in any picture, clearly."""
    torch.manual_seed(0)
    model = EyeEncoder(tiny(tower)).eval()
    if sees:
        with torch.no_grad():
            model.heads["modality"].weight.zero_()
            model.heads["modality"].bias[MODALITIES.index(sees)] += 20
            model.heads["quality"].weight.zero_()
            model.heads["quality"].bias.fill_(-6)
    return model


def spoil(model: EyeEncoder, reason: str) -> EyeEncoder:
    """The encoder, now finding one fault in any picture."""
    with torch.no_grad():
        model.heads["quality"].bias[SPOILERS.index(reason)] = 6
    return model


def eye_folder(folder: Path, sees: str = "") -> Path:
    """A whole model folder of the tiny encoder, calibrated."""
    config = {"kind": "eye-encoder", **tiny().to_dict(), "calibration": CALIBRATION.to_dict()}
    save_folder(folder, config, encoder(sees=sees).state_dict())
    return folder


@cache
def photo(seed: int = 0) -> np.ndarray:
    """A drawn fundus (120, 120, 3)."""
    return draw_fundus((120, 120), seed % 3)


def scan(seed: int = 0) -> np.ndarray:
    """Grey layers on black, (60, 120, 3)."""
    rng = np.random.default_rng(seed)
    rows = np.exp(-(((np.arange(60) - 30) / 8) ** 2))[:, None, None] * 180
    return (rows * rng.uniform(0.5, 1, (60, 120, 1)) * np.ones(3)).astype(np.uint8)


def write_set(
    folder: Path, rows: Sequence[Mapping[str, object]], images: str = "", pixels: object = photo
) -> Path:
    """An index.csv with its pictures, which lie below `images`; {split} stands for the row's."""
    for i, row in enumerate(rows):
        path = folder / images.format(**row) / str(row["image"])
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels(i)).save(path)  # type: ignore[operator]
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def odir_row(index: int, split: str = "val", **changes: object) -> dict[str, object]:
    """One eye of ODIR: normal ones and every disease take turns."""
    codes = "NDGCAHMO"
    mine = codes[index % len(codes)]
    words = {"N": "normal fundus", "D": "mild nonproliferative retinopathy", "C": "cataract"}
    row: dict[str, object] = {"image": f"{index}.png", "split": split}
    row |= {code: int(code == mine) for code in codes}
    row |= {"dr_grade": {"N": 0, "D": index % 4 + 1}.get(mine, -1)}
    return row | {"keywords": words.get(mine, "drusen|lens dust")} | changes


def mini_odir(data: Path, split: str = "val", count: int = 16) -> Path:
    """Drawn eyes with every label once or more."""
    return write_set(data / "odir", [odir_row(i, split) for i in range(count)])


def mini_octdl(data: Path, split: str = "val") -> Path:
    """Two drawn scans of every class."""
    rows = [
        {"image": f"{label}{i}.png", "split": split, "label": label}
        for label in OCT_CLASSES
        for i in (0, 1)
    ]
    return write_set(data / "octdl", rows, pixels=scan)


def mini_idrid(data: Path, split: str = "test") -> Path:
    """Drawn photos of every grade; the last one is also in the lesion test set."""
    rows = [
        {
            "image": f"{i}.png",
            "split": split,
            "dr_grade": i % 5,
            "dme_risk": i % 3,
            "same_photo_in_idrid_lesions": "test/IDRiD_60" if i == 9 else "",
        }
        for i in range(10)
    ]
    return write_set(data / "idrid_grading", rows, "{split}")
