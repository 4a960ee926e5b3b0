"""Plausible changes of framed fundus photos: camera, light, pose; never what a label means."""

import torch
from torch import Tensor, nn


def augment(
    squares: Tensor, out_side_px: int, upright: Tensor, generator: torch.Generator
) -> Tensor:
    """(B, S, S, 3) uint8 -> (B, out, out, 3) uint8, every photo changed in its own way.

    What is `upright` (B,) bool, such as a B-scan, is turned by 5 degrees at most.

    Pose: rotation to 25 degrees, zoom 0.85-1.15, stretch to 12 % (photo shape must not teach),
    shift, flips. Light: gain per channel, gamma, contrast. Sharpness: a blur on every fourth batch.
    """
    n = squares.shape[0]

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(n, *shape, generator=generator)

    angle = torch.deg2rad(uniform(-25, 25)) * torch.where(upright, 0.2, 1.0)
    zoom, stretch = uniform(0.85, 1.15), uniform(0.94, 1.06)
    mirror = (torch.rand(n, generator=generator) < 0.5).float() * 2 - 1
    upside = ((torch.rand(n, generator=generator) < 0.2) & ~upright).float() * -2 + 1
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = angle.cos() * zoom * stretch * mirror
    theta[:, 0, 1] = -angle.sin() * zoom * upside
    theta[:, 1, 0] = angle.sin() * zoom * mirror
    theta[:, 1, 1] = angle.cos() * zoom / stretch * upside
    theta[:, :, 2] = uniform(-0.06, 0.06, 2)
    images = squares.permute(0, 3, 1, 2).float() / 255
    grid = nn.functional.affine_grid(theta, [n, 3, out_side_px, out_side_px], align_corners=False)
    images = nn.functional.grid_sample(images, grid, align_corners=False)
    images = images.clamp(1e-4, 1) ** uniform(0.75, 1.3, 1, 1, 1)
    images = images * uniform(0.85, 1.15, 3, 1, 1)
    mean = images.mean((1, 2, 3), keepdim=True)
    images = (images - mean) * uniform(0.8, 1.2, 1, 1, 1) + mean
    if torch.rand(1, generator=generator).item() < 0.25:
        images = nn.functional.avg_pool2d(images, 3, stride=1, padding=1)
    return (images.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1)
