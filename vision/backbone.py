"""One open_clip model with classification heads: one forward pass gives all that vision knows.

The image tower is any timm tower that open_clip can build (`timm_model_name` in the config).
Knows no files and no labels' names.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

import vision.compat  # noqa: F401  (before open_clip and timm)
from vision.config import EncoderConfig

from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg  # isort: skip


class Encoded(NamedTuple):
    """The outputs of one pass over B images."""

    pooled: Tensor  # (B, D)
    features: Tensor  # (B, D, h, w)
    logits: dict[str, Tensor]  # head of vision.labels.HEADS -> (B, number of its labels)


class EyeEncoder(nn.Module):
    """open_clip image and text towers plus one linear head for each thing to decide."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.clip = CLIP(
            config.embed_dim, CLIPVisionCfg(**config.vision_cfg), CLIPTextCfg(**config.text_cfg)
        )
        width = self.clip.visual.trunk.num_features
        self.width = width
        self.drop = nn.Dropout(0.2)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(width, len(labels)) for name, labels in config.heads.items()}
        )

    def forward(self, images: Tensor) -> Encoded:
        """(B, 3, S, S) float32 normalised -> `Encoded`."""
        side = self.config.preprocess.side_px
        if images.shape[1:] != (3, side, side):
            raise ValueError(
                f"expected (B, 3, {side}, {side}), got {tuple(images.shape)}; "
                "use vision.preprocess.to_tensor"
            )
        trunk = self.clip.visual.trunk
        features = trunk.forward_features(images)
        pooled = trunk.forward_head(features, pre_logits=True)  # (B, D)
        dropped = self.drop(pooled)
        logits = {name: head(dropped) for name, head in self.heads.items()}
        return Encoded(pooled, self._as_map(features), logits)

    def tokens(self, features: Tensor) -> Tensor:
        """Feature map (B, D, h, w) -> its grid of visual tokens (B, N, D)."""
        side = self.config.token_grid_side
        return nn.functional.adaptive_avg_pool2d(features, side).flatten(2).transpose(1, 2)

    def _as_map(self, features: Tensor) -> Tensor:
        """Feature map (B, D, h, w) as it is; patch tokens (B, 1 + h*w, D) as a map."""
        if features.ndim == 4:
            return features
        patches = features[:, self.clip.visual.trunk.num_prefix_tokens :]
        grid = round(patches.shape[1] ** 0.5)
        return patches.transpose(1, 2).unflatten(2, (grid, grid))

    def image_embedding(self, pooled: Tensor) -> Tensor:
        """Pooled features (B, D) -> unit vectors (B, E) of the shared image-text space."""
        return nn.functional.normalize(self.clip.visual.head(pooled), dim=-1)

    def text_embedding(self, token_ids: Tensor) -> Tensor:
        """open_clip token ids (B, T) -> unit vectors (B, E)."""
        return self.clip.encode_text(token_ids, normalize=True)


def contrastive_loss(image: Tensor, text: Tensor, same: Tensor, logit_scale: Tensor) -> Tensor:
    """CLIP's symmetric loss where several pairs of a batch may match.

    image, text (B, E) unit vectors; same (B, B) bool, true where two images share one label set.
    """
    target = same.float() / same.float().sum(1, keepdim=True)
    logits = logit_scale.exp() * image @ text.T
    both = [nn.functional.cross_entropy(view, target) for view in (logits, logits.T)]
    return torch.stack(both).mean()
