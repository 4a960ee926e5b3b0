"""Language model, tokenizer and projector as one speaker: turns and visual tokens in, text out.

Knows no findings and no screens.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

import vision.compat  # noqa: F401  before transformers, which imports torchvision
from assistant.base_llm import DEFAULT, Kind, resolve
from assistant.conversation import Turn, end_of_turn_ids, fit, last_question, plain_ids
from assistant.engine import Engine, Prompt, load_engine
from assistant.fusion import load_projector
from assistant.projector import Projector
from assistant.versions import Shelf
from vision.errors import InputError, ModelError
from vision.model_config import read_config

from transformers import AutoTokenizer, PreTrainedTokenizerBase  # isort: skip

log = logging.getLogger(__name__)
WEIGHTS = Path(__file__).parent / "weights"
MAX_ANSWER_TOKENS = 180
MAX_REPORT_TOKENS = 360


@dataclass(frozen=True, slots=True)
class Tuned:
    """A folder with the adapter and the projector of an LLM, as assistant.train writes it."""

    folder: Path
    adapter: Path | None  # the version of it that serves; None where there is none
    belongs: dict[str, Any] | None  # what the adapter was trained on

    @staticmethod
    def of(llm: str, adapter: Path | None = None) -> "Tuned":
        """That of an LLM's name: the shipped one of "default", any other name's own folder.

        The adapter is the given one, else the version in use (assistant.versions).
        """
        folder = WEIGHTS if llm == DEFAULT else Path(llm).expanduser()
        shelf = Shelf.of(llm)
        if adapter is None and shelf.shipped.is_dir():
            adapter = shelf.current()[0].adapter
        belongs = None if adapter is None else read_config(adapter)["preprocess"]
        return Tuned(folder, adapter, belongs)

    def base(self, llm: str) -> str:
        """The name of the LLM below the adapter or, before there is one, below the projector.

        Without either that of the LLM itself.
        """
        projector = self.folder / "projector"
        if self.belongs is not None:
            return str(self.belongs["llm"])
        if projector.is_dir():
            return str(read_config(projector)["preprocess"]["llm"])
        return llm


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
    def load(
        llm: str, encoder_sha256: str | None, kind: Kind = "auto", adapter: Path | None = None
    ) -> tuple["Speaker", dict[str, str]]:
        """Load an LLM by name, folder or hub id; returns it and the SHA-256 of what it loaded.

        "default" is the embedded LLM with the shipped adapter and projector; a folder that
        assistant.train wrote is the LLM named in it with the adapter and projector there. Of either
        the version in use speaks, unless another `adapter` is given (assistant.versions). Any
        other LLM is untuned and reads the findings as text alone. Raises ModelError where adapter
        and projector were not trained together, or not for this encoder.
        """
        tuned = Tuned.of(llm, adapter)
        folder = resolve(tuned.base(llm))
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        engine = load_engine(folder, end_of_turn_ids(tokenizer), tuned.adapter, kind)
        models: dict[str, str] = {}
        projector, source = None, tuned.folder / "projector"
        if encoder_sha256 is not None and source.is_dir():
            projector, models["projector"] = load_projector(source, engine.width, encoder_sha256)
        if tuned.adapter is not None and tuned.belongs is not None:
            models["adapter"] = read_config(tuned.adapter)["sha256"]
            trained_with = tuned.belongs["projector_sha256"]
            if projector is not None and trained_with != models["projector"]:
                raise ModelError("error.projector_mismatch", path=source)
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
        question = last_question(turns)
        rows = [self.project(tokens[i], question) for i in dict.fromkeys(rendered.image_ids)]
        visual = torch.cat(rows) if rows else torch.zeros(0, self.engine.width)
        mark = ""
        if self.projector is not None and self.projector.reads_questions:  # other rows each time
            mark = "?" + hashlib.sha256(question.encode()).hexdigest()[:16]
        keys = tuple(f"{image}{mark}:{i}" for i, image in enumerate(rendered.image_ids))
        return Prompt(rendered.ids, visual, keys), dropped

    @torch.inference_mode()
    def project(self, tokens: np.ndarray, question: str) -> torch.Tensor:
        """Visual tokens (N, D_vision), seen with a question -> the LLM's embeddings (N, D_llm)."""
        if self.projector is None:
            raise ValueError("visual tokens were given, but no projector is loaded")
        rows: torch.Tensor = self.projector(torch.from_numpy(tokens.copy())[None], [question])[0]
        return rows

    def read_ahead(
        self, turns: Sequence[Turn], tokens: Mapping[str, np.ndarray], stop: threading.Event
    ) -> None:
        """Read turns that a question will follow, so that its answer begins sooner.

        Does nothing where the visual rows follow from the question, or somebody else asks.
        """
        if self.projector is None or not self.projector.reads_questions:
            prompt, _ = self.prompt(turns, tokens, MAX_ANSWER_TOKENS)
            self.engine.prefill(prompt, stop)

    def speak(
        self,
        turns: Sequence[Turn],
        tokens: Mapping[str, np.ndarray],
        stop: threading.Event,
        max_tokens: int = MAX_ANSWER_TOKENS,
        likely: str = "",
    ) -> Iterator[Speech]:
        """Stream the whole answer so far, after each token that completes a character.

        `likely` is a text that the answer may repeat in parts; it can only make it faster.
        """
        prompt, dropped = self.prompt(turns, tokens, max_tokens)
        draft = plain_ids(self.tokenizer, likely)
        ids: list[int] = []
        for token in self.engine.stream(prompt, max_tokens, stop, draft):
            ids.append(token)
            text = self.tokenizer.decode(ids, skip_special_tokens=True)
            if not text.endswith("\ufffd"):  # a character whose bytes are still to come
                yield Speech(text, dropped, len(ids) >= max_tokens)
