"""Where the network looked: Grad-CAM of one label on the last feature map, in the photo's pixels.

Selvaraju et al., ICCV 2017. The map is as coarse as the feature map (a tenth of the field), and it
shows what raised the label's score, not where a lesion is.
"""

import numpy as np
import torch
from torch import Tensor

from vision.backbone import EyeEncoder
from vision.fov import FieldOfView, frame
from vision.labels import HEADS


def heat(model: EyeEncoder, features: np.ndarray, head: str, label: str) -> np.ndarray:
    """Feature map (D, h, h) of one pass -> how much each cell speaks for a label, (h, h) from 0.

    Where the tower averages over the cells, all of them, those below 0 too, would sum to the logit
    less its bias.
    """
    with torch.inference_mode(mode=False), torch.enable_grad():
        seen = torch.tensor(features)[None].requires_grad_()
        logit = model.heads[head](_pooled(model, seen))[0, HEADS[head].index(label)]
        (gradient,) = torch.autograd.grad(logit, seen)
    weights = gradient[0].mean((1, 2)).numpy()
    return np.asarray(np.maximum(np.einsum("d,dhw->hw", weights, features), 0))


def on_photo(plane: np.ndarray, fov: FieldOfView) -> np.ndarray:
    """Heat (h, h) of a photo -> (H, W) float32 0..1 in its pixels, 0 outside the field.

    1 is where the network looked most, however little that was; all 0 where nothing spoke for it.
    """
    photo = frame(fov, len(plane)).restore(plane) * fov.mask
    return np.asarray(photo / max(float(photo.max()), 1e-12), np.float32)


def _pooled(model: EyeEncoder, features: Tensor) -> Tensor:
    """Feature map (B, D, h, w) -> (B, D), as the tower pools it; undoes `EyeEncoder._as_map`."""
    trunk = model.clip.visual.trunk
    if hasattr(trunk, "num_prefix_tokens"):
        tokens = features.flatten(2).transpose(1, 2)
        prefix = tokens.new_zeros(len(tokens), trunk.num_prefix_tokens, tokens.shape[2])
        features = torch.cat([prefix, tokens], dim=1)
    return trunk.forward_head(features, pre_logits=True)
