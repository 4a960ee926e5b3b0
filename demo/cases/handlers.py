"""What happens on each event of the tab: (what was sent, the visit) -> what to show.

No Gradio here. Nothing raises: failures become a sentence in the tab, and what was typed stays.
"""

from collections.abc import Callable, Mapping
from threading import Event
from typing import TYPE_CHECKING, cast

import numpy as np

from demo import views as conversation
from demo.cases import keep, views
from demo.cases.door import Door, telling
from demo.cases.feedback import targets
from demo.cases.mask import mask_of
from demo.cases.report import PASSAGES, Form, made, note, redraft
from demo.cases.state import Desk
from demo.loader import Loader
from demo.store_export import to_zip
from demo.store_values import Rating
from demo.views import View
from demo.visit import Visit
from vision.errors import InputError, OphError

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline


class CasesHandlers:
    """The events; holds what all visitors share, and nothing of any visitor.

    `show` puts a picture, and `offer` a file of a name, where the browser can fetch it.
    """

    def __init__(
        self,
        door: Door,
        loader: Loader,
        show: Callable[[np.ndarray], str],
        offer: Callable[[bytes, str], str],
    ) -> None:
        self._door = door
        self._loader = loader
        self._show = show
        self._offer = offer

    def everything(self, visit: Visit) -> View:
        """The whole tab in the visit's language, from what was read before: no database."""
        if visit.desk.draft is not None:
            redraft(visit, self._models)
        return views.everything(visit, self._models)

    def enter(self, visit: Visit) -> View:
        """The list as it is now, and the report of what the conversation has become."""
        with telling(visit.desk, "list"):
            redraft(visit, self._models)
            self._read_list(visit.desk)
        return self._all(visit) | views.anew(visit, self._models)

    # ---- saving ----

    def save_new(self, code: str, text: str, visit: Visit) -> View:
        """Store the conversation as a new case."""
        with telling(visit.desk, "save"):
            keep.save_new(self._door.store, visit, code, text)
            emptied: View = {"cases_code": {"value": ""}, "cases_note": {"value": ""}}
            return self._saved(visit) | views.case_note(visit) | emptied
        return self._all(visit)

    def update(self, visit: Visit) -> View:
        """Store what has changed in the conversation since it was stored."""
        with telling(visit.desk, "save"):
            keep.update(self._door.store, visit)
            return self._saved(visit) | views.case_note(visit)
        return self._all(visit)

    def add_visit(self, visit: Visit) -> View:
        """Store the conversation as a new visit of the chosen case."""
        desk = visit.desk
        with telling(desk, "list"):
            if desk.chosen is not None:
                keep.add_visit(self._door.store, visit, desk.chosen.id, desk.chosen.code)
                self._read_case(desk.chosen.id, desk)
                desk.visit_id = desk.linked.visit_id if desk.linked else ""
                desk.done("list", "demo.cases.added", code=desk.chosen.code)
                self._read_list(desk)
        return self._all(visit)

    def _saved(self, visit: Visit) -> View:
        desk = visit.desk
        if desk.linked is not None:
            desk.done("save", "demo.cases.saved", code=desk.linked.code)
            self._read_list(desk)
            self._read_case(desk.linked.case_id, desk)
        return self._all(visit)

    # ---- the list ----

    def search(self, words: str, visit: Visit) -> View:
        """Show the cases that hold the words."""
        visit.desk.search = words.strip()
        with telling(visit.desk, "list"):
            self._read_list(visit.desk)
        return self._all(visit)

    def choose(self, case_id: str | None, visit: Visit) -> View:
        """Show what is stored of one case."""
        with telling(visit.desk, "list"):
            if case_id:
                self._read_case(case_id, visit.desk)
        return self._all(visit) | views.case_note(visit)

    def choose_visit(self, visit_id: str | None, visit: Visit) -> View:
        """Choose the visit to open."""
        visit.desk.settle()
        visit.desk.visit_id = visit_id or visit.desk.visit_id
        return self._all(visit)

    def open(self, visit: Visit) -> View:
        """Bring the chosen visit back into the conversation; asks first where that is not saved."""
        desk = visit.desk
        confirmed, chosen, wanted = desk.replacing, desk.chosen, desk.visit_id
        with telling(desk, "list"):
            keep.require_rest(visit)
            if chosen is None or not wanted:
                raise InputError("demo.cases.no_visit")
            if keep.is_unsaved(visit) and confirmed != wanted:
                desk.warn("list", "demo.cases.replace")
                desk.replacing = wanted
                return self._all(visit)
            stored = self._door.store.visit(wanted)
            keep.restore(visit, stored, self._encoder(), self._show)
            visit.desk.linked = keep.link(visit, chosen, stored)
            if stored.damaged:
                lost = ", ".join(map(str, stored.damaged))
                desk.warn("list", "demo.cases.damaged", code=chosen.code, numbers=lost)
            else:
                desk.done("list", "demo.cases.opened", code=chosen.code)
            redraft(visit, self._models)
            shown = conversation.after(visit) | self._all(visit)
            return shown | views.anew(visit, self._models)
        return self._all(visit)

    def set_note(self, text: str, visit: Visit) -> View:
        """Replace the note of the chosen case."""
        desk = visit.desk
        with telling(desk, "list"):
            if desk.chosen is not None:
                self._door.store.set_note(desk.chosen.id, text)
                self._read_list(desk)
                self._read_case(desk.chosen.id, desk)
                desk.done("list", "demo.cases.noted")
        return self._all(visit)

    def ask_delete(self, visit: Visit) -> View:
        """Ask before a case is deleted."""
        visit.desk.settle()
        visit.desk.deleting = visit.desk.chosen is not None
        return self._all(visit)

    def keep_case(self, visit: Visit) -> View:
        """Leave the case as it is after all."""
        visit.desk.settle()
        return self._all(visit)

    def delete(self, visit: Visit) -> View:
        """Remove the chosen case with all its data; the conversation on the screen stays."""
        desk, confirmed = visit.desk, visit.desk.deleting
        with telling(desk, "list"):
            if desk.chosen is not None and confirmed:
                gone = desk.chosen
                try:
                    self._door.store.delete(gone.id)
                except OphError as error:
                    if error.key != "store.not_forgotten":
                        raise
                    desk.warn("list", error.key, **error.values)
                else:
                    desk.done("list", "demo.cases.deleted", code=gone.code)
                desk.chosen, desk.visits, desk.feedback, desk.visit_id = None, (), (), ""
                if desk.linked is not None and desk.linked.case_id == gone.id:
                    desk.linked = None
                self._read_list(desk)
        return self._all(visit)

    def export(self, visit: Visit) -> View:
        """The chosen case as one ZIP file."""
        desk = visit.desk
        with telling(desk, "list"):
            if desk.chosen is not None:
                data = to_zip(self._door.store.case(desk.chosen.id), visit.language)
                name = f"case-{desk.chosen.code.replace('/', '-')}.zip"
                desk.done("list", "demo.cases.exported", name=name)
                return self._all(visit) | {"cases_file": {"value": self._offer(data, name)}}
        return self._all(visit) | _NO_FILE

    def _read_list(self, desk: Desk) -> None:
        desk.listed = self._door.store.cases(desk.search)

    def _read_case(self, case_id: str, desk: Desk) -> None:
        store = self._door.store
        desk.chosen, desk.visits = store.summary(case_id), store.visits(case_id)
        desk.feedback = store.feedback(case_id)
        if desk.visit_id not in {one.id for one in desk.visits}:
            desk.visit_id = desk.visits[0].id if desk.visits else ""

    # ---- the report ----

    def edit(self, *sent: object) -> View:
        """Remember what was edited in the report, and mark it."""
        *texts, visit = sent
        visit = cast(Visit, visit)
        note(visit, dict(zip(PASSAGES, map(str, texts), strict=True)))
        return views.report_labels(visit)

    def renew(self, visit: Visit) -> View:
        """Put the words of the findings back into all boxes."""
        with telling(visit.desk, "report"):
            visit.desk.texts = {}
            redraft(visit, self._models)
        return self._all(visit) | views.report(visit)

    def report(self, form: Form, *sent: object) -> View:
        """The report with what the boxes hold, as a file."""
        *texts, visit = sent
        visit = cast(Visit, visit)
        with telling(visit.desk, "report"):
            redraft(visit, self._models)
            note(visit, dict(zip(PASSAGES, map(str, texts), strict=True)))
            file = made(visit, form)
            if file is not None:
                visit.desk.done("report", "demo.cases.exported", name=file[1])
                offered = {"cases_file": {"value": self._offer(*file)}}
                return self._all(visit) | views.report_labels(visit) | offered
            visit.desk.warn("report", "visit.no_photo")
        return self._all(visit) | _NO_FILE

    # ---- feedback ----

    def judge(
        self,
        rating: Rating,
        key: str,
        corrected: str,
        who: str,
        outline: str | None,
        visit: Visit,
    ) -> View:
        """Keep a reader's opinion with the case of the conversation; `outline` is a picture."""
        desk = visit.desk
        with telling(desk, "feedback"):
            known = {one.key: one for one in targets(visit.session, self._models, visit.language)}
            target = known.get(key or "")
            if target is None:
                raise InputError("demo.cases.feedback.choose")
            if desk.linked is None:
                raise InputError("demo.cases.feedback.unsaved")
            masks = mask_of(outline, target, visit.session) if outline else None
            self._door.store.give_feedback(
                desk.linked.case_id, rating, who, corrected=corrected, answer=target.answer,
                finding=target.finding, image_id=target.image_id, models=target.models,
                context=target.context, masks=masks,
            )  # fmt: skip
            self._read_case(desk.linked.case_id, desk)
            desk.done("feedback", "demo.cases.feedback.stored", code=desk.linked.code)
            cleared: View = {"cases_corrected": {"value": ""}, "cases_outline": {"value": None}}
            return self._all(visit) | views.case_note(visit) | cleared
        return self._all(visit)

    # ---- parts ----

    def _all(self, visit: Visit) -> View:
        return views.state(visit, self._models)

    @property
    def _models(self) -> Mapping[str, str]:
        """The models that answer, as far as they are loaded."""
        pipeline = self._pipeline() if self._loader.state == "ready" else None
        return {} if pipeline is None else pipeline.models

    def _encoder(self) -> str | None:
        """Of the encoder whose visual tokens the language model reads; waits until it is there."""
        pipeline = self._pipeline()
        classifier = None if pipeline is None else pipeline.reader.classifier
        return getattr(classifier, "sha256", None)

    def _pipeline(self) -> "Pipeline | None":
        try:
            return self._loader.wait(Event())
        except OphError:  # the page says so; findings can be read without models
            return None


_NO_FILE: View = {"cases_file": {"value": None}}
