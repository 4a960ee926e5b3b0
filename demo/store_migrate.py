"""A case store of an older version brought up to the one of today; nothing in it is lost.

1 -> 2: feedback knows what it is about (demo.store_context), found again where the case still
holds the answer or the photo, and may hold corrected masks.
"""

import json
from typing import Any

from sqlalchemy import Connection, select, text, update

from assistant.conversation import Message
from assistant.findings import Findings
from demo.store_context import context_of, up_to
from demo.store_schema import VERSION, FeedbackRow, MessageRow, MetaRow, PhotoRow, VisitRow
from vision.errors import InputError, ResourceError

_ADDED = {"1": ("context", "masks")}  # columns of `feedback`, by the version that lacks them


def migrate(connection: Connection, found: str) -> None:
    """Bring the tables up to date within the transaction; raises ResourceError for a newer one."""
    if found not in _ADDED:
        raise ResourceError("store.schema", found=found, expected=VERSION)
    for name in _ADDED[found]:
        kind = FeedbackRow.__table__.c[name].type.compile(connection.dialect)
        connection.execute(text(f"ALTER TABLE feedback ADD COLUMN {name} {kind}"))
    columns = (FeedbackRow.id, FeedbackRow.case_id, FeedbackRow.answer, FeedbackRow.image_id)
    for row in connection.execute(select(*columns)).all():
        try:
            context = _context(connection, row)
        except (InputError, ValueError):  # findings that were damaged, or of a form long gone
            context = None
        changed = update(FeedbackRow).where(FeedbackRow.id == row.id)
        connection.execute(changed.values(context=context))
    now = update(MetaRow).where(MetaRow.key == "schema").values(value=str(VERSION))
    connection.execute(now)


def _context(connection: Connection, row: Any) -> dict[str, Any] | None:
    """What old feedback is about; None where the case does not hold it any more."""
    for visit in connection.scalars(select(VisitRow.id).where(VisitRow.case_id == row.case_id)):
        photos = select(PhotoRow.image_id, PhotoRow.findings).where(PhotoRow.visit_id == visit)
        told = connection.execute(photos.order_by(PhotoRow.number)).all()
        if not row.answer:
            known = [one for one in told if one.image_id == row.image_id]
            if known:
                return context_of((), _findings(known))
            continue
        messages = up_to(_messages(connection, visit), row.answer)
        if messages:
            return context_of(messages, _findings(told))
    return None


def _messages(connection: Connection, visit: str) -> list[Message]:
    said = select(
        MessageRow.role, MessageRow.text, MessageRow.about, MessageRow.facts, MessageRow.passages
    ).where(MessageRow.visit_id == visit)
    rows = connection.execute(said.order_by(MessageRow.place)).all()
    return [Message(r.role, r.text, tuple(r.about), r.facts, tuple(r.passages)) for r in rows]


def _findings(rows: Any) -> list[Findings]:
    return [Findings.from_dict(json.loads(row.findings)) for row in rows]
