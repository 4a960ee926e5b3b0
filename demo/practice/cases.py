"""Which photos can be practised on: examples, the conversation's, own ones; and opening one."""

from collections.abc import Sequence

from demo.practice.panels import Listed
from demo.practice.stage import PICTURE_PX, webp
from demo.practice.state import Case
from demo.samples import Sample, sample_thumbnail
from demo.visit import Visit
from segmentation.overlay import shrink
from vision.catalogue import say
from vision.errors import InputError
from vision.intake import read_image
from vision.types import FundusImage

MOST_OWN = 10
_THUMBNAIL_PX = 160


class Shelf:
    """The example photos that all visitors share; thumbnails are made once, when asked for."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.samples = samples
        self._thumbnails: dict[int, bytes] = {}

    def illustrate(self) -> None:
        """Make the thumbnails; takes a second the first time."""
        for index, sample in enumerate(self.samples):
            if index not in self._thumbnails:
                self._thumbnails[index] = thumbnail(FundusImage(sample_thumbnail(sample)[0]))

    def listed(self, visit: Visit) -> list[Listed]:
        """All cases of a visit, in the order in which they are shown."""
        language = visit.language
        # what the data set says of an example stays untold: it is what the student shall find
        found = [
            Listed(
                f"sample:{index}",
                say("demo.practice.case.sample", language, number=index + 1),
                self._thumbnails.get(index),
            )
            for index in range(len(self.samples))
        ]
        for number, analysis in enumerate(visit.session.analyses, 1):
            key, practice = f"photo:{analysis.image.id}", visit.practice
            if key not in practice.thumbnails:
                practice.thumbnails[key] = thumbnail(analysis.image)
            name = say("demo.practice.case.photo", language, number=number)
            found.append(Listed(key, name, practice.thumbnails[key]))
        own = [key for key in visit.practice.cases if key.startswith("own:")]
        for number, key in enumerate(own, 1):
            name = say("demo.practice.case.own", language, number=number)
            found.append(Listed(key, name, visit.practice.thumbnails.get(key)))
        return found

    def open(self, key: str, visit: Visit) -> Case:
        """The case of a key with its marks; raises InputError for a photo that is gone."""
        case = visit.practice.cases.get(key)
        if case is None:
            case = visit.practice.cases[key] = self._new(key, visit)
        visit.practice.current = key
        return case

    def _new(self, key: str, visit: Visit) -> Case:
        kind, _, which = key.partition(":")
        if kind == "sample" and which.isdecimal() and int(which) < len(self.samples):
            try:
                data = self.samples[int(which)].path.read_bytes()
            except OSError:
                raise InputError("demo.error.sample_gone") from None
            return _case(read_image(data), data)
        for analysis in visit.session.analyses:
            if kind == "photo" and which == analysis.image.id:
                case = _case(analysis.image, None)
                case.analysis = analysis
                return case
        raise InputError("demo.practice.error.gone")


def take(data: bytes, visit: Visit) -> Case:
    """Open a photo that the student brought; raises InputError where it cannot be taken."""
    practice = visit.practice
    own = sum(key.startswith("own:") for key in practice.cases)
    if own >= MOST_OWN:
        raise InputError("demo.practice.error.too_many", most=MOST_OWN)
    image = read_image(data)
    key = f"own:{own + 1}"
    practice.cases[key] = _case(image, data)
    practice.thumbnails[key] = thumbnail(image)
    practice.current = key
    return practice.cases[key]


def thumbnail(image: FundusImage) -> bytes:
    """A small picture for the list (WebP)."""
    return webp(shrink(image.pixels, _THUMBNAIL_PX))


def _case(image: FundusImage, data: bytes | None) -> Case:
    pixels = shrink(image.pixels, PICTURE_PX)
    return Case(image.id, webp(pixels), (pixels.shape[0], pixels.shape[1]), data)
