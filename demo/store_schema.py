"""The tables of the case store, version 2. Texts and numbers alone: nothing here knows a model.

A case is one patient under a code; a visit is one conversation with its photos. All of a case lies
in these rows, pictures too, so that deleting the rows deletes the case.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

VERSION = 2  # demo.store_migrate brings older ones up to it
_ID = String(32)  # hex of a random UUID


class _Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite itself keeps no time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables."""


class MetaRow(Base):
    """Facts on the store itself: `schema` is its version."""

    __tablename__ = "meta"
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class CaseRow(Base):
    """One patient."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_Moment)
    updated_at: Mapped[datetime] = mapped_column(_Moment, index=True)


class VisitRow(Base):
    """One conversation."""

    __tablename__ = "visits"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime] = mapped_column(_Moment)


class PhotoRow(Base):
    """One photo and all that was found in it (demo.store_photos writes and reads these)."""

    __tablename__ = "photos"
    __table_args__ = (UniqueConstraint("visit_id", "number"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    number: Mapped[int]  # from 1, as in the conversation
    image_id: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(_Moment)
    keywords: Mapped[str] = mapped_column(Text)  # what was found, for the search
    findings: Mapped[str] = mapped_column(Text)  # JSON
    outlines: Mapped[str] = mapped_column(Text)  # JSON; masks as COCO's run lengths
    pixels_png: Mapped[bytes] = mapped_column(LargeBinary)
    arrays: Mapped[bytes] = mapped_column(LargeBinary)  # safetensors: visual tokens and heat
    sha256: Mapped[str] = mapped_column(String(64))  # of the four columns above


class MessageRow(Base):
    """One message of a conversation."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("visit_id", "place"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    place: Mapped[int]  # from 0
    role: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    about: Mapped[list[int]] = mapped_column(JSON)
    passages: Mapped[list[str]] = mapped_column(JSON)
    said_at: Mapped[datetime] = mapped_column(_Moment)


class FeedbackRow(Base):
    """What a reader thinks of an answer or a finding."""

    __tablename__ = "feedback"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    rating: Mapped[str] = mapped_column(String(8))
    corrected: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    finding: Mapped[str] = mapped_column(String(64))
    image_id: Mapped[str] = mapped_column(String(64))
    who: Mapped[str] = mapped_column(String(32))
    given_at: Mapped[datetime] = mapped_column(_Moment)
    models: Mapped[dict[str, str]] = mapped_column(JSON)
    context: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what was judged, as it was
    masks: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # corrected; COCO's run lengths
