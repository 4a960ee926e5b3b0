"""What happens on each event of the tab: (what was sent, the visit) -> what to show.

No Gradio here. Nothing raises: failures become a sentence in the tab, and the results stay.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from demo.batch import views
from demo.batch.run import Runner, code_of
from demo.batch.state import KEEPS, MOST_PHOTOS, Batch
from demo.screen.attention import GROUPS
from demo.screen.columns import rows
from demo.screen.table import write_table
from demo.store_values import checked_code
from demo.transcript import Told
from demo.views import View
from demo.visit import Visit
from vision.errors import InputError, OphError

TABLE = "photos.csv"


class BatchHandlers:
    """The events; `offer` puts a file of a name where the browser can fetch it."""

    def __init__(self, runner: Runner, offer: Callable[[bytes, str], str]) -> None:
        self._runner = runner
        self._offer = offer

    def everything(self, visit: Visit) -> View:
        """The whole tab."""
        visit.batch.shown = None
        return views.everything(visit)

    def take(self, files: Sequence[str] | None, visit: Visit) -> View:
        """Take the uploaded files; the uploads themselves are not kept."""
        batch = visit.batch
        _settle(batch)
        try:
            too_many = batch.take(Path(file) for file in files or ())
        except OSError:
            batch.told = Told("demo.error.upload_gone")
        else:
            if too_many:
                batch.told = Told("demo.batch.too_many", {"most": MOST_PHOTOS, "count": too_many})
        return {
            **views.state(visit),
            "batch_files": {"value": None},
            "batch_folder": {"value": None},
        }

    def set_keep(self, keep: str | None, visit: Visit) -> View:
        """Choose which photos become cases."""
        batch = visit.batch
        for known in KEEPS:
            if keep == known:
                batch.keep = known
        return views.state(visit)

    def start(self, prefix: str | None, visit: Visit) -> View:
        """Begin to read, or go on with what is left."""
        batch = visit.batch
        _settle(batch)
        if batch.running or not batch.left:
            return views.state(visit)
        batch.prefix = (prefix or "").strip()
        try:
            if batch.keep != "none":
                checked_code(code_of(batch.prefix, MOST_PHOTOS))
        except InputError:
            batch.told = Told("demo.batch.bad_prefix")
        else:
            self._runner.start(batch, visit.language)
        return views.state(visit)

    def stop(self, visit: Visit) -> View:
        """End the reading after the photo that is being read."""
        visit.batch.stop.set()
        return views.state(visit)

    def tick(self, visit: Visit) -> View:
        """How far it is; at the end, all that can be done then."""
        if visit.batch.running:
            return views.progress(visit) | views.told(visit)
        return views.state(visit)

    def show(self, name: str | None, visit: Visit) -> View:
        """Show the photos of one group, or all."""
        visit.batch.group = next((known for known in GROUPS if known == name), None)
        return views.progress(visit)

    def download(self, visit: Visit) -> View:
        """The table of all photos as a file, in the visit's language."""
        batch = visit.batch
        _settle(batch)
        table = batch.home / TABLE
        try:
            found = sorted(batch.entries.values(), key=lambda entry: entry.photo.path)
            write_table(table, rows(found, visit.language))
            file = self._offer(table.read_bytes(), TABLE)
        except OphError as error:
            batch.told = Told(error.key, error.values)
            return {**views.state(visit), "batch_file": {"value": None}}
        return {**views.state(visit), "batch_file": {"value": file}}

    def clear(self, visit: Visit) -> View:
        """Let go of all photos and results; asks first."""
        batch = visit.batch
        if batch.running:
            return views.state(visit)
        if batch.entries and not batch.clearing:
            batch.told, batch.clearing = Told("demo.batch.sure"), True
            return views.state(visit)
        batch.close()
        visit.batch = Batch(keep=batch.keep, prefix=batch.prefix)
        return self.everything(visit)


def _settle(batch: Batch) -> None:
    """Let go of sentences and questions of the last event."""
    batch.told, batch.clearing = None, False
