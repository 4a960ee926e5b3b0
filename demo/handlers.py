"""What happens on each quick event of the page: (what was sent, the visit) -> what to show.

No Gradio and no models here; the slow work is `demo.worker`. Nothing raises: what cannot be done
becomes a sentence in the conversation, and what was written stays in the composer.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from assistant.pipeline import MAX_QUESTION_CHARACTERS
from assistant.session import MAX_IMAGES
from demo import views
from demo.loader import Loader
from demo.samples import Sample
from demo.settings import Settings
from demo.transcript import Asked, Photo, Reading, Sent, Told, Turn, Waiting, turn_at, unplain
from demo.views import View
from demo.visit import Look, Visit
from vision.catalogue import Language, say
from vision.errors import InputError
from vision.types import Eye

_STOPPING_S = 3.0  # how long a stopped answer may take to end before a person is told to wait


class Handlers:
    """The quick events; holds what all visitors share, and nothing of any visitor."""

    def __init__(self, loader: Loader, settings: Settings, samples: Sequence[Sample]) -> None:
        self._loader = loader
        self._settings = settings
        self._samples = samples

    # ---- sending ----

    def receive(self, message: dict[str, Any] | None, visit: Visit) -> View:
        """Take what the composer sent."""
        text = str((message or {}).get("text") or "").strip()
        files = [Path(file) for file in (message or {}).get("files") or ()]
        problem = self._problem(text, len(files), visit)
        if problem is not None:
            return self._hint(problem, visit)
        try:
            uploads = [_take(file) for file in files]
        except OSError:
            return self._hint(Told("demo.error.upload_gone"), visit)
        view = self._begin(Turn(text, uploads=uploads), visit)
        view["composer"]["value"] = {"text": "", "files": []}
        return view

    def ask(self, question: str, visit: Visit) -> View:
        """Send one of the offered questions."""
        problem = self._problem(question, 0, visit)
        return self._hint(problem, visit) if problem else self._begin(Turn(question), visit)

    def choose_sample(self, index: int, visit: Visit) -> View:
        """Send one of the example photos."""
        problem = self._problem("", 1, visit)
        if problem is not None:
            return self._hint(problem, visit)
        try:
            data = self._samples[index].path.read_bytes()
        except OSError:
            return self._hint(Told("demo.error.sample_gone"), visit)
        return self._begin(Turn("", uploads=[data]), visit)

    def retry(self, visit: Visit) -> View:
        """Answer the last question again, about the same photos."""
        if not visit.idle.wait(_STOPPING_S):
            return self._hint(Told("demo.error.busy"), visit)
        visit.drop_hints()
        if not visit.turns:
            return views.after(visit)
        turn = visit.turns.pop()
        visit.rewind(turn, len(visit.session.analyses))
        return self._begin(turn, visit)

    def undo(self, visit: Visit) -> View:
        """Take back the last message, its photos and answer; its words return to the composer."""
        if not visit.idle.wait(_STOPPING_S):
            return self._hint(Told("demo.error.busy"), visit)
        if not visit.turns:
            return views.after(visit)
        turn = visit.turns.pop()
        visit.rewind(turn, turn.photos_before)
        view = views.after(visit)
        if turn.question:
            view["composer"]["value"] = {"text": turn.question, "files": []}
        return view

    def edit(self, index: int, text: str, visit: Visit) -> View:
        """Ask the question shown at message `index` in other words; later turns are taken back."""
        if not visit.idle.wait(_STOPPING_S):
            return self._hint(Told("demo.error.busy"), visit)
        position, text = turn_at(visit.turns, index), unplain(text).strip()
        if position is None:
            return views.after(visit)
        problem = self._problem(text, 0, visit, most_turns=self._settings.most_turns + 1)
        if problem is not None:
            return self._hint(problem, visit)
        turn, later = visit.turns[position], visit.turns[position + 1 :]
        del visit.turns[position:]
        visit.rewind(turn, later[0].photos_before if later else len(visit.session.analyses))
        turn.question = text
        return self._begin(turn, visit)

    def stop(self, visit: Visit) -> View:
        """End the answer under way; what was said so far stays."""
        visit.stop.set()
        turn = visit.job
        if turn is not None and not turn.started:  # still in the queue
            visit.end(turn)
            turn.wait_for(None)
            turn.parts.append(Told("demo.answer.stopped"))
        return views.after(visit)

    def restart(self, visit: Visit) -> View:
        """Begin a new conversation; photos and words of the old one are let go."""
        visit.clear()
        return self.everything(visit)

    # ---- looking ----

    def show_photo(self, number: int | None, visit: Visit) -> View:
        """Bring another photo into focus, for the eye and for the next question."""
        if number is not None and visit.job is None:
            visit.focus(int(number))
        return {**views.panel(visit), **views.chips(visit)}

    def set_pair(self, mode: str | None, visit: Visit) -> View:
        """Show one photo, or two side by side."""
        visit.paired = mode == "two"
        visit.show_all()
        return views.panel(visit)

    def set_partner(self, number: int | None, visit: Visit) -> View:
        """Choose the photo beside the one in focus."""
        if number is not None:
            visit.put_beside(int(number))
        return views.panel(visit)

    def set_earlier(self, number: int | None, visit: Visit) -> View:
        """Note which of the two photos is of an earlier visit; only a person knows that."""
        visit.set_earlier(int(number or 0))
        return views.panel(visit)

    def sharpen(self, name: Literal["photo", "beside"], visit: Visit) -> View:
        """Show a photo from all its pixels, for a closer look."""
        return views.sharpened(name, visit)

    def set_eye(self, eye: Eye, visit: Visit) -> View:
        """Note which eye the photo in focus shows; only a person knows that."""
        if visit.number and visit.job is None:
            visit.session.set_eye(visit.number, eye)
        return views.panel(visit)

    def set_scale(self, um_per_px: float | None, visit: Visit) -> View:
        """Note the scale of the scan in focus, or that it is not known after all."""
        if visit.number and visit.job is None:
            try:
                visit.session.set_scale(visit.number, um_per_px or None)
            except InputError as error:
                return {**views.panel(visit), **self._hint(Told(error.key, error.values), visit)}
        return views.panel(visit)

    def redraw(
        self,
        shown: Sequence[str],
        opacity: float,
        look: Look | None,
        heated: str | None,
        visit: Visit,
    ) -> View:
        """Draw the photo in focus with the chosen classes, or with the heat of a disease."""
        visit.shown, visit.opacity = set(shown), float(opacity)
        visit.look = look if look in visit.looks else "plain"
        if visit.analysis is not None and heated in visit.analysis.heat:
            visit.heated = heated
        return views.picture(visit)

    def switch_language(self, language: Language, visit: Visit) -> View:
        """Say everything in another language; the conversation stays as it is."""
        visit.language = language
        return self.everything(visit)

    def status(self, visit: Visit) -> View:
        """Where the loading of the models stands."""
        return views.status(visit, self._loader)

    def everything(self, visit: Visit) -> View:
        """The whole page."""
        return views.everything(visit, self._loader, self._samples)

    # ---- parts ----

    def _problem(
        self, text: str, photos: int, visit: Visit, most_turns: int | None = None
    ) -> Told | None:
        """Why a message cannot be taken now."""
        most_turns = most_turns or self._settings.most_turns
        if visit.busy:
            return Told("demo.error.busy")
        if not text and not photos:
            return Told("demo.error.empty")
        if len(text) > MAX_QUESTION_CHARACTERS:
            limits: dict[str, object] = {
                "most": f"{MAX_QUESTION_CHARACTERS:,}",
                "found": f"{len(text):,}",
            }
            return Told("demo.error.too_long", limits)
        if len(visit.session.analyses) + photos > MAX_IMAGES:
            return Told("demo.error.too_many_photos", {"most": MAX_IMAGES})
        if sum(not turn.is_hint for turn in visit.turns) >= most_turns:
            return Told("demo.error.too_many_turns", {"most": self._settings.most_turns})
        return None

    @staticmethod
    def _hint(told: Told, visit: Visit) -> View:
        """Say why nothing was done; one hint at a time, gone with the next message."""
        if (
            visit.job is not None
        ):  # in the conversation it would come between a question and its answer
            return {**views.chat(visit), "toast": {"text": say(told.key, visit.language)}}
        visit.drop_hints()
        visit.append(Turn("", parts=[told], is_hint=True))
        return {**views.chat(visit), **views.composer(visit)}

    @staticmethod
    def _begin(turn: Turn, visit: Visit) -> View:
        """Let `turn`, new or asked again, be answered next."""
        visit.drop_hints()
        photos = [part for part in turn.parts if isinstance(part, Photo)]
        readings = [part for part in turn.parts if isinstance(part, Reading)]
        asked = [Asked(turn.question)] if turn.question else []
        sent = [Sent(len(turn.uploads))] if turn.uploads else []
        waiting = Waiting("demo.waiting.queue")
        turn.parts = [*photos, *sent, *asked, *readings, waiting]
        visit.append(turn)
        visit.begin(turn)
        return views.after(visit)


def _take(file: Path) -> bytes:
    """The uploaded bytes; the file itself, with all its metadata, is not kept."""
    data = file.read_bytes()
    file.unlink()
    return data
