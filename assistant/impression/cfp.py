"""Colour fundus photography: what the criteria make of an eye's signs.

Diabetic retinopathy and edema: ICDR (Wilkinson 2003; 4-2-1 rule). AMD by drusen size: Beckman
(Ferris 2013: to 63, to 125, above 125 um). Myopic maculopathy: META-PM (Ohno-Matsui 2015), from
diffuse atrophy on or with a staphyloma pathologic. Hypertensive retinopathy: Mitchell and Wong
(2004). Disc: a cup/disc ratio of 0.7, 0.2 between the eyes or a rim notch make a suspect (EGS, AAO
PPP), 0.6 is called borderline. Bleeding along one vein or in four quadrants with a swollen disc:
branch or central vein occlusion.
"""

from assistant.impression.cases import UNCLEAR, Case, Conclusion, EyeValues, Reading

NARROW = ("1:2", "1:3", "1:4", "2:4", "2:5", "3:5", "3:6", "3:7")  # A/V ratios under 2:3


def _retinopathy(case: Case, eye: EyeValues) -> list[Conclusion]:
    """ICDR grade and edema; only where diabetes is known."""
    haem, veins, exudate = eye.state("haem"), eye.state("veins"), eye.state("exudate")
    other = haem in ("sector_st", "sector_it", "submacular") or _drained(eye)
    if not case.known("diabetes") or other:
        return []
    new = [f"nv_{eye.state('nv')}"] if eye.state("nv") in ("disc", "elsewhere") else []
    new += ["nv_present"] if eye.state("nv") == "present" else []
    new += [f"vh_{eye.state('vh')}"] if eye.state("vh") in ("vitreous", "preretinal") else []
    severe = ["haem_over20"] if haem == "over20" else []
    severe += ["veins_beaded"] if veins == "beaded" else []
    severe += ["irma_present"] if eye.state("irma") == "present" else []
    more = [f"haem_{haem}"] if haem in ("few", "present", "flame", "all4") else []
    more += ["cws_present"] if eye.state("cws") == "present" else []
    more = more or ([f"exudate_{exudate}"] if exudate not in ("", "none", UNCLEAR) else [])
    if not (new or severe or more or eye.state("ma") == "present"):
        return []
    count = [] if eye.state("ma") != "present" else ["ma_present"]
    count = ["ma_count"] if eye.number("ma_count") else count
    only = ["ma_only"] if eye.number("ma_count") else ["ma_only_some"]
    grade = "pdr" if new else "severe" if severe else "moderate" if more else "mild"
    signs = new or severe or ([*count, *more] if more else only)
    found = [Conclusion(f"cfp_dr_{grade}", tuple(signs))]
    levels = {"distant": "mild", "near": "moderate", "centre": "severe"}
    if exudate in levels:
        found.append(Conclusion("cfp_dme", (f"exudate_{exudate}",), levels[exudate]))
    return found


def _drained(eye: EyeValues) -> bool:
    """Bleeding all over with veins or a disc swollen by it, as a blocked main vein makes."""
    swollen = eye.state("veins") == "dilated" or eye.state("disc_margin") == "blurred"
    return eye.state("haem") == "all4" and swollen


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
    drusen = ["drusen_is"] if size is not None else []
    if eye.state("haem") == "submacular" and (drusen or eye.state("drusen") == "present"):
        return [Conclusion("cfp_wet", ("haem_submacular", *(drusen or ["drusen_present"])))]
    if atrophy == "geographic":
        return [Conclusion("cfp_atrophy", ("atrophy_geographic", *drusen))]
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
    dilated = ["veins_dilated"] if eye.state("veins") == "dilated" else []
    if haem in ("sector_st", "sector_it"):
        return [Conclusion("cfp_branch", (f"haem_{haem}", *dilated))]
    if _drained(eye):
        swollen = ["disc_blurred"] if eye.state("disc_margin") == "blurred" else []
        return [Conclusion("cfp_central", ("haem_all4", *dilated, *swollen))]
    arteries = eye.state("arteries")
    signs = ["av_low"] if eye.state("av") in NARROW else []
    signs += [f"arteries_{arteries}"] if arteries in ("narrow", "nicking", "copper") else []
    if not case.known("hypertension") or not signs:
        return []
    bled = [f"haem_{haem}"] if haem in ("flame", "few", "present") else []
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
    normal = "cfp_dm_normal" if case.known("diabetes") else "cfp_normal"
    return Reading(tuple(found) or (Conclusion(normal, tuple(fine)),), tuple(fine))
