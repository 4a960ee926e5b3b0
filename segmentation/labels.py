"""What is outlined in a photo: codes, and how each is drawn. Names live in the catalogue."""

from dataclasses import dataclass
from typing import Literal

LESIONS: tuple[str, ...] = ("MA", "HE", "EX", "SE")  # microaneurysm, haemorrhage, hard/soft exudate
ANATOMY: tuple[str, ...] = ("OD", "OC", "VE", "FO")  # optic disc, optic cup, vessels, fovea
# outlined by classical methods: retina of a scan; tarsal area and glands of a meibography picture
STRUCTURES: tuple[str, ...] = ("RB", "TA", "MG")

# share of the microaneurysm candidates that are real; `precision_MA` of segmentation.evaluate
MA_PRECISION = 0.73

Pattern = Literal["solid", "hatch", "dots", "lines"]
Marker = Literal["circle", "square", "diamond", "triangle"]
Line = Literal["solid", "dashed", "tint", "cross"]


@dataclass(frozen=True, slots=True)
class LesionStyle:
    """How one class is drawn and counted; no class is told by colour alone."""

    colour: str  # Okabe-Ito palette: distinct under the common colour-vision deficiencies
    letter: str
    minimal_area_fov: float  # smallest countable lesion, as a fraction of the squared FOV diameter
    pattern: Pattern  # of the fill
    marker: Marker  # around a lesion too small to show a pattern


# minimal areas: half of the 5th percentile of the lesions annotated in IDRiD's 54 training photos
STYLES: dict[str, LesionStyle] = {
    "MA": LesionStyle("#009E73", "M", 4e-6, "solid", "circle"),
    "HE": LesionStyle("#CC79A7", "H", 1.4e-5, "hatch", "square"),
    "EX": LesionStyle("#F0E442", "E", 2.2e-6, "dots", "diamond"),
    "SE": LesionStyle("#56B4E9", "S", 1e-4, "lines", "triangle"),
}

# colour is for lesions: the normal retina is white, each part told by its kind of line
ANATOMY_LINES: dict[str, Line] = {"OD": "solid", "OC": "dashed", "VE": "tint", "FO": "cross"}
# grey pictures have no lesions drawn over them, so these may be coloured (Okabe-Ito again)
STRUCTURE_LINES: dict[str, tuple[str, Line]] = {
    "RB": ("#E69F00", "solid"),
    "TA": ("#56B4E9", "dashed"),
    "MG": ("#E69F00", "solid"),
}
