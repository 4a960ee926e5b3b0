"""Grade and edema risk as the assistant tells them: the photo as a whole and its lesions as one."""

import logging
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from segmentation.grade import Grader, pooled
from segmentation.predict import DEFAULT, GRADER, LESION_NETWORKS, Segmenter
from segmentation.sets import Photo, open_photo
from vision.data import Record
from vision.metrics import Metrics
from vision.scores import grade_metrics

_LOG = logging.getLogger(__name__)


def planes_of(
    segmenter: Segmenter, records: Sequence[Record]
) -> Iterator[Mapping[str, np.ndarray]]:
    """The lesion networks' probabilities (S, S) by class, record by record."""
    for done, record in enumerate(records, 1):
        photo = Photo(record.path.stem, record.path, ())
        yield segmenter.lesion_planes(*open_photo(photo))
        _LOG.info("%s (%d of %d)", record.path.name, done, len(records))


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
    for planes in planes_of(segmenter, records):
        grades = grader.grades(planes)
        by_lesions.append(grades.dr if head == "dr" else grades.dme)
    pairs = zip(by_photo, by_lesions, strict=True)
    both = np.array([pooled(photo, lesions, grader.share) for photo, lesions in pairs])
    alone = {"photo": by_photo, "lesions": np.array(by_lesions)}
    found = grade_metrics(truth, both)
    for name, probability in alone.items():
        each = grade_metrics(truth, probability)
        found |= {f"{name}_{metric}": value for metric, value in each.items()}
    return found
