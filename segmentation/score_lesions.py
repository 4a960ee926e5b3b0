"""Lesions against IDRiD's pixel masks.

AUC-PR, Dice and IoU are pooled over all pixels of the split at the photos' own size, as in the
challenge (Porwal et al., Medical Image Analysis 2020); the curve comes from histograms of 4096
logit bins. A lesion counts as found where its outline touches the annotation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from segmentation.curves import average_precision, histogram
from segmentation.labels import LESIONS
from segmentation.patches import label
from segmentation.predict import Segmenter
from segmentation.sets import Photo, open_photo, read_mask
from vision.metrics import Metrics


@dataclass(frozen=True, slots=True, eq=False)
class LesionCounts:
    """What one photo adds, by lesion class."""

    curves: np.ndarray  # (C, 2, BINS) histograms
    areas: np.ndarray  # (C, 3) overlap, outlined, annotated px
    patches: np.ndarray  # (C, 4) annotated found, annotated, outlined real, outlined lesions
    disc_dice: float


def count(segmenter: Segmenter, photo: Photo) -> LesionCounts:
    """Segment one photo and compare it with its annotation, pixel by pixel and lesion by lesion."""
    image, fov = open_photo(photo)
    shape = image.pixels.shape[:2]
    planes = segmenter.lesion_planes(image, fov)
    found = segmenter.lesion_masks(planes, fov)
    square = segmenter.lesion_networks[0].frame(fov)
    curves, areas, patches = [], [], []
    for code in LESIONS:
        truth = read_mask(photo, code, shape)
        curves.append(histogram(square.restore(planes[code]), truth))
        areas.append(overlap(found[code], truth))
        patches.append((*touched(truth, found[code]), *touched(found[code], truth)))
    disc, _, _ = segmenter.landmarks(image, fov)
    outlined = np.zeros(shape, bool) if disc is None else disc
    disc_dice = dice(overlap(outlined, read_mask(photo, "OD", shape)))
    return LesionCounts(np.stack(curves), np.stack(areas), np.array(patches), disc_dice)


def metrics(counts: Sequence[LesionCounts]) -> Metrics:
    """Metrics over drawn photos; pooled ones weigh pixels, `dice_disc` is the mean over photos."""
    # (C, N, 2, BINS); whole numbers below 2^53, as floats because those multiply fast
    curves = np.stack([c.curves for c in counts], axis=1).astype(np.float64)
    areas = np.stack([c.areas for c in counts])  # (N, C, 3)
    patches = np.stack([c.patches for c in counts])  # (N, C, 4)
    discs = np.array([c.disc_dice for c in counts])

    def auc_pr(index: int, draw: np.ndarray) -> float:
        times = np.bincount(draw, minlength=len(counts)).astype(np.float64)
        return average_precision(np.tensordot(times, curves[index], 1))

    def share(index: int, part: int, draw: np.ndarray) -> float:
        right, all_ = patches[draw, index].sum(0)[2 * part : 2 * part + 2]
        return float(right / all_) if all_ else float("nan")

    def pooled(score: Callable[[np.ndarray], float], index: int, draw: np.ndarray) -> float:
        return score(areas[draw, index].sum(0))

    found: Metrics = {f"auc_pr_{c}": partial(auc_pr, i) for i, c in enumerate(LESIONS)}
    found["auc_pr_mean"] = lambda d: float(np.mean([auc_pr(i, d) for i in range(len(LESIONS))]))
    for i, code in enumerate(LESIONS):
        found[f"dice_{code}"] = partial(pooled, dice, i)
        found[f"iou_{code}"] = partial(pooled, iou, i)
        found[f"sensitivity_{code}"] = partial(share, i, 0)
        found[f"precision_{code}"] = partial(share, i, 1)
    found["dice_disc"] = lambda draw: float(discs[draw].mean())
    return found


def overlap(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(overlap, found, true) px of two masks (H, W) bool."""
    return np.array([np.count_nonzero(found & truth), found.sum(), truth.sum()])


def dice(areas: np.ndarray) -> float:
    """Dice of (overlap, found, true); nan where both are empty."""
    both, found, truth = areas
    return float(2 * both / (found + truth)) if found + truth else float("nan")


def iou(areas: np.ndarray) -> float:
    """Intersection over union of (overlap, found, true); nan where both are empty."""
    both, found, truth = areas
    union = found + truth - both
    return float(both / union) if union else float("nan")


def touched(patches: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """How many 8-connected patches overlap the other mask, and how many there are."""
    labels, total = label(patches)
    return len(np.setdiff1d(np.unique(labels[other]), [0])), total
