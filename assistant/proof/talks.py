"""What is asked: questions with their slots filled, and the photos that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.analysis import Analysis
from assistant.findings import Findings
from assistant.session import Session
from vision.catalogue import Language


@dataclass(frozen=True, slots=True)
class Ask:
    """One question; `form` numbers its wordings, `slots` say what it names by code."""

    intent: str
    language: Language
    form: int
    text: str
    slots: tuple[tuple[str, str], ...] = ()

    def slot(self, name: str) -> str:
        """A slot's code; empty where the question has none."""
        return dict(self.slots).get(name, "")


@dataclass(frozen=True, slots=True)
class Talk:
    """Questions after one another about some photos; the last question is measured.

    `unit` names what is asked: the same in all forms and both languages.
    """

    unit: str
    photos: tuple[str, ...]  # ids, in the order they are shown
    asks: tuple[Ask, ...]
    focus: int = 0  # number of the photo in focus, from 1; 0: the last one

    @property
    def asked(self) -> Ask:
        """The question that is measured."""
        return self.asks[-1]

    @property
    def name(self) -> str:
        """Unlike all others."""
        ask = self.asked
        return f"{self.unit}/{ask.language}/{ask.form}"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A photo of the proof: how it was read, whose it is, and what its data set says of it."""

    path: str
    patient: str
    analysis: Analysis
    labels: dict[str, Any]  # "diseases": {code: 0 or 1}, "grade": 0..4; only what is labelled

    @property
    def findings(self) -> Findings:
        """What was found in it."""
        return self.analysis.findings

    @property
    def id(self) -> str:
        """Of its pixels."""
        return self.findings.image.id


def session_of(talk: Talk, shown: Mapping[str, Shown]) -> Session:
    """A conversation in which the talk's photos were given, the one in focus selected."""
    session = Session()
    for image_id in talk.photos:
        session.add(shown[image_id].analysis)
    if talk.focus:
        session.select(talk.focus)
    return session


def copy_of(session: Session) -> Session:
    """One that can go on by itself."""
    copy = Session()
    copy.analyses, copy.messages = [*session.analyses], [*session.messages]
    copy.active, copy.active_when_asked = session.active, session.active_when_asked
    return copy
