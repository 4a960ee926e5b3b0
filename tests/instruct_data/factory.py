"""Small made-up records, findings and folders as `build` writes them."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from assistant.findings import Findings
from instruct_data.photos import SPLITS, Split
from instruct_data.schema import Kind, Record, Said, Shown
from tests.assistant.factory import findings
from vision.catalogue import Language

TURNS: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Are there haemorrhages?", "Yes, seven haemorrhages, most of them below the fovea."),
        ("And exudates?", "No hard exudates were found."),
    ),
    "zh": (("有出血吗？", "有，共7处出血，多在黄斑下方。"), ("渗出呢？", "未见硬性渗出。")),
}


def make_record(
    number: int = 0,
    split: Split = "train",
    language: Language = "en",
    kind: Kind = "image",
    images: int = 1,
    turns: Iterable[tuple[str, str]] | None = None,
) -> Record:
    """A record with ids, patients and families of its own split."""
    shown = tuple(Shown(f"odir/{split}{i}.jpg", f"sha-{split}-{i}") for i in range(images))
    about = (images,) if images else ()
    passages = ("erm.visual.1",) if kind == "knowledge" else ()
    messages: list[Said] = []
    for place, (question, answer) in enumerate(TURNS[language] if turns is None else turns):
        family = f"{language}:has_lesion:{SPLITS.index(split)}-{place}"
        messages += [
            Said("user", question, "has_lesion", family, about, passages),
            Said("assistant", answer, about=about),
        ]
    patient = f"patient-{split}" if images else ""
    name = f"{split}-{kind}-{number:06d}"
    return Record(name, split, language, kind, patient, shown, tuple(messages))


def findings_of(image_id: str) -> Findings:
    """Made-up findings under an image's id."""
    made = findings()
    return replace(made, image=replace(made.image, id=image_id))


def write_folder(folder: Path, records: Iterable[Record]) -> Path:
    """What `build` writes, of these records."""
    all_records = list(records)
    for split in SPLITS:
        lines = [json.dumps(r.to_dict()) + "\n" for r in all_records if r.split == split]
        (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
    shown = {image.id: image.path for record in all_records for image in record.images}
    rows = [
        {"id": i, "path": path, "findings": findings_of(i).to_dict()} for i, path in shown.items()
    ]
    lines = [json.dumps(row) + "\n" for row in rows]
    (folder / "findings.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder
