"""A piece of drawn retina that shows how one class is drawn over a photo: for legends."""

import numpy as np

from segmentation.labels import LESIONS
from segmentation.overlay import draw

_RETINA = (168, 84, 44)
_SIZE = (26, 46)  # px


def swatch(code: str) -> np.ndarray:
    """A piece of retina (h, w, 3) uint8 with the class as it is drawn, lesions large and tiny."""
    y, x = np.mgrid[: _SIZE[0], : _SIZE[1]]
    if code in LESIONS:
        mask = (np.hypot(y - 12.5, x - 14.5) < 8.5) | (np.hypot(y - 12.5, x - 35.5) < 2)
    elif code == "VE":
        mask = abs(y - 12.5 - 5 * np.sin(x / 6)) < 2.5
    elif code == "RB":
        mask = abs(y - 12.5 - (x - 22.5) ** 2 / 80) < 5
    elif code == "MG":
        mask = (x % 15 > 4) & (x % 15 < 10) & (y > 3)
    elif code == "FO":
        mask = (y == 13) & (x == 23)
    else:
        mask = np.hypot(y - 12.5, x - 22.5) < 10
    return draw(np.full((*_SIZE, 3), _RETINA, np.uint8), {code: mask}, [code])
