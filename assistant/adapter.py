"""A low-rank adapter of a language model: attached to train, saved as a model folder, merged to
serve (LoRA: Hu et al., arXiv 2106.09685; peft).
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import vision.compat  # noqa: F401  before transformers, which peft imports
from vision.errors import ModelError
from vision.weights import load_folder, save_folder

from peft import LoraConfig, PeftModel, get_peft_model  # isort: skip
from peft.utils import get_peft_model_state_dict, set_peft_model_state_dict  # isort: skip


def attach(llm: nn.Module, rank: int, alpha: float, first_layer: int) -> PeftModel:
    """The model with an adapter on every linear layer from decoder layer `first_layer` on.

    The adapter starts as nothing (B = 0), is float32, and alone takes gradients.
    """
    layers = llm.get_submodule("model.layers")
    targets = [
        f"model.layers.{number}.{name}"
        for number, layer in enumerate(layers.children())
        if number >= first_layer
        for name, part in layer.named_modules()
        if isinstance(part, nn.Linear)
    ]
    config = LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=0.0, target_modules=targets)
    model = get_peft_model(llm, config)
    for part in model.modules():
        if hasattr(part, "cast_input_dtype_enabled"):
            part.cast_input_dtype_enabled = False  # autocast does it, without a float32 copy
    return model


def adapter_state(model: PeftModel) -> dict[str, Tensor]:
    """The adapter's tensors alone."""
    return dict(get_peft_model_state_dict(model))


def save(model: PeftModel, folder: Path, facts: dict[str, Any]) -> str:
    """Write the adapter's folder (vision.weights), fp16; `facts` say what it belongs to.

    Returns the SHA-256 of its weights.
    """
    lora = model.peft_config["default"]
    first = min(int(name.split(".")[2]) for name in lora.target_modules)
    shape = {"rank": lora.r, "alpha": lora.lora_alpha, "first_layer": first}
    config = {"kind": "adapter", "lora": shape, "preprocess": facts}
    return save_folder(folder, config, adapter_state(model))


def loaded(llm: nn.Module, folder: Path) -> PeftModel:
    """The model with a saved adapter, which can learn on.

    Raises ModelError where the folder is missing, altered, or of a model of another shape.
    """
    config, state, _ = load_folder(folder)
    try:
        model = attach(llm, **config["lora"])
        found = set_peft_model_state_dict(model, state)
    except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise ModelError("llm.adapter", path=folder) from error
    if found.unexpected_keys:
        raise ModelError("llm.adapter", path=folder)
    return model


@torch.no_grad()
def merged(llm: nn.Module, folder: Path) -> nn.Module:
    """The model with a saved adapter merged into its weights; raises ModelError as `loaded`."""
    plain: nn.Module = loaded(llm, folder).merge_and_unload()
    return plain
