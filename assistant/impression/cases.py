"""A report as values: measurements and signs by eye, and what they amount to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Modality = Literal["osa", "oct", "cfp"]  # ocular surface analysis, macular OCT, colour fundus photo
MODALITIES: tuple[Modality, ...] = get_args(Modality)
Side = Literal["OD", "OS"]
SIDES: tuple[Side, ...] = get_args(Side)
Value = float | str  # a measurement, or the name of a state
UNCLEAR = "unclear"  # the state of what could not be judged
UNMEASURED = "unmeasured"  # the level of what is there without the number that grades it

_DECIMALS = {
    "nibut_first": 1,
    "nibut_mean": 1,
    "tmh": 2,
    "redness": 1,
    "osdi": 1,
}


@dataclass(frozen=True, slots=True)
class EyeValues:
    """One eye: field -> value, in the order of examination."""

    side: Side
    values: Mapping[str, Value]

    def number(self, field: str) -> float | None:
        """A measurement; None where it was not made or could not be read."""
        value = self.values.get(field)
        return float(value) if isinstance(value, int | float) else None

    def state(self, field: str) -> str:
        """A sign's state; empty where nothing is said of it."""
        value = self.values.get(field, "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Case:
    """A report's content: one or two eyes, right eye first, and what is of the person."""

    modality: Modality
    eyes: tuple[EyeValues, ...]
    person: Mapping[str, Value]

    def number(self, field: str) -> float | None:
        """A measure of the person; None where it was not made."""
        value = self.person.get(field)
        return float(value) if isinstance(value, int | float) else None

    def known(self, disease: str) -> bool:
        """Whether the report says that the person has a disease."""
        return disease in str(self.person.get("history", "")).split("+")

    def fellow(self, eye: EyeValues) -> EyeValues | None:
        """The other eye, where it was examined."""
        return next((other for other in self.eyes if other.side != eye.side), None)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the criteria say of one eye; `basis` names the texts of the values that led to it."""

    code: str
    basis: tuple[str, ...]
    level: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All conclusions on one eye, and what of it is in order."""

    conclusions: tuple[Conclusion, ...]
    fine: tuple[str, ...]


def plain(field: str, value: float) -> str:
    """A number as reports write it, the same everywhere."""
    return f"{value:.{_DECIMALS[field]}f}" if field in _DECIMALS else f"{value:g}"
