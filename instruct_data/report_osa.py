"""Ocular surface analysis: drawn eyes, for the criteria of `assistant.impression.osa`."""

import random

from assistant.impression.cases import UNCLEAR, Case, EyeValues, Value
from instruct_data.report_cases import draw_sides, within

_Range = tuple[float, float]
_DECIMALS = {"nibut_first": 1, "tmh": 2, "redness": 1}
_USUAL: dict[str, _Range] = {
    "nibut_first": (11.1, 17.5),
    "tmh": (0.23, 0.42),
    "lipid": (72, 118),
    "mg_upper": (0, 28),
    "mg_lower": (0, 28),
    "blinks": (11, 20),
    "partial": (4, 34),
    "redness": (0.4, 1.5),
    "osmolarity": (288, 300),
    "schirmer": (12, 26),
}
_EVAPORATIVE: dict[str, _Range] = {
    "nibut_first": (2.2, 8.8),
    "mg_upper": (36, 84),
    "mg_lower": (24, 86),
    "lipid": (22, 74),
    "osmolarity": (299, 327),
    "partial": (15, 72),
    "redness": (0.7, 2.8),
}
_AQUEOUS: dict[str, _Range] = {
    "nibut_first": (2.6, 9.4),
    "tmh": (0.07, 0.18),
    "schirmer": (1, 5),
    "osmolarity": (305, 336),
    "redness": (0.8, 2.9),
}
_PICTURES: dict[str, tuple[float, _Range, dict[str, _Range]]] = {  # share, OSDI, what differs
    "normal": (0.30, (0, 9.6), {}),
    "evaporative": (0.16, (13, 58), _EVAPORATIVE),
    "lipid": (0.06, (13, 40), {"nibut_first": (4, 9.2), "lipid": (22, 56), "partial": (20, 70)}),
    "aqueous": (0.11, (14, 66), _AQUEOUS),
    "mixed": (0.09, (18, 75), _EVAPORATIVE | _AQUEOUS),
    "glands": (0.07, (0, 9.6), {"mg_upper": (38, 78), "mg_lower": (34, 72)}),
    "unstable": (0.06, (0, 11), {"nibut_first": (3.8, 9.2)}),
    "little": (0.04, (1, 20), {"tmh": (0.11, 0.18), "schirmer": (2, 9)}),
    "symptoms": (0.06, (14, 48), {}),
    "borderline": (0.09, (2, 12.5), {}),
}
_BORDERLINE: dict[str, _Range] = {
    "nibut_first": (10, 10.9),
    "tmh": (0.2, 0.21),
    "osmolarity": (304, 307),
    "schirmer": (6, 10),
}
_ALWAYS = ("nibut_first", "tmh", "mg_upper", "mg_lower")


def draw(rng: random.Random) -> Case:
    """A person's ocular surface report."""
    shares = [share for share, _, _ in _PICTURES.values()]
    picture = rng.choices([*_PICTURES], shares)[0]
    _, osdi, differs = _PICTURES[picture]
    if picture == "borderline":
        near = rng.sample([*_BORDERLINE], rng.choice([1, 1, 2]))
        differs = {field: _BORDERLINE[field] for field in near}
    kept = {f for f in _USUAL if f in _ALWAYS or f in differs or rng.random() < 0.55}
    staining = rng.choice(["oxford", "spots", ""])
    eyes: list[EyeValues] = []
    for side in draw_sides(rng):
        one_sided = eyes and picture != "symptoms" and rng.random() < 0.15
        own = {} if one_sided else differs
        values = _eye(own, kept, staining, rng)
        if eyes and "osmolarity" in values:
            values["osmolarity"] = _beside(eyes[0], values, rng)
        eyes.append(EyeValues(side, values))
    person: dict[str, Value] = {}
    if rng.random() < 0.8 or picture == "symptoms":
        person["osdi"] = within(rng, *osdi, 1)
    return Case("osa", tuple(eyes), person)


def _eye(
    differs: dict[str, _Range], kept: set[str], staining: str, rng: random.Random
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for field, usual in _USUAL.items():
        if field not in kept:
            continue
        low, high = differs.get(field, usual)
        values[field] = number = within(rng, low, high, _DECIMALS.get(field, 0))
        if field == "nibut_first" and rng.random() < 0.7:
            values["nibut_mean"] = round(number + rng.uniform(0.6, 4.5), 1)
    dry = "nibut_first" in differs and differs["nibut_first"][0] < 10
    if staining == "oxford":
        values["oxford"] = rng.choice([0, 1, 1, 2, 2, 3, 4]) if dry else 0
    elif staining == "spots":
        values["spots"] = rng.choice([0, 3, 7, 9, 12, 16, 22, 30]) if dry else rng.randint(0, 3)
    if rng.random() < 0.05:
        values[rng.choice(["mg_upper", "mg_lower"])] = UNCLEAR
    elif rng.random() < 0.03:
        values["nibut_first"] = UNCLEAR
        values.pop("nibut_mean", None)
    return values


def _beside(first: EyeValues, values: dict[str, Value], rng: random.Random) -> Value:
    """Osmolarity of a second eye: alike in health, else a little off or its own."""
    found = first.number("osmolarity") or 0
    if found < 304:
        return min(max(int(found) + rng.randint(-6, 6), 284), 303)
    return int(found) + rng.randint(-16, 6) if rng.random() < 0.7 else values["osmolarity"]
