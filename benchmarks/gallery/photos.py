"""The photos that are shown: drawn fundi, so that the pictures may be published."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.drawing import draw_fundus, scatter_lesions

_SIDE_PX = (1424, 2144)  # H, W
_SEED = 1  # of the eye with many lesions: a drawn one that the encoder takes for a photo
Place = tuple[float, float]  # x and y as shares of the photo


@dataclass(frozen=True, slots=True)
class Photos:
    """Files on disk."""

    right: Path  # an eye with many lesions
    marks: tuple[Place, ...]  # three of its haemorrhages, and a place without any
    left: Path  # its fellow, with fewer
    clear: Path
    broken: Path  # called a photo, and none
    large: Path  # more than is taken


def drawn(folder: Path) -> Photos:
    """Draw them."""
    few = {"MA": 6, "HE": 2, "EX": 5, "SE": 0}
    none = dict.fromkeys(few, 0)
    broken, large = folder / "notes.jpg", folder / "scan of all photos.jpg"
    broken.write_text("not a photo")
    large.write_bytes(b"\xff" * 26_000_000)
    return Photos(
        _photo(folder / "right.jpg", _SEED, "OD", None),
        _marks(),
        _photo(folder / "left.jpg", 2, "OS", few),
        _photo(folder / "clear.jpg", 5, "OD", none),
        broken,
        large,
    )


def _marks() -> tuple[Place, ...]:
    height, width = _SIDE_PX
    bled = [(x / width, y / height) for x, y, _ in scatter_lesions(_SIDE_PX, _SEED)["HE"][:3]]
    return (*bled, (0.42, 0.45))


def _photo(file: Path, seed: int, eye: str, counts: dict[str, int] | None) -> Path:
    lesions = scatter_lesions(_SIDE_PX, seed, counts, eye)
    stream = io.BytesIO()
    pixels = draw_fundus(_SIDE_PX, seed, lesions, eye)
    Image.fromarray(pixels).save(stream, "JPEG", quality=92)
    file.write_bytes(stream.getvalue())
    return file
