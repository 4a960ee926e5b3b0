"""Disc, cup, fovea, vessels, eye side and macular edema risk against the sets that label them."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from sklearn.metrics import cohen_kappa_score

from segmentation.anatomy import eye_side, measure_anatomy
from segmentation.icdr import dme_risk, lesion_grade
from segmentation.measure import measure_lesions
from segmentation.predict import Segmenter, locate_fovea
from segmentation.score_lesions import dice, overlap
from segmentation.sets import Photo, open_photo, read_mask
from segmentation.types import RetinaMap
from vision.labels import REFERABLE_FROM_GRADE
from vision.metrics import Metrics

Values = Mapping[str, float]  # of one photo; nan where there is no value
FRAME_PX = 4288  # width of IDRiD's photos as they were taken: the frame of its challenge


def disc_and_cup(segmenter: Segmenter, photo: Photo) -> Values:
    """Dice of disc and cup, and the error of the vertical cup-to-disc ratio (Drishti-GS)."""
    image, fov = open_photo(photo)
    shape = image.pixels.shape[:2]
    disc, cup, _ = segmenter.landmarks(image, fov)
    nothing = np.zeros(shape, bool)
    truth = {code: read_mask(photo, code, shape) for code in ("OD", "OC")}
    found, true = (
        measure_anatomy(RetinaMap({}, *masks, None, None, {}), fov).vertical_cdr
        for masks in ((disc, cup), (truth["OD"], truth["OC"]))
    )
    error = np.nan if found is None or true is None else found - true
    return {
        "dice_disc": dice(overlap(nothing if disc is None else disc, truth["OD"])),
        "dice_cup": dice(overlap(nothing if cup is None else cup, truth["OC"])),
        "cdr_mae": abs(error),
        "cdr_bias": error,
        "cdr_measured": float(found is not None),
    }


def fovea_and_rules(segmenter: Segmenter, photo: Photo) -> Values:
    """Fovea error, and what the rules make of the lesions beside the graders (IDRiD grading).

    The fovea is taken where it is likeliest even where `segment` would call it unseen, so that
    the mean error leaves no photo out; `fovea_seen` is the share that it would tell.
    """
    image, fov = open_photo(photo)
    retina = segmenter.segment(image, fov)
    anatomy = measure_anatomy(retina, fov)
    guess = retina.fovea
    if guess is None:
        network = segmenter.networks["anatomy"]
        guess = locate_fovea(network.planes(image, fov)["FO"], 0.0, network.frame(fov))
    x, y = photo.centres["FO"]
    error = np.inf if guess is None else np.hypot(guess.centre[0] - x, guess.centre[1] - y)
    diameter = np.nan if anatomy.disc is None else anatomy.disc.diameter_px
    lesions = measure_lesions(retina, fov, anatomy)
    risk, floor = dme_risk(anatomy, lesions).risk, lesion_grade(lesions).at_least
    grade = int(photo.labels["dr_grade"])
    disc_error = np.nan
    if anatomy.disc is not None:
        disc_error = np.hypot(*np.subtract(anatomy.disc.centre, photo.centres["OD"]))
    return {
        "fovea_error_px_4288": error * FRAME_PX / image.width,
        "fovea_within_quarter_dd": float(error <= diameter / 4) if diameter > 0 else np.nan,
        "fovea_seen": float(retina.fovea is not None),
        "disc_error_px_4288": disc_error * FRAME_PX / image.width,
        "disc_seen": float(anatomy.disc is not None),
        "healthy_without_lesions": np.nan if grade else float(floor == 0),
        "healthy_referable_by_lesions": np.nan if grade else float(floor >= REFERABLE_FROM_GRADE),
        "lesion_grade_not_above": float(floor <= grade),
        "referable_by_lesions_right": float(
            (floor >= REFERABLE_FROM_GRADE) == (grade >= REFERABLE_FROM_GRADE)
        ),
        "dme_known": float(risk is not None),
        "risk": np.nan if risk is None else float(risk),
        "true_risk": float(photo.labels["dme_risk"]),
    }


def vessels(segmenter: Segmenter, photo: Photo) -> Values:
    """Dice of the vessels within the set's own field-of-view mask (DRIVE)."""
    image, fov = open_photo(photo)
    shape = image.pixels.shape[:2]
    found = segmenter.vessels(image, fov)
    inside = read_mask(photo, "FOV", shape) if "FOV" in photo.masks else fov.mask
    return {"dice_vessel": dice(overlap(found & inside, read_mask(photo, "VE", shape) & inside))}


def side(segmenter: Segmenter, photo: Photo) -> Values:
    """Whether the eye side is told, and told right (ODIR, photos of good quality)."""
    image, fov = open_photo(photo)
    disc, cup, fovea = segmenter.landmarks(image, fov)
    told = eye_side(measure_anatomy(RetinaMap({}, disc, cup, None, fovea, {}), fov), fov)
    right = np.nan if told == "unknown" else float(told == photo.labels["laterality"])
    return {"eye_side_known": float(told != "unknown"), "eye_side_accuracy": right}


def means(values: Sequence[Values]) -> Metrics:
    """Means over drawn photos that have a value, and kappa and accuracy of the edema risk."""
    columns = {name: np.array([v[name] for v in values]) for name in values[0]}
    truth, risk = columns.pop("true_risk", None), columns.pop("risk", None)

    def mean(column: np.ndarray) -> Callable[[np.ndarray], float]:
        def value(draw: np.ndarray) -> float:
            kept = column[draw][np.isfinite(column[draw])]
            return float(kept.mean()) if len(kept) else float("nan")

        return value

    found: Metrics = {name: mean(column) for name, column in columns.items()}
    if truth is not None and risk is not None:
        right = np.where(np.isfinite(risk), truth == risk, np.nan)
        found["dme_accuracy"] = mean(right)

        def kappa(draw: np.ndarray) -> float:
            kept = draw[np.isfinite(risk[draw])]
            if len(np.union1d(truth[kept], risk[kept])) < 2:
                return float("nan")
            return float(cohen_kappa_score(truth[kept], risk[kept], weights="quadratic"))

        found["dme_qwk"] = kappa
    return found
