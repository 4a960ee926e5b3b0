"""The conversation into the store, and a stored visit back into the conversation."""

from collections.abc import Callable

import numpy as np

from demo.cases.state import Link, content_of
from demo.picture import display_of
from demo.store import Store
from demo.store_values import CaseSummary, StoredVisit
from demo.transcript import Answered, Asked, Photo, Reading, Turn
from demo.visit import Visit
from demo.worker import THUMBNAIL_PX
from segmentation.overlay import shrink
from vision.errors import InputError


def require_rest(visit: Visit) -> None:
    """Raises InputError while an answer is under way: half an answer is nothing to keep."""
    if visit.job is not None:
        raise InputError("demo.error.busy")


def save_new(store: Store, visit: Visit, code: str, note: str) -> None:
    """The conversation as a new case. Where that breaks off, saving again goes on with it."""
    require_rest(visit)
    _require_content(visit)
    made = store.create(code, note)
    visit.desk.linked = Link(made.id, made.code, "", ())
    update(store, visit)


def add_visit(store: Store, visit: Visit, case_id: str, code: str) -> None:
    """The conversation as a new visit of a case that is there."""
    require_rest(visit)
    _require_content(visit)
    visit.desk.linked = Link(case_id, code, "", ())
    update(store, visit)


def update(store: Store, visit: Visit) -> None:
    """Bring the stored visit up to date with the conversation."""
    require_rest(visit)
    link = visit.desk.linked
    if link is None:
        return
    content, session = content_of(visit.session), visit.session
    visit_id = link.visit_id or store.begin_visit(link.case_id)
    # known from here on, so that a second try fills this visit and makes no other
    visit.desk.linked = Link(link.case_id, link.code, visit_id, link.content)
    store.trim_photos(visit_id, [one.image.id for one in session.analyses])
    for analysis in session.analyses:
        store.put_photo(visit_id, analysis)
    store.put_messages(visit_id, session.messages)
    visit.desk.linked = Link(link.case_id, link.code, visit_id, content)


def link(visit: Visit, case: CaseSummary, stored: StoredVisit) -> Link:
    """The restored conversation as that visit. Where photos were lost it becomes a visit of its
    own when it is saved, so that what is left of the old one stays as it is."""
    if stored.damaged:
        return Link(case.id, case.code, "", ())
    return Link(case.id, case.code, stored.id, content_of(visit.session))


def is_unsaved(visit: Visit) -> bool:
    """Whether something of the conversation is not in the store."""
    content, link = content_of(visit.session), visit.desk.linked
    return any(content) and (link is None or link.content != content)


def restore(
    visit: Visit,
    stored: StoredVisit,
    encoder_sha256: str | None,
    show: Callable[[np.ndarray], str],
) -> None:
    """Put a stored visit in the place of the conversation; no photo is read again."""
    session, turns = stored.session(encoder_sha256), _turns(stored, show)
    displays = {n: display_of(one) for n, one in enumerate(session.analyses, 1)}
    visit.clear()  # only now: nothing is lost where the above fails
    visit.session, visit.turns, visit.displays = session, turns, displays
    visit.focus(len(session.analyses))


def _turns(stored: StoredVisit, show: Callable[[np.ndarray], str]) -> list[Turn]:
    """The conversation as it is shown: photos, what was found in them, questions and answers."""
    first = Turn("")
    for number, one in enumerate(stored.analyses, 1):
        first.parts.append(Photo(number, show(shrink(one.image.pixels, THUMBNAIL_PX))))
        first.parts.append(Reading(number, (), one.findings, done=True))
    turns = [first] if first.parts else []
    photos, asked, given = len(stored.analyses), Turn(""), tuple[str, ...]()
    for place, message in enumerate(stored.messages):
        if message.role == "user":
            given = message.passages
            asked = Turn(message.text, [Asked(message.text)])
            asked.messages_before, asked.photos_before = place, photos
            turns.append(asked)
        elif message.role == "assistant":
            asked.parts.append(
                Answered(message.text, about=message.about, done=True, sources=given)
            )
    return turns


def _require_content(visit: Visit) -> None:
    if not any(content_of(visit.session)):
        raise InputError("demo.cases.nothing")
