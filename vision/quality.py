"""Is this a colour fundus photo, and can it be read: rules on a small copy of the field of view.

All measures are taken at 256 px across the field, so they mean the same for every camera. The
limits were set on the train splits of IDRiD, ODIR-5K, Drishti-GS and PALM and on everyday photos;
`benchmarks/intake_quality.py` measures them. The rules know colour, border and texture only: an
endoscopy picture behind a round aperture can pass, and lesions outside the field go unnoticed.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from vision.fov import FieldOfView
from vision.types import Gradable, Modality, Quality

_SIDE_PX = 256
_RIM_PX = 8  # the field's rim shows reflexes and the camera's edge, not the retina
FINE_DETAIL_PX = 400  # fields narrower than this cannot show microaneurysms
_NO_BELOW = 0.15  # of the score
_WEAK_BELOW = 0.4  # of any part of it


@dataclass(frozen=True, slots=True)
class _Measures:
    """What the rules look at; shares and contrasts are 0..1, levels 0..255."""

    round_border: bool  # a dark surround with a round edge
    red_over_green: float  # share of the field
    red_over_blue: float
    green_to_red: float
    saturation: float
    spread: float  # levels between the darkest and the brightest parts
    light: float  # median level of the brightest channel
    overexposed: float  # share of the field
    detail: float  # mean contrast of the finest structures
    detail_peaks: float  # their 99th percentile over their mean: high for drawn graphics
    structure: float  # standard deviation of vessel-sized contrast
    dark_structure: float  # its 98th percentile on the dark side
    vessels: float  # its 95th percentile on the dark side
    layers: float  # variation between rows over variation between columns


def assess(pixels: np.ndarray, fov: FieldOfView) -> Quality:
    """Judge a photo (H, W, 3) uint8 with its field of view."""
    seen = _measure(*_scaled(pixels, fov), round_border=_has_round_border(fov.mask))
    modality, reason = _modality(seen)
    if modality != "cfp":
        return Quality(modality, "no", 0.0, (reason,))
    return _verdict(seen, fov.diameter_px)


def _verdict(seen: _Measures, diameter_px: int) -> Quality:
    """How well a colour fundus photo can be read."""
    parts = {
        "quality.dark": _ramp(seen.light, 12, 60),
        "quality.bright": _ramp(seen.overexposed, 0.9, 0.15),
        "quality.low_contrast": _ramp(seen.vessels, 0.004, 0.06),
        "quality.blurred": _ramp(seen.detail, 0.0005, 0.006),
    }
    # haze lowers contrast and detail together, so the two count as one
    clear = np.sqrt(parts["quality.low_contrast"] * parts["quality.blurred"])
    score = float(parts["quality.dark"] * parts["quality.bright"] * clear)
    gradable: Gradable = "no" if score < _NO_BELOW else "yes"
    worst = min(parts, key=lambda key: parts[key])
    reasons = [k for k, p in parts.items() if p < _WEAK_BELOW or (gradable == "no" and k == worst)]
    if diameter_px < FINE_DETAIL_PX:
        reasons.append("quality.low_resolution")
    if gradable == "yes" and reasons:
        gradable = "limited"
    return Quality("cfp", gradable, round(score, 3), tuple(reasons))


def _modality(seen: _Measures) -> tuple[Modality, str]:
    """What the picture shows, and the reason where it is no colour fundus photo."""
    if seen.spread < 6 or seen.light < 5:
        return "other", "quality.blank"
    if seen.saturation < 0.05:
        speckled_layers = seen.layers > 1.5 and seen.detail > 0.01 and seen.light < 120
        return ("oct", "quality.oct") if speckled_layers else ("other", "quality.not_fundus")
    natural = (
        seen.detail <= (0.019 if seen.round_border else 0.017)
        and seen.structure <= (0.10 if seen.round_border else 0.08)
        and seen.dark_structure <= (0.22 if seen.round_border else 0.18)
        and seen.detail_peaks <= (9.0 if seen.round_border else 6.6)
    )
    retinal = (
        seen.red_over_green + seen.red_over_blue >= 1.05 and seen.saturation >= 0.09
        if seen.round_border
        # without a border the colour must say it alone, and there must be something to see
        else seen.red_over_green >= 0.87
        and seen.red_over_blue >= 0.95
        and seen.saturation >= 0.4
        and seen.green_to_red <= 0.86
        and seen.structure >= 0.008
    )
    return ("cfp", "") if natural and retinal else ("other", "quality.not_fundus")


def _ramp(value: float, bad: float, good: float) -> float:
    """0 at `bad`, 1 at `good`, linear between; either may be the larger."""
    return float(np.clip((value - bad) / (good - bad), 0, 1))


def _scaled(pixels: np.ndarray, fov: FieldOfView) -> tuple[np.ndarray, np.ndarray]:
    """The field's box at 256 px on its longer side: (h, w, 3) float32 and its mask (h, w) bool."""
    box = (slice(fov.y0, fov.y1), slice(fov.x0, fov.x1))
    scale = _SIDE_PX / fov.diameter_px
    size = (max(8, round((fov.x1 - fov.x0) * scale)), max(8, round((fov.y1 - fov.y0) * scale)))
    method = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    small = Image.fromarray(pixels[box]).resize(size, method)
    mask = Image.fromarray(fov.mask[box]).resize(size, Image.Resampling.NEAREST)
    return np.asarray(small, np.float32), np.asarray(mask)


def _measure(picture: np.ndarray, field: np.ndarray, *, round_border: bool) -> _Measures:
    inner = ndimage.binary_erosion(np.pad(field, 1), iterations=_RIM_PX)[1:-1, 1:-1]
    inner = inner if inner.sum() > 100 else field
    red, green, blue = picture[inner].T
    brightest, faintest = picture.max(2)[inner], picture.min(2)[inner]
    weight = field.astype(np.float32)

    def blurred(sigma: float) -> np.ndarray:
        """Green, averaged inside the field only, so that the border makes no contrast."""
        total = ndimage.gaussian_filter(picture[..., 1] * weight, sigma)
        return total / (ndimage.gaussian_filter(weight, sigma) + 1e-6)

    around = blurred(8.0)
    level = around + 16.0  # so that noise in the dark counts for little
    fine = (np.abs(blurred(1.4) - blurred(2.0)) / level)[inner]
    thin = ((blurred(4.0) - blurred(1.0)) / level)[inner]
    rows, columns = picture[..., 1].mean(1), picture[..., 1].mean(0)
    return _Measures(
        round_border=round_border,
        red_over_green=float((red > green).mean()),
        red_over_blue=float((red > blue).mean()),
        green_to_red=float(np.median(green) / (np.median(red) + 1)),
        saturation=float(((brightest - faintest) / (brightest + 1)).mean()),
        spread=float(np.subtract(*np.percentile(around[inner], (99, 1)))),
        light=float(np.median(brightest)),
        overexposed=float((np.minimum(red, green) >= 245).mean()),
        detail=float(fine.mean()),
        detail_peaks=float(np.percentile(fine, 99) / (fine.mean() + 1e-4)),
        structure=float(thin.std()),
        dark_structure=float(np.percentile(thin, 98)),
        vessels=float(np.percentile(thin, 95)),
        layers=float(rows.std() / (columns.std() + 1)),
    )


def _has_round_border(mask: np.ndarray) -> bool:
    """Whether the field's border inside the photo lies on an ellipse and is seen on many sides."""
    height, width = mask.shape
    scale = _SIDE_PX / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.NEAREST))
    if small.mean() > 0.95:
        return False
    edge = small & ~ndimage.binary_erosion(small, border_value=1)
    y, x = np.nonzero(edge[3:-3, 3:-3])
    if len(x) < 20:
        return False
    x, y = (x + 3.5 - size[0] / 2) / (_SIDE_PX / 2), (y + 3.5 - size[1] / 2) / (_SIDE_PX / 2)
    # least squares for x^2 + a y^2 + b x + c y + d = 0; photos are sometimes squeezed, so a != 1
    terms = np.stack([y * y, x, y, np.ones_like(x)], axis=1)
    a, b, c, d = np.linalg.lstsq(terms, -x * x, rcond=None)[0]
    if not 0.2 < a < 5:
        return False
    u, v = x + b / 2, np.sqrt(a) * (y + c / (2 * a))
    squared_radius = b * b / 4 + c * c / (4 * a) - d
    if squared_radius <= 0:
        return False
    off = np.median(np.abs(np.hypot(u, v) / np.sqrt(squared_radius) - 1))
    directions = np.unique(((np.arctan2(v, u) + np.pi) / (2 * np.pi) * 36).astype(int))
    return bool(off <= 0.05 and len(directions) >= 0.35 * 36)
