"""What the page may do and where it listens; every launch setting for safety and privacy is here.

Gradio takes a setting that is missing or empty from the environment, so the variables that could
open the page to the network, to more files or to Gradio's own servers are removed first.
"""

import os
import tempfile
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute

from assistant.base_llm import Kind
from demo.api.settings import ApiSettings
from vision.catalogue import LANGUAGES, Language
from vision.intake import MAX_BYTES

MOST_WAITING = 32
_REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person chooses on the command line, and the limits of one conversation."""

    host: str = "127.0.0.1"
    port: int = 7860
    language: Language | None = None  # None: the browser's language
    llm: str = "default"
    engine: Kind = "auto"
    most_turns: int = 50
    forget_after_s: int = 1800  # without use
    forget_closed_after_s: float = 60  # a page may come back when the network was gone for a moment
    db: str | None = None  # where the cases lie; None: $OPENOPHGLM_DB, else the data folder
    api: ApiSettings = field(default_factory=ApiSettings)

    def language_for(self, accepted: str | None) -> Language:
        """The language chosen, else the first of an Accept-Language header that we speak."""
        if self.language is not None:
            return self.language
        for entry in (accepted or "").split(","):
            primary = entry.split(";")[0].strip().split("-")[0].lower()
            for language in LANGUAGES:
                if primary == language:
                    return language
        return "en"


def prepare_environment(environ: MutableMapping[str, str] = os.environ) -> Path:
    """Remove Gradio's variables and give it a folder of its own, which is returned.

    Call before gradio is imported; whoever calls removes the folder at the end.
    """
    for name in [name for name in environ if name.startswith("GRADIO_")]:
        del environ[name]
    # mkdtemp makes a folder that only this user can read
    folder = tempfile.mkdtemp(prefix="openophglm-")
    environ["GRADIO_TEMP_DIR"] = folder
    environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    environ["HF_HUB_OFFLINE"] = "1"
    environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    return Path(folder)


def blocks_kwargs(settings: Settings) -> dict[str, Any]:
    """Arguments of gr.Blocks."""
    return {
        "title": "OpenOphGLM",
        "analytics_enabled": False,
        "fill_width": True,
        # files that the page shows are deleted when older than two conversations' idle time
        "delete_cache": (600, 2 * settings.forget_after_s),
    }


def queue_kwargs() -> dict[str, Any]:
    """Arguments of Blocks.queue; `api_open` False: nobody skips the queue."""
    return {"max_size": MOST_WAITING, "api_open": False, "default_concurrency_limit": 4}


def launch_kwargs(settings: Settings, routes: Sequence[BaseRoute] = ()) -> dict[str, Any]:
    """Arguments of Blocks.launch without the looks (`demo.theme.looks`).

    `routes` are served before the page's own, which take whatever address is left.
    """
    return {
        "server_name": settings.host,
        "server_port": settings.port,
        "share": False,
        "max_file_size": MAX_BYTES,
        "allowed_paths": [],
        "blocked_paths": [str(_REPOSITORY)],
        "show_error": False,
        "enable_monitoring": False,
        "footer_links": [],
        "run_history": False,
        "strict_cors": True,
        "ssr_mode": False,
        "mcp_server": False,
        "pwa": False,
        "num_workers": 0,
        "state_session_capacity": 200,
        "max_threads": 2 * MOST_WAITING,
        "app_kwargs": {
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
            "routes": list(routes),
        },
        "quiet": True,
        "inbrowser": False,
    }
