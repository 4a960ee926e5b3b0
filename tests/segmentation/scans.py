"""Drawn OCT B-scans whose layers lie where they are told to."""

import numpy as np


def draw_layers(
    inner: np.ndarray,
    outer: np.ndarray,
    height: int,
    *,
    contrast: float = 1.0,
    seed: int = 0,
) -> np.ndarray:
    """A scan (H, W, 3) uint8 with a retina from `inner` to `outer` (W,), its last tenth bright."""
    rng = np.random.default_rng(seed)
    depth = (np.arange(height)[:, None] + 0.5 - inner) / (outer - inner)
    light = np.full(depth.shape, 18.0)  # the vitreous
    light[depth >= 0] = 110
    light[(depth >= 0.45) & (depth < 0.85)] = 60  # the outer nuclear layer
    light[(depth >= 0.85) & (depth < 1)] = 210  # photoreceptors and pigment epithelium
    choroid = depth >= 1
    light[choroid] = (70 * np.exp(-(depth - 1)))[choroid]
    speckled = (40 + contrast * (light - 40)) * rng.gamma(16, 1 / 16, light.shape)
    return np.repeat(np.clip(speckled, 0, 255)[..., None], 3, 2).astype(np.uint8)


def bowl(width: int, top: float, depth: float) -> np.ndarray:
    """A border (W,) that hangs `depth` rows lower in the middle than at its ends, at `top`."""
    place = np.linspace(-1, 1, width)
    return top + depth * (1 - place**2)
