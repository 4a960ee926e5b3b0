"""What the API says when it cannot answer: OpenAI's shape, our sentences."""

import math
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from vision.catalogue import Language
from vision.errors import InputError, OphError

_OF_KEY = {
    "intake.too_large": 413,
    "intake.too_many_pixels": 413,
    "intake.not_an_image": 415,
    "intake.other_format": 415,
}
_TYPES = {401: "authentication_error", 429: "rate_limit_error"}
_OF_HTTP = {  # what the framework refuses -> the catalogue's sentence
    400: "api.error.body",
    404: "api.error.not_found",
    405: "api.error.method",
    413: "api.error.too_large",
}


class ApiError(OphError):
    """A refusal with its HTTP status; `param` names the field of the request that is at fault."""

    def __init__(
        self,
        status: int,
        key: str,
        *,
        param: str | None = None,
        retry_after_s: float | None = None,
        **values: object,
    ) -> None:
        super().__init__(key, **values)
        self.status = status
        self.param = param
        self.headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        if retry_after_s is not None:
            self.headers["Retry-After"] = str(max(1, math.ceil(retry_after_s)))


def body_of(error: OphError, language: Language) -> dict[str, Any]:
    """An error as OpenAI's clients read it; `code` is the sentence's key in the catalogue."""
    status = status_of(error)
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return {
        "error": {
            "message": error.text(language),
            "type": _TYPES.get(status, kind),
            "code": error.key.removeprefix("api.error."),
            "param": getattr(error, "param", None),
        }
    }


def status_of(error: OphError) -> int:
    """The HTTP status of any of our errors: input that cannot be used is 422, the rest is ours."""
    if isinstance(error, ApiError):
        return error.status
    return _OF_KEY.get(error.key, 422 if isinstance(error, InputError) else 503)


def response_to(error: OphError, language: Language) -> JSONResponse:
    """An error as a response."""
    headers = getattr(error, "headers", None)
    return JSONResponse(body_of(error, language), status_of(error), headers)


def of_validation(error: RequestValidationError, request: Request) -> ApiError:
    """What is wrong with a body that does not fit: not JSON, a field missing, a wrong value."""
    first = error.errors()[0]
    if not is_json(request):
        return ApiError(415, "api.error.content_type", wanted="application/json")
    if first["type"] == "json_invalid":
        return ApiError(400, "api.error.json")
    return of_field(first)


def of_field(first: dict[str, Any]) -> ApiError:
    """The first complaint of pydantic as a sentence that names the field."""
    param = ".".join(str(place) for place in first["loc"] if place != "body")
    if first["type"] == "missing":
        return ApiError(422, "api.error.missing", param=param, field=param or "body")
    detail = first["msg"]
    return ApiError(422, "api.error.field", param=param, field=param or "body", detail=detail)


def of_http(status: int) -> ApiError:
    """What the framework refuses of its own accord."""
    key = _OF_HTTP.get(status)
    if key is not None:
        return ApiError(status, key)
    return ApiError(status, "api.error.http", reason=HTTPStatus(status).phrase)


def is_json(request: Request) -> bool:
    """Whether a request says that its body is JSON."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")
