"""Readers' feedback as the case store keeps it: one table of a database, read and left as it is.

The table is the interface: nothing of the demo is imported, and no other table is read.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import JSON, column, create_engine, select, table
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError

from vision.errors import ResourceError

STORE_SCHEMA = "2"  # from this one on feedback knows what it is about
_META = table("meta", column("key"), column("value"))
_FEEDBACK = table(
    "feedback", column("id"), column("case_id"), column("rating"), column("corrected"),
    column("answer"), column("finding"), column("image_id"), column("who"), column("given_at"),
    column("models", JSON), column("context", JSON), column("masks", JSON),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """One piece of feedback on an answer (its text) or a finding (such as "lesions.HE")."""

    id: str
    case_id: str
    rating: Literal["up", "down"]
    corrected: str
    answer: str
    finding: str
    image_id: str
    who: str  # a code of the reader
    given_at: str  # ISO 8601, UTC
    models: dict[str, str]  # part -> SHA-256
    context: dict[str, Any] | None  # {"messages", "findings"}; None where it is not known
    masks: dict[str, Any] | None  # lesion class -> COCO's run lengths


def given(url: str) -> list[Given]:
    """All feedback of the store at a URL of SQLAlchemy, the oldest first; raises ResourceError."""
    try:
        place = make_url(url)
    except ArgumentError as error:
        raise ResourceError("store.bad_url") from error
    shown = place.database or place.render_as_string(hide_password=True)
    try:
        _require_file(place, shown)
        engine = create_engine(place)
        try:
            with engine.connect() as connection:
                found = connection.scalar(select(_META.c.value).where(_META.c.key == "schema"))
                if found != STORE_SCHEMA:
                    raise ResourceError("feedback.store", found=found, expected=STORE_SCHEMA)
                rows = connection.execute(select(_FEEDBACK)).mappings().all()
        finally:
            engine.dispose()
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ResourceError("store.bad_url") from error
    except OperationalError as error:
        raise ResourceError("store.gone", place=shown) from error
    except SQLAlchemyError as error:
        raise ResourceError("store.corrupted", place=shown) from error
    told = [Given(**{**row, "given_at": _moment(row["given_at"])}) for row in rows]
    return sorted(told, key=lambda one: (one.given_at, one.id))


def _require_file(place: URL, shown: str) -> None:
    """SQLite would make an empty database where there is none."""
    if place.get_backend_name() == "sqlite" and not Path(str(place.database)).is_file():
        raise ResourceError("store.gone", place=shown)


def _moment(value: datetime | str) -> str:
    """As text; the store keeps UTC without saying so."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=None).isoformat() + "+00:00"
