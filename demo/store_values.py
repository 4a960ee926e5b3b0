"""What the case store hands out: frozen values, and which codes it takes in."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from assistant.analysis import Analysis
from assistant.conversation import Message
from assistant.session import Session
from vision.errors import InputError

Rating = Literal["up", "down"]
MAX_NOTE_CHARACTERS = 10_000
# letters and digits in short groups: three letters in a row name nobody, eight digits are no
# telephone or identity number
_CODE = re.compile(r"(?=.*\d)(?!.*[A-Za-z]{4})(?!.*\d{9})[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)*")
_MOST_IN_CODE = 16


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list."""

    id: str
    code: str
    note: str
    created_at: datetime
    updated_at: datetime
    photos: int


@dataclass(frozen=True, slots=True)
class VisitSummary:
    """A visit in a list."""

    id: str
    started_at: datetime
    photos: int
    questions: int


@dataclass(frozen=True, slots=True, eq=False)
class StoredVisit:
    """One conversation with its photos in their order; `damaged` are photos that are lost."""

    id: str
    started_at: datetime
    analyses: tuple[Analysis, ...]
    messages: tuple[Message, ...]
    damaged: tuple[int, ...] = ()

    def session(self, encoder_sha256: str | None) -> Session:
        """The conversation to go on with.

        Visual tokens of another encoder than that of `encoder_sha256` mean nothing to the language
        model and are left out; the findings stand.
        """
        session = Session()
        for one in self.analyses:
            same = one.findings.models.get("vision") == encoder_sha256
            session.add(one if same else replace(one, tokens=None))
        session.messages.extend(self.messages)
        return session


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thinks: of an answer (its text), or of a finding (such as "lesions.HE")."""

    id: str
    case_id: str
    rating: Rating
    corrected: str
    answer: str
    finding: str
    image_id: str
    who: str  # a code of the reader
    given_at: datetime
    models: dict[str, str]  # part -> SHA-256 of the weights that were judged
    context: dict[str, Any] | None = None  # demo.store_context; None where it is not known
    masks: dict[str, Any] | None = None  # lesion class -> {"size", "counts"}, as it should be


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """All of one case, the newest visit last."""

    summary: CaseSummary
    visits: tuple[StoredVisit, ...]
    feedback: tuple[Feedback, ...]


def checked_code(code: str) -> str:
    """The code without blanks around it; raises InputError for what may be a name or a number."""
    bare = code.strip()
    if len(bare) > _MOST_IN_CODE or not _CODE.fullmatch(bare):
        raise InputError("store.bad_code", most=_MOST_IN_CODE)
    return bare


def checked_note(text: str) -> str:
    """The text; raises InputError where it is too long."""
    if len(text) > MAX_NOTE_CHARACTERS:
        raise InputError("store.long_note", length=len(text), limit=MAX_NOTE_CHARACTERS)
    return text.strip()
