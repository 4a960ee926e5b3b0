"""Chromium from the system, driven by Playwright; skips where it is not installed."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser that runs while the context lasts."""
    if not CHROMIUM.is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}; install Debian's package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """One open page: what a person does there, by what it means."""

    def __init__(
        self, browser: Any, address: str, width: int = 1440, locale: str = "en-US"
    ) -> None:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale)
        self.page = context.new_page()
        self.page.set_default_timeout(120_000)  # models on two slow cores
        self.faults: list[str] = []
        self.outside: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url, address))
        self.page.goto(address)
        self.page.wait_for_selector("#composer .submit-button")
        self.page.wait_for_selector("#chip-3")

    def _note(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.outside.append(url)

    def attach(self, file: Path) -> None:
        """Choose a photo and wait until it is uploaded."""
        self.page.set_input_files("#composer input[type=file]", str(file))
        self.page.wait_for_selector("#composer .thumbnail-item")

    def send(self, text: str = "") -> None:
        """Write and send; returns at once."""
        if text:
            self.page.fill("#composer textarea", text)
        self.page.click("#composer .submit-button")

    def wait_for_answer(self) -> None:
        """Wait until an answer is under way and has ended."""
        self.page.wait_for_selector("#composer .stop-button")
        self.page.wait_for_selector("#composer .submit-button")

    @property
    def chat(self) -> str:
        """All words of the conversation."""
        return str(self.page.inner_text("#chat"))

    @property
    def answers(self) -> list[str]:
        """The assistant's bubbles that are neither steps nor hints."""
        rows = self.page.query_selector_all("#chat .bot-row:not(:has(.thought-group))")
        return [row.inner_text() for row in rows]

    def picture(self) -> str:
        """Address of the photo shown at the right."""
        return str(self.page.get_attribute("#photo img", "src"))

    def wait_for_other_picture(self, before: str) -> None:
        """Wait until another picture than `before` is shown."""
        self.page.wait_for_function(
            "before => document.querySelector('#photo img').src !== before", arg=before
        )


@contextmanager
def real_demo(*options: str) -> Iterator[str]:
    """The address of a freshly started demo."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "demo", "--port", str(port), *options]
    with subprocess.Popen(command, cwd=ROOT) as server:
        try:
            for _ in range(600):
                time.sleep(0.2)
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
