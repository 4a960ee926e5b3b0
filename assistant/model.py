"""Language model, tokenizer and projector as one speaker: turns and visual tokens in, text out.

Knows no findings and no screens.
"""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant.base_llm import DEFAULT, resolve
from assistant.conversation import Turn, end_of_turn_ids, fit
from assistant.engine import Engine, Prompt, load_engine
from assistant.projector import Projector
from vision.errors import InputError, ModelError
from vision.weights import read_config

from transformers import AutoTokenizer, PreTrainedTokenizerBase  # isort: skip

log = logging.getLogger(__name__)
WEIGHTS = Path(__file__).parent / "weights"
MAX_ANSWER_TOKENS = 180
MAX_REPORT_TOKENS = 360


@dataclass(frozen=True, slots=True)
class Speech:
    """The answer so far, and how many of the oldest question-answer pairs were left out."""

    text: str
    dropped_pairs: int
    cut: bool = False  # it came to the limit of tokens, so it may not be over


class Speaker:
    """An LLM that reads conversations with visual tokens and answers in a stream of text."""

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, engine: Engine, projector: Projector | None
    ) -> None:
        self.tokenizer = tokenizer
        self.engine = engine
        self.projector = projector

    @staticmethod
    def load(llm: str, encoder_sha256: str | None) -> tuple["Speaker", dict[str, str]]:
        """Load an LLM by name, folder or hub id; returns it and the SHA-256 of what it loaded.

        "default" is the embedded LLM with the shipped adapter and projector; a folder that
        assistant.train wrote is the LLM named in it with the adapter and projector there. Any
        other LLM is untuned and reads the findings as text alone. Raises ModelError where adapter
        and projector were not trained together, or not for this encoder.
        """
        tuned = WEIGHTS if llm == DEFAULT else Path(llm).expanduser()
        adapter = tuned / "adapter"
        told = read_config(adapter)["preprocess"] if adapter.is_dir() else None
        folder = resolve(llm if told is None else told["llm"])
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        engine = load_engine(folder, end_of_turn_ids(tokenizer), None if told is None else adapter)
        models: dict[str, str] = {}
        projector = None
        if encoder_sha256 is not None and (tuned / "projector").is_dir():
            projector, models["projector"] = Projector.load(
                tuned / "projector", engine.width, encoder_sha256
            )
        if told is not None:
            models["adapter"] = read_config(adapter)["sha256"]
            if projector is not None and told["projector_sha256"] != models["projector"]:
                raise ModelError("error.projector_mismatch", path=tuned / "projector")
        return Speaker(tokenizer, engine, projector), models

    def visual_count(self, tokens: np.ndarray | None) -> int:
        """How many visual tokens a photo takes in the prompt; 0 without a projector or tokens."""
        return 0 if self.projector is None or tokens is None else int(tokens.shape[0])

    def prompt(
        self, turns: Sequence[Turn], tokens: Mapping[str, np.ndarray], max_tokens: int
    ) -> tuple[Prompt, int]:
        """Turns and the visual tokens (N, D) by image id -> engine prompt and dropped pairs.

        Raises InputError where the photos and the question alone are too long.
        """
        limit = self.engine.context_tokens - max_tokens
        try:
            rendered, dropped = fit(self.tokenizer, turns, limit)
        except ValueError as error:
            raise InputError("error.context_too_long") from error
        rows = [self.project(tokens[i]) for i in dict.fromkeys(rendered.image_ids)]
        visual = torch.cat(rows) if rows else torch.zeros(0, self.engine.width)
        keys = tuple(f"{image}:{i}" for i, image in enumerate(rendered.image_ids))
        return Prompt(rendered.ids, visual, keys), dropped

    @torch.inference_mode()
    def project(self, tokens: np.ndarray) -> torch.Tensor:
        """Visual tokens (N, D_vision) -> embeddings (N, D_llm) of the language model."""
        if self.projector is None:
            raise ValueError("visual tokens were given, but no projector is loaded")
        rows: torch.Tensor = self.projector(torch.from_numpy(tokens.copy())[None])[0]
        return rows

    def speak(
        self,
        turns: Sequence[Turn],
        tokens: Mapping[str, np.ndarray],
        stop: threading.Event,
        max_tokens: int = MAX_ANSWER_TOKENS,
    ) -> Iterator[Speech]:
        """Stream the whole answer so far, after each token that completes a character."""
        prompt, dropped = self.prompt(turns, tokens, max_tokens)
        ids: list[int] = []
        for token in self.engine.stream(prompt, max_tokens, stop):
            ids.append(token)
            text = self.tokenizer.decode(ids, skip_special_tokens=True)
            if not text.endswith("\ufffd"):  # a character whose bytes are still to come
                yield Speech(text, dropped, len(ids) >= max_tokens)
