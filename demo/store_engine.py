"""The case store's database: where it is, how it is opened, and its failures as sentences.

SQLite in the user's data folder unless a URL of SQLAlchemy says otherwise. Write-ahead logging lets
one process read while another writes; a writer waits its turn for some seconds; what is deleted is
overwritten with zeros. No file is ever replaced: one that cannot be read stays as it is.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool

from assistant.storage import data_root
from demo.store_migrate import migrate
from demo.store_schema import VERSION, Base, MetaRow
from vision.errors import OphError, ResourceError

_VARIABLE = "OPENOPHGLM_DB"
_PRAGMAS = ("foreign_keys=ON", "secure_delete=ON", "journal_mode=WAL", "synchronous=FULL")
# what SQLite says -> the sentence for the reader; the first that fits
_FAULTS = (
    ("locked", "store.locked"),
    ("busy", "store.locked"),
    ("readonly", "store.read_only"),
    ("permission denied", "store.no_permission"),
    ("unable to open", "store.gone"),
    ("no such table", "store.gone"),
    ("not a database", "store.corrupted"),
    ("malformed", "store.corrupted"),
    ("encrypted", "store.corrupted"),
    ("full", "store.full"),
)


def place_of(url: str | None = None) -> URL:
    """The URL that is given, else $OPENOPHGLM_DB, else `cases.db` in the user's data folder."""
    told = url or os.environ.get(_VARIABLE)
    if not told:
        return URL.create("sqlite", database=str(data_root() / "cases.db"))
    try:
        return make_url(told)
    except ArgumentError as error:
        raise ResourceError("store.bad_url") from error


def connect(url: URL, wait_s: float) -> Engine:
    """An engine whose tables are there and of our version; raises ResourceError."""
    with readable_errors(url):
        engine = _engine(url, wait_s)
        try:
            with writing(engine) as connection:
                Base.metadata.create_all(connection)
                found = connection.scalar(select(MetaRow.value).where(MetaRow.key == "schema"))
                if found is None:
                    row = {"key": "schema", "value": str(VERSION)}
                    connection.execute(insert(MetaRow), row)
                elif found != str(VERSION):
                    migrate(connection, found)
        except BaseException:
            engine.dispose()
            raise
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: all of it or nothing. Its turn is waited for at its begin."""
    with engine.connect().execution_options(begins="BEGIN IMMEDIATE") as connection:
        with connection.begin():
            yield connection


@contextmanager
def readable_errors(url: URL) -> Iterator[None]:
    """Failures of the database as ResourceError with one sentence; a password is never shown."""
    place = url.database or url.render_as_string(hide_password=True)
    try:
        yield
    except OphError:
        raise
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ResourceError("store.bad_url") from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        cause = str(getattr(error, "orig", error)).lower()
        key = next((key for sign, key in _FAULTS if sign in cause), "store.failed")
        remote = isinstance(error, OperationalError) and url.get_backend_name() != "sqlite"
        raise ResourceError("store.gone" if remote else key, place=place) from error


def _engine(url: URL, wait_s: float) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    options: dict[str, Any]
    if url.database in (None, "", ":memory:"):
        options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    else:
        file = Path(str(url.database)).expanduser().resolve()
        _make(file)
        # mode=rw: a file that was moved away is an error, not a new and empty store
        name = f"file:{quote(str(file))}?mode=rw"
        options = {
            "poolclass": NullPool,
            "creator": lambda: sqlite3.connect(name, timeout=wait_s, uri=True),
        }
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _make(file: Path) -> None:
    """An empty file that only this user can read, where there is none."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _on_connect(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver does
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begins", "BEGIN"))
