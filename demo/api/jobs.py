"""Work of the models for the API: in a thread, in the line where the page waits too.

A job whose client has gone ends at its next token, and the next in line begins.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request

from demo.api.errors import ApiError
from demo.loader import Loader
from demo.trace import noted
from vision.errors import OphError

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline

Work = Callable[["Pipeline", threading.Event], Iterator[Any]]
_END: Final = object()
_LOADING_S = 5.0  # after which a client may ask again
_BUSY_S = 15.0
_log = logging.getLogger(__name__)


class Job:
    """Items of work as they come; what failed there is raised here, as an OphError."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._items: asyncio.Queue[Any] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        """End the work soon; does nothing where it has ended."""
        self._stop.set()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        item = await self._items.get()
        if item is _END:
            raise StopAsyncIteration
        if isinstance(item, OphError):
            raise item
        return item

    def run(self, work: Work, pipeline: "Pipeline", loader: Loader) -> None:
        """Wait in line, then work; called in a thread."""
        try:
            with loader.line.turn(self._stop) as mine:
                for item in work(pipeline, self._stop) if mine else ():
                    self._tell(item)
        except OphError as error:
            self._tell(error)
        except Exception:  # a client must get a sentence, whatever went wrong
            trace = noted(_log, "a request failed")
            self._tell(ApiError(500, "api.error.unexpected", trace=trace))
        finally:
            self._tell(_END)

    def _tell(self, item: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the server has closed meanwhile
            self._loop.call_soon_threadsafe(self._items.put_nowait, item)


class Jobs:
    """Starts work where the models are there and the line is not too long."""

    def __init__(self, loader: Loader, most_waiting: int) -> None:
        self._loader = loader
        self._places = threading.BoundedSemaphore(most_waiting)

    def start(self, work: Work) -> Job:
        """Begin; raises an error of status 503 without models, or where too many wait."""
        pipeline = self._ready()
        if not self._places.acquire(blocking=False):
            raise ApiError(503, "api.error.busy", retry_after_s=_BUSY_S)
        job = Job()

        def run() -> None:
            try:
                job.run(work, pipeline, self._loader)
            finally:
                self._places.release()

        threading.Thread(target=run, name="api-job", daemon=True).start()
        return job

    def _ready(self) -> "Pipeline":
        pipeline, problems = loaded(self._loader), self._loader.problems
        if pipeline is not None:
            return pipeline
        self._loader.start()  # what failed is tried again
        raise (
            problems[0]
            if problems
            else ApiError(503, "api.error.loading", retry_after_s=_LOADING_S)
        )


def loaded(loader: Loader) -> "Pipeline | None":
    """The models, None where they are not there (yet)."""
    return loader.wait(threading.Event()) if loader.state == "ready" else None


@contextlib.asynccontextmanager
async def listening(request: Request, job: Job) -> AsyncIterator[None]:
    """Stop a job whose client goes away before its response begins."""

    async def listen() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        job.stop()

    listener = asyncio.create_task(listen())
    try:
        yield
    except BaseException:
        job.stop()
        raise
    finally:
        listener.cancel()
