"""Colour fundus photography: drawn eyes, for the criteria of `assistant.impression.cfp`."""

import random

from assistant.impression.cases import Case, EyeValues, Value
from instruct_data.report_cases import draw_sides, within

_SHARES = {
    "normal": 0.28,
    "dr_mild": 0.05,
    "dr_moderate": 0.08,
    "dr_severe": 0.04,
    "dr_pdr": 0.05,
    "cupped": 0.12,
    "cup_near": 0.05,
    "drusen": 0.1,
    "wet": 0.03,
    "myopic": 0.09,
    "pressure": 0.07,
    "branch": 0.05,
    "central": 0.03,
    "hazy": 0.06,
}
_CLEAR: dict[str, Value] = {
    "media": "clear",
    "disc_color": "pink",
    "disc_margin": "sharp",
    "cdr": 0.3,
    "rim": "isnt",
    "disc_haem": "none",
    "av": "2:3",
    "arteries": "normal",
    "veins": "normal",
    "fovea": "present",
    "haem": "none",
    "ma": "none",
    "cws": "none",
    "exudate": "none",
    "irma": "none",
    "nv": "none",
    "vh": "none",
    "drusen": "none",
    "pigment": "none",
    "atrophy": "none",
    "staphyloma": "none",
}
_ALWAYS = {"media", "disc_margin", "cdr", "av", "haem", "exudate", "fovea"}
_ALONE = {"branch", "central", "wet", "hazy"}  # seldom alike in both eyes
_NEIGHBOUR = {"dr_pdr": "dr_severe", "dr_severe": "dr_moderate", "dr_moderate": "dr_mild"}


def draw(rng: random.Random) -> Case:
    """A person's report of fundus photos."""
    picture = rng.choices([*_SHARES], [*_SHARES.values()])[0]
    history = "diabetes" if picture[:3] == "dr_" else ""
    history = "hypertension" if picture == "pressure" else history
    history = history or rng.choice(["none", "", "", "diabetes" if picture == "normal" else ""])
    kept = {field for field in _CLEAR if field in _ALWAYS or rng.random() < 0.35}
    fine = rng.random() < 0.5  # measured by software, or by eye
    cup = rng.uniform(0.22, 0.48)
    eyes: list[EyeValues] = []
    for side in draw_sides(rng):
        own = picture
        if eyes and (picture in _ALONE or rng.random() < 0.45):
            own = "wet_fellow" if picture == "wet" else _NEIGHBOUR.get(picture, "normal")
        signs = _SIGNS.get(own, _none)(rng)
        width = float(signs.pop("cdr", cup + rng.uniform(-0.05, 0.05)))
        values: dict[str, Value] = {}
        for field, clear in _CLEAR.items():
            if field in kept or field in signs:
                values[field] = signs.pop(field, clear)
            if field == "cdr":
                values[field] = round(width, 2) if fine else round(width, 1)
            for part in (f"{field}_count", f"{field}_size"):
                if part in signs:
                    values[part] = signs.pop(part)
        eyes.append(EyeValues(side, _seen(values, rng)))
    return Case("cfp", tuple(eyes), {"history": history} if history else {})


def _seen(values: dict[str, Value], rng: random.Random) -> dict[str, Value]:
    """Without what a dense haze or a swollen disc hides."""
    if values["disc_margin"] == "blurred":
        return {f: value for f, value in values.items() if f not in ("disc_color", "cdr", "rim")}
    if values["media"] != "dense":
        return values
    shown = {"media", "disc_margin", "cdr"} | ({"av"} if rng.random() < 0.4 else set())
    return {field: value for field, value in values.items() if field in shown}


def _none(_: random.Random) -> dict[str, Value]:
    return {}


def _dr_mild(rng: random.Random) -> dict[str, Value]:
    return {"ma": "present", "ma_count": rng.randint(1, 9)}


def _dr_moderate(rng: random.Random) -> dict[str, Value]:
    signs: dict[str, Value] = {"ma": "present", "ma_count": rng.randint(5, 28), "haem": "few"}
    signs |= {"haem_count": rng.randint(3, 18), "cws": rng.choice(["none", "present"])}
    return signs | {"exudate": rng.choice(["none", "distant", "near", "centre"])}


def _dr_severe(rng: random.Random) -> dict[str, Value]:
    signs = _dr_moderate(rng)
    if rng.random() < 0.6:
        del signs["haem_count"]
        signs["haem"] = "over20"
    if signs["haem"] == "few" or rng.random() < 0.4:
        signs |= rng.choice([{"irma": "present"}, {"veins": "beaded"}])
    return signs


def _dr_pdr(rng: random.Random) -> dict[str, Value]:
    signs = _dr_severe(rng) | {"nv": rng.choice(["disc", "elsewhere"])}
    return signs | {"vh": rng.choice(["none", "none", "vitreous", "preretinal"])}


def _cupped(rng: random.Random) -> dict[str, Value]:
    rim = rng.choice(["isnt", "notch_inf", "notch_sup", "thin"])
    low, high = (0.7, 0.92) if rim in ("isnt", "thin") else (0.6, 0.9)
    haem = "present" if rng.random() < 0.2 else "none"
    return {"cdr": within(rng, low, high, 2), "rim": rim, "disc_haem": haem}


def _cup_near(rng: random.Random) -> dict[str, Value]:
    return {"cdr": within(rng, 0.6, 0.64, 2), "rim": "isnt"}


def _drusen(rng: random.Random) -> dict[str, Value]:
    signs: dict[str, Value] = {"drusen": "present", "drusen_size": within(rng, 30, 230)}
    signs["pigment"] = rng.choice(["none", "present"]) if int(signs["drusen_size"]) > 63 else "none"
    if int(signs["drusen_size"]) > 125 and rng.random() < 0.25:
        signs |= {"atrophy": "geographic", "fovea": "absent"}
    return signs


def _wet(rng: random.Random) -> dict[str, Value]:
    signs: dict[str, Value] = {"drusen": "present", "drusen_size": within(rng, 128, 240)}
    return signs | {"haem": "submacular", "fovea": "absent"}


def _wet_fellow(rng: random.Random) -> dict[str, Value]:
    return {"drusen": "present", "drusen_size": within(rng, 90, 220)}


def _myopic(rng: random.Random) -> dict[str, Value]:
    atrophy = rng.choice(["tessellated", "tessellated", "diffuse", "patchy", "macular"])
    deep = atrophy != "tessellated" and rng.random() < 0.4
    fovea = "absent" if atrophy == "macular" else "present"
    signs: dict[str, Value] = {"atrophy": atrophy, "fovea": fovea}
    return signs | ({"staphyloma": "present"} if deep else {})


def _pressure(rng: random.Random) -> dict[str, Value]:
    signs: dict[str, Value] = {"av": rng.choice(["1:2", "1:3"])}
    signs["arteries"] = rng.choice(["narrow", "nicking", "copper"])
    if rng.random() < 0.5:
        signs |= {"haem": "flame", "cws": rng.choice(["none", "present"])}
        if rng.random() < 0.35:
            signs |= {"disc_margin": "blurred", "cws": "present"}
    return signs


def _branch(rng: random.Random) -> dict[str, Value]:
    signs: dict[str, Value] = {"haem": rng.choice(["sector_st", "sector_it"]), "veins": "dilated"}
    return signs | {"cws": rng.choice(["none", "present"])}


def _central(_: random.Random) -> dict[str, Value]:
    return {"haem": "all4", "veins": "dilated", "disc_margin": "blurred", "cws": "present"}


def _hazy(rng: random.Random) -> dict[str, Value]:
    return {"media": rng.choice(["mild", "dense"])}


_SIGNS = {
    "dr_mild": _dr_mild,
    "dr_moderate": _dr_moderate,
    "dr_severe": _dr_severe,
    "dr_pdr": _dr_pdr,
    "cupped": _cupped,
    "cup_near": _cup_near,
    "drusen": _drusen,
    "wet": _wet,
    "wet_fellow": _wet_fellow,
    "myopic": _myopic,
    "pressure": _pressure,
    "branch": _branch,
    "central": _central,
    "hazy": _hazy,
}
