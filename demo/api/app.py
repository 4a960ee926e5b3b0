"""The API's routes, to be served before the page's own."""

import asyncio
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from demo.api.analyze import BODY, analyze
from demo.api.chat import Chat
from demo.api.completion import MODEL
from demo.api.errors import ApiError, of_http, of_validation, response_to
from demo.api.gate import Gate
from demo.api.jobs import Jobs
from demo.api.photos import PhotoMemory
from demo.api.schema import ChatRequest
from demo.api.status import health, version
from demo.loader import Loader
from demo.settings import Settings
from vision.catalogue import Language
from vision.errors import OphError


def api_routes(loader: Loader, settings: Settings) -> list[BaseRoute]:
    """`/v1`, `/health` and `/version` over the models that the page uses too."""

    async def tell_health(request: Request) -> Response:
        status, body = health(loader, _language(request, settings))
        return JSONResponse(body, status)

    async def tell_version(request: Request) -> Response:
        return JSONResponse(version(loader, _language(request, settings)))

    return [
        Route("/health", tell_health),
        Route("/version", tell_version),
        Mount("/v1", _v1(loader, settings)),
    ]


def _language(request: Request, settings: Settings) -> Language:
    return settings.language_for(request.headers.get("accept-language"))


def _v1(loader: Loader, settings: Settings) -> FastAPI:
    docs, api = settings.api.docs, settings.api
    app = FastAPI(
        title="OpenOphGLM",
        docs_url="/docs" if docs else None,
        redoc_url=None,
        openapi_url="/openapi.json" if docs else None,
        middleware=[
            Middleware(Gate, settings),
            Middleware(RequestBodyLimitMiddleware, max_body_size=api.most_bytes),
        ],
    )
    photos = PhotoMemory(api.photos_bytes, api.photos_kept_s)
    jobs = Jobs(loader, api.most_waiting)
    chat = Chat(jobs, photos, settings)

    def forget_later() -> None:
        asyncio.get_running_loop().call_later(api.photos_kept_s + 1, photos.forget_old)

    @app.post("/analyze", openapi_extra=BODY)
    async def analyze_photo(request: Request) -> Response:
        """Findings of a photo."""
        forget_later()
        return await analyze(request, jobs, photos, _language(request, settings))

    @app.post("/chat/completions")
    async def chat_completions(asked: ChatRequest, request: Request) -> Response:
        """The next answer of a conversation."""
        forget_later()
        return await chat.answer(asked, request, asked.lang or _language(request, settings))

    @app.get("/models")
    async def list_models() -> dict[str, Any]:
        """The one model there is."""
        return {"object": "list", "data": [_MODEL]}

    @app.get("/models/{name}")
    async def one_model(name: str) -> dict[str, Any]:
        """The one model there is, by its name."""
        if name != MODEL:
            raise ApiError(404, "api.error.model", param="model", name=name, known=MODEL)
        return _MODEL

    @app.exception_handler(OphError)
    async def refuse(request: Request, error: OphError) -> Response:
        return response_to(error, _language(request, settings))

    @app.exception_handler(RequestValidationError)
    async def refuse_body(request: Request, error: RequestValidationError) -> Response:
        return response_to(of_validation(error, request), _language(request, settings))

    @app.exception_handler(HTTPException)
    async def refuse_http(request: Request, error: HTTPException) -> Response:
        return response_to(of_http(error.status_code), _language(request, settings))

    return app


_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": "openophglm"}
