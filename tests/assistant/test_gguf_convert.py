"""A tiny GGUF written here, converted and loaded: pytest tests/assistant/test_gguf_convert.py"""

from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from tokenizers import pre_tokenizers

from assistant.base_llm import MANIFEST
from assistant.gguf_convert import convert
from vision.errors import ModelError

from transformers import AutoModelForCausalLM, AutoTokenizer  # isort: skip

WIDTH, HIDDEN, HEADS, KV = 32, 48, 2, 1
CHATML = "{% for m in messages %}<|im_start|>{{ m['content'] }}<|im_end|>{% endfor %}"


def write_gguf(path: Path) -> dict[str, np.ndarray]:
    """A one-layer Qwen2 with apart token tables, as the embedded model's file has them."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, "ab", "<|im_start|>", "<|im_end|>"]
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_block_count(1)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([1] * (len(letters) + 1) + [3, 3])
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_chat_template(CHATML)
    generator = np.random.default_rng(0)
    half = WIDTH // HEADS * KV
    shapes = {
        "token_embd.weight": (len(tokens), WIDTH),
        "output.weight": (len(tokens), WIDTH),
        "output_norm.weight": (WIDTH,),
        "blk.0.attn_norm.weight": (WIDTH,),
        "blk.0.ffn_norm.weight": (WIDTH,),
        "blk.0.attn_q.weight": (WIDTH, WIDTH),
        "blk.0.attn_q.bias": (WIDTH,),
        "blk.0.attn_k.weight": (half, WIDTH),
        "blk.0.attn_k.bias": (half,),
        "blk.0.attn_v.weight": (half, WIDTH),
        "blk.0.attn_v.bias": (half,),
        "blk.0.attn_output.weight": (WIDTH, WIDTH),
        "blk.0.ffn_gate.weight": (HIDDEN, WIDTH),
        "blk.0.ffn_up.weight": (HIDDEN, WIDTH),
        "blk.0.ffn_down.weight": (WIDTH, HIDDEN),
    }
    tensors = {n: generator.normal(size=s).astype(np.float32) for n, s in shapes.items()}
    for name, tensor in tensors.items():
        if name in ("token_embd.weight", "output.weight"):
            packed = gguf.quantize(tensor, gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
            tensors[name] = gguf.dequantize(packed, gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tensors


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, np.ndarray]]:
    folder = tmp_path_factory.mktemp("gguf")
    tensors = write_gguf(folder / "tiny.gguf")
    (folder / "out").mkdir()
    convert(folder / "tiny.gguf", folder / "out")
    return folder / "out", tensors


def test_the_weights_are_the_files(converted: tuple[Path, dict[str, np.ndarray]]) -> None:
    folder, tensors = converted
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    down = model.model.layers[0].mlp.down_proj.weight.detach().numpy()
    np.testing.assert_allclose(down, tensors["blk.0.ffn_down.weight"], rtol=1e-3, atol=1e-3)


def test_input_and_output_share_the_output_table(
    converted: tuple[Path, dict[str, np.ndarray]],
) -> None:
    folder, tensors = converted
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    table = model.get_input_embeddings().weight
    assert table.data_ptr() == model.get_output_embeddings().weight.data_ptr()
    np.testing.assert_allclose(
        table.detach().numpy(), tensors["output.weight"], rtol=1e-3, atol=1e-3
    )


def test_the_tokenizer_and_its_chat_template_come_along(
    converted: tuple[Path, dict[str, np.ndarray]],
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(converted[0])
    asked = tokenizer.apply_chat_template([{"role": "user", "content": "眼 eye"}], tokenize=False)
    assert asked == "<|im_start|>眼 eye<|im_end|>"
    assert tokenizer.decode(tokenizer("眼 eye")["input_ids"]) == "眼 eye"
    assert tokenizer.eos_token == "<|im_end|>"


def test_the_folder_says_nothing_of_quantisation_any_more(
    converted: tuple[Path, dict[str, np.ndarray]],
) -> None:
    folder, _ = converted
    assert "quantization" not in (folder / "config.json").read_text()
    assert not (folder / MANIFEST).exists()  # base_llm writes it, last


def test_a_file_that_is_no_gguf_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF but not really" * 9)
    with pytest.raises(ModelError, match="could not be loaded"):
        convert(tmp_path / "x.gguf", tmp_path / "out")
