"""The texts that impressions are made of (`forms/*.json`): names, reasons, next steps, words."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from vision.catalogue import Language


@cache
def table(name: str) -> Any:
    """One of the files, by its name without ending."""
    path = Path(__file__).parent / "forms" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def eye_words(side: str, language: Language) -> dict[str, str]:
    """`eye` within a sentence, `The` at its beginning, `Eye` as a label."""
    eye: str = table("words")[language]["eye"][side][0]
    return {
        "eye": eye,
        "The": eye[0].upper() + eye[1:],
        "Eye": eye.removeprefix("the ").capitalize(),
    }
