"""The slow event of the page: read the photos of a turn, then answer its question.

Whatever goes wrong becomes a sentence in the conversation, and what was said before stays.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.analysis import Analysis, Step
from assistant.focus import answer_language
from assistant.turns import Ticket
from demo import views
from demo.loader import Loader
from demo.picture import display_of
from demo.trace import noted
from demo.transcript import Answered, Part, Photo, Reading, Sent, Told, Turn, Waiting
from demo.views import View
from demo.visit import Visit
from segmentation import overlay
from vision.catalogue import Language, say
from vision.errors import InputError, OphError
from vision.intake import read_image

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline

THUMBNAIL_PX = 320
_UPDATE_S = 1 / 15  # a browser can paint the growing answer this often without falling behind
_log = logging.getLogger(__name__)


class Worker:
    """Works on one visit's waiting turn at a time.

    `store` puts thumbnail pixels (h, w, 3) uint8 where the page can show them and gives the path.
    """

    def __init__(self, loader: Loader, store: Callable[[np.ndarray], str]) -> None:
        self._loader = loader
        self._store = store

    def work(self, visit: Visit) -> Iterator[View]:
        """Answer the waiting turn, and one that was sent meanwhile, in a stream of views.

        Stands in line anew for each, so that nobody waits for all that another asks.
        """
        while visit.job is not None:
            with self._loader.line.standing() as ticket:
                yield from self._wait(visit, ticket)
                if visit.stop.is_set() or not self._loader.line.before(ticket):
                    yield from self._next(visit)
            yield {**views.after(visit), **views.status(visit, self._loader)}

    def _wait(self, visit: Visit, ticket: Ticket) -> Iterator[View]:
        """Until its turn has come or nothing is left to do, showing how many are before it.

        What was stopped needs no models, and so no turn.
        """

        def given_up() -> bool:
            return visit.stop.is_set() or visit.job is None

        for before in self._loader.line.places(ticket, given_up):
            if (turn := visit.job) is not None and not turn.started:
                turn.wait_for(Waiting("demo.waiting.line", before))
                yield views.chat(visit)

    def _next(self, visit: Visit) -> Iterator[View]:
        """Answer what waits; what was cleared or answered meanwhile is no longer there."""
        if (turn := visit.job) is not None:
            stop, turn.started = visit.stop, True
            visit.mark(turn)
            try:
                yield from self._turn(visit, turn, stop)
            except OphError as error:
                turn.parts.append(Told(error.key, error.values))
            except Exception:  # a person must read a sentence, whatever went wrong
                trace = noted(_log, "an answer failed")
                turn.parts.append(Told("demo.error.unexpected", {"trace": trace}))
            finally:  # also where the browser went away in the middle
                stop.set()
                _settle(turn)
                visit.end(turn)

    def _turn(self, visit: Visit, turn: Turn, stop: threading.Event) -> Iterator[View]:
        if self._loader.state != "ready":
            self._loader.start()
            turn.wait_for(Waiting("demo.waiting.models"))
            yield {**views.chat(visit), **views.status(visit, self._loader)}
        pipeline = self._loader.wait(stop)
        turn.wait_for(None)
        sent, read = bool(turn.uploads), False
        for data in tuple(turn.uploads):
            if pipeline is None or stop.is_set():
                break
            try:
                yield from self._read(pipeline, visit, turn, data, stop)
                read = True
            except InputError as error:  # the other photos and the question may still be good
                turn.uploads.remove(data)
                turn.parts.append(Told(error.key, error.values))
                yield views.chat(visit)
        if pipeline is None or stop.is_set():
            turn.parts.append(Told("demo.answer.stopped"))
        elif read or not sent:
            yield from self._answer(pipeline, visit, turn, stop)

    def _read(
        self, pipeline: "Pipeline", visit: Visit, turn: Turn, data: bytes, stop: threading.Event
    ) -> Iterator[View]:
        """Analyse one photo: its thumbnail shows at once, each step as it ends."""
        number = len(visit.session.analyses) + 1
        thumbnail = self._store(overlay.shrink(read_image(data).pixels, THUMBNAIL_PX))
        place = sum(isinstance(part, Photo) for part in turn.parts)
        turn.take_sent()
        turn.parts.insert(place, Photo(number, thumbnail))
        turn.parts.append(Reading(number))
        yield views.chat(visit)
        steps: tuple[Step, ...] = ()
        for item in pipeline.analyze(data):
            if stop.is_set():
                return
            if isinstance(item, Analysis):
                number = _keep(visit, item)  # an earlier number for a photo sent before
                turn.parts[place] = Photo(number, thumbnail)
                turn.parts[-1] = Reading(number, steps, item.findings, done=True)
                turn.uploads.remove(data)
                yield {**views.chat(visit), **views.panel(visit), **views.chips(visit)}
            else:
                steps = (*(step for step in steps if step.name != item.name), item)
                turn.parts[-1] = Reading(number, steps)
                yield views.chat(visit)

    def _answer(
        self, pipeline: "Pipeline", visit: Visit, turn: Turn, stop: threading.Event
    ) -> Iterator[View]:
        question = turn.question or say("demo.default_question", visit.language)
        language = answer_language(question, visit.language)
        turn.parts.append(Answered(""))
        shown_at, notice = 0.0, None
        yield views.chat(visit)
        for event in pipeline.ask(visit.session, question, language, stop):
            turn.parts[-1] = Answered(
                event.text,
                event.pending,
                event.about,
                event.repaired,
                event.withheld,
                done=event.done,
                stopped=event.done and stop.is_set(),
                sources=event.sources,
            )
            notice = event.notice
            if time.monotonic() - shown_at >= _UPDATE_S:
                shown_at = time.monotonic()
                yield views.chat(visit)
        if notice is not None:
            turn.parts.append(Told(notice))
        self._read_ahead(pipeline, visit, language)

    @staticmethod
    def _read_ahead(pipeline: "Pipeline", visit: Visit, language: Language) -> None:
        """While the answer is being read, the next question's prompt is; it can only save time."""
        visit.ahead = threading.Event()
        threading.Thread(
            target=pipeline.read_ahead,
            args=(visit.session, language, visit.ahead),
            name="read-ahead",
            daemon=True,
        ).start()


def _keep(visit: Visit, analysis: Analysis) -> int:
    number = visit.session.add(analysis)
    visit.displays[number] = display_of(analysis)
    visit.focus(number)
    return number


def _settle(turn: Turn) -> None:
    """Leave nothing that looks as if it were still going on."""
    read = {part.number for part in turn.parts if isinstance(part, Reading) and part.done}
    unread = sum(isinstance(part, Photo) and part.number not in read for part in turn.parts)
    kept: list[Part] = [Sent(unread)] if unread else []
    for part in turn.parts:
        if isinstance(part, Answered) and not part.done:
            kept.append(replace(part, pending="", done=True, stopped=True))
        elif not isinstance(part, Waiting) and (
            not isinstance(part, Photo | Reading) or part.number in read
        ):
            kept.append(part)
    turn.parts = kept
