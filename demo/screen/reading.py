"""One photo read without the language model: what a process that reads photos does."""

import base64
import io
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PIL import Image

from assistant.findings import Findings
from demo.screen.entry import Entry, Problem, Status
from demo.screen.photos import Photo
from segmentation.labels import LESIONS
from segmentation.overlay import downscale, draw, shrink
from vision.config import SHIPPED
from vision.errors import InputError, ModelError, OphError
from vision.intake import MAX_BYTES
from vision.packages import sha256_of

if TYPE_CHECKING:  # the models are imported by the processes that read, not by the one that waits
    from assistant.analysis import Analysis, Reader

Load = Callable[[int | None], "Reader"]  # of the threads that models may use; None: as torch does
THUMBNAIL_PX = 320
_SEGMENTATION = Path(__file__).parents[2] / "segmentation" / "weights"
_PART_FAILED = frozenset({"note.classifier_failed", "note.segmentation_failed",
                          "note.judged_by_rules", "note.oct_not_read"})  # fmt: skip
_log = logging.getLogger(__name__)


def shipped_models() -> str:
    """Which models this installation reads photos with: SHA-256 over their configs.

    A config holds the SHA-256 of its weights, and the thresholds.
    """
    configs = sorted([SHIPPED / "config.json", *_SEGMENTATION.glob("*/config.json")])
    return " ".join(f"{path.parent.name}={_digest(path)[:16]}" for path in configs)


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise ModelError("error.weights_missing", path=path) from error


def shipped_reader(threads: int | None) -> "Reader":
    """The committed classifier and segmenter; raises ModelError for one that is not whole."""
    import torch

    from assistant.analysis import Reader
    from segmentation.predict import Segmenter
    from vision.classifier import Classifier

    if threads is not None:
        torch.set_num_threads(threads)
    return Reader(Classifier.load(), Segmenter.load())


class PhotoReader:
    """The models of one process, loaded with its first photo."""

    def __init__(self, folder: Path, models: str, load: Load, threads: int | None = None) -> None:
        self.folder = folder
        self.models = models
        self.load = load
        self.threads = threads
        self.reader: Reader | None = None

    def __call__(self, photo: Photo) -> Entry:
        """Whatever comes of it: nothing that a photo or a model does stops the run.

        Raises OphError where the models themselves cannot be loaded.
        """
        if self.reader is None:
            self.reader = self.load(self.threads)
        began = time.monotonic()
        try:
            entry = self._read(self.reader, photo)
        except InputError as error:
            entry = self._without(photo, "refused", error)
        except OphError as error:
            entry = self._without(photo, "failed", error)
        except Exception:  # a fault of ours costs this photo, not the night
            _log.exception("a photo could not be read")
            entry = self._without(photo, "failed", OphError("screen.failed"))
        return replace(entry, seconds=round(time.monotonic() - began, 2))

    def _read(self, reader: "Reader", photo: Photo) -> Entry:
        *_, last = reader.read(bytes_of(self.folder / photo.path))
        analysis = cast("Analysis", last)
        findings, small = analysis.findings, _thumbnail(analysis)
        return Entry(photo, self.models, _status(findings), findings=findings, thumbnail=small)

    def _without(self, photo: Photo, status: Status, error: OphError) -> Entry:
        return Entry(photo, self.models, status, problem=problem_of(error))


def problem_of(error: OphError) -> Problem:
    """An error's sentence in a form that processes can send to one another."""
    return Problem(error.key, {name: str(value) for name, value in error.values.items()})


def bytes_of(path: Path) -> bytes:
    """A file's content; raises InputError for what is no file, cannot be read, or is too large.

    The size is asked first, so that a huge file is never in memory.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():  # a pipe would be waited for
            raise InputError("error.file_missing", path=path.name)
        if size > MAX_BYTES:
            found, most = f"{size / 1e6:.1f}", MAX_BYTES // 1_000_000
            raise InputError("intake.too_large", found_mb=found, most_mb=most)
        return path.read_bytes()
    except OSError as error:
        raise InputError("error.file_missing", path=path.name) from error


def _status(findings: Findings) -> Status:
    return "incomplete" if _PART_FAILED & set(findings.notes) else "read"


def _thumbnail(analysis: "Analysis") -> str:
    """The photo as small as a card of the page, with its lesions over it, as WebP in base64."""
    if analysis.retina is None:
        small = shrink(analysis.image.pixels, THUMBNAIL_PX)
    else:
        photo, masks = downscale(analysis.image, analysis.retina, THUMBNAIL_PX)
        small = draw(photo, masks, LESIONS)
    stream = io.BytesIO()
    Image.fromarray(small).save(stream, "WEBP", quality=70)
    return base64.b64encode(stream.getvalue()).decode()
