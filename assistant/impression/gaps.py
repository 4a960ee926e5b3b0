"""What the criteria leave open: no eye is normal with an abnormal sign or little told.

An eye without a conclusion is normal only where enough of it was examined and all of that is in
order; else its abnormal signs are named as not graded, or the report as too short for a conclusion.
"""

from assistant.impression.cases import UNCLEAR, Case, Conclusion, EyeValues, Modality, Reading

_IN_ORDER = {
    "irf": {"none"}, "srf": {"none"}, "ped": {"none"}, "ez": {"intact"}, "elm": {"intact"},
    "erm": {"none"}, "vmi": {"free", "vma"}, "hole": {"none"}, "drusen": {"none"},
    "media": {"clear"}, "disc_margin": {"sharp"}, "rim": {"isnt"}, "disc_haem": {"none"},
    "av": {"2:3", "3:4", "4:5", "1:1"}, "arteries": {"normal"}, "veins": {"normal"},
    "haem": {"none"}, "ma": {"none"}, "cws": {"none"}, "exudate": {"none"}, "irma": {"none"},
    "nv": {"none"}, "vh": {"none"}, "pigment": {"none"}, "atrophy": {"none"},
    "staphyloma": {"none"},
}  # fmt: skip
# fields of which one each has to be told before an eye is called normal
_NEEDED: dict[Modality, tuple[set[str], ...]] = {
    "osa": ({"nibut_first"}, {"tmh", "schirmer"}),
    "oct": ({"cst", "rnfl_avg", "overall"}, {"irf", "rnfl_avg", "overall"}),
    "cfp": (
        {"cdr", "disc_margin", "overall", "rim"},
        {"haem", "exudate", "fovea", "overall", "atrophy"},
    ),
}


def closed(case: Case, eye: EyeValues, reading: Reading) -> Reading:
    """The reading, with "normal" replaced where it does not follow from what is told."""
    if not reading.conclusions[0].code.endswith("normal"):
        return reading
    signs = [
        "av_low" if field == "av" else f"{field}_{eye.state(field)}"
        for field, fine in _IN_ORDER.items()
        if eye.state(field) not in ("", UNCLEAR) and eye.state(field) not in fine
    ]
    modality = case.modality
    if modality == "cfp" and eye.state("fovea") == "absent":
        signs.append("fovea_absent")
    if signs:
        return Reading((Conclusion(f"{modality}_open", tuple(signs)),), ())
    told = {field for field, value in eye.values.items() if value != UNCLEAR}
    if not all(told & one for one in _NEEDED[modality]):
        return Reading((Conclusion(f"{modality}_sparse", ()),), reading.fine)
    return reading
