"""The real page and API on a free port over a pipeline of a test's choice."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from demo.api.app import api_routes
from demo.app import build_app
from demo.loader import Loader
from demo.settings import Settings, launch_kwargs, prepare_environment
from demo.theme import looks


@contextmanager
def served(models: Any, settings: Settings | None = None) -> Iterator[str]:
    """The address of the page while the context lasts."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = replace(settings or Settings(), port=port)
    with mock.patch.dict(os.environ):
        folder = prepare_environment(os.environ)
        loader = models if isinstance(models, Loader) else Loader(lambda: models)
        app = build_app(loader, settings)
        if loader is not models:
            loader.start()
        routes = api_routes(loader, settings)
        try:
            app.launch(**launch_kwargs(settings, routes), **looks(), prevent_thread_lock=True)
            yield f"http://127.0.0.1:{port}/"
        finally:
            app.close(verbose=False)
            shutil.rmtree(folder, ignore_errors=True)
