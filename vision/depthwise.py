"""A faster backward pass for depthwise convolutions on CPUs; for training, never needed to run.

oneDNN has no fast bfloat16 kernel for the gradients of depthwise convolutions that are strided or
5 x 5: EfficientNet-Lite0 spends half of a training step in them. Their float32 kernels are 4 to 20
times faster (`python -m benchmarks.depthwise`), so these gradients alone are taken in float32.
"""

from functools import partial
from typing import Any

import torch
from timm.layers import Conv2dSame
from timm.layers.padding import pad_same
from torch import Tensor, nn

import vision.compat  # noqa: F401  (before timm)

_conv_backward = torch.ops.aten.convolution_backward


class _Depthwise(torch.autograd.Function):
    """Depthwise convolution of x (B, C, H, W) by weight (C, 1, k, k), gradients in float32."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, stride: list[int], padding: list[int]
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        return nn.functional.conv2d(x, weight, None, stride, padding, groups=x.shape[1])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        x, weight = ctx.saved_tensors
        of_x, of_weight, _ = _conv_backward(
            gradient.float(), x.float(), weight.float(), None, ctx.stride, ctx.padding,
            [1, 1], False, [0, 0], x.shape[1], [True, True, False],
        )  # fmt: skip
        return of_x.to(x.dtype), of_weight.to(weight.dtype), None, None


def _forward(conv: nn.Conv2d, x: Tensor) -> Tensor:
    weight, padding = conv.weight, list(conv.padding)
    if isinstance(conv, Conv2dSame):
        x = pad_same(x, list(conv.kernel_size), list(conv.stride), list(conv.dilation))
        padding = [0, 0]
    if torch.is_autocast_enabled("cpu"):
        dtype = torch.get_autocast_dtype("cpu")
        x, weight = x.to(dtype), weight.to(dtype)
    return _Depthwise.apply(x, weight, list(conv.stride), padding)


def speed_up_training(network: nn.Module) -> None:
    """Give the slow depthwise convolutions of a network the faster backward pass, in place."""
    for conv in network.modules():
        if (
            isinstance(conv, nn.Conv2d)
            and conv.groups == conv.in_channels == conv.out_channels > 1
            and (conv.kernel_size[0] > 3 or conv.stride[0] > 1)
            and conv.bias is None
            and set(conv.dilation) == {1}
            and not isinstance(conv.padding, str)
        ):
            conv.forward = partial(_forward, conv)  # type: ignore[method-assign]
