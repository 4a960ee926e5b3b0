"""Small stand-ins at the models' places: the code around them is the real one."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from assistant.analysis import Reader
from assistant.engine import Prompt, RunStats
from assistant.model import Speaker
from assistant.pipeline import Pipeline
from assistant.projector import Projector, ProjectorConfig
from assistant.visual import Sees
from segmentation.types import RetinaMap
from vision.errors import OphError
from vision.fov import FieldOfView
from vision.quality import assess
from vision.types import Diagnosis, DiseaseScore, FundusImage, Quality, Sight

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
        self.drafts: list[tuple[int, ...]] = []
        self.last_run: RunStats | None = None
        self.notice: OphError | None = None

    def embed(self, ids: Sequence[int]) -> torch.Tensor:
        """Nothing to see."""
        return torch.zeros(len(ids), self.width)

    def close(self) -> None:
        """Nothing to free."""

    def prefill(self, prompt: Prompt, stop: threading.Event) -> None:
        """Nothing to read."""

    def stream(
        self,
        prompt: Prompt,
        max_tokens: int,
        stop: threading.Event,
        draft: Sequence[int] = (),
    ) -> Iterator[int]:
        """The next text's tokens; an exception in the script is raised."""
        self.prompts.append(prompt)
        self.drafts.append(tuple(draft))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        most = 4 * max_tokens  # a token of a real model stands for about four of these
        for token in self.tokenizer(answer, add_special_tokens=False)["input_ids"][:most]:
            if stop.is_set():
                return
            yield token

    def heard(self) -> str:
        """The last prompt as text, visual places left out."""
        return self.tokenizer.decode([i for i in self.prompts[-1].ids if i >= 0])


FUNDUS = Quality("cfp", "yes", 0.9)
SCAN = Quality("oct", "no", 0.0, ("quality.oct",))


def scores(**probabilities: float) -> tuple[DiseaseScore, ...]:
    """Diabetic retinopathy at 90%, all else at 10%; uncertain between 33 and 67%."""
    each = dict.fromkeys("NDGCAHMO", 0.1) | {"D": 0.9} | probabilities
    return tuple(DiseaseScore(code, p, 0.5, 0.3333, 0.6667) for code, p in each.items())


class FakeClassifier:
    """Moderate diabetic retinopathy in every photo that the rules can read; scans show edema.

    The tokens hold the photo's mean colour. `changed` replaces parts of the diagnosis.
    """

    sha256 = "c" * 64

    def __init__(self, quality: Quality | None = None, **changed: Any) -> None:
        self.quality = quality
        self.changed = changed

    def look(self, image: FundusImage, fov: FieldOfView) -> Sight:
        """The same for all images of one kind."""
        quality = self.quality or assess(image.pixels, fov)
        fundus = quality.modality == "cfp" and quality.gradable != "no"
        diagnosis = Diagnosis(scores(), (0.0, 0.1, 0.8, 0.1, 0.0), (0.7, 0.2, 0.1))
        colour = float(image.pixels.mean())
        return Sight(
            quality,
            replace(diagnosis, **self.changed) if fundus else None,
            (0.02, 0.81, 0.05, 0.03, 0.01, 0.05, 0.03) if quality.modality == "oct" else None,
            np.full((4, 6), colour, np.float32),
            np.full((6, 3, 3), colour, np.float32),
            {code: np.full((3, 3), 0.5, np.float32) for code in "NDGCAHMO"} if fundus else {},
            self.sha256,
        )


class FailingClassifier:
    """A classifier that fails on every image."""

    sha256 = "c" * 64

    def look(self, image: FundusImage, fov: FieldOfView) -> Sight:
        """Fails."""
        raise RuntimeError("out of memory")


class SquareSegmenter:
    """One square haemorrhage in the middle of every photo."""

    weights: ClassVar = {"lesions": "5" * 64}

    def segment(self, image: FundusImage, fov: FieldOfView) -> RetinaMap:
        """Nothing but lesions."""
        return RetinaMap(self.lesions(image, fov), None, None, None, None, self.weights)

    def lesions(self, image: FundusImage, fov: FieldOfView) -> dict[str, np.ndarray]:
        """Masks of the photo's size; all classes but HE are empty."""
        masks = {c: np.zeros(image.pixels.shape[:2], bool) for c in ("MA", "HE", "EX", "SE")}
        y, x = image.height // 2, image.width // 2
        masks["HE"][y - 10 : y + 10, x - 10 : x + 10] = True
        return masks


def tiny_projector() -> Projector:
    """From the fake classifier's tokens to the scripted engine's width."""
    torch.manual_seed(0)
    return Projector(ProjectorConfig(6, ScriptedEngine.width, 0.02)).eval()


def scripted_pipeline(
    *answers: str | Exception,
    classifier: Sees | None = None,
    projector: Projector | None = None,
) -> tuple[Pipeline, ScriptedEngine]:
    """The real pipeline over fake models that says these answers one after another."""
    tokenizer = byte_tokenizer()
    engine = ScriptedEngine(tokenizer, *answers)
    speaker = Speaker(tokenizer, engine, projector)
    reader = Reader(classifier or FakeClassifier(), SquareSegmenter())
    return Pipeline(reader, speaker, {}, []), engine
