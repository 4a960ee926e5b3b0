"""A report as PDF, set by Typst with Noto Sans SC, whose used letters are embedded.

Texts reach the template as data, so nothing in them is read as markup.
"""

import json
import tempfile
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from assistant.report.value import PhotoPart, Report
from vision.errors import ResourceError


def to_pdf(report: Report) -> bytes:
    """The whole file; raises ResourceError where it could not be set."""
    pictures: dict[str, bytes] = {}
    photos = [_photo(number, part, pictures) for number, part in enumerate(report.photos, 1)]
    told = {
        "language": report.language,
        "labels": report.labels,
        "made": report.made,
        "notice": report.notice,
        "subject": report.subject,
        "glance": [asdict(row) for row in report.glance],
        **{name: _passage(report, name) for name in ("impression", "advice", "remarks")},
        "uncertainty": report.uncertainty,
        "disagreements": report.disagreements,
        "photos": photos,
        "conversation": [asdict(one) for one in report.conversation],
        "versions": report.versions,
    }
    try:
        with tempfile.TemporaryDirectory() as folder:  # Typst reads pictures from files alone
            for name, data in {"page.typ": _template(), **pictures}.items():
                (Path(folder) / name).write_bytes(data)
            pdf = typst.compile(
                str(Path(folder) / "page.typ"),
                root=folder,
                font_paths=_fonts(),
                sys_inputs={"report": json.dumps(told)},
                timestamp=report.made_at.replace(microsecond=0),
                pdf_standards=["ua-1"],
            )
    except (typst.TypstError, RuntimeError, OSError) as error:
        raise ResourceError("visit.pdf_failed", detail=str(error).splitlines()[0]) from error
    return bytes(pdf)


@cache
def _template() -> bytes:
    return (files("assistant.report") / "templates" / "page.typ").read_bytes()


@cache
def _fonts() -> "typst.Fonts":
    """Only the font that is shipped, so that a report looks the same on every machine."""
    folder = pylopdf_fonts_zh_cn.sans_path().parent
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def _passage(report: Report, name: str) -> dict[str, Any]:
    passage = getattr(report, name)
    return {"lines": passage.lines, "edited": passage.edited}


def _photo(number: int, part: PhotoPart, pictures: dict[str, bytes]) -> dict[str, Any]:
    """One photo as the template reads it; its pictures go beside it under their names."""

    def put(name: str, data: bytes) -> str:
        pictures[f"{number}-{name}"] = data
        return f"{number}-{name}"

    drawn = part.outlined
    return {
        "title": part.title,
        "detail": part.detail,
        "verdict": part.verdict,
        "plain": {"file": put("plain.jpg", part.plain.jpeg), "alt": part.plain.alt},
        "outlined": drawn and {"file": put("outlined.jpg", drawn.jpeg), "alt": drawn.alt},
        "legend": [
            {"label": entry.label, "file": put(f"swatch-{place}.png", entry.swatch_png)}
            for place, entry in enumerate(part.legend)
        ],
        "sections": [asdict(section) for section in part.sections],
        "notes": part.notes,
    }
