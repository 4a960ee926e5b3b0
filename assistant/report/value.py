"""A report of one visit as a value: all that it says, and which words of it a reader edited."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.findings_table import Section
from vision.catalogue import Language, say, table
from vision.errors import InputError

MAX_CHARACTERS = 20_000  # of one edited passage
_LABEL = "visit.label."
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that the reader may replace; one paragraph a line."""

    text: str
    edited: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """The paragraphs that say something."""
        return tuple(line.strip() for line in self.text.splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Glance:
    """One photo in one line: which, how severe with how likely that is, and what is next."""

    photo: str
    severity: tuple[str, ...]
    next_step: str


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A JPEG, and what it shows for a person who cannot see it."""

    jpeg: bytes
    alt: str


@dataclass(frozen=True, slots=True, eq=False)
class LegendEntry:
    """How a class is drawn over the photo (PNG), and its name with how many there are."""

    label: str
    swatch_png: bytes


@dataclass(frozen=True, slots=True, eq=False)
class PhotoPart:
    """All that the report says of one photo; `outlined` is None where nothing was outlined."""

    title: str
    detail: str  # size and identity
    verdict: str  # why it was not, or could hardly be, read; "" where it was
    plain: Picture
    outlined: Picture | None
    legend: tuple[LegendEntry, ...]
    sections: tuple[Section, ...]  # the table of measurements
    notes: tuple[str, ...]  # what was not measured, and why


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the conversation and its answer; `about` names the photos."""

    question: str
    answer: str
    about: str


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """One visit: one or two eyes or more photos. Built by `assistant.report.build.build`."""

    language: Language
    made_at: datetime
    subject: str  # a code of the patient, never a name; "" where there is none
    glance: tuple[Glance, ...]
    impression: Passage
    advice: Passage
    remarks: Passage
    uncertainty: tuple[str, ...]
    disagreements: tuple[str, ...]
    photos: tuple[PhotoPart, ...]
    conversation: tuple[Exchange, ...]
    versions: tuple[tuple[str, str], ...]  # part -> version or SHA-256 of its weights

    def with_text(
        self,
        impression: str | None = None,
        advice: str | None = None,
        remarks: str | None = None,
    ) -> "Report":
        """The same report with the reader's own words, marked as edited; None keeps what is there.

        Raises InputError for a text that is too long.
        """
        return replace(
            self,
            impression=_edited(self.impression, impression),
            advice=_edited(self.advice, advice),
            remarks=_edited(self.remarks, remarks),
        )

    @property
    def notice(self) -> str:
        """What the software is not; stands on every page."""
        return say("notice.long", self.language)

    @property
    def made(self) -> str:
        """Date and time for the reader."""
        return f"{self.made_at:%Y-%m-%d %H:%M %Z}".strip()

    @property
    def labels(self) -> dict[str, str]:
        """Headings and column names, by what follows `visit.label.` in the catalogue."""
        entries = table(self.language)
        return {k.removeprefix(_LABEL): v for k, v in entries.items() if k.startswith(_LABEL)}


def _edited(passage: Passage, text: str | None) -> Passage:
    if text is None:
        return passage
    if len(text) > MAX_CHARACTERS:
        raise InputError("visit.too_long", length=len(text), limit=MAX_CHARACTERS)
    plain = _UNPRINTABLE.sub("", text.replace("\r\n", "\n")).strip()
    return passage if plain == passage.text else Passage(plain, edited=True)
