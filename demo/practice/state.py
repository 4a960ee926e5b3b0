"""What a student has marked and learnt during one visit; lives in the visit and nowhere else."""

import threading
from dataclasses import dataclass, field
from typing import Literal

from assistant.analysis import Analysis
from assistant.findings import Findings
from demo.practice.score import Mark, Score
from demo.transcript import Told

Look = Literal["both", "own", "system", "plain"]  # what is over a photo that was revealed
BRUSHES = {"point": 0.0, "small": 0.012, "large": 0.03}  # radius, as a share of the long side


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the system makes of a case; `score` is None where it outlined nothing to compare with.

    `told` is why: a photo that cannot be read, or a model that failed.
    """

    findings: Findings
    score: Score | None
    told: tuple[Told, ...] = ()

    @property
    def grade(self) -> int | None:
        """The system's ICDR grade."""
        return self.findings.dr.grade


@dataclass(eq=False)
class Case:
    """One photo to read: its picture for the screen, the student's marks and grade, the outcome.

    Until it is revealed it holds what the models need: an analysis of this visit, or the file.
    """

    image_id: str
    picture: bytes  # WebP
    size: tuple[int, int]  # of the picture: height, width
    data: bytes | None = None
    analysis: Analysis | None = None
    marks: list[Mark] = field(default_factory=list)
    grade: int | None = None
    waits: Told | None = None  # what it waits for on its way to be revealed
    told: Told | None = None  # why the last try to reveal it failed
    outcome: Outcome | None = None
    outlined: bytes | None = None  # WebP: the picture with the system's outlines

    @property
    def begun(self) -> bool:
        """Whether the student has said anything of it."""
        return bool(self.marks) or self.grade is not None or self.outcome is not None


@dataclass(eq=False)
class Practice:
    """All cases of a visit by key: `sample:N`, `photo:N` of the conversation, `own:N`."""

    cases: dict[str, Case] = field(default_factory=dict)
    thumbnails: dict[str, bytes] = field(default_factory=dict)  # WebP, of this visit's photos
    current: str | None = None
    lesion: str = "MA"  # the class of the next mark
    brush: str = "point"
    look: Look = "both"
    told: Told | None = None  # why a photo was not taken
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def case(self) -> Case | None:
        """The case that is open."""
        return self.cases.get(self.current or "")

    @property
    def done(self) -> list[Case]:
        """The cases that were revealed."""
        return [case for case in self.cases.values() if case.outcome is not None]

    @property
    def waiting(self) -> Case | None:
        """The case that is being revealed."""
        return next((case for case in self.cases.values() if case.waits is not None), None)
