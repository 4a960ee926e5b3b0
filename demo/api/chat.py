"""POST /v1/chat/completions: a conversation in, its next answer out, at once or as a stream."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from fastapi.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from assistant.draft import AnswerEvent
from demo.api.completion import MODEL, Completion, failed
from demo.api.conversation import Begun, Usage, exchanges, replay
from demo.api.errors import ApiError, body_of
from demo.api.jobs import Job, Jobs, listening
from demo.api.photos import PhotoMemory
from demo.api.schema import ChatRequest
from demo.settings import Settings
from vision.catalogue import Language
from vision.errors import OphError

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline

GONE = 499  # nginx's number for a client that left; nobody reads it


class Chat:
    """Answers conversations; holds what all clients share, and nothing of any client."""

    def __init__(self, jobs: Jobs, photos: PhotoMemory, settings: Settings) -> None:
        self._jobs = jobs
        self._photos = photos
        self._settings = settings

    async def answer(self, asked: ChatRequest, request: Request, spoken: Language) -> Response:
        """The response to a request; raises what keeps it from being answered.

        The photos are read before a stream begins, so that one that cannot be read has its status.
        """
        if asked.model != MODEL:
            raise ApiError(404, "api.error.model", param="model", name=asked.model, known=MODEL)
        most = self._settings.most_turns
        conversation = await asyncio.to_thread(exchanges, asked.messages, most)
        unread = any(one.role in ("system", "developer") for one in asked.messages)

        def work(pipeline: "Pipeline", stop: threading.Event) -> Iterator[Any]:
            return replay(pipeline, conversation, asked.lang, spoken, self._photos, stop)

        job = self._jobs.start(work)
        async with listening(request, job):
            begun = await anext(job, None)
            if not isinstance(begun, Begun):
                return Response(status_code=GONE)
            completion = Completion(begun, unread)
            if not asked.stream:
                return await _at_once(job, completion)
        tell_usage = bool(asked.stream_options and asked.stream_options.include_usage)
        return _Stream(job, completion, spoken, tell_usage=tell_usage)


async def _at_once(job: Job, completion: Completion) -> Response:
    event, usage = AnswerEvent(""), None
    async for item in job:
        if isinstance(item, AnswerEvent):
            event = item
        else:
            usage = item
    if usage is None:
        return Response(status_code=GONE)
    return JSONResponse(completion.whole(event, usage))


class _Stream(EventSourceResponse):
    """Chunks as the answer grows; the job ends when nobody reads them any more."""

    def __init__(
        self, job: Job, completion: Completion, spoken: Language, *, tell_usage: bool
    ) -> None:
        super().__init__(_chunks(job, completion, spoken, tell_usage=tell_usage))
        self._job = job

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._job.stop()


async def _chunks(
    job: Job, completion: Completion, spoken: Language, *, tell_usage: bool
) -> AsyncIterator[bytes]:
    yield completion.opening()
    event = AnswerEvent("")
    try:
        async for item in job:
            if isinstance(item, Usage):
                for chunk in completion.ending(event, item, tell_usage=tell_usage):
                    yield chunk
            else:
                event = item
                for chunk in completion.more(event):
                    yield chunk
    except OphError as error:  # the status is sent already
        yield failed(body_of(error, spoken))
