"""Macular and nerve fibre OCT: what the criteria make of an eye's values.

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

from assistant.impression.cases import UNMEASURED, Case, Conclusion, EyeValues, Reading


def _centre(case: Case, eye: EyeValues) -> list[Conclusion]:
    """What explains fluid or thickening; traction, holes and membranes are told apart from it."""
    cst, ped = eye.number("cst"), eye.state("ped")
    irf, srf = eye.state("irf") in ("mild", "marked", "present"), eye.state("srf") == "present"
    drawn = eye.state("vmi") == "vmt" or eye.state("erm") == "pucker"
    if eye.state("hole") == "full":
        return []
    fluid = [f"irf_{eye.state('irf')}"] if irf else []
    fluid += ["srf_present"] if srf else []
    ez = ["ez_disrupted"] if eye.state("ez") == "disrupted" else []
    if ped == "vascular" and fluid:
        return [Conclusion("oct_wet", (*fluid, "ped_vascular", *ez))]
    if cst is None:
        return []
    raised = "cst_high" if cst > 315 else "cst_is"
    if irf and case.known("diabetes"):
        code = "centre" if cst > 315 else "near" if cst >= 305 else "outside"
        height = {"centre": "cst_high", "near": "cst_near", "outside": "cst_low"}[code]
        return [Conclusion(f"oct_dme_{code}", (height, *fluid, *ez))]
    if irf and case.known("vein"):
        return [Conclusion("oct_vein", (raised, *fluid))]
    if irf and not drawn:
        return [Conclusion("oct_fluid", (raised, *fluid))]
    choroid = eye.number("choroid") or 0
    if srf and not irf and eye.state("drusen") != "present" and choroid > 300:
        serous = ["ped_serous"] if ped == "serous" else []
        return [Conclusion("oct_csc", ("srf_present", "choroid_high", *serous, *ez))]
    if 305 <= cst <= 315 and not (fluid or drawn):
        return [Conclusion("oct_thick", ("cst_near", "no_fluid"))]
    return []


def _interface(eye: EyeValues) -> list[Conclusion]:
    found = []
    size, width = eye.number("hole_size"), eye.number("vmi_width")
    cst = ["cst_is"] if eye.number("cst") is not None else []
    vmi = eye.state("vmi")
    if eye.state("hole") == "full":
        level = "small" if (size or 0) <= 250 else "medium" if (size or 0) <= 400 else "large"
        level = UNMEASURED if size is None else level
        pulled = ["vmt_too"] if vmi == "vmt" else []
        sized = "hole_full" if size is None else "hole_size"
        found.append(Conclusion("oct_hole", (sized, *pulled), level))
    elif eye.state("hole") == "lamellar":
        found.append(Conclusion("oct_lamellar", ("hole_lamellar",)))
    if vmi in ("vmt", "vma") and (width or eye.state("hole") != "full"):
        level = UNMEASURED if width is None else "focal" if width <= 1500 else "broad"
        thick = cst if vmi == "vmt" else []
        told = f"vmi_{vmi}" if width is None else "vmi_width"
        found.append(Conclusion(f"oct_{vmi}", (told, *thick), level))
    if eye.state("erm") == "pucker":
        found.append(Conclusion("oct_pucker", ("erm_pucker", *cst)))
    elif eye.state("erm") == "present":
        found.append(Conclusion("oct_erm", ("erm_present",)))
    return found


def _drusen(eye: EyeValues) -> list[Conclusion]:
    size, lost = eye.number("drusen_size"), eye.number("atrophy_size") or 0
    if eye.state("ped") == "vascular":
        return []
    if lost >= 250:
        drusen = ["drusen_is"] if size is not None else []
        return [Conclusion("oct_atrophy", ("atrophy_size", *drusen))]
    if size is None or size <= 63:  # smaller ones are normal ageing
        return []
    if size > 125:
        return [Conclusion("oct_drusen", ("drusen_large",), "intermediate")]
    return [Conclusion("oct_drusen", ("drusen_medium",), "early")]


def _fibres(case: Case, eye: EyeValues) -> list[Conclusion]:
    average, fellow = eye.number("rnfl_avg"), case.fellow(eye)
    measured = {field: eye.number(field) for field in ("rnfl_s", "rnfl_i")}
    poles = {field: height for field, height in measured.items() if height is not None}
    thin = [f"{field}_thin" for field, height in poles.items() if height < 85]
    thin += ["rnfl_avg_thin"] if average is not None and average < 75 else []
    if thin:
        return [Conclusion("oct_nerve", tuple(thin))]
    near = [f"{field}_near" for field, height in poles.items() if height < 95]
    near += ["rnfl_avg_near"] if average is not None and average < 80 else []
    other = fellow.number("rnfl_avg") if fellow else None
    apart = average is not None and other is not None and other - average > 9
    near += ["rnfl_apart"] if apart else []
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
