"""What one training stage is made of, as frozen values read from JSON (`assistant/configs`)."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from vision.errors import InputError

CONFIGS = Path(__file__).parents[1] / "configs"
# of records: a photo's visual tokens alone; one photo, two, or a scan, with findings; the others;
# as served: dialogues and reports in people's wordings, answered as the rules answer
Kind = Literal[
    "tokens", "photo", "pair", "scan", "knowledge", "report", "plain", "served", "impression"
]


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """A low-rank adapter on every linear layer from one decoder layer on (Hu et al., 2021).

    The layers below keep their weights and need no gradient, which is half the cost of a step.
    """

    rank: int
    alpha: float
    first_layer: int


@dataclass(frozen=True, slots=True)
class StageConfig:
    """All that shapes one stage, but where things lie."""

    stage: Literal["projector", "dialogue"]
    steps: int
    rows_per_step: int  # rows whose gradients are summed before the weights move
    row_tokens: int  # the longest row; short records are packed into rows of up to this
    shares: dict[Kind, float]  # share of all tokens
    projector_lr: float  # peak; 0 keeps the projector as it is
    lora_lr: float
    lora: LoraSettings | None
    warmup: float  # share of the steps
    photos: int  # photos that records may be about, of those whose lesions are outlined
    plain_questions: float  # share of questions on photos that come without facts beside them
    validate_every: int  # steps
    projector: Literal["plain", "fusion"] = "plain"  # of a new one; a trained one stays what it is

    @staticmethod
    def read(path: Path) -> "StageConfig":
        """From a JSON file; raises InputError where it is missing or does not fit."""
        try:
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            lora = data.pop("lora")
            if data.get("projector", "plain") not in ("plain", "fusion"):
                raise ValueError(f"projector: {data['projector']}")
            return StageConfig(**data, lora=None if lora is None else LoraSettings(**lora))
        except OSError as error:
            raise InputError("error.data_missing", path=path) from error
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("train.config", path=path, detail=error) from error

    def to_json(self) -> str:
        """One line, the same for the same settings."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True, slots=True)
class FeedbackConfig:
    """All that shapes the stage that learns from readers' feedback."""

    epochs: int
    rows_per_step: int  # pairs or ratings whose gradients are summed before the weights move
    row_tokens: int  # a conversation that is longer is left out
    lora_lr: float  # peak
    beta: float  # of DPO and KTO: how dear it is to leave the adapter it began with
    sft_weight: float  # of the preferred answer's own likelihood, beside DPO
    warmup: float  # share of the steps
    replay: float  # pairs that keep what is known, for each correction
    gate_photos: int  # of the old test set
    tolerance: float  # by which a measure of the gate may fall

    @staticmethod
    def read(path: Path) -> "FeedbackConfig":
        """From a JSON file; raises InputError where it is missing or does not fit."""
        try:
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if data.pop("stage") != "feedback":
                raise ValueError("not the settings of stage feedback")
            return FeedbackConfig(**data)
        except OSError as error:
            raise InputError("error.data_missing", path=path) from error
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("train.config", path=path, detail=error) from error
