"""A photo with all that was found in it as a row of the case store, and back.

The pixels are kept as PNG, not the file that was sent: a file's metadata can name the patient, and
PNG gives back the very pixels that the findings are about. Outlines are COCO's run lengths at the
photo's size, with no colours drawn. Visual tokens and heat are kept too, so that a case opens and
can be asked about without reading the photo again.
"""

import hashlib
import io
import json
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as coco
from safetensors import SafetensorError
from safetensors.numpy import load, save

from assistant.analysis import Analysis
from assistant.findings import Findings
from assistant.findings_text import disease_name, grade_name, lesion_name, scan_name
from demo.store_schema import PhotoRow
from segmentation.types import Fovea, Grades, RetinaMap
from vision.catalogue import LANGUAGES
from vision.errors import InputError, ResourceError
from vision.fov import detect
from vision.intake import read_image
from vision.types import FundusImage

_COLUMNS = ("findings", "outlines", "pixels_png", "arrays")
_HEAT = "heat."
_PNG_EFFORT = 1  # a fifth of the time of the usual 6 for a quarter more bytes


def to_columns(analysis: Analysis) -> dict[str, Any]:
    """The columns of PhotoRow that hold the analysis."""
    found: dict[str, Any] = {
        "findings": json.dumps(analysis.findings.to_dict(), ensure_ascii=False),
        "outlines": json.dumps(_all_outlines(analysis)),
        "pixels_png": png_of(analysis.image),
        "arrays": _arrays(analysis),
    }
    keywords = " ".join(_keywords(analysis.findings)).lower()
    return found | {
        "image_id": analysis.image.id,
        "keywords": keywords,
        "sha256": _digest(*(found[name] for name in _COLUMNS)),
    }


def to_analysis(row: PhotoRow) -> Analysis:
    """Inverse of `to_columns`; raises ResourceError where the row was altered."""
    damaged = ResourceError("store.damaged_photo", number=row.number)
    if row.sha256 != _digest(*(getattr(row, name) for name in _COLUMNS)):
        raise damaged
    try:
        findings = Findings.from_dict(json.loads(row.findings))
        image = read_image(row.pixels_png, findings.image.eye, most_bytes=len(row.pixels_png))
        outlines = json.loads(row.outlines)
        arrays = load(row.arrays)
    except (InputError, ValueError, SafetensorError) as error:
        raise damaged from error
    if image.id != row.image_id:
        raise damaged
    heat = {k.removeprefix(_HEAT): v for k, v in arrays.items() if k.startswith(_HEAT)}
    drawn = outlines.pop("structures", {}) if outlines else {}
    structures = {code: _mask(runs) for code, runs in drawn.items()}
    retina = _retina(outlines) if outlines else None
    tokens = arrays.get("tokens")
    return Analysis(image, detect(image.pixels), findings, retina, tokens, heat, structures)


def _digest(*columns: str | bytes) -> str:
    digest = hashlib.sha256()
    for column in columns:
        data = column.encode() if isinstance(column, str) else column
        digest.update(len(data).to_bytes(8) + data)
    return digest.hexdigest()


def png_of(image: FundusImage) -> bytes:
    """The pixels as a PNG without metadata."""
    stream = io.BytesIO()
    Image.fromarray(image.pixels).save(stream, "PNG", compress_level=_PNG_EFFORT)
    return stream.getvalue()


def _arrays(analysis: Analysis) -> bytes:
    arrays = {f"{_HEAT}{code}": np.ascontiguousarray(h) for code, h in analysis.heat.items()}
    if analysis.tokens is not None:
        arrays["tokens"] = np.ascontiguousarray(analysis.tokens)
    return bytes(save(arrays))


def _all_outlines(analysis: Analysis) -> dict[str, Any] | None:
    """What was outlined by the networks and without them; None where nothing was."""
    structures = {code: runs_of(mask) for code, mask in analysis.structures.items()}
    drawn = {} if analysis.retina is None else _outlines(analysis.retina)
    return (drawn | ({"structures": structures} if structures else {})) or None


def _outlines(retina: RetinaMap) -> dict[str, Any]:
    anatomy = {"disc": retina.disc, "cup": retina.cup, "vessels": retina.vessels}
    fovea, grades = retina.fovea, retina.grades
    return {
        "lesions": {code: runs_of(mask) for code, mask in retina.lesions.items()},
        **{name: None if mask is None else runs_of(mask) for name, mask in anatomy.items()},
        "fovea": fovea and {"centre": fovea.centre, "confidence": fovea.confidence},
        "weights": retina.weights,
        "grades": grades and {"dr": grades.dr, "dme": grades.dme, "share": grades.share},
    }


def _retina(outlines: dict[str, Any]) -> RetinaMap:
    fovea, grades = outlines["fovea"], outlines["grades"]
    disc, cup, vessels = (
        None if outlines[name] is None else _mask(outlines[name])
        for name in ("disc", "cup", "vessels")
    )
    return RetinaMap(
        {code: _mask(runs) for code, runs in outlines["lesions"].items()},
        disc,
        cup,
        vessels,
        fovea and Fovea(tuple(fovea["centre"]), fovea["confidence"]),
        outlines["weights"],
        grades and Grades(tuple(grades["dr"]), tuple(grades["dme"]), grades["share"]),
    )


def runs_of(mask: np.ndarray) -> dict[str, Any]:
    """A mask (H, W) bool as COCO's run lengths: {"size", "counts"}."""
    encoded = coco.encode(np.asfortranarray(mask, np.uint8))
    return {"size": list(mask.shape), "counts": encoded["counts"].decode("ascii")}


def _mask(runs: dict[str, Any]) -> np.ndarray:
    encoded = {"size": runs["size"], "counts": runs["counts"].encode("ascii")}
    return np.ascontiguousarray(coco.decode(encoded)).astype(bool)


def _keywords(findings: Findings) -> list[str]:
    """Names of what was found, in both languages; what is absent is no keyword."""
    words = []
    for language in LANGUAGES:
        words += [disease_name(d.code, language) for d in findings.diseases or () if d.present]
        seen = [code for code, stats in (findings.lesions or {}).items() if stats.present]
        words += [lesion_name(code, language) for code in seen]
        if findings.dr.grade is not None:
            words.append(grade_name(findings.dr.grade, language))
        if findings.oct is not None:
            words.append(scan_name(findings.oct.code, language))
    return words
