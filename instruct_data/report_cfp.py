"""Colour fundus photography: drawn eyes, and what the criteria make of their signs.

Diabetic retinopathy and edema: ICDR (Wilkinson 2003; 4-2-1 rule). AMD by drusen size: Beckman
(Ferris 2013: to 63, to 125, above 125 um). Myopic maculopathy: META-PM (Ohno-Matsui 2015), from
diffuse atrophy on or with a staphyloma pathologic. Hypertensive retinopathy: Mitchell and Wong
(2004). Disc: a cup/disc ratio of 0.7, 0.2 between the eyes or a rim notch make a suspect (EGS, AAO
PPP), 0.6 is called borderline. Bleeding along one vein or in four quadrants with a swollen disc:
branch or central vein occlusion.
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


def _retinopathy(case: Case, eye: EyeValues) -> list[Conclusion]:
    """ICDR grade and edema; only where diabetes is known."""
    if case.person.get("history") != "diabetes" or eye.state("ma") != "present":
        return []
    haem, veins = eye.state("haem"), eye.state("veins")
    new = [f"nv_{eye.state('nv')}"] if eye.state("nv") in ("disc", "elsewhere") else []
    new += [f"vh_{eye.state('vh')}"] if eye.state("vh") in ("vitreous", "preretinal") else []
    severe = ["haem_over20"] if haem == "over20" else []
    severe += ["veins_beaded"] if veins == "beaded" else []
    severe += ["irma_present"] if eye.state("irma") == "present" else []
    more = ["haem_few"] if haem == "few" else []
    more += ["cws_present"] if eye.state("cws") == "present" else []
    grade = "pdr" if new else "severe" if severe else "moderate" if more else "mild"
    signs = new or severe or (["ma_count", *more] if more else ["ma_only"])
    found = [Conclusion(f"cfp_dr_{grade}", tuple(signs))]
    exudate = eye.state("exudate")
    levels = {"distant": "mild", "near": "moderate", "centre": "severe"}
    if exudate in levels:
        found.append(Conclusion("cfp_dme", (f"exudate_{exudate}",), levels[exudate]))
    return found


def _disc(case: Case, eye: EyeValues) -> list[Conclusion]:
    cup, rim, fellow = eye.number("cdr") or 0, eye.state("rim"), case.fellow(eye)
    other = fellow.number("cdr") if fellow else None
    apart = other is not None and round(cup - other, 2) >= 0.2
    signs = ["cdr_high"] if cup >= 0.7 else ["cdr_is"] if apart else []
    signs += ["cdr_apart"] if apart else []
    signs += [f"rim_{rim}"] if rim in ("notch_inf", "notch_sup", "thin") else []
    signs += ["disc_haem"] if eye.state("disc_haem") == "present" else []
    if signs:
        return [Conclusion("cfp_disc", tuple(signs))]
    return [Conclusion("cfp_disc_near", ("cdr_near",))] if cup >= 0.6 else []


def _macula(eye: EyeValues) -> list[Conclusion]:
    size, atrophy = eye.number("drusen_size"), eye.state("atrophy")
    if eye.state("haem") == "submacular":
        return [Conclusion("cfp_wet", ("haem_submacular", "drusen_is"))]
    if atrophy == "geographic":
        return [Conclusion("cfp_atrophy", ("atrophy_geographic", "drusen_is"))]
    if size is not None:
        pigment = ["pigment_present"] if eye.state("pigment") == "present" else []
        if size > 125 or (size > 63 and pigment):
            height = "drusen_large" if size > 125 else "drusen_medium"
            return [Conclusion("cfp_drusen", (height, *pigment), "intermediate")]
        if size > 63:
            return [Conclusion("cfp_drusen", ("drusen_medium",), "early")]
        return [Conclusion("cfp_drupelets", ("drusen_small",))]
    deep = ["staphyloma_present"] if eye.state("staphyloma") == "present" else []
    if atrophy == "tessellated":
        return [Conclusion("cfp_tessellated", ("atrophy_tessellated",))]
    if atrophy in ("diffuse", "patchy", "macular"):
        return [Conclusion(f"cfp_myopic_{atrophy}", (f"atrophy_{atrophy}", *deep))]
    return []


def _vessels(case: Case, eye: EyeValues) -> list[Conclusion]:
    haem = eye.state("haem")
    if haem in ("sector_st", "sector_it"):
        return [Conclusion("cfp_branch", (f"haem_{haem}", "veins_dilated"))]
    if haem == "all4":
        return [Conclusion("cfp_central", ("haem_all4", "veins_dilated", "disc_blurred"))]
    if case.person.get("history") != "hypertension" or eye.state("av") == "2:3":
        return []
    signs = ["av_low", f"arteries_{eye.state('arteries')}"]
    bled = ["haem_flame"] if haem == "flame" else []
    bled += ["cws_present"] if eye.state("cws") == "present" else []
    if eye.state("disc_margin") == "blurred":
        return [Conclusion("cfp_pressure_severe", ("disc_blurred", *bled, *signs))]
    return [Conclusion("cfp_pressure", (*bled, *signs), "moderate" if bled else "mild")]


def read(case: Case, eye: EyeValues) -> Reading:
    """What the criteria say of one eye."""
    found = _retinopathy(case, eye) + _vessels(case, eye) + _disc(case, eye) + _macula(eye)
    if eye.state("media") in ("mild", "dense"):
        found.append(Conclusion(f"cfp_hazy_{eye.state('media')}", (f"media_{eye.state('media')}",)))
    fine = ["cdr_fine"] if (eye.number("cdr") or 1) < 0.6 else []
    fine = [] if any(c.code == "cfp_disc" for c in found) else fine
    fine += ["av_fine"] if eye.state("av") == "2:3" and eye.state("veins") in ("normal", "") else []
    fine += ["fovea_fine"] if eye.state("fovea") == "present" else []
    bare = {eye.state("haem"), eye.state("exudate")}
    fine += ["no_haem"] if bare == {"none"} else []
    fine = [] if eye.state("media") == "dense" else fine
    normal = "cfp_dm_normal" if case.person.get("history") == "diabetes" else "cfp_normal"
    return Reading(tuple(found) or (Conclusion(normal, tuple(fine)),), tuple(fine))
