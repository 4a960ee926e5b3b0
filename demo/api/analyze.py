"""POST /v1/analyze: a photo in, its findings out."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.analysis import Analysis
from demo.api.errors import ApiError, is_json, of_field
from demo.api.jobs import Jobs, listening
from demo.api.photos import PhotoMemory, Picture, picture
from demo.api.schema import AnalyzeOptions, AnalyzeRequest
from vision.catalogue import Language, say

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline

M = TypeVar("M", bound=BaseModel)
# for the API's documentation: FastAPI knows no endpoint that takes either of two kinds of body
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": AnalyzeRequest.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["image"],
                    "properties": {
                        **AnalyzeOptions.model_json_schema()["properties"],
                        "image": {"type": "string", "format": "binary"},
                    },
                }
            },
        },
    }
}


async def analyze(request: Request, jobs: Jobs, photos: PhotoMemory, spoken: Language) -> Response:
    """Findings as JSON (schema 1) with the notice; raises what keeps them from being found."""
    photo, options = await (_of_json(request) if is_json(request) else _of_form(request))

    def work(pipeline: "Pipeline", stop: threading.Event) -> Iterator[Analysis]:
        found = photos.read(pipeline, photo, stop)
        if found is not None:
            yield found

    job = jobs.start(work)
    async with listening(request, job):
        found: Analysis | None = await anext(job, None)
    if found is None:
        return Response(status_code=499)
    notice = say("notice.long", options.lang or spoken)
    return JSONResponse({**found.findings.to_dict(), "notice": notice})


async def _of_json(request: Request) -> tuple[Picture, AnalyzeOptions]:
    asked = _fits(AnalyzeRequest, await request.body())
    return picture(asked.image, asked.eye, "image"), asked


async def _of_form(request: Request) -> tuple[Picture, AnalyzeOptions]:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        wanted = "multipart/form-data, application/json"
        raise ApiError(415, "api.error.content_type", wanted=wanted)
    async with request.form(max_files=1, max_fields=4) as form:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if not files:
            raise ApiError(422, "api.error.missing", param="image", field="image")
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        options = _fits(AnalyzeOptions, fields)
        return Picture(await files[0].read(), options.eye), options


def _fits(model: type[M], given: bytes | dict[str, str]) -> M:
    try:
        if isinstance(given, bytes):
            return model.model_validate_json(given)
        return model.model_validate(given)
    except ValidationError as error:
        first = dict(error.errors(include_url=False)[0])
        if first["type"] == "json_invalid":
            raise ApiError(400, "api.error.json") from error
        raise of_field(first) from error
