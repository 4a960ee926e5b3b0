"""Macular and nerve fibre OCT: drawn eyes, for the criteria of `assistant.impression.oct`."""

import random

from assistant.impression.cases import Case, EyeValues, Value
from instruct_data.report_cases import draw_sides, within

_SHARES = {
    "normal": 0.29,
    "dme": 0.15,
    "wet": 0.09,
    "dry": 0.08,
    "csc": 0.07,
    "erm": 0.07,
    "traction": 0.06,
    "hole": 0.06,
    "vein": 0.04,
    "fluid": 0.02,
    "lamellar": 0.02,
    "thick": 0.03,
    "nerve": 0.1,
}
_FLAT: dict[str, Value] = {
    "irf": "none",
    "srf": "none",
    "ped": "none",
    "drusen": "none",
    "ez": "intact",
    "elm": "intact",
    "erm": "none",
    "vmi": "free",
    "hole": "none",
}
_HISTORY = {"dme": "diabetes", "vein": "vein"}
_FELLOW = {"wet": "dry", "hole": "traction", "vein": "normal", "csc": "normal", "thick": "normal"}


def draw(rng: random.Random) -> Case:
    """A person's OCT report: macula, nerve fibre layer or both."""
    picture = rng.choices([*_SHARES], [*_SHARES.values()])[0]
    layer = picture == "nerve" or (picture in ("normal", "dme", "dry") and rng.random() < 0.3)
    macula = picture not in ("nerve", "normal") or not layer or rng.random() < 0.4
    kept = {field for field in _FLAT if rng.random() < 0.7} | {"irf", "srf"}
    if picture == "csc":
        kept |= {"drusen"}
    choroid, signal = rng.random() < 0.2, rng.random() < 0.5
    eyes: list[EyeValues] = []
    for side in draw_sides(rng):
        own = picture
        if eyes and rng.random() < 0.65:
            own = rng.choice([_FELLOW.get(picture, "normal"), "normal"])
        values: dict[str, Value] = {}
        if signal:
            values["signal"] = rng.randint(3, 5) if rng.random() < 0.1 else rng.randint(6, 10)
        if macula:
            values |= _macula(own, kept, rng)
            if choroid and "choroid" not in values:
                values["choroid"] = within(rng, 190, 290)
        if layer:
            values |= _layer(eyes[0] if eyes and own != "nerve" else None, rng, thin=own == "nerve")
        eyes.append(EyeValues(side, values))
    history = _HISTORY.get(picture, rng.choice(["none", "", "", ""]))
    return Case("oct", tuple(eyes), {"history": history} if history else {})


def _macula(picture: str, kept: set[str], rng: random.Random) -> dict[str, Value]:
    """The central thickness and signs of a picture; other signs are told as absent or not told."""
    signs = _SIGNS[picture](rng) if picture in _SIGNS else {}
    values: dict[str, Value] = {"cst": signs.pop("cst", within(rng, 228, 292))}
    for field, flat in _FLAT.items():
        if field in signs or field in kept:
            values[field] = signs.pop(field, flat)
        for part in (f"{field}_size", f"{field}_width"):
            if part in signs:
                values[part] = signs.pop(part)
    if values.get("hole") == "full":
        del values["cst"]  # no measure where the centre is open
    return values | signs


def _dme(rng: random.Random) -> dict[str, Value]:
    low, high = rng.choice([(317, 560), (317, 560), (317, 430), (262, 300), (305, 315)])
    mild = high < 317
    signs: dict[str, Value] = {"cst": within(rng, low, high)}
    signs["irf"] = "mild" if mild else rng.choice(["mild", "marked"])
    signs["srf"] = "present" if not mild and rng.random() < 0.3 else "none"
    signs["ez"] = "disrupted" if not mild and rng.random() < 0.4 else "intact"
    return signs


def _wet(rng: random.Random) -> dict[str, Value]:
    signs: dict[str, Value] = {"cst": within(rng, 298, 540), "srf": "present", "ped": "vascular"}
    signs["irf"] = rng.choice(["none", "mild", "marked"])
    signs["ez"] = rng.choice(["intact", "disrupted", "disrupted"])
    return signs | (_dry(rng, 0.0) if rng.random() < 0.5 else {}) | {"cst": signs["cst"]}


def _dry(rng: random.Random, lost: float = 0.2) -> dict[str, Value]:
    signs: dict[str, Value] = {"cst": within(rng, 226, 288), "drusen": "present"}
    signs["drusen_size"] = within(rng, 66, 240)
    if rng.random() < lost:
        signs |= {"atrophy_size": within(rng, 260, 2400), "ez": "disrupted", "elm": "disrupted"}
    return signs


def _csc(rng: random.Random) -> dict[str, Value]:
    signs: dict[str, Value] = {"cst": within(rng, 322, 570), "srf": "present", "irf": "none"}
    signs |= {"drusen": "none", "choroid": within(rng, 312, 540)}
    return signs | {
        "ped": rng.choice(["none", "serous"]),
        "ez": rng.choice(["intact", "disrupted"]),
    }


def _erm(rng: random.Random) -> dict[str, Value]:
    puckered = rng.random() < 0.6
    cst = within(rng, 318, 470) if puckered else within(rng, 245, 298)
    return {"cst": cst, "erm": "pucker" if puckered else "present"}


def _traction(rng: random.Random) -> dict[str, Value]:
    width = within(rng, 180, 2600)
    if rng.random() < 0.35:
        return {"vmi": "vma", "vmi_width": width}
    irf = rng.choice(["none", "none", "mild"])
    return {"cst": within(rng, 302, 430), "vmi": "vmt", "vmi_width": width, "irf": irf}


def _hole(rng: random.Random) -> dict[str, Value]:
    signs: dict[str, Value] = {"hole": "full", "hole_size": within(rng, 110, 780)}
    signs["vmi"] = rng.choice(["free", "vmt"])
    return signs | {"irf": rng.choice(["mild", "none"]), "ez": "disrupted", "elm": "disrupted"}


def _lamellar(rng: random.Random) -> dict[str, Value]:
    return {
        "cst": within(rng, 190, 250),
        "hole": "lamellar",
        "erm": rng.choice(["none", "present"]),
    }


def _vein(rng: random.Random) -> dict[str, Value]:
    srf = rng.choice(["none", "present"])
    return {"cst": within(rng, 340, 690), "irf": "marked", "srf": srf}


def _fluid(rng: random.Random) -> dict[str, Value]:
    return {"cst": within(rng, 318, 420), "irf": rng.choice(["mild", "marked"])}


def _thick(rng: random.Random) -> dict[str, Value]:
    return {"cst": within(rng, 305, 315)}


_SIGNS = {
    "dme": _dme,
    "wet": _wet,
    "dry": _dry,
    "csc": _csc,
    "erm": _erm,
    "traction": _traction,
    "hole": _hole,
    "lamellar": _lamellar,
    "vein": _vein,
    "fluid": _fluid,
    "thick": _thick,
}


def _layer(like: EyeValues | None, rng: random.Random, *, thin: bool) -> dict[str, Value]:
    usual = {"rnfl_s": (108, 134), "rnfl_n": (66, 84), "rnfl_i": (112, 140), "rnfl_t": (58, 76)}
    quadrants: dict[str, float] = {}
    for field, (low, high) in usual.items():
        beside = like.number(field) if like else None
        if beside is not None and low - 6 <= beside <= high + 6:
            quadrants[field] = int(beside) + rng.randint(-4, 4)
        else:
            quadrants[field] = within(rng, low, high)
    if thin:
        degree = rng.choice([(86, 94), (58, 84), (58, 84), (48, 70)])
        quadrants["rnfl_i"] = within(rng, *degree)
        if rng.random() < 0.5:
            quadrants["rnfl_s"] = within(rng, degree[0] + 6, degree[1] + 14)
    return {"rnfl_avg": round(sum(quadrants.values()) / 4), **quadrants}
