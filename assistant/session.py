"""One person's conversation: photos, messages, and which photo is in focus."""

from assistant.analysis import Analysis, with_eye, with_scale
from assistant.conversation import Message
from vision.errors import InputError
from vision.types import Eye

MAX_IMAGES = 10


class Session:
    """Photos are numbered from 1 in the order they came; a question is about the one in focus."""

    def __init__(self) -> None:
        self.analyses: list[Analysis] = []
        self.messages: list[Message] = []
        self.active = 0  # index into analyses
        self.active_when_asked: int | None = None  # at the last question

    def add(self, analysis: Analysis) -> int:
        """Take a photo in and focus it; returns its number. The same photo is not taken twice."""
        for index, known in enumerate(self.analyses):
            if known.image.id == analysis.image.id:
                self.active = index
                return index + 1
        if len(self.analyses) >= MAX_IMAGES:
            raise InputError("session.too_many_images", limit=MAX_IMAGES)
        self.analyses.append(analysis)
        self.active = len(self.analyses) - 1
        return len(self.analyses)

    def select(self, number: int) -> None:
        """Focus photo `number`."""
        if not 1 <= number <= len(self.analyses):
            raise InputError("session.no_such_image", number=number)
        self.active = number - 1

    def set_eye(self, number: int, eye: Eye) -> None:
        """Correct the side of photo `number`."""
        self.analyses[number - 1] = with_eye(self.analyses[number - 1], eye)

    def set_scale(self, number: int, um_per_px: float | None) -> None:
        """Note the micrometres of a row of scan `number`; raises InputError where none can be."""
        self.analyses[number - 1] = with_scale(self.analyses[number - 1], um_per_px)

    @property
    def spoken_of(self) -> int:
        """Number of the photo that a question goes on about: of the last question, where that was
        about one and the focus stayed, else of the one in focus."""
        about = next((m.about for m in reversed(self.messages) if m.role == "user"), ())
        stayed = self.active == self.active_when_asked
        return about[0] if stayed and len(about) == 1 else self.active + 1

    @property
    def eyes(self) -> tuple[Eye, ...]:
        """The side of each photo as far as it is known."""
        return tuple(one.findings.image.eye for one in self.analyses)

    def undo(self) -> str | None:
        """Take the last question and its answer back; returns the question."""
        while self.messages and self.messages[-1].role == "assistant":
            self.messages.pop()
        return self.messages.pop().text if self.messages else None

    def clear(self) -> None:
        """Forget everything."""
        self.analyses.clear()
        self.messages.clear()
        self.active, self.active_when_asked = 0, None
