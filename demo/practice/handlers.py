"""What happens on each quick event of the tab; nothing raises, and no mark is lost on the way."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demo.practice import views
from demo.practice.cases import Shelf, take
from demo.practice.score import Mark, Point
from demo.practice.state import BRUSHES, Case
from demo.transcript import Told
from demo.views import View
from demo.visit import Visit
from segmentation.labels import LESIONS
from vision.errors import InputError

MOST_MARKS = 300
_MOST_POINTS = 400  # of one stroke


class PracticeHandlers:
    """The quick events; holds what all visitors share, and nothing of any visitor."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def everything(self, visit: Visit) -> View:
        """The whole tab."""
        return views.everything(visit, self._shelf.listed(visit), self._shelf.samples)

    def cases(self, visit: Visit) -> View:
        """The list, which the conversation may have made longer."""
        return views.cases(visit, self._shelf.listed(visit))

    def illustrate(self, visit: Visit) -> View:
        """The list with thumbnails."""
        try:
            self._shelf.illustrate()
        except (InputError, OSError):  # a list without pictures can still be read
            return {}
        return self.cases(visit)

    # ---- choosing a photo ----

    def choose(self, value: dict[str, Any] | None, visit: Visit) -> View:
        """Open the case that was chosen in the list."""
        key = str((value or {}).get("chosen") or "")
        visit.practice.told = None
        try:
            self._shelf.open(key, visit)
        except InputError as error:
            visit.practice.told = Told(error.key, error.values)
        return {**self.cases(visit), **views.case(visit)}

    def take(self, path: str | None, visit: Visit) -> View:
        """Take a photo of the student's own; the file itself is not kept."""
        visit.practice.told = None
        try:
            file = Path(path or "")
            data = file.read_bytes()
            file.unlink()
            take(data, visit)
        except InputError as error:
            visit.practice.told = Told(error.key, error.values)
        except OSError:
            visit.practice.told = Told("demo.error.upload_gone")
        return {**self.cases(visit), **views.case(visit), "practice_upload": {"value": None}}

    # ---- reading it ----

    def mark(self, value: dict[str, Any] | None, visit: Visit) -> View:
        """Add the mark that was set on the photo."""
        case, practice = _open(visit), visit.practice
        points = _points((value or {}).get("points"))
        if case is not None and points and len(case.marks) < MOST_MARKS:
            radius = BRUSHES[practice.brush]
            first = not case.begun
            case.marks.append(Mark(practice.lesion, points if radius else points[:1], radius))
            return views.marks(visit) | (self.cases(visit) if first else {})
        return views.marks(visit)

    def undo(self, visit: Visit) -> View:
        """Take the last mark back."""
        case = _open(visit)
        if case is not None and case.marks:
            case.marks.pop()
        return self._fewer(case, visit)

    def clear(self, visit: Visit) -> View:
        """Take all marks back."""
        case = _open(visit)
        if case is not None:
            case.marks.clear()
        return self._fewer(case, visit)

    def _fewer(self, case: Case | None, visit: Visit) -> View:
        unbegun = case is not None and not case.begun
        return views.marks(visit) | (self.cases(visit) if unbegun else {})

    def set_lesion(self, code: str | None, visit: Visit) -> View:
        """Choose the class of the next marks."""
        visit.practice.lesion = code if code in LESIONS else visit.practice.lesion
        return views.marks(visit)

    def set_brush(self, brush: str | None, visit: Visit) -> View:
        """Choose between points and areas."""
        visit.practice.brush = brush if brush in BRUSHES else visit.practice.brush
        return views.marks(visit)

    def set_grade(self, grade: int | None, visit: Visit) -> View:
        """Note the student's grade."""
        case = _open(visit)
        if case is not None and grade in views.GRADES:
            first, case.grade = not case.begun, grade
            return self.cases(visit) if first else {}
        return {}

    # ---- comparing ----

    def reveal(self, visit: Visit) -> View:
        """Let the open case be revealed next; the work itself is `demo.practice.reveal`."""
        case, practice = _open(visit), visit.practice
        if case is not None and practice.waiting is None:
            case.told, case.waits = None, Told("demo.practice.waiting.begin")
        return {**views.marks(visit), **views.reveal(visit)}

    def look(self, look: str | None, visit: Visit) -> View:
        """Show the student's marks, the system's outlines, both, or the photo alone."""
        for known in views.LOOKS:
            if look == known:
                visit.practice.look = known
        return {**views.photo(visit), **views.marks(visit)}


def _open(visit: Visit) -> Case | None:
    """The case that is open and still takes marks."""
    case = visit.practice.case
    if case is None or case.outcome is not None or case.waits is not None:
        return None
    return case


def _points(sent: object) -> tuple[Point, ...]:
    """The points that a browser sent, those within the photo; anything else is no mark."""
    if not isinstance(sent, Sequence) or isinstance(sent, str):
        return ()
    return tuple((float(one[0]), float(one[1])) for one in sent[:_MOST_POINTS] if _is_point(one))


def _is_point(one: object) -> bool:
    return (
        isinstance(one, Sequence)
        and len(one) == 2
        and all(isinstance(v, int | float) and math.isfinite(v) and 0.0 <= v <= 1.0 for v in one)
    )
