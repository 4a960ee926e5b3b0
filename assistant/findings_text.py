"""The one rendering of `Findings` as text, for training data and for the system prompt alike.

One fact a line, always in the same order; what is absent or was not measured is said too.
"""

from typing import Literal

from assistant import numbers
from assistant.findings import Findings, Scan
from segmentation.labels import LESIONS, MA_PRECISION
from segmentation.types import Anatomy, LesionStats, Rim
from vision.catalogue import Language, say
from vision.types import DiseaseScore

Suspicion = Literal["suspected", "uncertain", "not_suspected"]

_NOT_MEASURED = frozenset(f"note.{name}_not_seen" for name in ("disc", "fovea", "cup"))
WORTH_A_DOUBT = 0.2  # from here on the second most likely grade is told
LOW_CONFIDENCE = frozenset({"H"})  # the classifier saw few cases of these
FEW_SCANS = {"RAO": 22}  # OCT classes with so few scans, in training and tests together


def disease_name(code: str, language: Language) -> str:
    """Name of a disease of the label set."""
    return say(f"disease.{code}", language)


def scan_name(code: str, language: Language) -> str:
    """Name of an OCT class."""
    return say(f"oct.{code}", language)


def lesion_name(code: str, language: Language) -> str:
    """Name of a lesion class, in the plural where the language has one."""
    return say(f"lesion.{code}", language)


def grade_name(grade: int | None, language: Language) -> str:
    """Name of an ICDR grade 0..4; None is "no grade"."""
    return say("grade.none" if grade is None else f"grade.{grade}", language)


def grade_rule(grade: int | None, language: Language) -> str:
    """What the photo must show for an ICDR grade. Source: Wilkinson et al., Ophthalmology 2003."""
    return say("rule.none" if grade is None else f"rule.{grade}", language)


def suspicion(score: DiseaseScore) -> Suspicion:
    """The word for a probability: uncertain near the threshold, else the side it is on."""
    if score.uncertain:
        return "uncertain"
    return "suspected" if score.present else "not_suspected"


def suspicion_word(score: DiseaseScore, language: Language) -> str:
    """`suspicion` in the reader's words."""
    return say(f"findings.word.{suspicion(score)}", language)


def eye_name(findings: Findings, language: Language) -> str:
    """ "right eye (OD)", "left eye (OS)" or "unknown side"."""
    return say(f"eye.{findings.image.eye}", language)


def to_text(findings: Findings, language: Language) -> str:
    """All of the findings, one fact a line."""
    if findings.oct is not None:
        scan = _scan(findings, findings.oct, language)
        lines = [*scan, *thickness_lines(findings, language), *_notes(findings, language)]
        return _one_a_line(lines)
    if findings.glands is not None:
        seen = [*_photo(findings, language), *gland_lines(findings, language)]
        return _one_a_line([*seen, *_notes(findings, language)])
    lines = [
        *_photo(findings, language),
        *_diseases(findings, language),
        *_grade(findings, language),
        *_rules(findings, language),
        *_lesions(findings, language),
        *_anatomy(findings, language),
        *_notes(findings, language),
    ]
    return _one_a_line(lines)


def _one_a_line(lines: list[str]) -> str:
    return "\n".join(line[0].upper() + line[1:] for line in lines)


def _scan(findings: Findings, scan: Scan, language: Language) -> list[str]:
    """What an OCT scan is likeliest to show, what else it may be, and what it cannot tell."""
    likeliest, *others = (
        say("findings.disease_item", language, name=scan_name(code, language),
            percent=numbers.percent(scan.share(code)))
        for code in scan.ranked
    )  # fmt: skip
    key = "findings.scan.uncertain" if scan.uncertain else "findings.scan.class"
    few = FEW_SCANS.get(scan.code)
    return [
        say("findings.scan", language, eye=eye_name(findings, language)),
        *(say(reason, language) for reason in findings.quality.reasons),
        say(key, language, item=likeliest),
        *([] if few is None else [say("findings.scan.few", language, count=few)]),
        say("findings.scan.others", language, items=_join(others, language)),
        say(f"oct.means.{scan.code}", language),
        say("findings.scan.limits", language),
    ]


def thickness_lines(findings: Findings, language: Language) -> list[str]:
    """How thick the retina of a scan is, one sentence each; empty where it was not measured."""
    thickness = findings.thickness
    if thickness is None:
        return []
    central, mean = thickness.central_px, numbers.pixels(thickness.mean_px, language)
    if central is None:
        said = [say("thickness.mean", language, mean=mean)]
    else:
        middle = numbers.pixels(central, language)
        said = [say("thickness.both", language, central=middle, mean=mean)]
    if scale := thickness.um_per_px:
        known = (("central", central), ("mean", thickness.mean_px))
        items = [
            say(f"thickness.scale.{name}", language, um=numbers.micrometres(px * scale, language))
            for name, px in known
            if px is not None
        ]
        joined = _join(items, language)
        said.append(say("thickness.scale", language, scale=f"{scale:g}", items=joined))
    unmeasured, parts = say("thickness.unmeasured", language), thickness.profile_px
    items = [unmeasured if px is None else f"{px:.0f}" for px in parts]
    joined = _join(items, language)
    said.append(say("thickness.profile", language, parts=len(parts), items=joined))
    return said + ([say("thickness.cut_off", language)] if thickness.cut_off else [])


def gland_lines(findings: Findings, language: Language) -> list[str]:
    """What was measured of a lid's glands, one sentence each; empty where nothing was."""
    glands = findings.glands
    if glands is None:
        return []
    shares = {"share": glands.gland_share, "lost": glands.lost_share}
    told = {name: numbers.percent(value) for name, value in shares.items()}
    return [
        say("glands.shares", language, **told),
        say("glands.score", language, score=glands.meiboscore),
    ]


def _photo(findings: Findings, language: Language) -> list[str]:
    modality, quality = findings.image.modality, findings.quality
    kind = say(f"findings.modality.{modality}", language)
    photo = "findings.photo" if modality == "cfp" else "findings.not_photo"
    gradable = say(f"findings.gradable.{quality.gradable}", language)
    return [
        say(photo, language, eye=eye_name(findings, language), modality=kind),
        say("findings.quality", language, gradable=gradable),
        *(say(reason, language) for reason in quality.reasons),
    ]


def _diseases(findings: Findings, language: Language) -> list[str]:
    if findings.diseases is None:
        return []
    lines = []
    groups: tuple[Suspicion, ...] = ("suspected", "uncertain", "not_suspected")
    for group in groups:
        scores = [d for d in findings.diseases if d.code != "N" and suspicion(d) == group]
        # the likeliest first, as a reader wants them; ties keep the label set's order
        scores.sort(key=lambda score: -score.probability)
        if scores:
            items = _join([_disease_item(score, language) for score in scores], language)
            lines.append(say(f"findings.{group}", language, items=items))
        elif group == "suspected":
            lines.append(say("findings.suspected_none", language))
    normal = [d for d in findings.diseases if d.code == "N"]
    return lines + [
        say("findings.normal", language, percent=numbers.percent(d.probability)) for d in normal
    ]


def _disease_item(score: DiseaseScore, language: Language) -> str:
    key = "findings.disease_low" if score.code in LOW_CONFIDENCE else "findings.disease_item"
    name = disease_name(score.code, language)
    return say(key, language, name=name, percent=numbers.percent(score.probability))


def _grade(findings: Findings, language: Language) -> list[str]:
    grade, probabilities = findings.dr.grade, findings.dr.probabilities
    if grade is None or probabilities is None:
        return [say("findings.no_grade", language)]
    others = [g for g in range(len(probabilities)) if g != grade]
    runner_up = max(others, key=probabilities.__getitem__)
    close = probabilities[runner_up] >= WORTH_A_DOUBT
    return [
        say(
            "findings.grade_next" if close else "findings.grade",
            language,
            grade=grade,
            name=grade_name(grade, language),
            percent=numbers.percent(probabilities[grade]),
            next=say(f"grade.short.{runner_up}", language),
            next_percent=numbers.percent(probabilities[runner_up]),
        ),
        say("findings.grade_rule", language, rule=grade_rule(grade, language)),
        say(f"findings.referable.{'yes' if findings.dr.referable else 'no'}", language),
    ]


def _rules(findings: Findings, language: Language) -> list[str]:
    """What the measured lesions say by the written rules: their own grade, and the edema risk.

    The classifier's own edema risk comes beside the rule's.
    """
    grade, dme, lines = findings.lesion_grade, findings.dme, list[str]()
    if grade is not None:
        rule = say(f"findings.{grade.reason}", language)
        lines.append(say("findings.evidence", language, grade=grade.at_least, rule=rule))
    if dme is not None:
        lines.append(say(f"findings.{dme.reason}", language))
    risk, shares = findings.dme_grade.risk, findings.dme_grade.probabilities
    if risk is not None and shares is not None:
        percent = numbers.percent(shares[risk])
        lines.append(say("findings.dme_grade", language, risk=risk, percent=percent))
    return lines


def _lesions(findings: Findings, language: Language) -> list[str]:
    if findings.lesions is None:
        return [say("findings.no_lesions", language)]
    seen = [code for code in LESIONS if code in findings.lesions and findings.lesions[code].present]
    absent = [code for code in LESIONS if code in findings.lesions and code not in seen]
    lines = [_lesion(code, findings.lesions[code], language) for code in seen]
    if absent:
        items = _join([lesion_name(code, language) for code in absent], language)
        lines.append(say("findings.absent", language, items=items))
    return lines


def _lesion(code: str, stats: LesionStats, language: Language) -> str:
    place = ""
    if stats.by_quadrant is not None:
        quadrants = stats.by_quadrant
        place += say(
            "findings.quadrants", language,
            ST=quadrants.ST, SN=quadrants.SN, IT=quadrants.IT, IN=quadrants.IN,
        )  # fmt: skip
    if stats.central_1dd is not None and stats.central_3dd is not None:
        one, three = stats.central_1dd.count, stats.central_3dd.count
        place += say("findings.central", language, one=one, three=three)
    if stats.nearest_to_fovea_dd is not None:
        away = numbers.distance(stats.nearest_to_fovea_dd, language)
        place += say("findings.nearest", language, distance=away)
    # single dark dots pass for microaneurysms, so their count is one of candidates
    return say(
        "findings.lesion_candidates" if code == "MA" else "findings.lesion",
        language,
        name=lesion_name(code, language),
        count=numbers.count(stats.count),
        area=numbers.pixels(stats.area_px, language),
        percent=numbers.area_percent(stats.area_percent_of_fov),
        place=place,
        precision=numbers.percent(MA_PRECISION),
    )


def _anatomy(findings: Findings, language: Language) -> list[str]:
    anatomy, lines = findings.anatomy, []
    if anatomy.disc is not None:
        diameter = numbers.pixels(anatomy.disc.diameter_px, language)
        lines.append(say("findings.disc", language, diameter=diameter))
    if anatomy.fovea is not None:
        lines.append(say("findings.fovea", language))
    if said := cup_ratios(anatomy, language):
        lines.append(say("findings.cdr", language, items=_join(said, language)))
    if anatomy.rim is not None:
        lines.append(say("findings.rim", language, **rim_widths(anatomy.rim)))
    if anatomy.vessel_density is not None:
        density = numbers.area_percent(100 * anatomy.vessel_density)
        lines.append(say("findings.vessels", language, percent=density))
    return lines


def cup_ratios(anatomy: Anatomy, language: Language) -> list[str]:
    """The cup-to-disc ratios that were measured, each with its kind."""
    ratios = (("vertical", anatomy.vertical_cdr), ("area", anatomy.area_cdr))
    return [
        say(f"findings.cdr.{name}", language, ratio=numbers.ratio(value))
        for name, value in ratios
        if value is not None
    ]


def rim_widths(rim: Rim) -> dict[str, str]:
    """Widths as they are written, by the letters of the sectors."""
    sectors = {"I": rim.inferior, "S": rim.superior, "N": rim.nasal, "T": rim.temporal}
    return {letter: numbers.ratio(width) for letter, width in sectors.items()}


def _notes(findings: Findings, language: Language) -> list[str]:
    """What was not measured on one line, since most photos share it, then every other note."""
    missing = [note for note in findings.notes if note in _NOT_MEASURED]
    lines = []
    if missing:
        names = [say(f"findings.not_measured.{n.removeprefix('note.')}", language) for n in missing]
        lines.append(say("findings.not_measured", language, items=_join(names, language)))
    return lines + [say(note, language) for note in findings.notes if note not in missing]


def _join(items: list[str], language: Language) -> str:
    return say("findings.comma", language).join(items)
