"""The visual tokens of a photo: what the encoder saw everywhere, and where lesions were outlined.

N = g * g + 4: the encoder's grid of side g (`token_grid_side` in its config), row by row from the
top left, then one token for each class of segmentation.labels.LESIONS, zeros where it is absent.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from segmentation.labels import LESIONS
from segmentation.types import RetinaMap
from vision.fov import FieldOfView, detect
from vision.intake import read_image
from vision.regions import region_tokens
from vision.types import FundusImage, Sight


class Sees(Protocol):
    """What is asked of a classifier (vision.classifier.Classifier)."""

    sha256: str  # of its weights

    def look(self, image: FundusImage, fov: FieldOfView) -> Sight:
        """All that one pass over an image tells."""


class Segments(Protocol):
    """What is asked of a segmenter (segmentation.predict.Segmenter)."""

    @property
    def weights(self) -> dict[str, str]:
        """SHA-256 of each network's weights."""

    def segment(self, image: FundusImage, fov: FieldOfView) -> RetinaMap:
        """The masks of one photo, in its own pixels."""

    def lesions(self, image: FundusImage, fov: FieldOfView) -> dict[str, np.ndarray]:
        """The lesion masks alone."""


def visual_tokens(sight: Sight, masks: Mapping[str, np.ndarray], fov: FieldOfView) -> np.ndarray:
    """Grid and region tokens (N, D) float32; `masks` of the lesions, none where none were made."""
    return np.concatenate([sight.tokens, region_tokens(sight.features, masks, LESIONS, fov)])


def tokens_of_file(data: bytes, classifier: Sees, segmenter: Segments | None) -> np.ndarray:
    """Bytes of a photo's file -> its tokens (N, D), as they are when the photo is asked about.

    Without a segmenter its region tokens are zeros, as where the segmentation failed.
    """
    image = read_image(data)
    fov = detect(image.pixels)
    masks = {} if segmenter is None else segmenter.lesions(image, fov)
    return visual_tokens(classifier.look(image, fov), masks, fov)
