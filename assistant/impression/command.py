"""`python -m assistant impression`: a report on stdin, its impression on stdout."""

import argparse
import json
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.impression.write import Impression, write_impression
from vision.catalogue import Language, detect_language
from vision.errors import InputError, OphError

if TYPE_CHECKING:
    from assistant.model import Speaker


def report_text(data: bytes) -> str:
    """The text of a file as clinics save it: UTF-8, UTF-16 with its mark, or GB 18030."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise InputError("impression.not_text") from error


def impression(options: argparse.Namespace) -> None:
    """The impression of one report; what there is to say about it on stderr."""
    data = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
    text = report_text(data)
    language: Language = options.lang or detect_language(text) or "en"
    try:
        write_impression(text, options.modality, language, None, threading.Event())
        made = write_impression(
            text, options.modality, language, _speaker(options, language), threading.Event()
        )
    except OphError as error:
        print(error.text(language), file=sys.stderr)
        sys.exit(2)
    if options.json:
        print(json.dumps(to_dict(made), ensure_ascii=False))
        return
    print(made.text)
    print("\n".join(made.notices), file=sys.stderr)


def to_dict(made: Impression) -> dict[str, object]:
    """What was read, the rule behind each conclusion, the check and the time it took."""
    case = made.read.case
    return {
        "impression": made.text,
        "source": made.source,
        "notices": list(made.notices),
        "modality": case.modality,
        "read": {
            "eyes": {eye.side: dict(eye.values) for eye in case.eyes},
            "person": dict(case.person),
            "words": [asdict(one) for one in made.read.told],
            "conflicts": [[asdict(one) for one in every] for every in made.read.conflicts],
        },
        "conclusions": [asdict(one) for one in made.conclusions],
        "check": None if made.check is None else asdict(made.check) | {"ok": made.check.passed},
        "withheld": made.withheld,
        "seconds": made.seconds,
    }


def _speaker(options: argparse.Namespace, language: Language) -> "Speaker | None":
    """The language model; None where it is not wanted or cannot be loaded."""
    if options.rules_only:
        return None
    from assistant.model import Speaker

    try:
        speaker, _ = Speaker.load(options.llm, None, options.engine)
    except OphError as error:
        print(error.text(language), file=sys.stderr)
        return None
    return speaker
