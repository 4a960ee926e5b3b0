"""What a person has before them in the tab: the list, the chosen case, what is not stored yet."""

from dataclasses import dataclass, field
from typing import Literal

from assistant.report.value import Report
from assistant.session import Session
from demo.store_values import CaseSummary, Feedback, VisitSummary
from demo.transcript import Told

Section = Literal["save", "list", "report", "feedback"]
Content = tuple[tuple[object, ...], ...]


def content_of(session: Session) -> Content:
    """What of a conversation is stored: photos with their eyes, and words."""
    photos = tuple((one.image.id, one.findings.image.eye) for one in session.analyses)
    return photos, tuple((message.role, message.text) for message in session.messages)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence under a button; `good` where what was wanted has happened."""

    told: Told
    good: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Which stored visit the conversation is, and what of it was stored last.

    `visit_id` is "" where the conversation goes into the case as a visit of its own.
    """

    case_id: str
    code: str
    visit_id: str
    content: Content


@dataclass(frozen=True, slots=True)
class Draft:
    """The report as the findings make it, and of which conversation."""

    report: Report
    content: Content


@dataclass(eq=False)
class Desk:
    """One person's tab. Lives in the visit; what is stored lies in the database alone."""

    listed: tuple[CaseSummary, ...] | None = None  # None before the list was read
    search: str = ""
    chosen: CaseSummary | None = None
    visits: tuple[VisitSummary, ...] = ()  # of the chosen case, the newest first
    visit_id: str = ""  # the chosen one
    feedback: tuple[Feedback, ...] = ()  # on the chosen case
    linked: Link | None = None
    deleting: bool = False  # whether the chosen case waits for a second word
    replacing: str = ""  # the visit that waits for a second word to take the conversation's place
    draft: Draft | None = None
    texts: dict[str, str] = field(default_factory=dict)  # passages of the report as edited
    said: dict[Section, Said] = field(default_factory=dict)

    def done(self, section: Section, key: str, **values: object) -> None:
        """Say under a section that what was wanted has happened; what was said elsewhere goes."""
        self.said = {section: Said(Told(key, values), good=True)}

    def warn(self, section: Section, key: str, **values: object) -> None:
        """Say under a section why something has not happened, or not as it should."""
        self.said = {section: Said(Told(key, values))}

    def settle(self) -> None:
        """Let go of sentences and questions of the last event."""
        self.said, self.deleting, self.replacing = {}, False, ""

    def leave(self) -> None:
        """The conversation was let go of: it is no stored visit, and its report is gone."""
        self.settle()
        self.linked, self.draft, self.texts = None, None, {}
