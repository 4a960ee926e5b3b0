"""`python -m demo`: serve the page and the HTTP API on this computer."""

import os
import shutil
import signal
import socket
import sys
from argparse import ArgumentTypeError
from collections.abc import Sequence
from typing import TYPE_CHECKING

from limits import parse as parse_rate

from assistant.base_llm import KINDS
from assistant.release import share_arenas
from demo.api.settings import TOKEN_VARIABLE, ApiSettings
from demo.settings import Settings, launch_kwargs, prepare_environment
from vision.catalogue import LANGUAGES, say
from vision.command import Parser, run
from vision.errors import ResourceError

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline


def main() -> int:
    """Serve until interrupted; 2 where nobody can listen at the address."""
    share_arenas()  # the page works in some twenty threads, most of them for one photo
    settings = parse(sys.argv[1:])
    try:
        require_free_port(settings.host, settings.port)
    except ResourceError as error:
        print(error.text(settings.language or "en"), file=sys.stderr)
        return 2
    folder = prepare_environment()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the folder is removed
    try:
        _serve(settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def parse(arguments: Sequence[str]) -> Settings:
    """The settings that a command line asks for."""
    default = Settings()
    parser = Parser(prog="python -m demo", description="Serve the chat page and the HTTP API.")
    parser.add_argument("--host", default=default.host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", default=default.port, type=int, help="port (%(default)s)")
    parser.add_argument("--lang", choices=LANGUAGES, help="default: the browser's language")
    parser.add_argument("--llm", default=default.llm, help="folder or hub id of another LLM")
    parser.add_argument(
        "--engine", default=default.engine, choices=KINDS, help="runs the LLM (%(default)s)"
    )
    parser.add_argument(
        "--db", metavar="URL", help="database of the cases, as SQLAlchemy names it ($OPENOPHGLM_DB)"
    )
    parser.add_argument(
        "--api-token",
        default=os.environ.get(TOKEN_VARIABLE),
        metavar="T",
        help=f"what /v1 asks for; others on this computer can read it, unlike ${TOKEN_VARIABLE}",
    )
    parser.add_argument(
        "--api-rate",
        default=default.api.rate,
        metavar="R",
        type=_rate,
        help="requests to /v1 for each client (%(default)s)",
    )
    parser.add_argument("--api-docs", action="store_true", help="describe the API at /v1/docs")
    chosen = parser.parse_args(arguments)
    if chosen.api_token == "":
        parser.error(say("api.token_empty", chosen.lang or "en", variable=TOKEN_VARIABLE))
    api = ApiSettings(chosen.api_token, chosen.api_docs, chosen.api_rate)
    return Settings(
        chosen.host, chosen.port, chosen.lang, chosen.llm, chosen.engine, db=chosen.db, api=api
    )


def _rate(text: str) -> str:
    try:
        parse_rate(text)
    except ValueError as error:
        raise ArgumentTypeError(say("api.rate_wrong", "en")) from error
    return text


def require_free_port(host: str, port: int) -> None:
    """Raises ResourceError where the port is taken; asked before the slow imports."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        raise ResourceError("demo.error.port", host=host, port=port) from error


def _serve(settings: Settings) -> None:
    # gradio reads the environment when it is imported, so this comes after prepare_environment
    from demo.api.app import api_routes
    from demo.app import build_app
    from demo.loader import Loader
    from demo.theme import looks

    def load() -> "Pipeline":
        from assistant.pipeline import Pipeline

        return Pipeline.load(settings.llm, settings.engine)

    loader = Loader(load)
    app = build_app(loader, settings)
    routes = api_routes(loader, settings)
    app.launch(**launch_kwargs(settings, routes), **looks(), prevent_thread_lock=True)
    loader.start()
    print(say("demo.serving", settings.language or "en", url=app.local_url), flush=True)
    app.block_thread()


if __name__ == "__main__":
    run(main)
