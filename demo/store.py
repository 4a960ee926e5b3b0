"""Cases that outlast the program: patients under a code, their photos, talks and feedback.

Everything lies in one database, pictures too (demo.store_schema), so that what is deleted is gone
as a whole and a backup is one file. Each call is a transaction of its own: all of it or nothing.
Failures are ResourceError or InputError with a sentence; what was stored before stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session as Rows

from assistant.analysis import Analysis
from assistant.conversation import Message
from demo.store_engine import connect, place_of, readable_errors, writing
from demo.store_photos import to_columns
from demo.store_rows import (
    message_row,
    new_id,
    now,
    read_feedback,
    read_visit,
    summaries,
    visit_summaries,
)
from demo.store_schema import CaseRow, FeedbackRow, MessageRow, PhotoRow, VisitRow
from demo.store_values import (
    Case,
    CaseSummary,
    Feedback,
    Rating,
    StoredVisit,
    VisitSummary,
    checked_code,
    checked_note,
)
from vision.errors import InputError, ResourceError

_WAIT_S = 10.0


class Store:
    """The cases of one database. May be used by several threads and processes at once."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self._url = url
        self._engine = engine

    @staticmethod
    def open(url: str | None = None, wait_s: float = _WAIT_S) -> "Store":
        """The store at a URL of SQLAlchemy, else at $OPENOPHGLM_DB, else in the data folder.

        It is made where there is none. `wait_s` is how long a call waits for another program.
        """
        place = place_of(url)
        return Store(place, connect(place, wait_s))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # ---- cases ----

    def create(self, code: str, note: str = "") -> CaseSummary:
        """A new case; raises InputError for a code that may be a name, or that is taken."""
        at = now()
        made = CaseSummary(new_id(), checked_code(code), checked_note(note), at, at, photos=0)
        with self._writing() as connection:
            taken = select(CaseRow.id).where(CaseRow.code == made.code)
            if connection.scalar(taken) is not None:
                raise InputError("store.code_taken", code=made.code)
            row = {name: getattr(made, name) for name in CaseRow.__table__.columns.keys()}
            connection.execute(insert(CaseRow), row)
        return made

    def cases(self, search: str = "", most: int = 200) -> tuple[CaseSummary, ...]:
        """Cases whose code, note or findings hold the words, the last changed first."""
        query = summaries()
        for word in search.split():
            found = select(VisitRow.case_id).join(PhotoRow, PhotoRow.visit_id == VisitRow.id)
            found = found.where(PhotoRow.keywords.contains(word.lower(), autoescape=True))
            here = [c.icontains(word, autoescape=True) for c in (CaseRow.code, CaseRow.note)]
            query = query.where(or_(*here, CaseRow.id.in_(found)))
        newest = query.order_by(CaseRow.updated_at.desc(), CaseRow.code).limit(most)
        with self._reading() as rows:
            return tuple(CaseSummary(**row) for row in rows.execute(newest).mappings())

    def case(self, case_id: str) -> Case:
        """All of one case, without reading any photo anew. A photo that was damaged is left out."""
        with self._reading() as rows:
            summary = _summary(rows, case_id)
            visits = select(VisitRow).where(VisitRow.case_id == case_id)
            visits = visits.order_by(VisitRow.started_at, VisitRow.id)
            opened = tuple(read_visit(rows, visit) for visit in rows.scalars(visits))
            return Case(summary, opened, read_feedback(rows, case_id))

    def visits(self, case_id: str) -> tuple[VisitSummary, ...]:
        """The visits of a case, the newest first."""
        with self._reading() as rows:
            found = rows.execute(visit_summaries(case_id)).mappings()
            return tuple(VisitSummary(**row) for row in found)

    def visit(self, visit_id: str) -> StoredVisit:
        """One conversation alone, without reading any photo anew."""
        with self._reading() as rows:
            visit = rows.get(VisitRow, visit_id)
            if visit is None:
                raise InputError("store.no_case")
            return read_visit(rows, visit)

    def summary(self, case_id: str) -> CaseSummary:
        """One case as in the list."""
        with self._reading() as rows:
            return _summary(rows, case_id)

    def set_note(self, case_id: str, note: str) -> None:
        """Replace the note of a case."""
        with self._writing() as connection:
            _touch(connection, case_id, note=checked_note(note))

    def delete(self, case_id: str) -> None:
        """Remove a case with its photos, messages and feedback; nothing of it stays on the disk."""
        with self._writing() as connection:
            _touch(connection, case_id)
            visits = select(VisitRow.id).where(VisitRow.case_id == case_id)
            for table in (PhotoRow, MessageRow):
                connection.execute(delete(table).where(table.visit_id.in_(visits)))
            for owned in (VisitRow, FeedbackRow):
                connection.execute(delete(owned).where(owned.case_id == case_id))
            connection.execute(delete(CaseRow).where(CaseRow.id == case_id))
        if self._url.get_backend_name() == "sqlite":
            self._forget()

    def _forget(self) -> None:
        """Empty the log, which still holds what was deleted; the file itself is overwritten."""
        with readable_errors(self._url), closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()  # a bare one: no transaction may be open here
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            told = cursor.fetchone()
        if told is not None and told[0]:  # busy
            raise ResourceError("store.not_forgotten")

    # ---- visits ----

    def begin_visit(self, case_id: str) -> str:
        """A new conversation in a case; returns its id."""
        visit_id = new_id()
        with self._writing() as connection:
            _touch(connection, case_id)
            row = {"id": visit_id, "case_id": case_id, "started_at": now()}
            connection.execute(insert(VisitRow), row)
        return visit_id

    def put_photo(self, visit_id: str, analysis: Analysis) -> int:
        """Keep a photo with its findings; returns its number. One that is there is brought up to
        date, as after its eye side was corrected."""
        columns = to_columns(analysis)
        with self._writing() as connection:
            _touch_visit(connection, visit_id)
            here = PhotoRow.visit_id == visit_id
            same = select(PhotoRow.number).where(here, PhotoRow.image_id == columns["image_id"])
            known = connection.scalar(same)
            if known is not None:
                changed = update(PhotoRow).where(here, PhotoRow.number == known)
                connection.execute(changed.values(**columns))
                return int(known)
            last = connection.scalar(select(func.max(PhotoRow.number)).where(here)) or 0
            row = {"id": new_id(), "visit_id": visit_id, "number": last + 1, "added_at": now()}
            connection.execute(insert(PhotoRow), row | columns)
        return int(last) + 1

    def trim_photos(self, visit_id: str, image_ids: Sequence[str]) -> None:
        """Remove the photos from the first on that does not stand so in `image_ids`: what was taken
        back in the conversation is taken back here, and numbers stay those of the conversation."""
        with self._writing() as connection:
            _touch_visit(connection, visit_id)
            here = PhotoRow.visit_id == visit_id
            stored = select(PhotoRow.number, PhotoRow.image_id).where(here)
            kept = 0
            for number, image_id in connection.execute(stored.order_by(PhotoRow.number)):
                if number != kept + 1 or tuple(image_ids[kept : kept + 1]) != (image_id,):
                    break
                kept += 1
            connection.execute(delete(PhotoRow).where(here, PhotoRow.number > kept))

    def put_messages(self, visit_id: str, messages: Sequence[Message]) -> None:
        """Keep the conversation as it is now: what was taken back goes, what is new is added."""
        with self._writing() as connection:
            _touch_visit(connection, visit_id)
            here = MessageRow.visit_id == visit_id
            stored = select(MessageRow.role, MessageRow.text).where(here).order_by(MessageRow.place)
            kept = 0
            for old, new in zip(connection.execute(stored), messages, strict=False):
                if tuple(old) != (new.role, new.text):
                    break
                kept += 1
            connection.execute(delete(MessageRow).where(here, MessageRow.place >= kept))
            rows = [
                message_row(visit_id, place, message)
                for place, message in enumerate(messages)
                if place >= kept
            ]
            if rows:
                connection.execute(insert(MessageRow), rows)

    # ---- feedback ----

    def give_feedback(
        self,
        case_id: str,
        rating: Rating,
        who: str,
        *,
        corrected: str = "",
        answer: str = "",
        finding: str = "",
        image_id: str = "",
        models: Mapping[str, str] | None = None,
        context: dict[str, Any] | None = None,
        masks: dict[str, Any] | None = None,
    ) -> Feedback:
        """Keep what a reader (`who`, a code) thinks of an answer, by its text, or of a finding.

        `context` (demo.store_context) is what it was an answer to, and `masks` what a lesion's
        outline should be. Nothing learns from it by itself (docs/feedback.md).
        """
        given = Feedback(
            new_id(), case_id, rating, checked_note(corrected), answer, finding, image_id,
            checked_code(who), now(), dict(models or {}), context, masks,
        )  # fmt: skip
        with self._writing() as connection:
            _touch(connection, case_id)
            row = {name: getattr(given, name) for name in Feedback.__slots__}
            connection.execute(insert(FeedbackRow), row)
        return given

    def feedback(self, case_id: str | None = None) -> tuple[Feedback, ...]:
        """Feedback on one case or on all, the newest first."""
        with self._reading() as rows:
            return read_feedback(rows, case_id)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with readable_errors(self._url), writing(self._engine) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Rows]:
        with readable_errors(self._url), Rows(self._engine) as rows:
            yield rows


def _summary(rows: Rows, case_id: str) -> CaseSummary:
    found = rows.execute(summaries().where(CaseRow.id == case_id)).mappings().first()
    if found is None:
        raise InputError("store.no_case")
    return CaseSummary(**found)


def _touch(connection: Connection, case_id: str, **changed: str) -> None:
    """Note that a case changes now; raises InputError where there is none."""
    values = {"updated_at": now(), **changed}
    done = connection.execute(update(CaseRow).where(CaseRow.id == case_id).values(**values))
    if done.rowcount == 0:
        raise InputError("store.no_case")


def _touch_visit(connection: Connection, visit_id: str) -> None:
    case_id = connection.scalar(select(VisitRow.case_id).where(VisitRow.id == visit_id))
    _touch(connection, case_id or "")
