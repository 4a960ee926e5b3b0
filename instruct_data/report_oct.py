"""Macular and nerve fibre OCT: drawn eyes, and what the criteria make of their values.

Holes are small to 250, medium to 400 and large above 400 um; traction is focal to 1500 um, broad
above (IVTS, Duker 2013). With diabetes, intraretinal fluid and a central subfield above 315 um mean
centre-involving edema; 315 is a working limit between those of DRCR.net for women and men, it
depends on the device, 305 to 315 is called borderline. Drusen by size: Beckman (Ferris 2013).
Outer retina and RPE lost over 250 um is complete atrophy (CAM, Sadda 2018). Subretinal fluid and no
drusen over a choroid above 300 um fits central serous chorioretinopathy (pachychoroid). Nerve
fibres: average under 75 um or an upper or lower quadrant under 85 um is thin, under 80 or 95 um
borderline (near the first and fifth percentile of devices; depends on age); averages over 9 um
apart are suspect (Mwanza 2011). Signal strength under 6 of 10 limits every number (makers).
"""

import random

from instruct_data.report_cases import (
    Case,
    Conclusion,
    EyeValues,
    Reading,
    Value,
    draw_sides,
    within,
)

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


def _centre(case: Case, eye: EyeValues) -> list[Conclusion]:
    """What explains fluid or thickening; traction, holes and membranes are told apart from it."""
    cst, ped = eye.number("cst"), eye.state("ped")
    irf, srf = eye.state("irf") in ("mild", "marked"), eye.state("srf") == "present"
    drawn = eye.state("vmi") == "vmt" or eye.state("erm") == "pucker"
    if eye.state("hole") == "full" or cst is None:
        return []
    fluid = [f"irf_{eye.state('irf')}"] if irf else []
    fluid += ["srf_present"] if srf else []
    ez = ["ez_disrupted"] if eye.state("ez") == "disrupted" else []
    if ped == "vascular":
        return [Conclusion("oct_wet", (*fluid, "ped_vascular", *ez))]
    history = case.person.get("history")
    if irf and history == "diabetes":
        code = "centre" if cst > 315 else "near" if cst >= 305 else "outside"
        height = {"centre": "cst_high", "near": "cst_near", "outside": "cst_low"}[code]
        return [Conclusion(f"oct_dme_{code}", (height, *fluid, *ez))]
    if irf and history == "vein":
        return [Conclusion("oct_vein", ("cst_high", *fluid))]
    if irf and not drawn:
        return [Conclusion("oct_fluid", ("cst_high", *fluid))]
    choroid = eye.number("choroid") or 0
    if srf and not irf and eye.state("drusen") == "none" and choroid > 300:
        serous = ["ped_serous"] if ped == "serous" else []
        return [Conclusion("oct_csc", ("srf_present", "choroid_high", *serous, *ez))]
    if 305 <= cst <= 315 and not (fluid or drawn):
        return [Conclusion("oct_thick", ("cst_near", "no_fluid"))]
    return []


def _interface(eye: EyeValues) -> list[Conclusion]:
    found = []
    size, width = eye.number("hole_size") or 0, eye.number("vmi_width") or 0
    if eye.state("hole") == "full":
        level = "small" if size <= 250 else "medium" if size <= 400 else "large"
        pulled = ["vmt_too"] if eye.state("vmi") == "vmt" else []
        found.append(Conclusion("oct_hole", ("hole_size", *pulled), level))
    elif eye.state("hole") == "lamellar":
        found.append(Conclusion("oct_lamellar", ("hole_lamellar",)))
    if width:
        level = "focal" if width <= 1500 else "broad"
        code, thick = ("vmt", ["cst_is"]) if eye.state("vmi") == "vmt" else ("vma", [])
        found.append(Conclusion(f"oct_{code}", ("vmi_width", *thick), level))
    if eye.state("erm") == "pucker":
        found.append(Conclusion("oct_pucker", ("erm_pucker", "cst_is")))
    elif eye.state("erm") == "present":
        found.append(Conclusion("oct_erm", ("erm_present",)))
    return found


def _drusen(eye: EyeValues) -> list[Conclusion]:
    size, lost = eye.number("drusen_size"), eye.number("atrophy_size") or 0
    if size is None or eye.state("ped") == "vascular":
        return []
    if lost >= 250:
        return [Conclusion("oct_atrophy", ("atrophy_size", "drusen_is"))]
    if size > 125:
        return [Conclusion("oct_drusen", ("drusen_large",), "intermediate")]
    return [Conclusion("oct_drusen", ("drusen_medium",), "early")]


def _fibres(case: Case, eye: EyeValues) -> list[Conclusion]:
    average, fellow = eye.number("rnfl_avg"), case.fellow(eye)
    if average is None:
        return []
    poles = {field: eye.number(field) or 0 for field in ("rnfl_s", "rnfl_i")}
    thin = [f"{field}_thin" for field, height in poles.items() if height < 85]
    thin += ["rnfl_avg_thin"] if average < 75 else []
    if thin:
        return [Conclusion("oct_nerve", tuple(thin))]
    near = [f"{field}_near" for field, height in poles.items() if height < 95]
    near += ["rnfl_avg_near"] if average < 80 else []
    other = fellow.number("rnfl_avg") if fellow else None
    near += ["rnfl_apart"] if other is not None and other - average > 9 else []
    return [Conclusion("oct_nerve_near", tuple(near))] if near else []


def read(case: Case, eye: EyeValues) -> Reading:
    """What the criteria say of one eye."""
    found = _interface(eye) + _centre(case, eye) + _drusen(eye) + _fibres(case, eye)
    signal, cst = eye.number("signal") or 10, eye.number("cst") or 400
    if signal < 6:
        found.append(Conclusion("oct_limited", ("signal_low",)))
    fine = ["cst_fine"] if 220 <= cst < 305 else []
    fluid = {eye.state("irf"), eye.state("srf")}
    fine += ["no_fluid"] if fluid == {"none"} else []
    fine += ["ez_fine"] if eye.state("ez") == "intact" else []
    if eye.number("rnfl_avg") and not any(c.code.startswith("oct_nerve") for c in found):
        fine.append("rnfl_fine")
    fine = [] if signal < 6 else fine
    return Reading(tuple(found) or (Conclusion("oct_normal", tuple(fine)),), tuple(fine))
