"""A case as one ZIP file: JSON, pictures, masks and a report of each visit."""

import io
import json
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.analysis import Analysis
from assistant.report.build import build
from assistant.report.html import to_html
from assistant.report.pdf import to_pdf
from demo.store_photos import png_of
from demo.store_values import Case, StoredVisit
from segmentation.export import write_masks
from vision.catalogue import Language, say

SCHEMA = 1


def to_zip(case: Case, language: Language) -> bytes:
    """`case.json`, and a folder a visit with photos, findings, masks and the report in both forms.

    Codes alone name the patient and the readers. Raises ResourceError.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.json", json.dumps(_plain(case), ensure_ascii=False, indent=2))
        archive.writestr("NOTICE.txt", say("notice.long", language) + "\n")
        for number, visit in enumerate(case.visits, 1):
            _add_visit(archive, f"visit-{number}", visit, case.summary.code, language)
    return stream.getvalue()


def _plain(case: Case) -> dict[str, Any]:
    """The case as JSON-ready values; moments in ISO 8601, in UTC."""
    data = {
        "schema": SCHEMA,
        **asdict(case.summary),
        "visits": [
            {
                "started_at": visit.started_at,
                "photos": [one.findings.to_dict() for one in visit.analyses],
                "damaged": visit.damaged,
                "messages": [asdict(message) for message in visit.messages],
            }
            for visit in case.visits
        ],
        "feedback": [asdict(one) for one in case.feedback],
    }
    told: dict[str, Any] = json.loads(json.dumps(data, default=lambda moment: moment.isoformat()))
    return told


def _add_visit(
    archive: zipfile.ZipFile, folder: str, visit: StoredVisit, code: str, language: Language
) -> None:
    for number, one in enumerate(visit.analyses, 1):
        name = f"{folder}/photo-{number}"
        # a PNG is packed already
        archive.writestr(f"{name}.png", png_of(one.image), zipfile.ZIP_STORED)
        archive.writestr(f"{name}.json", one.findings.to_json())
        _add_masks(archive, name, one)
    if visit.analyses:
        report = build(visit.analyses, language, messages=visit.messages, subject=code)
        archive.writestr(f"{folder}/report.html", to_html(report))
        archive.writestr(f"{folder}/report.pdf", to_pdf(report), zipfile.ZIP_STORED)


def _add_masks(archive: zipfile.ZipFile, name: str, analysis: Analysis) -> None:
    if analysis.retina is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(name).name + ".png"
        write_masks(analysis.image, analysis.retina, Path(folder), photo)
        for file in sorted(Path(folder).iterdir()):
            archive.write(file, f"{name}-masks/{file.name}")
