"""Language models as they are asked: tuned and untuned, with the answers that are known already."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from assistant.base_llm import resolve
from assistant.conversation import Turn, end_of_turn_ids, plain_ids
from assistant.engine import Engine, Prompt, load_engine
from assistant.engine_transformers import TransformersEngine
from assistant.model import MAX_ANSWER_TOKENS, Speaker, Tuned
from assistant.proof.batch import Answer, generate, likelihoods
from vision.packages import sha256_of


@dataclass(frozen=True, slots=True)
class Said:
    """A text that a model gave, and whether it came to its end by itself."""

    text: str
    ended: bool
    tokens: int = 0


class Voice:
    """One language model; its answers are kept in `kept` so that a stopped proof goes on."""

    def __init__(self, speaker: Speaker, digest: str, kept: Path) -> None:
        self.speaker = speaker
        self.digest = digest  # of all weights that its answers depend on
        self._model = _torch_model(speaker.engine)
        self._ends = end_of_turn_ids(speaker.tokenizer)
        self._path = kept / f"{digest[:16]}.jsonl"
        self._known: dict[str, Said] = {}
        if self._path.is_file():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                name = row.pop("prompt")
                self._known[name] = Said(**row)

    def prompt(
        self,
        turns: Sequence[Turn],
        tokens: Mapping[str, np.ndarray],
        max_tokens: int = MAX_ANSWER_TOKENS,
    ) -> Prompt:
        """Turns as the model reads them; tokens (N, D) by the image id of their visual block."""
        return self.speaker.prompt(turns, tokens, max_tokens)[0]

    def known(self, prompt: Prompt, max_tokens: int = MAX_ANSWER_TOKENS) -> Said | None:
        """The answer where it was given before."""
        return self._known.get(_key(prompt, max_tokens))

    def answer(
        self, prompts: Sequence[Prompt], what: str, max_tokens: int = MAX_ANSWER_TOKENS
    ) -> list[Said]:
        """The answers to all prompts, those that are not known in batches."""
        fresh = {_key(p, max_tokens): p for p in prompts if self.known(p, max_tokens) is None}
        names = list(fresh)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with tqdm(total=len(fresh), desc=what, unit="answer", disable=not fresh) as bar:

            def keep(place: int, answer: Answer) -> None:
                text = self.speaker.tokenizer.decode(answer.ids, skip_special_tokens=True)
                said = Said(text.rstrip("\ufffd"), answer.ended, len(answer.ids))
                self._known[names[place]] = said
                with self._path.open("a", encoding="utf-8") as stream:
                    row = {"prompt": names[place], **asdict(said)}
                    stream.write(json.dumps(row, ensure_ascii=False) + "\n")
                bar.update()

            generate(self._model, list(fresh.values()), self._ends, max_tokens, keep)
        return [self._known[_key(p, max_tokens)] for p in prompts]

    def choose(self, prompt: Prompt, texts: Sequence[str], *, whole: bool = False) -> np.ndarray:
        """Log-likelihood (n,) of each text as the answer: its tokens' mean, or of all (`whole`)."""
        end = min(self._ends)  # any: it is the same for all
        ids = [[*plain_ids(self.speaker.tokenizer, text), end] for text in texts]
        means = np.array(likelihoods(self._model, prompt, ids))
        return means * [len(each) for each in ids] if whole else means


def _key(prompt: Prompt, max_tokens: int) -> str:
    digest = hashlib.sha256(str((prompt.ids, max_tokens)).encode())
    digest.update(prompt.visual.float().numpy().tobytes())
    return digest.hexdigest()[:32]


def _torch_model(engine: Engine) -> Any:
    """The model behind an engine, whose own stream answers one prompt at a time."""
    if not isinstance(engine, TransformersEngine):
        raise TypeError(f"the engine {engine.name} answers one prompt at a time")
    return engine.open_model()


@dataclass(frozen=True, slots=True)
class Voices:
    """The model as it ships and as it came; one and the same where nothing was tuned yet."""

    tuned: Voice
    base: Voice
    is_tuned: bool


def load_voices(llm: str, encoder_sha256: str | None, kept: Path) -> Voices:
    """Load both; raises ModelError where a part cannot be read."""
    tuned = tuned_voice(llm, encoder_sha256, kept)
    if Tuned.of(llm).adapter is None:
        return Voices(tuned, tuned, is_tuned=False)
    speaker, folder = tuned.speaker, resolve(Tuned.of(llm).base(llm))
    base = _folder_digest(folder)
    engine = load_engine(folder, end_of_turn_ids(speaker.tokenizer), kind="transformers")
    return Voices(tuned, Voice(Speaker(speaker.tokenizer, engine, None), base, kept), is_tuned=True)


def tuned_voice(
    llm: str, encoder_sha256: str | None, kept: Path, adapter: Path | None = None
) -> Voice:
    """The model as it ships, or with another adapter; raises ModelError."""
    speaker, models = Speaker.load(llm, encoder_sha256, "transformers", adapter)
    base = _folder_digest(resolve(Tuned.of(llm, adapter).base(llm)))
    parts = "".join([base, encoder_sha256 or "", *(models[part] for part in sorted(models))])
    return Voice(speaker, hashlib.sha256(parts.encode()).hexdigest(), kept)


def _folder_digest(folder: Path) -> str:
    """SHA-256 over a model folder's files, large weights by their size alone."""
    parts = []
    for path in sorted(folder.iterdir()):
        if path.is_file():
            size = path.stat().st_size
            parts.append(f"{path.name} {size} {sha256_of(path) if size < 100e6 else ''}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
