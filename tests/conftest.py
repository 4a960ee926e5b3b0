"""What holds for every test: no network beyond this machine, no user's cache touched."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

import vision.compat  # noqa: F401  before any test imports transformers

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

_LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0")  # noqa: S104 (compared, never bound)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Any connection that leaves this machine fails the test that made it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOCAL:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield
