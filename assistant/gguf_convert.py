"""From a GGUF file to a folder that transformers loads in seconds.

Reading a GGUF through transformers dequantises every tensor and rebuilds the tokenizer, over a
minute each time; this is done once. The weights are written as fp16: they are dequantised 4 to 8
bit numbers, and fp16 keeps three bits more of them than bf16 at the same size (against fp32 on
427 tokens of eye texts: the same likeliest token everywhere).
"""

from pathlib import Path

import torch
from torch import nn

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from vision.errors import ModelError

from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig, PreTrainedModel  # isort: skip

DISK_DTYPE = torch.float16


def convert(gguf: Path, into: Path) -> None:
    """Write config, safetensors, tokenizer and chat template into the folder `into`.

    Raises ModelError where the GGUF holds no model that transformers can read.
    """
    try:
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype=DISK_DTYPE,
            local_files_only=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(
            gguf.parent, gguf_file=gguf.name, local_files_only=True
        )
    except (ValueError, KeyError, OSError, RuntimeError) as error:
        raise ModelError("llm.unreadable", path=gguf) from error
    _share_token_table(model)
    _forget_quantization(model)
    model.save_pretrained(into)
    tokenizer.save_pretrained(into)


def _share_token_table(model: PreTrainedModel) -> None:
    """Use the output table for the input too, as the original model does.

    The GGUF holds the one table of a tied model twice, quantised apart: the output copy at 8 bits,
    the input copy at 5. Sharing the finer one is nearer to the original and saves a quarter.
    """
    table, head = model.get_input_embeddings(), model.get_output_embeddings()
    if not isinstance(table, nn.Embedding) or not isinstance(head, nn.Linear):
        raise ModelError("llm.unreadable", path=model.name_or_path)
    table.weight = head.weight
    model.config.tie_word_embeddings = True
    model.tie_weights()


def _forget_quantization(model: PreTrainedModel) -> None:
    """Drop the marks that make transformers refuse to save a model that it read from GGUF."""
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.is_quantized = False
    model.hf_quantizer = None
    model.quantization_method = None
