"""A reader's corrected outline of a lesion: a picture of the photo's size, white where it is."""

from pathlib import Path
from typing import Any

from assistant.session import Session
from demo.cases.feedback import Target
from demo.store_photos import runs_of
from segmentation.labels import LESIONS
from vision.errors import InputError
from vision.intake import read_image

_WHITE = 128  # from here on a pixel is of the lesion


def mask_of(file: str, target: Target, session: Session) -> dict[str, Any]:
    """{lesion class: COCO's run lengths} of a picture as the export writes its masks.

    Raises InputError for what is no picture, is of another size than the photo, or comes with
    something else than a lesion.
    """
    code = target.finding.removeprefix("lesions.")
    if code not in LESIONS:
        raise InputError("demo.cases.mask.lesion")
    photo = next(one.image for one in session.analyses if one.image.id == target.image_id)
    drawn = read_image(Path(file).read_bytes())
    if (drawn.width, drawn.height) != (photo.width, photo.height):
        raise InputError("demo.cases.mask.size", width=photo.width, height=photo.height)
    return {code: runs_of(drawn.pixels[..., 0] >= _WHITE)}
