"""Small stand-ins at the models' places: the code around them is the real one."""

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from assistant.analysis import Reader
from assistant.engine import Prompt, RunStats
from assistant.model import Speaker
from assistant.pipeline import Pipeline
from segmentation.types import RetinaMap
from vision.fov import FieldOfView
from vision.types import Diagnosis, DiseaseScore, FundusImage

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIAL = ("<|im_start|>", "<|im_end|>", "<|image_pad|>")


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte plus ChatML's special tokens: exact for any language, made in-process."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)}, []))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|im_end|>"
    )
    tokenizer.add_special_tokens({"extra_special_tokens": list(SPECIAL)})
    tokenizer.chat_template = CHATML
    return tokenizer


class ScriptedEngine:
    """An engine that says the next of its texts, byte by byte, and remembers its prompts."""

    name = "scripted"
    width = 8
    context_tokens = 20_000

    def __init__(self, tokenizer: PreTrainedTokenizerFast, *answers: str | Exception) -> None:
        self.tokenizer = tokenizer
        self.answers = list(answers)
        self.prompts: list[Prompt] = []
        self.last_run: RunStats | None = None

    def embed(self, ids: Sequence[int]) -> torch.Tensor:
        """Nothing to see."""
        return torch.zeros(len(ids), self.width)

    def close(self) -> None:
        """Nothing to free."""

    def stream(self, prompt: Prompt, max_tokens: int, stop: threading.Event) -> Iterator[int]:
        """The next text's tokens; an exception in the script is raised."""
        self.prompts.append(prompt)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        for token in self.tokenizer(answer, add_special_tokens=False)["input_ids"][:max_tokens]:
            if stop.is_set():
                return
            yield token

    def heard(self) -> str:
        """The last prompt as text, visual places left out."""
        return self.tokenizer.decode([i for i in self.prompts[-1].ids if i >= 0])


class ConstantClassifier:
    """Diabetic retinopathy, moderate, in every photo; the tokens hold the photo's mean colour."""

    sha256 = "c" * 64

    def diagnose(self, image: FundusImage, fov: FieldOfView) -> Diagnosis:
        """The same diagnosis for all."""
        scores = tuple(DiseaseScore(c, 0.9 if c == "D" else 0.1, 0.5) for c in "NDGCAHMO")
        tokens = np.full((4, 6), image.pixels.mean(), np.float32)
        return Diagnosis(scores, (0.0, 0.1, 0.8, 0.1, 0.0), tokens, self.sha256)


class SquareSegmenter:
    """One square haemorrhage in the middle of every photo."""

    def segment(self, image: FundusImage, fov: FieldOfView) -> RetinaMap:
        """Masks of the photo's size; all classes but HE are empty."""
        masks = {c: np.zeros(image.pixels.shape[:2], bool) for c in ("MA", "HE", "EX", "SE")}
        y, x = image.height // 2, image.width // 2
        masks["HE"][y - 10 : y + 10, x - 10 : x + 10] = True
        return RetinaMap(masks, None, None, None, None, {"lesions": "5" * 64})


def scripted_pipeline(*answers: str | Exception) -> tuple[Pipeline, ScriptedEngine]:
    """The real pipeline over fake models that says these answers one after another."""
    tokenizer = byte_tokenizer()
    engine = ScriptedEngine(tokenizer, *answers)
    speaker = Speaker(tokenizer, engine, None)
    return Pipeline(Reader(ConstantClassifier(), SquareSegmenter()), speaker, {}, []), engine
