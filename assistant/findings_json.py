"""`Findings` as a plain JSON-ready dict and back: the keys that other programs rely on.

English names and rules make the JSON readable alone; they are not read back.
"""

import dataclasses
from typing import Any

from assistant.findings import SCHEMA, DMEGrade, DRGrade, Findings, ImageInfo, Scan
from assistant.findings_text import disease_name, grade_rule, scan_name
from segmentation.types import (
    Anatomy,
    Central,
    Disc,
    DMERisk,
    Fovea,
    GlandLoss,
    LesionGrade,
    LesionStats,
    Quadrants,
    Rim,
    Thickness,
)
from vision.catalogue import say
from vision.errors import InputError
from vision.labels import OCT_CLASSES
from vision.types import DiseaseScore, Quality

Plain = dict[str, Any]


def to_dict(findings: Findings) -> Plain:
    """The keys of schema 1 (see README)."""
    quality, lesions = findings.quality, findings.lesions
    return {
        "schema": SCHEMA,
        "image": dataclasses.asdict(findings.image),
        "quality": {
            "gradable": quality.gradable,
            "score": quality.score,
            "reasons": list(quality.reasons),
        },
        "diseases": findings.diseases and [_disease_to_dict(score) for score in findings.diseases],
        "dr": _grade_to_dict(findings),
        "dme": _risk_to_dict(findings),
        "lesions": lesions and {code: dataclasses.asdict(s) for code, s in lesions.items()},
        "anatomy": dataclasses.asdict(findings.anatomy),
        "oct": findings.oct and _scan_to_dict(findings.oct),
        "thickness": findings.thickness and _thickness_to_dict(findings.thickness),
        "glands": findings.glands
        and {**dataclasses.asdict(findings.glands), "method": say("glands.method", "en")},
        "models": dict(findings.models),
        "notes": list(findings.notes),
    }


def from_dict(data: Plain) -> Findings:
    """Inverse of `to_dict`; raises InputError for another schema version or missing keys."""
    if data.get("schema") != SCHEMA:
        raise InputError("error.findings_schema", found=data.get("schema"), expected=SCHEMA)
    try:
        return _from_dict(data)
    except (KeyError, TypeError) as error:
        raise InputError("error.findings_keys", detail=error) from error


def _disease_to_dict(score: DiseaseScore) -> Plain:
    return {
        "code": score.code,
        "name": disease_name(score.code, "en"),
        "probability": score.probability,
        "threshold": score.threshold,
        "present": score.present,
        "low": score.low,
        "high": score.high,
        "uncertain": score.uncertain,
    }


def _grade_to_dict(findings: Findings) -> Plain:
    dr, grade = findings.dr, findings.lesion_grade
    return {
        "grade": dr.grade,
        "probabilities": dr.probabilities and list(dr.probabilities),
        "rule": grade_rule(dr.grade, "en"),
        "referable": dr.referable,
        "by_lesions": grade and {
            "at_least": grade.at_least,
            "reason": grade.reason,
            "rule": say(grade.reason, "en"),
        },
    }  # fmt: skip


def _risk_to_dict(findings: Findings) -> Plain | None:
    """`risk` is the rule's; null as a whole where neither the rule nor the classifier spoke."""
    rule, seen = findings.dme, findings.dme_grade
    if rule is None and seen.probabilities is None:
        return None
    return {
        "risk": rule and rule.risk,
        "reason": rule and rule.reason,
        "rule": rule and say(rule.reason, "en"),
        "classifier_risk": seen.risk,
        "probabilities": seen.probabilities and list(seen.probabilities),
    }


def _scan_to_dict(scan: Scan) -> Plain:
    return {
        "class": scan.code,
        "name": scan_name(scan.code, "en"),
        "probabilities": dict(zip(OCT_CLASSES, scan.probabilities, strict=True)),
        "uncertain": scan.uncertain,
    }


def _thickness_to_dict(thickness: Thickness) -> Plain:
    """The measured values, and those in micrometres where the scale is known."""
    scale = thickness.um_per_px
    micrometres = {
        name.replace("_px", "_um"): value and scale and round(value * scale)
        for name, value in (("central_px", thickness.central_px), ("mean_px", thickness.mean_px))
    }
    measured = dataclasses.asdict(thickness) | {"profile_px": list(thickness.profile_px)}
    return {**measured, **micrometres, "method": say("thickness.method", "en")}


def _thickness_from_dict(data: Plain | None) -> Thickness | None:
    if data is None:
        return None
    names = [field.name for field in dataclasses.fields(Thickness)]
    return Thickness(**{**{n: data[n] for n in names}, "profile_px": tuple(data["profile_px"])})


def _glands_from_dict(data: Plain | None) -> GlandLoss | None:
    if data is None:
        return None
    return GlandLoss(data["gland_share"], data["lost_share"], data["meiboscore"])


def _from_dict(data: Plain) -> Findings:
    image, quality, dr, dme = data["image"], data["quality"], data["dr"], data["dme"]
    diseases, lesions, scan = data["diseases"], data["lesions"], data["oct"]
    by_lesions, ruled = dr["by_lesions"], dme and dme["reason"]
    seen = dme and dme["probabilities"]
    return Findings(
        image=ImageInfo(**image),
        quality=Quality(
            image["modality"], quality["gradable"], quality["score"], tuple(quality["reasons"])
        ),
        diseases=diseases and tuple(
            DiseaseScore(d["code"], d["probability"], d["threshold"], d["low"], d["high"])
            for d in diseases
        ),
        dr=DRGrade(dr["grade"], dr["probabilities"] and tuple(dr["probabilities"])),
        lesions=lesions and {code: _lesion_from_dict(stats) for code, stats in lesions.items()},
        anatomy=_anatomy_from_dict(data["anatomy"]),
        dme=DMERisk(dme["risk"], ruled) if ruled else None,
        dme_grade=DMEGrade(dme["classifier_risk"], tuple(seen)) if seen else DMEGrade(None, None),
        lesion_grade=by_lesions and LesionGrade(by_lesions["at_least"], by_lesions["reason"]),
        oct=scan and Scan(tuple(scan["probabilities"][code] for code in OCT_CLASSES)),
        models=dict(data["models"]),
        notes=tuple(data["notes"]),
        thickness=_thickness_from_dict(data.get("thickness")),  # older findings have none
        glands=_glands_from_dict(data.get("glands")),
    )  # fmt: skip


def _anatomy_from_dict(anatomy: Plain) -> Anatomy:
    disc, fovea, rim = anatomy["disc"], anatomy["fovea"], anatomy["rim"]
    return Anatomy(
        disc=disc and Disc(tuple(disc["centre"]), disc["diameter_px"]),
        fovea=fovea and Fovea(tuple(fovea["centre"]), fovea["confidence"]),
        vertical_cdr=anatomy["vertical_cdr"],
        area_cdr=anatomy["area_cdr"],
        rim=rim and Rim(**rim),
        vessel_density=anatomy["vessel_density"],
    )


def _lesion_from_dict(stats: Plain) -> LesionStats:
    quadrants = stats["by_quadrant"]
    near, nearer = stats["central_3dd"], stats["central_1dd"]
    return LesionStats(
        **{
            **stats,
            "by_quadrant": quadrants and Quadrants(**quadrants),
            "central_1dd": nearer and Central(**nearer),
            "central_3dd": near and Central(**near),
        }
    )
