"""Make torchvision importable beside a CPU build of torch; import this before timm or smp.

PyPI's torchvision is built for CUDA. Beside a CPU-only torch its import dies with "operator
torchvision::nms does not exist", because its compiled library cannot be loaded. Defining the two
operator schemas first cures that; nothing here uses the operators themselves.
"""

import sys

import torch

_library: torch.library.Library | None = None  # torch forgets the schemas when this is collected


def ensure_torchvision() -> None:
    """Import torchvision, defining the operators that its CUDA build lacks where that is needed."""
    global _library
    if _library is not None:
        return
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        _library = torch.library.Library("torchvision", "DEF")
        _library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision  # noqa: F401


ensure_torchvision()
