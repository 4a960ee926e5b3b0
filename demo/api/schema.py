"""What a request may hold: OpenAI's fields as far as they mean something here, and two of ours.

Fields that steer a model's sampling are taken and not used: answers are decoded greedily.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from vision.catalogue import Language
from vision.types import Eye


class ImageUrl(BaseModel):
    """Where a photo is: in the text itself."""

    url: str = Field(description="data:image/jpeg;base64,...")


class TextPart(BaseModel):
    """Words of a message."""

    type: Literal["text"]
    text: str


class ImagePart(BaseModel):
    """A photo of a message; `eye` is ours."""

    type: Literal["image_url"]
    image_url: ImageUrl
    eye: Eye = "unknown"


Part = Annotated[TextPart | ImagePart, Field(discriminator="type")]


def _as_parts(content: Any) -> Any:
    if content is None:
        return []
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


class ChatMessage(BaseModel):
    """One message; those of system and developer are not read."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[
        list[Part], BeforeValidator(_as_parts, json_schema_input_type=str | list[Part] | None)
    ] = Field(default_factory=list)


class StreamOptions(BaseModel):
    """What a stream ends with."""

    include_usage: bool = False


class ResponseFormat(BaseModel):
    """Answers are plain text."""

    type: Literal["text"] = "text"


class ChatRequest(BaseModel):
    """A conversation whose last message is to be answered; `lang` is ours."""

    model: str
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    lang: Language | None = Field(None, description="default: the language of the question")
    # what cannot be had is refused, so that nobody waits for it in vain
    n: Literal[1] | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    logprobs: Literal[False] | None = None
    response_format: ResponseFormat | None = None


class AnalyzeOptions(BaseModel):
    """What may be said of a photo besides its pixels, and the language of the notice."""

    eye: Eye = "unknown"
    lang: Language | None = None


class AnalyzeRequest(AnalyzeOptions):
    """A photo to be analysed."""

    image: str = Field(description="data:image/jpeg;base64,...")
