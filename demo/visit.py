"""One person's visit to the page: conversation, photos at display size, work to be done.

A visit lives in that person's gr.State alone; nothing of it is shared.
"""

import math
import threading
import time
from dataclasses import dataclass, field
from typing import Literal

from assistant.analysis import Analysis
from assistant.findings import Findings
from assistant.session import Session
from demo import heat
from demo.batch.state import Batch
from demo.cases.state import Desk
from demo.pair import Pair, arranged, by_default
from demo.panels import Display, present_lesions
from demo.practice.state import Practice
from demo.transcript import Reading, Turn
from segmentation.labels import STRUCTURES
from vision.catalogue import Language

Look = Literal["outlined", "plain", "heat"]  # what is over the photo


def _set_event() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass(eq=False)
class Visit:
    """Everything of one person; `job` is the turn that waits for its answer or gets it now."""

    language: Language = "en"
    session: Session = field(default_factory=Session)
    turns: list[Turn] = field(default_factory=list)
    displays: dict[int, Display] = field(default_factory=dict)  # photo number -> pixels shown
    shown: set[str] = field(default_factory=set)
    opacity: float = 0.45
    look: Look = "plain"
    heated: str | None = None  # the disease whose heat is shown
    paired: bool = False  # whether two photos stand side by side, where there are two
    partner: int = 0  # the photo chosen to stand beside the one in focus; 0: none was chosen
    earlier: set[int] = field(default_factory=set)  # photos said to be of an earlier visit
    practice: Practice = field(default_factory=Practice)
    desk: Desk = field(default_factory=Desk)
    batch: Batch = field(default_factory=Batch)  # outlasts the conversation
    job: Turn | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    ahead: threading.Event = field(default_factory=threading.Event)  # stops the reading ahead
    idle: threading.Event = field(default_factory=_set_event)  # nothing waits or is being answered
    used_at: float = field(default_factory=time.monotonic)
    closed: bool = False

    @property
    def busy(self) -> bool:
        """Whether an answer is under way that nobody has stopped."""
        return self.job is not None and not self.stop.is_set()

    @property
    def number(self) -> int:
        """Number of the photo in focus, from 1; 0 where there is none."""
        return self.session.active + 1 if self.session.analyses else 0

    @property
    def analysis(self) -> Analysis | None:
        """All that was found in the photo in focus."""
        return self.session.analyses[self.session.active] if self.number else None

    @property
    def findings(self) -> Findings | None:
        """Findings of the photo in focus."""
        return None if self.analysis is None else self.analysis.findings

    @property
    def pair(self) -> Pair | None:
        """The two photos that stand side by side; None where one is shown alone."""
        eyes = self.session.eyes
        if not self.paired or len(eyes) < 2:
            return None
        chosen = self.partner if self.partner in range(1, len(eyes) + 1) else 0
        beside = chosen if chosen not in (0, self.number) else by_default(self.number, eyes)
        return arranged(self.number, beside, eyes, self.earlier)

    @property
    def looks(self) -> tuple[Look, ...]:
        """How the photo in focus can be shown, the usual way first."""
        seen = self._seen
        outlined = any(self.displays[number].masks for number in seen)
        heated = any(self.session.analyses[number - 1].heat for number in seen)
        return (*(("outlined",) if outlined else ()), "plain", *(("heat",) if heated else ()))

    @property
    def _seen(self) -> tuple[int, ...]:
        """The photos on the screen."""
        pair = self.pair
        return (pair.left, pair.right) if pair else (self.number,) if self.number else ()

    def append(self, turn: Turn) -> None:
        """Add a turn at the end, a new one or one that was taken out to be asked again."""
        self.mark(turn)
        self.turns.append(turn)

    def mark(self, turn: Turn) -> None:
        """Note what the session held before the turn, so that it can be taken back."""
        if not any(isinstance(part, Reading) for part in turn.parts):
            turn.photos_before = len(self.session.analyses)
        turn.messages_before = len(self.session.messages)

    def drop_hints(self) -> None:
        """Remove what the program said of its own accord."""
        self.turns = [turn for turn in self.turns if not turn.is_hint]

    def begin(self, turn: Turn) -> None:
        """Let `turn` be answered next."""
        self.stop.set()  # whatever still runs ends at its next look
        self.ahead.set()
        self.stop = threading.Event()
        turn.started = False
        self.job = turn
        self.idle.clear()

    def end(self, turn: Turn) -> None:
        """Note that `turn` is done with."""
        if self.job is turn:
            self.job = None
            self.idle.set()

    def focus(self, number: int) -> None:
        """Show photo `number` and ask about it; its lesions are all outlined."""
        if 1 <= number <= len(self.session.analyses):
            self.session.select(number)
            self.show_all()

    def show_all(self) -> None:
        """Show what is on the screen in the usual way, with all its lesions outlined."""
        found = [self.session.analyses[number - 1].findings for number in self._seen]
        self.shown = {code for findings in found for code in present_lesions(findings)}
        drawn = {code for number in self._seen for code in self.displays[number].masks}
        self.shown |= drawn & set(STRUCTURES)
        self.look = self.looks[0]
        self.heated = heat.first_choice(self.findings) if self.findings else None

    def put_beside(self, number: int) -> None:
        """Show photo `number` beside the one in focus."""
        if number != self.number:
            self.partner = number
            self.show_all()

    def set_earlier(self, number: int) -> None:
        """Note which photo of the pair is of an earlier visit; 0 for neither."""
        if pair := self.pair:
            self.earlier -= {pair.left, pair.right}
            self.earlier |= {number} & {pair.left, pair.right}

    def rewind(self, turn: Turn, photos: int) -> None:
        """Forget what `turn` and all later turns said, and all but the first `photos` photos."""
        while len(self.session.messages) > turn.messages_before:
            self.session.undo()
        if photos < len(self.session.analyses):
            del self.session.analyses[photos:]
            self.displays = {n: d for n, d in self.displays.items() if n <= photos}
            self.earlier = {n for n in self.earlier if n <= photos}
            self.session.active = max(0, min(self.session.active, photos - 1))
            self.focus(self.number)

    def use(self) -> None:
        """Note that the person did something just now."""
        self.used_at = time.monotonic()

    def close(self, if_unused_since: float = math.inf) -> None:
        """End the visit for good, unless it was used after that moment of time.monotonic()."""
        if self.used_at <= if_unused_since:
            self.closed = True
            self.clear()
            self.batch.close()

    def clear(self) -> None:
        """Stop working and let go of all photos and words.

        What still runs keeps the old session, so nothing of it can reach the new conversation.
        """
        self.stop.set()
        self.ahead.set()
        self.job = None
        self.idle.set()
        self.session = Session()
        self.desk.leave()
        self.turns = []
        self.displays = {}
        self.practice.stop.set()
        self.practice = Practice()
        self.paired, self.partner, self.earlier = False, 0, set()
