"""Tiny language models with random weights, one of each family that the assistant speaks with."""

import torch
from transformers import (
    GlmConfig,
    GlmForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
)

SHAPE = {
    "vocab_size": 300, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
    "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 4096,
    "bos_token_id": None, "eos_token_id": None, "pad_token_id": None,
}  # fmt: skip


def tiny_qwen() -> PreTrainedModel:
    """Qwen2, as the embedded model."""
    torch.manual_seed(0)
    return Qwen2ForCausalLM(Qwen2Config(**SHAPE)).eval().requires_grad_(False)


def tiny_llama() -> PreTrainedModel:
    """LLaMA."""
    torch.manual_seed(0)
    return LlamaForCausalLM(LlamaConfig(**SHAPE)).eval().requires_grad_(False)


def tiny_glm() -> PreTrainedModel:
    """GLM-4's architecture."""
    torch.manual_seed(0)
    return GlmForCausalLM(GlmConfig(**SHAPE, head_dim=8)).eval().requires_grad_(False)
