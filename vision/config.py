"""What an encoder is made of, as frozen values read from JSON: presets, or beside weights."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CONFIGS = Path(__file__).parent / "configs"
SHIPPED = Path(__file__).parent / "weights" / "eye"


@dataclass(frozen=True, slots=True)
class Preprocess:
    """How pixels become the encoder's input; stored with the weights and demanded on load."""

    side_px: int  # the square frame around the field of view
    mean: tuple[float, float, float]  # per channel, of pixels in 0..1
    std: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """An open_clip model by its own config blocks, the token grid and the label set."""

    embed_dim: int  # width of the shared image-text space
    vision_cfg: dict[str, Any]  # open_clip.CLIPVisionCfg fields; timm_model_name picks the tower
    text_cfg: dict[str, Any]  # open_clip.CLIPTextCfg fields
    token_grid_side: int  # N = token_grid_side squared visual tokens
    heads: dict[str, tuple[str, ...]]  # what is decided -> its labels, in order
    preprocess: Preprocess

    @staticmethod
    def from_dict(data: dict[str, Any]) -> "EncoderConfig":
        """Inverse of `to_dict`."""
        pre = data["preprocess"]
        return EncoderConfig(
            data["embed_dim"],
            data["vision_cfg"],
            data["text_cfg"],
            data["token_grid_side"],
            {name: tuple(labels) for name, labels in data["heads"].items()},
            Preprocess(pre["side_px"], tuple(pre["mean"]), tuple(pre["std"])),
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready dict."""
        return asdict(self)

    @staticmethod
    def read(path: Path) -> "EncoderConfig":
        """From a preset file such as vision/configs/base.json."""
        return EncoderConfig.from_dict(json.loads(path.read_text(encoding="utf-8")))
