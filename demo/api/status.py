"""GET /health and GET /version: whether the models are there, and which they are."""

from typing import TYPE_CHECKING, Any

from assistant.findings import SCHEMA
from assistant.intents import SHIPPED as INTENTS
from demo.api.completion import MODEL
from demo.api.jobs import loaded
from demo.loader import Loader
from vision.catalogue import Language, say
from vision.errors import ModelError
from vision.model_config import read_config

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline


def health(loader: Loader, language: Language) -> tuple[int, dict[str, Any]]:
    """HTTP status and body: 200 where questions can be asked, also where a part is missing."""
    problems = [{"code": one.key, "message": one.text(language)} for one in loader.problems]
    body = {
        "status": loader.state,
        "problems": problems,
        "notice": say("notice.long", language),
    }
    return (200 if loader.state == "ready" else 503), body


def version(loader: Loader, language: Language) -> dict[str, Any]:
    """What answers: each part's weights by their SHA-256, the language model and its engine."""
    pipeline = loaded(loader)
    speaker = None if pipeline is None else pipeline.speaker
    return {
        "name": MODEL,
        "status": loader.state,
        "findings_schema": SCHEMA,
        "llm": None if speaker is None else speaker.engine.name,
        "engine": None if speaker is None else type(speaker.engine).__name__,
        "models": {} if pipeline is None else weights_of(pipeline),
        "notice": say("notice.long", language),
    }


def weights_of(pipeline: "Pipeline") -> dict[str, str]:
    """Part -> SHA-256 of its weights, for all parts that are loaded."""
    classifier, segmenter = pipeline.reader.classifier, pipeline.reader.segmenter
    found = {} if classifier is None else {"vision": classifier.sha256}
    if segmenter is not None:
        found |= {f"segmentation.{name}": sha for name, sha in segmenter.weights.items()}
    found |= {f"assistant.{name}": sha for name, sha in pipeline.models.items()}
    if pipeline.intents is not None:
        try:
            found["assistant.intents"] = read_config(INTENTS)["sha256"]
        except ModelError:  # taken away since it was loaded
            pass
    return found
