"""The run itself: what is still to be read, read and remembered; then the table and the page."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.screen.columns import rows
from demo.screen.entry import FINAL, Entry
from demo.screen.journal import Journal
from demo.screen.page import write_page
from demo.screen.photos import Photo, photos_in
from demo.screen.table import check_name, write_table
from demo.screen.workers import Source
from vision.catalogue import Language, say
from vision.errors import InputError


@dataclass(frozen=True, slots=True)
class Job:
    """A folder to be screened and where its table goes; everything else lies beside the table."""

    folder: Path
    out: Path
    models: str  # which models' files the photos are read with
    language: Language = "en"
    thumbnails: Path | None = None  # None: within the page
    every_file: bool = False  # each was chosen by a person, who is told of each

    @property
    def journal(self) -> Journal:
        """What was read so far."""
        return Journal(self.out.with_name(f"{self.out.name}.journal"))

    @property
    def page(self) -> Path:
        """The page of thumbnails."""
        return self.out.with_suffix(".html")

    def check(self) -> None:
        """Raises InputError for what cannot be carried out, before anything slow begins."""
        check_name(self.out)
        inside = self.folder.resolve()
        if self.thumbnails is not None and self.thumbnails.resolve().is_relative_to(inside):
            raise InputError("screen.thumbnails_inside", folder=self.thumbnails)


def screen(job: Job, source: Source, tell: Callable[[str], None]) -> list[Entry]:
    """Read what is not yet in the journal, and write all that is; the entries are by path.

    Where the run is interrupted, what was read is written all the same, and the interrupt goes on.
    Raises OphError.
    """
    job.check()
    photos = photos_in(job.folder, every_file=job.every_file)
    with job.journal.alone():
        known = _known(job, photos)
        left = [photo for photo in photos if photo.path not in known]
        tell(say("screen.begins", job.language, total=len(photos), left=len(left)))
        try:
            for entry in source(left) if left else ():
                job.journal.add(entry)
                known[entry.photo.path] = entry
        finally:
            entries = [known[photo.path] for photo in photos if photo.path in known]
            if entries:
                write_table(job.out, rows(entries, job.language))
                write_page(job.page, job.folder, entries, job.language, job.thumbnails)
                tell(_summary(job, entries))
            if len(entries) < len(photos):
                tell(say("screen.unfinished", job.language, left=len(photos) - len(entries)))
    return entries


def _known(job: Job, photos: list[Photo]) -> dict[str, Entry]:
    """What the journal says of the photos as they are now, by the models as they are now."""
    now = set(photos)
    return {
        entry.photo.path: entry
        for entry in job.journal.entries()
        if entry.photo in now and entry.models == job.models and entry.status in FINAL
    }


def _summary(job: Job, entries: list[Entry]) -> str:
    statuses = [entry.status for entry in entries]
    counts = {name: statuses.count(name) for name in ("read", "incomplete", "refused", "failed")}
    return say("screen.done", job.language, table=job.out, page=job.page, **counts)
