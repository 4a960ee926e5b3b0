"""Token ids and visual rows in, token ids out; knows no images and no text.

An engine reads a prompt once, keeps what it computed for the next turn of the same conversation,
and hands out one token at a time until the answer ends or it is told to stop.
"""

import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from assistant.base_llm import Kind
from assistant.conversation import PLACEHOLDER_ID
from vision.errors import ModelError, OphError, ResourceError

_log = logging.getLogger(__name__)
CONTEXT_TOKENS = 4096  # longer prompts take CPUs many seconds, whatever the model could hold


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """What the model reads: ids (T,) with PLACEHOLDER_ID where the rows of `visual` go."""

    ids: tuple[int, ...]
    visual: Tensor  # (M, D_lm) float32
    visual_keys: tuple[str, ...]  # (M,) equal keys promise equal rows

    def __post_init__(self) -> None:
        placeholders = self.ids.count(PLACEHOLDER_ID)
        if not placeholders == len(self.visual) == len(self.visual_keys):
            raise ValueError(
                f"{placeholders} placeholders, but {len(self.visual)} visual rows "
                f"and {len(self.visual_keys)} visual keys"
            )

    @property
    def keys(self) -> tuple[int | str, ...]:
        """(T,) what stands at each position: a token id or a visual key. Equal keys, equal KV."""
        rows = iter(self.visual_keys)
        return tuple(next(rows) if i == PLACEHOLDER_ID else i for i in self.ids)

    def room(self, context_tokens: int) -> int:
        """How many tokens of an answer fit behind it; raises ValueError where none does."""
        left = context_tokens - len(self.ids)
        if not self.ids or left < 1:
            raise ValueError(f"{len(self.ids)} tokens; the context holds {context_tokens}")
        return left


@dataclass(frozen=True, slots=True)
class RunStats:
    """How the last answer went."""

    prefill_tokens: int  # read anew
    reused_tokens: int  # known from an earlier prompt
    seconds_to_first_token: float
    answer_tokens: int
    tokens_per_second: float  # after the first token; 0 where there was no second
    drafted_tokens: int = 0  # of the answer: foretold by the draft


class Engine(Protocol):
    """One language model behind one small interface."""

    name: str
    width: int  # D_lm
    context_tokens: int  # prompt and answer together
    last_run: RunStats | None
    notice: OphError | None  # why it is not the engine that one would expect

    def embed(self, ids: Sequence[int]) -> Tensor:
        """(T,) token ids -> (T, D_lm) the model's own embeddings."""

    def stream(
        self,
        prompt: Prompt,
        max_tokens: int,
        stop: threading.Event,
        draft: Sequence[int] = (),
    ) -> Iterator[int]:
        """The answer's ids, greedily, without the end-of-turn id; ends soon after `stop` is set.

        `draft`, ids that the answer may repeat, can only make it faster. Raises ValueError for a
        prompt that is empty or leaves no room in the context.
        """

    def prefill(self, prompt: Prompt, stop: threading.Event) -> None:
        """Read what of a prompt can be kept before it is asked, where nobody asks just now."""

    def close(self) -> None:
        """Free the model's memory; the engine cannot be used again."""


def splice(embeddings: nn.Module, ids: Tensor, visual: Tensor) -> Tensor:
    """ids (..., T) with PLACEHOLDER_ID at visual places, visual (M, D) -> embeddings (..., T, D).

    Raises ValueError where the number of places is not M (nanoVLM's mask and one assignment).
    """
    places = ids == PLACEHOLDER_ID
    if int(places.sum()) != visual.shape[0]:
        raise ValueError(f"{int(places.sum())} placeholders, but {visual.shape[0]} visual rows")
    embedded: Tensor = embeddings(ids.clamp(min=0)).clone()
    embedded[places] = visual.to(embedded)
    return embedded


def load_engine(
    folder: Path, end_ids: Collection[int], adapter: Path | None = None, kind: Kind = "auto"
) -> Engine:
    """The engine for a model folder (assistant.base_llm.resolve); `end_ids` end an answer.

    An adapter (assistant.adapter) is merged into the weights. "auto" is OpenVINO on a CPU and
    transformers on a GPU, or where OpenVINO cannot run the model: `notice` then says why. Raises
    ModelError where the model does not load.
    """
    notice: OphError | None = None
    if kind == "openvino" or (kind == "auto" and not torch.cuda.is_available()):
        try:
            return _openvino(folder, end_ids, adapter)
        except (ModelError, ResourceError) as error:
            if kind == "openvino":
                raise
            _log.warning("transformers runs the language model: %s", error)
            notice = error
    from assistant.engine_transformers import TransformersEngine  # torch models: the slow import

    engine = TransformersEngine.load(folder, end_ids, adapter)
    engine.notice = notice
    return engine


def _openvino(folder: Path, end_ids: Collection[int], adapter: Path | None) -> Engine:
    try:
        from assistant.engine_openvino import OpenVinoEngine
    except ImportError as error:
        raise ModelError("llm.engine_missing") from error
    return OpenVinoEngine.load(folder, end_ids, adapter)


_SHORTEST_LOOP = 24  # tokens; below that, repetition can be honest: tables, numbers, lists
_REPEATS = 3


def is_looping(answer: Sequence[int]) -> bool:
    """Whether an answer's end says the same thing three times over, so that it would never end.

    Small models fall into such loops under greedy decoding; ending the answer leaves its words
    alone, where a repetition penalty would change them (and with them names and numbers).
    """
    for period in range(1, len(answer) // _REPEATS + 1):
        span = max(_REPEATS * period, _SHORTEST_LOOP)
        tail = answer[-span:]
        if len(tail) == span and tail[period:] == tail[:-period]:
            return True
    return False
