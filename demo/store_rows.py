"""Rows of the case store as values and back: the queries and conversions of `Store`."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session as Rows

from assistant.conversation import Message
from demo.store_photos import to_analysis
from demo.store_schema import CaseRow, FeedbackRow, MessageRow, PhotoRow, VisitRow
from demo.store_values import Feedback, StoredVisit
from vision.errors import ResourceError


def new_id() -> str:
    """A key that nobody can guess."""
    return uuid.uuid4().hex


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def summaries() -> Select[Any]:
    """Cases as the columns of CaseSummary."""
    photos = select(func.count(PhotoRow.id)).join(VisitRow, VisitRow.id == PhotoRow.visit_id)
    counted = photos.where(VisitRow.case_id == CaseRow.id).scalar_subquery().label("photos")
    return select(
        CaseRow.id, CaseRow.code, CaseRow.note, CaseRow.created_at, CaseRow.updated_at, counted
    )


def visit_summaries(case_id: str) -> Select[Any]:
    """Visits of a case as the columns of VisitSummary, the newest first."""

    def count(row: type[PhotoRow] | type[MessageRow], name: str, *which: Any) -> Any:
        counted = select(func.count(row.id)).where(row.visit_id == VisitRow.id, *which)
        return counted.scalar_subquery().label(name)

    photos = count(PhotoRow, "photos")
    questions = count(MessageRow, "questions", MessageRow.role == "user")
    query = select(VisitRow.id, VisitRow.started_at, photos, questions)
    newest = query.order_by(VisitRow.started_at.desc(), VisitRow.id)
    return newest.where(VisitRow.case_id == case_id)


def message_row(visit_id: str, place: int, message: Message) -> dict[str, Any]:
    """A message as the columns of MessageRow."""
    return {
        "id": new_id(),
        "visit_id": visit_id,
        "place": place,
        "role": message.role,
        "text": message.text,
        "facts": message.facts,
        "about": list(message.about),
        "passages": list(message.passages),
        "said_at": now(),
    }


def read_visit(rows: Rows, visit: VisitRow) -> StoredVisit:
    """One conversation; photos that were damaged are named and left out."""
    photos = select(PhotoRow).where(PhotoRow.visit_id == visit.id).order_by(PhotoRow.number)
    analyses, damaged = [], []
    for photo in rows.scalars(photos):
        try:
            analyses.append(to_analysis(photo))
        except ResourceError as error:
            if error.key != "store.damaged_photo":
                raise
            damaged.append(photo.number)
    said = select(MessageRow).where(MessageRow.visit_id == visit.id).order_by(MessageRow.place)
    messages = tuple(
        Message(row.role, row.text, tuple(row.about), row.facts, tuple(row.passages))  # type: ignore[arg-type]
        for row in rows.scalars(said)
    )
    return StoredVisit(visit.id, visit.started_at, tuple(analyses), messages, tuple(damaged))


def read_feedback(rows: Rows, case_id: str | None) -> tuple[Feedback, ...]:
    """Feedback on one case or on all, the newest first."""
    query = select(FeedbackRow).order_by(FeedbackRow.given_at.desc(), FeedbackRow.id)
    if case_id is not None:
        query = query.where(FeedbackRow.case_id == case_id)
    return tuple(
        Feedback(**{name: getattr(row, name) for name in Feedback.__slots__})
        for row in rows.scalars(query)
    )
