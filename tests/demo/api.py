"""The API alone on a free port, as a client on this computer sees it; no page beside it."""

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from openai import OpenAI
from starlette.applications import Starlette

from demo.api.app import api_routes
from demo.api.settings import ApiSettings
from demo.loader import Loader
from demo.settings import Settings
from tests.demo.fakes import photo_bytes

OFTEN = ApiSettings(rate="10000/minute")


@dataclass
class Api:
    """A running API, the models behind it, and two clients."""

    loader: Loader
    http: httpx.Client
    openai: OpenAI

    def chat(self, *messages: dict[str, Any], **more: Any) -> httpx.Response:
        body = {"model": "openophglm", "messages": list(messages), **more}
        return self.http.post("/v1/chat/completions", json=body)

    def is_free(self, within_s: float = 2.0) -> bool:
        """Whether nobody works or waits any more."""
        ends = time.monotonic() + within_s
        while time.monotonic() < ends:
            with self.loader.line.turn(threading.Event(), idle_only=True) as mine:
                if mine:
                    return True
            time.sleep(0.02)
        return False


@contextmanager
def api_over(models: Any, api: ApiSettings = OFTEN) -> Iterator[Api]:
    """The API over a pipeline, or over a Loader that a test drives."""
    loader = models
    if not isinstance(models, Loader):
        loader = Loader(lambda: models)
        loader.start()
        loader.wait(threading.Event())
    app = Starlette(routes=api_routes(loader, Settings(api=api)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    try:
        with (
            httpx.Client(base_url=address, timeout=30) as http,
            OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as openai,
        ):
            yield Api(loader, http, openai)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def data_url(seed: int = 0) -> str:
    """A drawn photo in a data URL."""
    return "data:image/png;base64," + base64.b64encode(photo_bytes(seed, (240, 320))).decode()


def user(text: str = "", *seeds: int) -> dict[str, Any]:
    """A message of the user with photos before its words."""
    photos = [{"type": "image_url", "image_url": {"url": data_url(seed)}} for seed in seeds]
    return {"role": "user", "content": [*photos, {"type": "text", "text": text}]}


def said(text: str) -> dict[str, Any]:
    """An earlier answer."""
    return {"role": "assistant", "content": text}
