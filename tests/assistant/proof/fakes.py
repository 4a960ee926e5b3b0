"""A voice that says what a test wrote, and photos with made-up findings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from assistant.analysis import Analysis
from assistant.conversation import Turn
from assistant.engine import Prompt
from assistant.findings import Findings
from assistant.model import MAX_ANSWER_TOKENS, Speaker
from assistant.proof.talks import Ask, Shown, Talk
from assistant.proof.voices import Said
from tests.fakes import ScriptedEngine, byte_tokenizer, tiny_projector
from vision.catalogue import Language
from vision.fov import detect
from vision.types import FundusImage


def tiny_llm() -> Qwen2ForCausalLM:
    """Random, as wide as a byte tokenizer needs."""
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=300, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, initializer_range=0.3,
    )  # fmt: skip
    return Qwen2ForCausalLM(config).eval().requires_grad_(False)


class FakeVoice:
    """Says `reply(prompt as text)`, but only once it was asked to generate; counts the rounds."""

    def __init__(self, reply: Callable[[str], str], *, sees: bool = True) -> None:
        tokenizer = byte_tokenizer()
        projector = tiny_projector() if sees else None
        self.speaker = Speaker(tokenizer, ScriptedEngine(tokenizer), projector)
        self.digest = "d" * 64
        self.reply = reply
        self.rounds: list[list[str]] = []
        self._known: dict[tuple[int, ...], Said] = {}

    def heard(self, prompt: Prompt) -> str:
        return self.speaker.tokenizer.decode([i for i in prompt.ids if i >= 0])

    def prompt(
        self,
        turns: Sequence[Turn],
        tokens: Mapping[str, np.ndarray],
        max_tokens: int = MAX_ANSWER_TOKENS,
    ) -> Prompt:
        return self.speaker.prompt(turns, tokens, max_tokens)[0]

    def known(self, prompt: Prompt, max_tokens: int = MAX_ANSWER_TOKENS) -> Said | None:
        return self._known.get(prompt.ids)

    def answer(
        self, prompts: Sequence[Prompt], what: str, max_tokens: int = MAX_ANSWER_TOKENS
    ) -> list[Said]:
        self.rounds.append([self.heard(p) for p in prompts])
        for prompt in prompts:
            self._known[prompt.ids] = Said(self.reply(self.heard(prompt)), ended=True)
        return [self._known[p.ids] for p in prompts]

    def choose(self, prompt: Prompt, texts: Sequence[str], *, whole: bool = False) -> np.ndarray:
        """The first text that the reply names is the likeliest."""
        reply = self.reply(self.heard(prompt))
        return np.array([float(text in reply) for text in texts])


def shown(findings: Findings, number: int = 0, **labels: Any) -> Shown:
    """A photo of one colour that these findings are said to be of."""
    image = FundusImage(np.full((64, 64, 3), 40 + number, np.uint8), findings.image.eye)
    known = replace(findings, image=replace(findings.image, id=image.id))
    tokens = np.full((4, 6), number, np.float32)
    analysis = Analysis(image, detect(image.pixels), known, None, tokens, {})
    return Shown(f"set/{number}.png", f"patient {number}", analysis, labels)


def talk(
    intent: str,
    text: str,
    *photos: Shown,
    language: Language = "en",
    form: int = 0,
    before: tuple[Ask, ...] = (),
    unit: str = "",
    **slots: str,
) -> Talk:
    """A talk about these photos whose last question is this one."""
    ask = Ask(intent, language, form, text, tuple(slots.items()))
    return Talk(unit or intent, tuple(p.id for p in photos), (*before, ask))
