"""A report's text in, its impression out: read by rule, worded by the language model, checked.

The language model only words it: where its text does not carry exactly what the criteria say of
the report, the impression by rule is given instead, and that is said.
"""

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.impression.cases import Modality
from assistant.impression.check import Check, check
from assistant.impression.conclude import Told, by_rule, conclusions
from assistant.impression.reader import Read, read_report
from assistant.impression.tables import table
from vision.catalogue import Language, detect_language, say
from vision.errors import ModelError

if TYPE_CHECKING:  # torch is imported only where a language model is there
    from assistant.conversation import Turn
    from assistant.model import Speaker

log = logging.getLogger(__name__)
MAX_TOKENS = 256  # as in training; impressions are longer than answers


@dataclass(frozen=True, slots=True)
class Impression:
    """What is said of a report, by whom, and what it rests on."""

    text: str
    source: Literal["llm", "rules"]
    notices: tuple[str, ...]  # sentences for the reader, in the impression's language
    read: Read
    conclusions: tuple[Told, ...]
    check: Check | None  # of the language model's text, where there was one
    withheld: str  # that text, where it did not pass
    seconds: dict[str, float]


def write_impression(
    text: str,
    modality: Modality,
    language: Language,
    speaker: "Speaker | None",
    stop: threading.Event,
) -> Impression:
    """The impression of a report; raises InputError where there is nothing to conclude from."""
    began = time.monotonic()
    read = read_report(text, modality)
    ruled, told = by_rule(read.case, language), tuple(conclusions(read.case, language))
    seconds = {"rules": round(time.monotonic() - began, 3)}
    notices = _remarks(read, language)
    own = detect_language(text)
    if own not in (language, None):
        notices.append(say("impression.other_language", language))
    elif speaker is None:
        notices.append(say("impression.no_llm", language))
    else:
        try:
            said = _worded(speaker, text, modality, language, ruled, stop)
        except (ModelError, RuntimeError, MemoryError, ValueError):
            log.exception("the language model failed; the impression is made by rule")
            notices.append(say("impression.failed", language))
        else:
            seconds["llm"] = round(time.monotonic() - began - seconds["rules"], 3)
            held = check(said, read.case, text, language)
            if held.passed:
                return Impression(said, "llm", tuple(notices), read, told, held, "", seconds)
            notices.append(say("impression.disagrees", language))
            return Impression(ruled, "rules", tuple(notices), read, told, held, said, seconds)
    return Impression(ruled, "rules", tuple(notices), read, told, None, "", seconds)


def _worded(
    speaker: "Speaker",
    text: str,
    modality: Modality,
    language: Language,
    ruled: str,
    stop: threading.Event,
) -> str:
    """The language model's impression of a report."""
    asked = report_question(text, modality, language)
    said = ""
    for speech in speaker.speak(asking(asked, ruled, language), {}, stop, MAX_TOKENS, ruled):
        said = speech.text
    return said.strip()


def report_question(text: str, modality: Modality, language: Language) -> str:
    """The words that ask for the impression of a report."""
    scan = say(f"impression.scan_{modality}", language)
    return say("impression.ask", language, scan=scan, report=text.strip())


def asking(asked: str, ruled: str, language: Language) -> "list[Turn]":
    """The turns that ask for an impression: the report, and what the rules conclude beside it."""
    from assistant.conversation import Turn
    from assistant.prompts import system_turn

    beside = say("prompt.question", language, facts=ruled, question=asked)
    return [system_turn([], language), Turn("user", (beside,), asked)]


def _remarks(read: Read, language: Language) -> list[str]:
    """What of the report was told twice, or as a range."""
    fields = table("fields")
    both = {"OD": say("eye.OD", language), "OS": say("eye.OS", language), None: ""}
    told = [
        say(
            "impression.conflict", language,
            field=fields[every[0].field][language], eye=both[every[0].side],
            words=" / ".join(one.words for one in every),
        )
        for every in read.conflicts
    ]  # fmt: skip
    return told + [
        say("impression.range", language, field=fields[one.field][language], eye=both[one.side],
            range=one.range, value=f"{one.value:g}")
        for one in read.ranges
    ]  # fmt: skip
