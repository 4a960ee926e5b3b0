"""The engine on transformers: any causal LM folder, on CPU or GPU, with KV kept between turns."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant.adapter import merged
from assistant.engine import CONTEXT_TOKENS, Prompt, RunStats, is_looping, splice
from assistant.turns import Turns
from vision.errors import ModelError, OphError

from transformers import AutoModelForCausalLM, DynamicCache, PreTrainedModel  # isort: skip

_log = logging.getLogger(__name__)
CHUNK_TOKENS = 128  # prefill step: `stop` is heard between two, and KV is kept in whole ones
MEMORY_TOKENS = 8192  # KV kept for later turns: 100 MB for the embedded model in bf16

# what transformers raises for folders that are incomplete, damaged or of another kind
UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, SafetensorError)

Keys = tuple[int | str, ...]
Layers = tuple[tuple[Tensor, Tensor], ...]  # per layer (keys, values), each (1, heads, T, D_head)


class PrefixMemory:
    """KV of the last prompts' whole chunks, bounded in tokens, least recently used out first.

    Only whole chunks of prefill are kept, not the decoded answer: with the chunks always cut at
    the same places, every number comes out of the same shapes, so an answer does not depend on
    what was asked before, to the last bit. (What was shown may differ from what was decoded.)
    """

    def __init__(self, limit_tokens: int) -> None:
        self._limit = limit_tokens
        self._kept: OrderedDict[Keys, Layers] = OrderedDict()

    @property
    def tokens(self) -> int:
        """How many positions are kept."""
        return sum(len(keys) for keys in self._kept)

    def recall(self, keys: Keys) -> tuple[int, DynamicCache]:
        """The longest known start of `keys` that leaves at least one position to compute."""
        whole = (len(keys) - 1) // CHUNK_TOKENS * CHUNK_TOKENS
        best, length = None, 0
        for known in self._kept:
            same = _common(known, keys[:whole]) // CHUNK_TOKENS * CHUNK_TOKENS
            if same > length:
                best, length = known, same
        if best is None:
            return 0, DynamicCache()
        self._kept.move_to_end(best)
        return length, DynamicCache(
            [(k[:, :, :length], v[:, :, :length]) for k, v in self._kept[best]]
        )

    def keep(self, keys: Keys, cache: DynamicCache) -> None:
        """Remember the whole chunks of what `cache` holds for `keys`, which may be longer."""
        length = min(cache.get_seq_length(), len(keys)) // CHUNK_TOKENS * CHUNK_TOKENS
        kept = keys[:length]
        if length == 0 or length > self._limit:
            return
        for known in [known for known in self._kept if _common(known, kept) == len(known)]:
            del self._kept[known]  # a start of the new one, or the same
        self._kept[kept] = tuple(
            (layer.keys[:, :, :length].clone(), layer.values[:, :, :length].clone())
            for layer in cache.layers
        )
        while self.tokens > self._limit:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


def _common(a: Keys, b: Keys) -> int:
    """Length of the common start."""
    pairs = zip(a, b, strict=False)
    return next((i for i, (x, y) in enumerate(pairs) if x != y), min(len(a), len(b)))


class TransformersEngine:
    """Own decode loop on a transformers model; see `assistant.engine.Engine` for the interface."""

    def __init__(self, model: PreTrainedModel, end_ids: Collection[int], name: str) -> None:
        config = model.config.get_text_config()
        self.name = name
        self.width: int = config.hidden_size
        self.context_tokens = min(config.max_position_embeddings, CONTEXT_TOKENS)
        self.last_run: RunStats | None = None
        self.notice: OphError | None = None
        self._model: PreTrainedModel | None = model.eval()
        self._end_ids = frozenset(end_ids) | _end_ids_of(model)
        self._turns = Turns()
        self._memory = PrefixMemory(MEMORY_TOKENS)

    @classmethod
    def load(
        cls, folder: Path, end_ids: Collection[int], adapter: Path | None = None
    ) -> "TransformersEngine":
        """Load a causal LM folder in the machine's best dtype, with an adapter merged into it.

        Raises ModelError where the folder or the adapter cannot be read.
        """
        device, dtype = best_device_and_dtype()
        # a sum of weights loses small changes in 16 bits, so an adapter is merged in 32
        load_dtype = dtype if adapter is None else torch.float32
        try:
            model = AutoModelForCausalLM.from_pretrained(
                folder, dtype=load_dtype, local_files_only=True, use_safetensors=True
            )
        except UNREADABLE as error:
            raise ModelError("llm.unreadable", path=folder) from error
        if adapter is not None:
            model = merged(model, adapter)
        _log.info("%s on %s in %s", folder.name, device, dtype)
        return cls(model.to(device=device, dtype=dtype), end_ids, folder.name)

    @torch.inference_mode()
    def embed(self, ids: Sequence[int]) -> Tensor:
        """(T,) token ids -> (T, D_lm) the model's own embeddings, float32 on the CPU."""
        model = self.open_model()
        rows: Tensor = model.get_input_embeddings()(torch.tensor(ids, device=model.device))
        return rows.float().cpu()

    def stream(
        self,
        prompt: Prompt,
        max_tokens: int,
        stop: threading.Event,
        draft: Sequence[int] = (),
    ) -> Iterator[int]:
        """The answer's ids, greedily, without the end-of-turn id; ends soon after `stop` is set.

        The draft is not used. Raises ValueError for a prompt that is empty or leaves no room in
        the context.
        """
        room = prompt.room(self.context_tokens)
        return self._stream(prompt, min(max_tokens, room), stop)

    def prefill(self, prompt: Prompt, stop: threading.Event) -> None:
        """Read a prompt's whole chunks ahead where nobody works; ends soon after somebody waits."""
        with self._turns.turn(stop, idle_only=True) as mine:
            if mine:
                self._prefill(prompt, stop, ahead=True)

    def close(self) -> None:
        """Free the model's memory; the engine cannot be used again."""
        with self._turns.turn(threading.Event()):
            self._model = None
            self._memory.clear()

    # inference_mode must not be open across a yield: the caller's code would run in it

    def _stream(self, prompt: Prompt, max_tokens: int, stop: threading.Event) -> Iterator[int]:
        with self._turns.turn(stop) as mine:
            if not mine:
                return
            began = time.perf_counter()
            reused, cache, logits = self._prefill(prompt, stop)
            answer: list[int] = []
            first = last = began
            try:
                while logits is not None and not stop.is_set():
                    token = _greedy(logits)
                    last = time.perf_counter()
                    if token in self._end_ids:
                        return
                    answer.append(token)
                    first = first if len(answer) > 1 else last
                    yield token
                    if len(answer) == max_tokens or is_looping(answer) or stop.is_set():
                        return
                    logits = self._forward(self._embed_prompt((token,), prompt.visual[:0]), cache)
            finally:
                rate = (len(answer) - 1) / (last - first) if last > first else 0.0
                self.last_run = RunStats(
                    len(prompt.ids) - reused, reused, first - began, len(answer), rate
                )

    def _prefill(
        self, prompt: Prompt, stop: threading.Event, *, ahead: bool = False
    ) -> tuple[int, DynamicCache, Tensor | None]:
        """(tokens reused, cache, logits (V,) after the last token; None where there are none).

        `ahead` leaves out what comes after the last whole chunk, and gives way to who waits.
        """
        keys = prompt.keys
        reused, cache = self._memory.recall(keys)
        rest = prompt.ids[reused:]
        known_rows = sum(isinstance(key, str) for key in keys[:reused])
        embeds = self._embed_prompt(rest, prompt.visual[known_rows:])
        logits = None
        for start in range(0, len(rest), CHUNK_TOKENS):
            too_short = ahead and len(rest) - start < CHUNK_TOKENS
            if stop.is_set() or too_short or (ahead and self._turns.others_wait()):
                logits = None
                break
            logits = self._forward(embeds[start : start + CHUNK_TOKENS], cache)
        self._memory.keep(keys, cache)
        return reused, cache, logits

    @torch.inference_mode()
    def _embed_prompt(self, ids: Sequence[int], visual: Tensor) -> Tensor:
        model = self.open_model()
        return splice(model.get_input_embeddings(), torch.tensor(ids, device=model.device), visual)

    @torch.inference_mode()
    def _forward(self, embeds: Tensor, cache: DynamicCache) -> Tensor:
        """Embeddings (T, D_lm) after what `cache` holds -> logits (V,) of the next token."""
        model = self.open_model()
        out = model(
            inputs_embeds=embeds[None], past_key_values=cache, use_cache=True, logits_to_keep=1
        )
        logits: Tensor = out.logits[0, -1]
        return logits

    def open_model(self) -> PreTrainedModel:
        """The model itself, for who asks it in batches; raises RuntimeError where it is closed."""
        if self._model is None:
            raise RuntimeError("the engine is closed")
        return self._model


def _greedy(logits: Tensor) -> int:
    """The likeliest id; raises ModelError for NaN, which would otherwise pass for an answer."""
    value, token = logits.float().max(dim=-1)
    if not torch.isfinite(value):
        raise ModelError("llm.not_finite")
    return int(token)


def _end_ids_of(model: PreTrainedModel) -> frozenset[int]:
    eos = model.generation_config.eos_token_id if model.generation_config else None
    return frozenset() if eos is None else frozenset([eos] if isinstance(eos, int) else eos)


def best_device_and_dtype() -> tuple[torch.device, torch.dtype]:
    """GPU in bf16 where there is one; CPU in bf16 where it computes in bf16, else in fp32."""
    if torch.cuda.is_available():
        return torch.device("cuda"), torch.bfloat16
    capabilities = torch.cpu.get_capabilities()
    fast = capabilities.get("amx_tile", False) or capabilities.get("avx512_bf16", False)
    return torch.device("cpu"), torch.bfloat16 if fast else torch.float32
