"""Ocular surface analysis: what the criteria make of an eye's values.

Dry eye as in TFOS DEWS II (2017): symptoms (OSDI of 13 or more) with one of: non-invasive break-up
under 10 s, osmolarity of 308 mOsm/L or more or over 8 apart between the eyes, more than 5 corneal
spots (Oxford grade 2 lies above that, grade 1 may). Its severity by OSDI: 13-22, 23-32, 33 and more
(Miller 2010). Little tear: meniscus under 0.2 mm (DEWS II) or Schirmer of 5 mm in 5 minutes or
less. Glands: meiboscore 0-3 a lid by lost area, none, under 1/3, to 2/3, over 2/3; an eye's sum of
3 or more is abnormal (Arita 2008, 2009). Lipid under 60 nm is thin (Blackie 2009, Finis 2013).
Redness from 2 and partial blinks from 40 % are working limits, there is no agreed value.
"""

from assistant.impression.cases import UNCLEAR, Case, Conclusion, EyeValues, Reading


def meiboscore(lost_percent: float) -> int:
    """0-3 by the lost share of a lid's glands (Arita)."""
    return 0 if lost_percent == 0 else 1 if lost_percent < 33.4 else 2 if lost_percent < 66.7 else 3


def _under(eye: EyeValues, field: str, limit: float) -> bool:
    number = eye.number(field)
    return number is not None and number < limit


def _from(eye: EyeValues, field: str, limit: float) -> bool:
    number = eye.number(field)
    return number is not None and number >= limit


def _gland_signs(eye: EyeValues) -> list[str]:
    known: dict[str, float] = {}
    for lid in ("upper", "lower"):
        lost, score = eye.number(f"mg_{lid}"), eye.number(f"meiboscore_{lid}")
        if lost is not None:
            known[f"mg_{lid}"] = meiboscore(lost)
        elif score is not None:
            known[f"meiboscore_{lid}"] = score
    return [*known] if sum(known.values()) >= 3 else []


def _tear_signs(case: Case, eye: EyeValues) -> list[str]:
    signs = ["nibut_low"] if _under(eye, "nibut_first", 10) else []
    own, fellow = eye.number("osmolarity"), case.fellow(eye)
    other = fellow.number("osmolarity") if fellow else None
    if own is not None and own >= 308:
        signs.append("osm_high")
    elif own is not None and other is not None and abs(own - other) > 8:
        signs.append("osm_apart")
    signs += ["spots_high"] if _from(eye, "spots", 6) else []
    signs += ["oxford_high"] if _from(eye, "oxford", 2) else []
    return signs


def _near(case: Case, eye: EyeValues) -> list[str]:
    """Values a little on the right side of their limit."""
    limits = {"nibut_first": (10, 11), "osmolarity": (304, 308), "tmh": (0.2, 0.22)}
    limits |= {"schirmer": (6, 11), "oxford": (1, 2)}
    near = [
        f"{field}_near"
        for field, (low, high) in limits.items()
        if _from(eye, field, low) and _under(eye, field, high)
    ]
    return near + (["osdi_near"] if 10 <= (case.number("osdi") or 0) < 13 else [])


def _dryness(case: Case, signs: list[str], little: list[str], oily: list[str]) -> list[Conclusion]:
    """Dry eye with its kind and severity, or why it is none by the definition."""
    osdi = case.number("osdi")
    if signs and osdi is None:
        return [Conclusion("osa_possible", (*signs, *little, *oily))]
    if signs and osdi is not None and osdi >= 13:
        level = "mild" if osdi < 23 else "moderate" if osdi < 33 else "severe"
        kind = "mixed" if little and oily else "aqueous" if little else ""
        kind = kind or ("evaporative" if oily else "unspecified")
        return [Conclusion(f"osa_{kind}", ("osdi_high", *signs, *little, *oily), level)]
    if signs:
        return [Conclusion("osa_signs", (*signs, *little, *oily, "osdi_low"))]
    if osdi is not None and osdi >= 13:
        return [Conclusion("osa_symptoms", ("osdi_high",))]
    return []


def read(case: Case, eye: EyeValues) -> Reading:
    """What the criteria say of one eye."""
    signs, glands = _tear_signs(case, eye), _gland_signs(eye)
    little = ["tmh_low"] if _under(eye, "tmh", 0.2) else []
    little += ["schirmer_low"] if _under(eye, "schirmer", 5.5) else []
    thin = ["lipid_low"] if _under(eye, "lipid", 60) else []
    found = _dryness(case, signs, little, glands + thin)
    if not signs:
        found += [Conclusion("osa_glands", tuple(glands))] if glands else []
        found += [Conclusion("osa_little", tuple(little))] if little else []
        found += [Conclusion("osa_lipid", tuple(thin))] if thin else []
        near = [] if little else _near(case, eye)
        found += [Conclusion("osa_borderline", tuple(near))] if near else []
    if _from(eye, "partial", 40):
        found.append(Conclusion("osa_blink", ("partial_high",)))
    if _from(eye, "redness", 2):
        found.append(Conclusion("osa_red", ("redness_high",)))
    unread = [f for f in ("nibut_first", "mg_upper", "mg_lower") if eye.state(f) == UNCLEAR]
    found += (
        [Conclusion("osa_limited", tuple(f"{field}_unclear" for field in unread))] if unread else []
    )
    fine = ["nibut_fine"] if _from(eye, "nibut_first", 11) else []
    fine += ["tmh_fine"] if _from(eye, "tmh", 0.22) else []
    whole = eye.number("mg_upper") is not None and eye.number("mg_lower") is not None
    fine += ["glands_fine"] if whole and not glands else []
    fine += ["schirmer_fine"] if _from(eye, "schirmer", 11) else []
    apart = "osm_apart" in signs
    fine += ["osm_fine"] if _under(eye, "osmolarity", 304) and not apart else []
    return Reading(tuple(found) or (Conclusion("osa_normal", tuple(fine)),), tuple(fine))
