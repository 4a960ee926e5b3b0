"""A projector that also reads the question: encoder, text tower and fusion before the LLM.

OphGLM's own form. The encoder's text tower reads the question and the expert phrases of the
likeliest diseases; the visual tokens attend to these and are projected as they are by the plain
form (assistant.projector). As many rows come out as go in. They follow from the question, so the
LLM reads a photo anew with every question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from assistant.projector import Projector, ProjectorConfig, fill, shape_of
from segmentation.labels import LESIONS
from vision.classifier import Classifier
from vision.config import SHIPPED
from vision.errors import ModelError
from vision.labels import DISEASES
from vision.model_config import read_config
from vision.texts import TextTower
from vision.weights import load_folder

PHRASES_EACH = 4  # of a disease


@dataclass(frozen=True, slots=True)
class FusionConfig:
    """The shape of what stands before the plain projector."""

    text_width: int  # E of the space shared with images
    width: int = 256  # of the attention
    heads: int = 4
    top: int = 3  # likeliest diseases whose phrases are read
    diseases: int = len(DISEASES)
    phrases: int = PHRASES_EACH


class FusionProjector(Projector):
    """Visual tokens (B, N, D_vision) and B questions -> (B, N, D_llm).

    Which diseases are likeliest is read from the tokens themselves, by the classifier's calibrated
    disease head on the mean of their grid. Starts as the plain projector: fusion adds nothing yet.
    """

    reads_questions: ClassVar[bool] = True

    def __init__(self, config: ProjectorConfig, fusion: FusionConfig, tower: TextTower) -> None:
        super().__init__(config)
        self.fusion = fusion
        self._tower = tower  # belongs to the encoder: neither trained nor kept here
        width = fusion.width
        self.see = nn.Sequential(
            nn.LayerNorm(config.vision_width), nn.Linear(config.vision_width, width)
        )
        self.read = nn.Sequential(
            nn.LayerNorm(fusion.text_width), nn.Linear(fusion.text_width, width)
        )
        self.likely = nn.Linear(1, width)
        self.asked = nn.Parameter(0.02 * torch.randn(width))
        self.attend = nn.MultiheadAttention(width, fusion.heads, batch_first=True)
        self.back = nn.Linear(width, config.vision_width)
        nn.init.zeros_(self.back.weight)
        nn.init.zeros_(self.back.bias)
        shape = (fusion.diseases, fusion.phrases, fusion.text_width)
        self.phrases: Tensor
        self.head: Tensor
        self.offset: Tensor
        self.register_buffer("phrases", torch.zeros(shape))
        self.register_buffer("head", torch.zeros(fusion.diseases, config.vision_width))
        self.register_buffer("offset", torch.zeros(fusion.diseases))

    @staticmethod
    def between(
        config: ProjectorConfig, classifier: Classifier, phrases: Mapping[str, Sequence[str]]
    ) -> "FusionProjector":
        """A new one on this classifier, with the phrases of each disease (PHRASES_EACH of them).

        What it takes from the classifier is rounded as it will be saved.
        """
        tower = TextTower(classifier.model, classifier.sha256)
        projector = FusionProjector(config, FusionConfig(tower.width), tower)
        head = classifier.model.heads["disease"]
        if not isinstance(head, nn.Linear):
            raise TypeError(f"the disease head is a {type(head).__name__}, no linear layer")
        points = classifier.calibration.diseases.values()
        slope = torch.tensor([point.slope for point in points])
        offset = torch.tensor([point.offset for point in points])
        with torch.no_grad():
            texts = [tower.read(phrases[code]) for code in DISEASES]
            projector.phrases.copy_(torch.stack(texts).half())
            projector.head.copy_((head.weight * slope[:, None]).half())
            projector.offset.copy_((head.bias * slope + offset).half())
        return projector

    def forward(self, tokens: Tensor, questions: Sequence[str] = ()) -> Tensor:
        """(B, N, D_vision) float32 and B questions -> (B, N, D_llm) float32."""
        if len(questions) != len(tokens):
            raise ValueError(f"{len(tokens)} photos, but {len(questions)} questions")
        text = self._text(tokens, questions)
        seen = self.see(tokens)
        told, _ = self.attend(seen, text, text, need_weights=False)
        return super().forward(tokens + self.back(told))

    def probabilities(self, tokens: Tensor) -> Tensor:
        """Tokens (B, N, D) -> (B, L) of each disease, as the classifier would say it, nearly.

        The grid's windows overlap, so their mean is not quite the mean over the photo.
        """
        grid = tokens[:, : -len(LESIONS)].float().mean(1)
        # no matrix product, which autocast would round: the order decides what is read
        logits = (grid[:, None] * self.head).sum(-1) + self.offset
        return logits.sigmoid()

    def _text(self, tokens: Tensor, questions: Sequence[str]) -> Tensor:
        """(B, 1 + top * phrases, width): the question, then the likeliest diseases' phrases."""
        question = self.read(self._tower.read(questions).to(tokens.device)) + self.asked
        likely, which = self.probabilities(tokens).topk(self.fusion.top, dim=1)
        words = self.read(self.phrases)[which] + self.likely(likely[:, :, None])[:, :, None]
        return torch.cat([question[:, None], words.flatten(1, 2)], dim=1)

    def described(self) -> dict[str, Any]:
        """Its kind and shape, as they are kept beside the weights."""
        return {"kind": "fusion", **asdict(self.config), "fusion": asdict(self.fusion)}


def load_projector(
    folder: Path, llm_width: int, encoder_sha256: str, encoder: Path = SHIPPED
) -> tuple[Projector, str]:
    """Read a trained projector of either kind; returns it with its weights' SHA-256.

    `encoder` is the folder whose text tower a fusing one reads with. Raises ModelError where a
    part is missing or altered, or was trained for another LLM width or another encoder.
    """
    if read_config(folder).get("kind") != "fusion":
        return Projector.load(folder, llm_width, encoder_sha256)
    config, state, digest = load_folder(folder)
    shape = shape_of(config, folder, llm_width, encoder_sha256)
    tower = TextTower.load(encoder)
    if tower.sha256 != encoder_sha256:
        raise ModelError("error.projector_mismatch", path=folder)
    try:
        fusion = FusionConfig(**config["fusion"])
        projector = FusionProjector(shape, fusion, tower)
    except (KeyError, TypeError, ValueError, AssertionError) as error:
        raise ModelError("error.weights_altered", path=folder) from error
    if fusion.text_width != tower.width:
        raise ModelError("error.projector_mismatch", path=folder)
    fill(projector, state, folder)
    return projector.eval(), digest
