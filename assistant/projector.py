"""From the encoder's visual tokens to the language model's embedding space."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor, nn

from vision.errors import ModelError
from vision.weights import load_folder, save_folder


@dataclass(frozen=True, slots=True)
class ProjectorConfig:
    """Widths on both sides, and the scale at which the model's own embeddings live."""

    vision_width: int  # D of the encoder
    llm_width: int
    embedding_rms: float  # root mean square of the LLM's token embeddings


class Projector(nn.Module):
    """Visual tokens (B, N, D_vision) -> (B, N, D_llm), a normalised two-layer perceptron.

    The output starts at the size of the model's own embeddings, so that an untrained projector
    is noise of the right loudness rather than a shock (LLaVA-1.5's MLP, arXiv 2310.03744).
    """

    reads_questions: ClassVar[bool] = False  # whether its rows follow from the question too

    def __init__(self, config: ProjectorConfig) -> None:
        super().__init__()
        self.config = config
        self.enter = nn.LayerNorm(config.vision_width)
        self.hidden = nn.Linear(config.vision_width, config.llm_width)
        self.out = nn.Linear(config.llm_width, config.llm_width)
        self.leave = nn.LayerNorm(config.llm_width)
        nn.init.constant_(self.leave.weight, config.embedding_rms)

    def forward(self, tokens: Tensor, questions: Sequence[str] = ()) -> Tensor:
        """(B, N, D_vision) float32 -> (B, N, D_llm) float32; B questions, which it leaves out."""
        hidden = nn.functional.gelu(self.hidden(self.enter(tokens)))
        return self.leave(self.out(hidden))

    def described(self) -> dict[str, Any]:
        """Its kind and shape, as they are kept beside the weights."""
        return {"kind": "projector", **asdict(self.config)}

    def save(self, folder: Path, preprocess: dict[str, object]) -> str:
        """Write the folder (vision.weights); `preprocess` names the encoder it belongs to."""
        return save_folder(
            folder, {**self.described(), "preprocess": preprocess}, self.state_dict()
        )

    @staticmethod
    def load(folder: Path, llm_width: int, encoder_sha256: str) -> tuple["Projector", str]:
        """Read a trained projector; returns it with its weights' SHA-256.

        Raises ModelError where it was trained for another LLM width or another encoder: visual
        tokens of the wrong encoder would be noise that nobody notices.
        """
        config, state, digest = load_folder(folder)
        shape = shape_of(config, folder, llm_width, encoder_sha256)
        projector = Projector(shape)
        fill(projector, state, folder)
        return projector.eval(), digest


def shape_of(
    config: dict[str, Any], folder: Path, llm_width: int, encoder_sha256: str
) -> ProjectorConfig:
    """The shape in a folder's config; raises ModelError where it is not for these two."""
    try:
        shape = ProjectorConfig(
            config["vision_width"], config["llm_width"], config["embedding_rms"]
        )
        trained_on = config["preprocess"]["encoder_sha256"]
    except (KeyError, TypeError) as error:
        raise ModelError("error.weights_altered", path=folder) from error
    if shape.llm_width != llm_width or trained_on != encoder_sha256:
        raise ModelError("error.projector_mismatch", path=folder)
    return shape


def fill(projector: nn.Module, state: dict[str, Tensor], folder: Path) -> None:
    """Load the weights; raises ModelError where a part is missing or of another shape."""
    try:
        projector.load_state_dict(state)
    except RuntimeError as error:
        raise ModelError("error.weights_altered", path=folder) from error
