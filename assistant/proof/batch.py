"""Many prompts answered at once: a common start is read once, its KV repeated over a batch.

Greedy, with the engine's own rules of when an answer ends, so an answer is what the engine would
give but for the rounding of 16-bit sums of another shape.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant.engine import Prompt, is_looping, splice
from vision.errors import ModelError

from transformers import DynamicCache  # isort: skip

BATCH = 16
_SHARE = 0.5  # of a prompt: from here on a common start makes one group
_SHORT = 400  # keys: such a prompt is read anew sooner than it is answered in a batch of its own


@dataclass(frozen=True, slots=True)
class Answer:
    """Ids of an answer without the end-of-turn id, and whether it came to its end by itself."""

    ids: tuple[int, ...]
    ended: bool


@dataclass
class _Row:
    """One answer under way."""

    place: int  # in the caller's order
    length: int  # tokens of its prompt
    ids: list[int] = field(default_factory=list)
    ended: bool = False
    over: bool = False

    def take(self, token: int, end_ids: Collection[int], max_tokens: int) -> None:
        """The next token, with the engine's rules of when to stop."""
        if token in end_ids:
            self.ended = self.over = True
            return
        self.ids.append(token)
        self.over = len(self.ids) == max_tokens or is_looping(self.ids)


def generate(
    model: Any,
    prompts: Sequence[Prompt],
    end_ids: Collection[int],
    max_tokens: int,
    done: Callable[[int, Answer], None],
) -> None:
    """Answer all prompts; `done` gets each place and its answer as soon as its batch is over.

    Raises ModelError where the model gives no finite numbers.
    """
    for places in groups([prompt.keys for prompt in prompts]):
        members = [prompts[place] for place in places]
        common = common_start([p.keys for p in members])
        prefix = _prefill(model, members[0], common)
        for first in range(0, len(members), BATCH):
            chunk = members[first : first + BATCH]
            rows = [_Row(p, len(prompts[p].ids)) for p in places[first : first + BATCH]]
            _decode(model, rows, chunk, prefix, common, end_ids, max_tokens)
            for row in rows:
                done(row.place, Answer(tuple(row.ids), row.ended))


def groups(keys: Sequence[tuple[int | str, ...]]) -> Iterator[list[int]]:
    """Places of prompts, each in one group: the short ones, then those that share most of their
    start."""
    waiting = sorted(range(len(keys)), key=lambda place: [str(key) for key in keys[place]])
    if short := [place for place in waiting if len(keys[place]) <= _SHORT]:
        yield short
    group: list[int] = []
    for place in (place for place in waiting if len(keys[place]) > _SHORT):
        if group and common_start([keys[group[0]], keys[place]]) < _SHARE * len(keys[place]):
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def common_start(keys: Sequence[tuple[int | str, ...]]) -> int:
    """How many first keys all have in common, leaving each at least one of its own."""
    shortest = min(map(len, keys)) - 1
    first = keys[0]
    for place in range(shortest):
        if any(other[place] != first[place] for other in keys):
            return place
    return shortest


def embedded(model: Any, prompt: Prompt, start: int, end: int | None = None) -> Tensor:
    """Embeddings (T, D) of a prompt's places `start` to `end`."""
    before = sum(isinstance(key, str) for key in prompt.keys[:start])
    inside = sum(isinstance(key, str) for key in prompt.keys[start:end])
    ids = torch.tensor(prompt.ids[start:end], device=model.device)
    rows = prompt.visual[before : before + inside]
    return splice(model.get_input_embeddings(), ids, rows)


Layers = list[tuple[Tensor, Tensor]]  # per layer (keys, values), each (1, heads, T, D_head)


@torch.inference_mode()
def _prefill(model: Any, prompt: Prompt, length: int) -> Layers:
    """KV of a prompt's first `length` places; empty for none."""
    if length == 0:
        return []
    cache = DynamicCache()
    start = embedded(model, prompt, 0, length)[None]
    model(inputs_embeds=start, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return [(layer.keys, layer.values) for layer in cache.layers]


def repeated(prefix: Layers, count: int) -> DynamicCache:
    """The same start for `count` rows."""
    if not prefix:
        return DynamicCache()
    return DynamicCache(
        [(k.expand(count, -1, -1, -1), v.expand(count, -1, -1, -1)) for k, v in prefix]
    )


@torch.inference_mode()
def _decode(
    model: Any,
    rows: list[_Row],
    prompts: list[Prompt],
    prefix: Layers,
    common: int,
    end_ids: Collection[int],
    max_tokens: int,
) -> None:
    """Rows after their common start: what is left of the prompts is padded on the left."""
    rest = [embedded(model, prompt, common) for prompt in prompts]
    longest = max(map(len, rest))
    padded = torch.stack([_left(row, longest, 0.0) for row in rest])
    own = torch.stack([_left(torch.ones(len(r), device=padded.device), longest, 0.0) for r in rest])
    mask = torch.cat([own.new_ones(len(rows), common), own], 1).long()
    # padding is masked: its positions matter to nobody
    positions = (mask.cumsum(1) - 1).clamp(min=0)[:, common:]
    cache = repeated(prefix, len(rows))
    logits = _step(model, padded, mask, positions, cache)
    active = list(rows)
    for _ in range(max_tokens):
        for row, token in zip(active, _greedy(logits), strict=True):
            row.take(token, end_ids, max_tokens)
        kept = [i for i, row in enumerate(active) if not row.over]
        if not kept:
            return
        if len(kept) < len(active):
            cache.batch_select_indices(torch.tensor(kept, device=mask.device))
            mask, active = mask[kept], [active[i] for i in kept]
        last = torch.tensor([[row.ids[-1]] for row in active], device=mask.device)
        mask = torch.cat([mask, mask.new_ones(len(active), 1)], 1)
        positions = torch.tensor(
            [[row.length + len(row.ids) - 1] for row in active], device=mask.device
        )
        logits = _step(model, model.get_input_embeddings()(last), mask, positions, cache)


def _left(row: Tensor, length: int, value: float) -> Tensor:
    """(T, ...) padded at its start to (length, ...)."""
    padding = row.new_full((length - len(row), *row.shape[1:]), value)
    return torch.cat([padding, row])


def _step(
    model: Any, embeds: Tensor, mask: Tensor, positions: Tensor, cache: DynamicCache
) -> Tensor:
    out = model(
        inputs_embeds=embeds, attention_mask=mask, position_ids=positions,
        past_key_values=cache, use_cache=True, logits_to_keep=1,
    )  # fmt: skip
    logits: Tensor = out.logits[:, -1]
    return logits


def _greedy(logits: Tensor) -> list[int]:
    values, tokens = logits.float().max(dim=-1)
    if not bool(torch.isfinite(values).all()):
        raise ModelError("llm.not_finite")
    found: list[int] = tokens.tolist()
    return found


@torch.inference_mode()
def likelihoods(model: Any, prompt: Prompt, texts: Sequence[Sequence[int]]) -> list[float]:
    """Mean log-likelihood of each text's ids after the prompt, which is read once."""
    common = len(prompt.ids) - 1
    cache = repeated(_prefill(model, prompt, common), len(texts))
    longest = max(map(len, texts))
    # what stands to the right of a text is never seen from within it
    ids = torch.tensor([[*text, *[0] * (longest - len(text))] for text in texts])
    ids = ids.to(model.device)
    last = embedded(model, prompt, common)[None].expand(len(texts), -1, -1)
    embeds = torch.cat([last, model.get_input_embeddings()(ids[:, :-1])], 1)
    logits = model(inputs_embeds=embeds, past_key_values=cache, use_cache=True).logits
    each = torch.log_softmax(logits.float(), -1).gather(-1, ids[..., None])[..., 0]
    return [float(row[: len(text)].mean()) for row, text in zip(each, texts, strict=True)]
