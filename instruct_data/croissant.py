"""Croissant metadata of a built folder: which files there are and what is in them.

Croissant 1.1 with the vocabulary for responsible AI: https://docs.mlcommons.org/croissant/
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from instruct_data.photos import SPLITS
from vision.errors import InputError, ResourceError

VERSION = "1.0.0"
_PUBLISHED = "2026-11-22"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_CROISSANT = "http://mlcommons.org/croissant/"
_MAKER = "OpenOphGLM contributors"
_CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": _CROISSANT, "rai": f"{_CROISSANT}RAI/", "dct": "http://purl.org/dc/terms/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "description": {"@container": "@language"}, "name": {"@container": "@language"},
    "conformsTo": "dct:conformsTo",
} | {name: f"cr:{name}" for name in (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field",
    "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset",
    "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated",
    "replace", "samplingRate", "separator", "source", "subField", "transform",
)}  # fmt: skip
_DESCRIPTION = (
    "Instruction dialogues in English and Chinese about fundus photos and OCT scans, about eye "
    "disease in general, and between a report and its impression. Answers about an image say what "
    "published models measured in it; answers about disease say what written passages with named "
    "sources say. Images are named by path and SHA-256 and are not part of the set."
)
_RESPONSIBLE = {
    "rai:dataCollection": "Drawn by program from a seed: each question and answer form is paired "
    "with an image's findings, or with passages, at draw time. Images are those of IDRiD, ODIR-5K, "
    "OCTDL and Drishti-GS, by patient, with their own splits.",
    "rai:dataCollectionType": ["Software Collection", "Manual Human Curator"],
    "rai:dataAnnotationProtocol": "No person labelled these dialogues. Findings are the output of "
    "the project's classifier and lesion segmenter; every sentence of an answer about an image was "
    "checked against them, every answer from passages against the passages.",
    "rai:machineAnnotationTools": ["OpenOphGLM classifier", "OpenOphGLM lesion segmenter"],
    "rai:dataPreprocessingProtocol": "Test question forms, test patients and test images are in "
    "no other split. Dialogues that fail the check are drawn anew.",
    "rai:dataUseCases": "Training and testing of research assistants that talk about findings in "
    "eye images, in English or Chinese.",
    "rai:dataLimitations": "Findings are a model's and may be wrong, so answers may be wrong of "
    "the image. The language is of written forms and repeats itself more than people do. Not for "
    "diagnosis or treatment, and no measure of clinical quality.",
    "rai:dataBiases": "Photos come from hospitals in India and China and from one OCT collection "
    "in Russia: diabetic retinopathy and referred patients are more frequent than in screening.",
    "rai:dataSocialImpact": "May help to build open assistants in two languages; may mislead where "
    "their output is taken for a doctor's.",
    "rai:personalSensitiveInformation": "None: no names, dates or numbers of people. Patients are "
    "the index numbers of the public image sets.",
    "rai:dataReleaseMaintenancePlan": "Built anew from the repository by one command and a seed; "
    "the version changes with its contents.",
}


def write_croissant(out: Path) -> None:
    """Write croissant.json beside the JSONL files of a built folder.

    Raises InputError where one is missing, ResourceError where the folder cannot be written.
    """
    text = json.dumps(describe(out), ensure_ascii=False, indent=1)
    try:
        (out / "croissant.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ResourceError("error.cannot_write", path=out) from error


def describe(folder: Path) -> dict[str, Any]:
    """The JSON-LD of a built folder; raises InputError where a file is missing."""
    files = [_file(folder, name) for name in (*SPLITS, "findings")]
    return {
        "@context": _CONTEXT, "@type": "sc:Dataset",
        "conformsTo": [f"{_CROISSANT}1.1", f"{_CROISSANT}RAI/1.0"],
        "name": "OpenOphGLM-FundusTuning", "description": _DESCRIPTION, "license": _LICENCE,
        "creator": {"@type": "sc:Organization", "name": _MAKER},
        "citeAs": f"{_MAKER}: OpenOphGLM FundusTuning, version {VERSION}, 2026.",
        "version": VERSION, "datePublished": _PUBLISHED, "inLanguage": ["en", "zh"],
        "keywords": ["ophthalmology", "fundus photography", "OCT", "instruction tuning",
                     "dialogue", "English", "Chinese"],
        **_RESPONSIBLE,
        "distribution": files,
        "recordSet": [*(_dialogues(split) for split in SPLITS), _findings()],
    }  # fmt: skip


def _file(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.jsonl"
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = path.stat().st_size
    except OSError as error:
        raise InputError("error.file_missing", path=path) from error
    return {"@type": "cr:FileObject", "@id": path.name, "name": path.name, "contentUrl": path.name,
            "contentSize": f"{size} B", "encodingFormat": "application/jsonlines",
            "sha256": digest}  # fmt: skip


def _field(
    name: str, about: str, column: str = "", json_path: str = "", kind: str = "sc:Text"
) -> dict[str, Any]:
    """A field "<record set>/<name>", read from a column of its file, or from a part of it."""
    records, _, inner = name.partition("/")
    source: dict[str, Any] = {
        "fileObject": {"@id": f"{records}.jsonl"},
        "extract": {"column": column or inner},
    }
    if json_path:
        source["transform"] = {"jsonPath": json_path}
    return {"@type": "cr:Field", "@id": name, "name": name, "description": about,
            "dataType": kind, "source": source}  # fmt: skip


def _list(
    name: str,
    about: str,
    parts: list[tuple[str, str]],
    arrays: Sequence[tuple[str, str, str]] = (),
) -> dict[str, Any]:
    """A repeated field of named parts, some of which are lists themselves."""
    column = name.partition("/")[2]
    fields = [_field(f"{name}/{part}", text, column, part) for part, text in parts]
    for part, text, kind in arrays:
        many = {"isArray": True, "arrayShape": "-1"}
        fields.append(_field(f"{name}/{part}", text, column, part, kind) | many)
    return {"@type": "cr:Field", "@id": name, "name": name, "description": about,
            "repeated": True, "subField": fields}  # fmt: skip


def _dialogues(split: str) -> dict[str, Any]:
    fields = [
        _field(f"{split}/id", "Unique over all splits."),
        _field(f"{split}/split", "train, val or test."),
        _field(f"{split}/language", "en or zh: of every message."),
        _field(f"{split}/kind", "image, knowledge, report or plain."),
        _field(f"{split}/patient", "Whose images these are; empty where there is none."),
        _list(f"{split}/images", "Numbered from 1 in the order they are shown.", [
            ("path", "Relative to the folder of the image sets."),
            ("id", "SHA-256 of the pixels, the key of the findings."),
        ]),
        _list(f"{split}/messages", "From a question to an answer in turn.", [
            ("role", "user or assistant."), ("content", "What is said."),
            ("intent", "Of a question: what it asks for."),
            ("family", "Of a question: its forms, <language>:<intent>:<number>."),
        ], [
            ("about", "Numbers of the images that it is about.", "sc:Integer"),
            ("passages", "Of a question: ids of the passages that are given with it.", "sc:Text"),
        ]),
    ]  # fmt: skip
    return {"@type": "cr:RecordSet", "@id": split, "name": split, "key": {"@id": f"{split}/id"},
            "description": f"The dialogues of {split}, one a line.", "field": fields}  # fmt: skip


def _findings() -> dict[str, Any]:
    inner = [
        ("image", "modality", "cfp (fundus photo) or oct.", "sc:Text"),
        ("image", "eye", "OD, OS or unknown.", "sc:Text"),
        ("quality", "gradable", "Whether the image can be read.", "sc:Text"),
        ("dr", "grade", "ICDR grade 0..4, where there is one.", "sc:Integer"),
    ]
    fields = [
        _field("findings/id", "SHA-256 of the pixels."),
        _field("findings/path", "Relative to the folder of the image sets."),
        *(_field(f"findings/{name}", about, "findings", f"$.{part}.{name}", kind)
          for part, name, about, kind in inner),
    ]  # fmt: skip
    return {"@type": "cr:RecordSet", "@id": "findings", "name": "findings",
            "key": {"@id": "findings/id"}, "field": fields,
            "description": "What the models found in each image; the file holds all of it, schema "
            "1 of the project's findings, under `findings`."}  # fmt: skip
