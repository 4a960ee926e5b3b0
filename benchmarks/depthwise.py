"""One training step of the encoder's tower, with and without `vision.depthwise`, side by side.

    python -m benchmarks.depthwise

Prints processor seconds of one thread (best of three) for a forward and a backward pass of
EfficientNet-Lite0 in bfloat16, 8 images of 320 px, and their ratio, as JSON.
"""

import copy
import json
import time

import torch

import vision.compat  # noqa: F401  before timm
from vision.depthwise import speed_up_training

import timm  # isort: skip


def seconds(tower: torch.nn.Module, images: torch.Tensor) -> float:
    """Processor time of one step, best of three after one to warm up."""
    times = []
    for _ in range(4):
        began = time.process_time()
        with torch.autocast("cpu", torch.bfloat16):
            out = tower(images)
        out.float().square().mean().backward()
        times.append(time.process_time() - began)
    return min(times[1:])


def main() -> None:
    """Command line."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    plain = timm.create_model("tf_efficientnet_lite0", num_classes=8).train()
    plain = plain.to(memory_format=torch.channels_last)
    fast = copy.deepcopy(plain)
    speed_up_training(fast)
    images = torch.randn(8, 3, 320, 320).contiguous(memory_format=torch.channels_last)
    before, after = seconds(plain, images), seconds(fast, images)
    result = {"plain_s": before, "fast_s": after, "times_faster": before / after}
    print(json.dumps({name: round(value, 2) for name, value in result.items()}))


if __name__ == "__main__":
    main()
