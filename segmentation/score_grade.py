"""Grade and edema risk as the assistant tells them: the photo as a whole and its lesions as one."""

import logging
from collections.abc import Sequence

import numpy as np

from segmentation.grade import Grader, pooled
from segmentation.predict import DEFAULT, GRADER, LESION_NETWORKS, Segmenter
from segmentation.sets import Photo, open_photo
from vision.data import Record
from vision.metrics import Metrics
from vision.scores import grade_metrics

_LOG = logging.getLogger(__name__)


def metrics_with_lesions(
    records: Sequence[Record], by_photo: np.ndarray, truth: np.ndarray, head: str
) -> Metrics:
    """Of both together, and of each alone (`photo_*`, `lesions_*`).

    by_photo (n, L) are the encoder's probabilities, truth (n,) labels; head "dr" or "dme". Raises
    ModelError, and InputError where a photo cannot be read.
    """
    segmenter = Segmenter.load(DEFAULT, LESION_NETWORKS)
    grader = Grader.load(DEFAULT / GRADER, segmenter.weights)
    by_lesions = []
    for record in records:
        photo = Photo(record.path.stem, record.path, ())
        grades = grader.grades(segmenter.lesion_planes(*open_photo(photo)))
        by_lesions.append(grades.dr if head == "dr" else grades.dme)
        _LOG.info("%s (%d of %d)", record.path.name, len(by_lesions), len(records))
    pairs = zip(by_photo, by_lesions, strict=True)
    both = np.array([pooled(photo, lesions, grader.share) for photo, lesions in pairs])
    alone = {"photo": by_photo, "lesions": np.array(by_lesions)}
    found = grade_metrics(truth, both)
    for name, probability in alone.items():
        each = grade_metrics(truth, probability)
        found |= {f"{name}_{metric}": value for metric, value in each.items()}
    return found
