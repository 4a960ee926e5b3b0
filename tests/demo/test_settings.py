"""What the page may do: python -m pytest tests/demo/test_settings.py"""

import inspect
import socket
from pathlib import Path

import gradio as gr
import pytest

from demo.__main__ import main, parse, require_free_port
from demo.settings import (
    Settings,
    blocks_kwargs,
    launch_kwargs,
    prepare_environment,
    queue_kwargs,
)
from demo.theme import looks
from vision.errors import ResourceError


def test_every_launch_setting_exists_in_this_gradio() -> None:
    known = inspect.signature(gr.Blocks.launch).parameters
    assert set(launch_kwargs(Settings())) | set(looks()) <= set(known)
    assert set(blocks_kwargs(Settings())) <= set(inspect.signature(gr.Blocks).parameters)
    assert set(queue_kwargs()) <= set(inspect.signature(gr.Blocks.queue).parameters)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server_name", "127.0.0.1"),
        ("share", False),
        ("max_file_size", 25_000_000),
        ("allowed_paths", []),
        ("show_error", False),
        ("enable_monitoring", False),
        ("footer_links", []),
        ("run_history", False),
        ("strict_cors", True),
        ("ssr_mode", False),
        ("mcp_server", False),
        ("state_session_capacity", 200),
    ],
)
def test_the_page_is_private_by_default(name: str, value: object) -> None:
    assert launch_kwargs(Settings())[name] == value


def test_the_repository_is_never_served() -> None:
    assert launch_kwargs(Settings())["blocked_paths"] == [str(Path(__file__).parents[2])]


def test_variables_that_would_open_the_page_are_removed() -> None:
    environ = {
        "GRADIO_SHARE": "true",
        "GRADIO_ALLOWED_PATHS": "/",
        "GRADIO_SERVER_NAME": "0.0.0.0",  # noqa: S104
        "GRADIO_ROOT_PATH": "https://elsewhere.example",
        "HOME": "/home/somebody",
    }
    folder = prepare_environment(environ)
    assert {name for name in environ if name.startswith("GRADIO_")} == {
        "GRADIO_TEMP_DIR",
        "GRADIO_ANALYTICS_ENABLED",
    }
    assert environ["HOME"] == "/home/somebody"
    assert folder.stat().st_mode & 0o077 == 0, "only this user may read what is served"
    folder.rmdir()


def test_a_taken_port_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ResourceError, match=f"Port {port} on 127.0.0.1 cannot be used"):
            require_free_port("127.0.0.1", port)


def test_a_taken_port_ends_with_status_2_in_the_chosen_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr("sys.argv", ["demo", "--port", str(port), "--lang", "zh"])
        assert main() == 2
    assert f"无法使用 127.0.0.1 的端口 {port}" in capsys.readouterr().err


def test_the_command_line_sets_host_port_language_and_models() -> None:
    settings = parse(["--port", "8000", "--lang", "zh", "--llm", "folder"])
    assert (settings.host, settings.port, settings.language) == ("127.0.0.1", 8000, "zh")
    assert settings.llm == "folder"


def test_wrong_usage_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["--lang", "xx"])
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
