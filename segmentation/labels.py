"""Lesion classes of IDRiD: codes, display colours, minimal sizes. Names live in the catalogue."""

from dataclasses import dataclass

LESIONS: tuple[str, ...] = ("MA", "HE", "EX", "SE")  # microaneurysm, haemorrhage, hard/soft exudate


@dataclass(frozen=True, slots=True)
class LesionStyle:
    """How one class is drawn and counted."""

    colour: str  # Okabe-Ito palette: distinct under the common colour-vision deficiencies
    letter: str  # so that no class is told by colour alone
    minimal_area_fov: float  # smallest countable lesion, as a fraction of the squared FOV diameter


# minimal areas: half of the 5th percentile of the lesions annotated in IDRiD's 54 training photos
STYLES: dict[str, LesionStyle] = {
    "MA": LesionStyle("#009E73", "M", 4e-6),
    "HE": LesionStyle("#CC79A7", "H", 1.4e-5),
    "EX": LesionStyle("#F0E442", "E", 2.2e-6),
    "SE": LesionStyle("#56B4E9", "S", 1e-4),
}
