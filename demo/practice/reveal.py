"""The slow event of the tab: the models read the photo, and the student's marks are compared.

It stands in the same line as every answer. Whatever goes wrong becomes a sentence under the button,
and the marks stay.
"""

import logging
from collections.abc import Callable, Iterator

from assistant.analysis import Analysis
from demo.loader import Loader
from demo.practice import views
from demo.practice.score import score, tolerance_px
from demo.practice.stage import PICTURE_PX, webp
from demo.practice.state import Case, Outcome, Practice
from demo.trace import noted
from demo.transcript import Told
from demo.views import View
from demo.visit import Visit
from segmentation import overlay
from segmentation.labels import LESIONS
from vision.errors import InputError, OphError

_log = logging.getLogger(__name__)


class Revealer:
    """Reveals the waiting case of a visit; `listed` says how the list of cases has changed."""

    def __init__(self, loader: Loader, listed: Callable[[Visit], View]) -> None:
        self._loader = loader
        self._listed = listed

    def work(self, visit: Visit) -> Iterator[View]:
        """What is waited for, then the result, as views."""
        practice = visit.practice
        case = practice.waiting
        if case is None:
            return
        try:
            yield from self._reveal(visit, practice, case)
        except OphError as error:
            case.told = Told(error.key, error.values)
        except Exception:  # a person must read a sentence, whatever went wrong
            trace = noted(_log, "a photo was not revealed")
            case.told = Told("demo.error.unexpected", {"trace": trace})
        finally:  # also where the browser went away in the middle
            case.waits = None
        yield {**self._listed(visit), **views.case(visit)}

    def _reveal(self, visit: Visit, practice: Practice, case: Case) -> Iterator[View]:
        analysis = case.analysis or _known(visit, case)
        if analysis is None:
            for found in self._analyze(practice, case):
                if isinstance(found, Analysis):
                    analysis = found
                else:
                    case.waits = found
                    yield views.reveal(visit)
        if analysis is not None:
            compare(case, analysis)

    def _analyze(self, practice: Practice, case: Case) -> Iterator[Told | Analysis]:
        """What is waited for, then the analysis; nothing more once the visit has ended."""
        if case.data is None:
            raise InputError("demo.practice.error.gone")
        line, stop = self._loader.line, practice.stop
        with line.standing() as ticket:
            for before in line.places(ticket, stop.is_set):
                yield Told("demo.waiting.line", {"before": before})
            if stop.is_set():
                return
            if self._loader.state != "ready":
                self._loader.start()
                yield Told("demo.practice.waiting.models")
            pipeline = self._loader.wait(stop)
            if pipeline is None:
                return
            yield Told("demo.practice.waiting.reading")
            for item in pipeline.analyze(case.data):
                if stop.is_set():
                    return
                if isinstance(item, Analysis):
                    yield item


def compare(case: Case, analysis: Analysis) -> None:
    """Give a case its outcome: score and outlines, or why there is nothing to compare with."""
    findings, retina = analysis.findings, analysis.retina
    if retina is None or findings.lesions is None:
        reasons = findings.quality.reasons if findings.quality.gradable == "no" else ()
        told = (Told("demo.practice.error.unread"), *(Told(reason) for reason in reasons))
        failed = (Told("note.segmentation_failed"),)
        case.outcome = Outcome(findings, None, told if reasons else failed)
    else:
        tolerance = tolerance_px(findings.anatomy.disc, analysis.fov)
        case.outcome = Outcome(findings, score(case.marks, retina.lesions, tolerance))
        photo, masks = overlay.downscale(analysis.image, retina, PICTURE_PX)
        case.outlined = webp(overlay.draw(photo, masks, LESIONS))
    case.data = case.analysis = None  # no longer needed


def _known(visit: Visit, case: Case) -> Analysis | None:
    """The analysis of the same photo that the conversation already has."""
    same = (one for one in visit.session.analyses if one.image.id == case.image_id)
    return next(same, None)
