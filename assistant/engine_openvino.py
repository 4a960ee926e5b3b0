"""The engine on OpenVINO: Qwen2- and LLaMA-shaped models on the CPU, in 8-bit numbers.

The KV lives in the request's state. A prompt is read in chunks that are always cut at the same
places, the end of each turn among them; whole chunks are kept (assistant.kv_memory), so that a
later turn, another photo or a conversation that was left goes on from there.
"""

import json
import logging
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openvino as ov
import torch
from torch import Tensor

from assistant.conversation import PLACEHOLDER_ID
from assistant.drafting import Draft
from assistant.engine import CONTEXT_TOKENS, Prompt, RunStats, is_looping
from assistant.kv_memory import ChunkMemory
from assistant.openvino_convert import ABOUT, prepare
from assistant.prepared import EMBEDDINGS, GRAPH, SCORED
from assistant.release import release_mapped
from assistant.turns import Turns
from assistant.vocabulary import Choice
from vision.errors import ModelError, OphError

_log = logging.getLogger(__name__)
CHUNK_TOKENS = 128  # below that reading gets slower, above it a stop is heard later
MEMORY_BYTES = 200_000_000  # 16,000 positions of the embedded model
_GROUP = 32  # channels of what a layer reads that are rounded together; 128 change the words
_HUNG_S = 30.0  # for one step: a chunk takes a second, on a crowded machine some


class Scores(NamedTuple):
    """What the decoder says of some positions: logits (S, V') of the tokens that it scores, and
    the states hidden (S, D_lm) that they are made from."""

    logits: np.ndarray
    hidden: np.ndarray


class OpenVinoEngine:
    """Own decode loop on a stateful graph; see `assistant.engine.Engine` for the interface."""

    notice: OphError | None = None

    def __init__(
        self, folder: Path, end_ids: Collection[int], name: str, *, exact: bool = False
    ) -> None:
        """The engine of a converted folder; `exact` computes in float32 throughout, slowly."""
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        self.name = name
        self.width: int = about["width"]
        self.context_tokens = min(about["context"], CONTEXT_TOKENS)
        self.last_run: RunStats | None = None
        self._end_ids = frozenset(end_ids) | frozenset(about["end_ids"])
        self._table = np.load(folder / EMBEDDINGS, mmap_mode="r")
        self._scored = np.load(folder / SCORED)
        self._decoder: _Decoder | None = _Decoder(folder / GRAPH, exact)
        self._turns = Turns()
        self._memory = ChunkMemory(CHUNK_TOKENS, self._end_ids, MEMORY_BYTES)

    @classmethod
    def load(
        cls, folder: Path, end_ids: Collection[int], adapter: Path | None = None
    ) -> "OpenVinoEngine":
        """Load a model folder with an adapter, converting them first where that was not done yet.

        Raises ModelError where the model is of another shape, cannot be read, or the CPU is too
        old; ResourceError where the disk is full.
        """
        if torch.backends.cpu.get_cpu_capability() == "DEFAULT":  # neither AVX2 nor AVX-512
            raise ModelError("llm.engine_cpu")
        prepared = prepare(folder, adapter)
        try:
            engine = cls(prepared, end_ids, folder.name)
        except (RuntimeError, OSError, ValueError, KeyError) as error:
            raise ModelError("llm.engine_failed") from error
        _log.info("%s on OpenVINO from %s", folder.name, prepared)
        return engine

    def embed(self, ids: Sequence[int]) -> Tensor:
        """(T,) token ids -> (T, D_lm) the model's own embeddings, float32."""
        self._open()
        return torch.from_numpy(self._rows(ids))

    def stream(
        self,
        prompt: Prompt,
        max_tokens: int,
        stop: threading.Event,
        draft: Sequence[int] = (),
    ) -> Iterator[int]:
        """The answer's ids, greedily, without the end-of-turn id; ends soon after `stop` is set.

        `draft` is what the answer may be like; it only makes it faster. Raises ValueError for a
        prompt that is empty or leaves no room in the context.
        """
        room = prompt.room(self.context_tokens)
        choice = Choice(self._scored, self._table, (*prompt.ids, *draft))
        return self._stream(prompt, min(max_tokens, room), stop, Draft(draft), choice)

    def prefill(self, prompt: Prompt, stop: threading.Event) -> None:
        """Read a prompt's whole chunks ahead where nobody works; ends soon after somebody waits."""
        with self._turns.turn(stop, idle_only=True) as mine:
            if mine:
                self._read(prompt, stop, ahead=True)

    def close(self) -> None:
        """Free the model's memory; the engine cannot be used again."""
        with self._turns.turn(threading.Event()):
            self._decoder = None
            self._memory.clear()

    def _stream(
        self, prompt: Prompt, max_tokens: int, stop: threading.Event, draft: Draft, choice: Choice
    ) -> Iterator[int]:
        with self._turns.turn(stop) as mine:
            if not mine:
                return
            began = time.perf_counter()
            reused, scores = self._read(prompt, stop)
            answer: list[int] = []
            guessed: tuple[int, ...] = ()  # what was read after the answer's last token
            confirmed = 0
            first = last = began
            try:
                while scores is not None and not stop.is_set():
                    right = 0
                    for row in zip(*scores, strict=True):  # after the last token and each guess
                        token = choice.likeliest(*row)
                        last = time.perf_counter()
                        if token in self._end_ids:
                            return
                        answer.append(token)
                        first = first if len(answer) > 1 else last
                        yield token
                        if len(answer) == max_tokens or is_looping(answer) or stop.is_set():
                            return
                        if guessed[right : right + 1] != (token,):
                            break
                        right += 1
                        confirmed += 1
                    decoder = self._open()
                    decoder.hide(len(guessed) - right)
                    guessed = draft.guess(answer)[: max_tokens - len(answer)]
                    said = self._rows((answer[-1], *guessed))
                    scores = decoder.read(said, len(said))
            finally:
                rate = (len(answer) - 1) / (last - first) if last > first else 0.0
                self.last_run = RunStats(
                    len(prompt.ids) - reused, reused, first - began, len(answer), rate, confirmed
                )

    def _read(
        self, prompt: Prompt, stop: threading.Event, *, ahead: bool = False
    ) -> tuple[int, Scores | None]:
        """(tokens reused, scores after the last token; None where there are none).

        `ahead` leaves out what comes after the last whole chunk, and gives way to who waits.
        """
        decoder, keys = self._open(), prompt.keys
        known, cuts = self._memory.recall(keys), self._memory.ends(keys)
        reused = cuts[len(known) - 1] if known else 0
        ends = cuts[len(known) :] if ahead else sorted({*cuts[len(known) :], len(keys)})
        if not ends:
            return reused, None
        decoder.restore(known)
        rows = self._rows(prompt.ids)
        if len(prompt.visual):
            rows[np.array(prompt.ids) == PLACEHOLDER_ID] = prompt.visual.float().cpu().numpy()
        scores = None
        try:
            for start, end in pairwise([reused, *ends]):
                if stop.is_set() or (ahead and self._turns.others_wait()):
                    return reused, None
                scores = decoder.read(rows[start:end], int(end == len(keys)))
        finally:
            read = [end for end in cuts[len(known) :] if end <= decoder.places]
            self._memory.keep(keys, len(known), decoder.chunks([reused, *read]))
        return reused, scores

    def _rows(self, ids: Sequence[int]) -> np.ndarray:
        """(T,) token ids -> (T, D_lm) float32; zeros at placeholders."""
        wanted = np.array(ids, np.int64)
        rows = self._table[np.maximum(wanted, 0)].astype(np.float32)
        rows[wanted == PLACEHOLDER_ID] = 0
        return rows

    def _open(self) -> "_Decoder":
        if self._decoder is None:
            raise RuntimeError("the engine is closed")
        return self._decoder


class _Decoder:
    """One request of the graph, and what its state holds."""

    def __init__(self, graph: Path, exact: bool) -> None:
        precision = "f32" if exact else "f16"
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "ENABLE_CPU_PINNING": False,  # slower wherever another process runs too
            "INFERENCE_PRECISION_HINT": "f32",  # bf16, where the CPU has it, changes the words
            "KV_CACHE_PRECISION": precision,
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0 if exact else _GROUP,
        }
        self._compiled = ov.Core().compile_model(graph, "CPU", settings)
        self._request = self._compiled.create_infer_request()
        self._kept_type = np.dtype(np.float32 if exact else np.float16)
        self._visible = np.ones(0, np.int64)  # (T,) 0 at places of guesses that were wrong
        self._beam = np.zeros(1, np.int32)
        self._mapped: Path | None = graph.with_suffix(".bin")  # until its weights were copied

    @property
    def places(self) -> int:
        """How many positions were read and not hidden."""
        return int(self._visible.sum())

    def read(self, rows: np.ndarray, last: int) -> Scores:
        """Embeddings (S, D_lm) after what was read -> scores of the last positions.

        These are the request's own memory, good until the next call. Raises ModelError where it
        hangs; the state is then empty.
        """
        places = self.places
        visible = np.concatenate([self._visible, np.ones(len(rows), np.int64)])
        self._request.start_async(
            {
                "inputs_embeds": rows[None],
                "attention_mask": visible[None],
                "position_ids": np.arange(places, places + len(rows))[None],
                "beam_idx": self._beam,
                "last": np.array([last]),
            },
            share_inputs=True,
        )
        if not self._request.wait_for(round(1000 * _HUNG_S)):
            self._request.cancel()
            self._request = self._compiled.create_infer_request()  # the old one may never come back
            self._visible = np.ones(0, np.int64)
            raise ModelError("llm.hung")
        self._visible = visible
        if self._mapped is not None:  # the first step put all weights in the CPU's own order
            release_mapped(self._mapped)
            self._mapped = None
        named = self._request.get_tensor
        return Scores(named("logits").data[0], named("hidden").data[0])

    def hide(self, count: int) -> None:
        """Nobody looks at the last `count` positions any more, and their places are free."""
        if count:
            self._visible[-count:] = 0

    def chunks(self, cuts: Sequence[int]) -> list[np.ndarray]:
        """Copies of the state between each two of these places: (2 L, K, their distance, D)."""
        if len(cuts) < 2:
            return []
        states = sorted(self._request.query_state(), key=lambda state: state.name)
        read = np.stack(
            [state.state.data[0, :, cuts[0] : cuts[-1]].astype(self._kept_type) for state in states]
        )
        inner = [cut - cuts[0] for cut in cuts[1:-1]]
        return [part.copy() for part in np.split(read, inner, axis=2)]

    def restore(self, chunks: Sequence[np.ndarray]) -> None:
        """Make the state hold these chunks and nothing else."""
        self._request.reset_state()
        self._visible = np.ones(sum(chunk.shape[2] for chunk in chunks), np.int64)
        if chunks:
            whole = np.concatenate(chunks, axis=2).astype(np.float32)
            states = sorted(self._request.query_state(), key=lambda state: state.name)
            for state, held in zip(states, whole, strict=True):
                state.state = ov.Tensor(held[None].copy())
