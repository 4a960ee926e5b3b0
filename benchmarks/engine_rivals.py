"""The engines that ours is measured against: transformers in float32 and llama.cpp."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant.adapter import merged
from assistant.base_llm import BASE, resolve
from assistant.conversation import end_of_turn_ids
from assistant.engine import Prompt, splice
from assistant.engine_transformers import TransformersEngine
from assistant.model import Speaker, Tuned
from assistant.storage import cache_root

from transformers import AutoModelForCausalLM, PreTrainedModel  # isort: skip


def transformers_fp32(speaker: Speaker) -> TransformersEngine:
    """The shipped model on transformers in float32, whatever the machine would do by itself."""
    tuned = Tuned.of("default")
    folder = resolve(tuned.base("default"))
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    if tuned.adapter is not None:
        model = merged(model, tuned.adapter)
    return TransformersEngine(model, end_of_turn_ids(speaker.tokenizer), "transformers fp32")


@torch.inference_mode()
def generate(model: PreTrainedModel, prompt: Prompt, tokens: int) -> float:
    """Seconds of transformers' own greedy generate for exactly so many tokens."""
    embeds = splice(model.get_input_embeddings(), torch.tensor(prompt.ids), prompt.visual)[None]
    began = perf_counter()
    model.generate(
        inputs_embeds=embeds,
        attention_mask=torch.ones(embeds.shape[:2], dtype=torch.long),
        max_new_tokens=tokens,
        min_new_tokens=tokens,
        do_sample=False,
        pad_token_id=0,
    )
    return perf_counter() - began


class LlamaCpp:
    """llama.cpp of the xllamacpp wheel on the base model's GGUF (Q4_K_M)."""

    def __init__(self, threads: int, gguf: Path | None = None) -> None:
        """Load; raises ImportError without xllamacpp, FileNotFoundError without the file."""
        import xllamacpp  # not among the requirements of serving

        path = gguf or cache_root() / "sources" / BASE.file
        if not path.is_file():
            raise FileNotFoundError(path)
        settings = xllamacpp.CommonParams()
        settings.model.path = str(path)
        settings.n_ctx = 4096
        settings.n_parallel = 1
        settings.n_gpu_layers = 0
        settings.cpuparams.n_threads = threads
        settings.cpuparams_batch.n_threads = threads
        settings.warmup = True
        settings.verbosity = 0
        self._server = xllamacpp.Server(settings)

    def measure(self, ids: Sequence[int], tokens: int) -> tuple[float, float]:
        """(prefill tokens/s, decode tokens/s) of its own account, the prompt read anew."""
        told: dict[str, Any] = self._server.handle_completions(
            {
                "prompt": list(ids),
                "max_tokens": tokens,
                "n_predict": tokens,
                "temperature": 0.0,
                "ignore_eos": True,
                "cache_prompt": False,
            }
        )
        timings = told["timings"]
        return timings["prompt_per_second"], timings["predicted_per_second"]
