"""Whether an impression says what the criteria say: diagnoses by eye, degrees, numbers."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from assistant.forbidden import gives_dose
from assistant.impression.cases import Case, Modality, plain
from assistant.impression.names import Named, named
from assistant.impression.tables import table
from assistant.impression.wording import readings
from assistant.sentences import split_sentences
from vision.catalogue import LANGUAGES, Language

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MARKER = re.compile(r"^\s*\d+[.)] ", re.M)


@dataclass(frozen=True, slots=True)
class Check:
    """What an impression adds, leaves out, grades otherwise, or counts from nowhere."""

    missing: tuple[str, ...]  # as "OD cfp_dr_mild"
    extra: tuple[str, ...]
    degrees: tuple[str, ...]
    numbers: tuple[float, ...]
    dose: bool

    @property
    def passed(self) -> bool:
        """Whether nothing was found against it."""
        return not (self.missing or self.extra or self.degrees or self.numbers or self.dose)


def check(text: str, case: Case, report: str, language: Language) -> Check:
    """An impression held against a report as it was read."""
    wanted = {
        (eye.side, said.code): said.level
        for eye, reading in readings(case)
        for said in reading.conclusions
    }
    found = named(text, language)
    told = {(side, one.code) for one in found for side in one.sides or ("?",)}
    levels = table(f"readings.{language}")["levels"]
    wrong = {
        one.code
        for one in found
        for side in one.sides
        if (side, one.code) in wanted and _other_degree(one, wanted[side, one.code], levels)
    }
    known = _numbers(report) | _read(case) | _limits(case.modality)
    return Check(
        missing=tuple(sorted(" ".join(one) for one in set(wanted) - told)),
        extra=tuple(sorted(" ".join(one) for one in told - set(wanted))),
        degrees=tuple(sorted(wrong)),
        numbers=tuple(sorted(_numbers(_MARKER.sub("", text)) - known)),
        dose=any(gives_dose(one) for one in [*split_sentences(text)[0], split_sentences(text)[1]]),
    )


def _other_degree(one: Named, level: str, levels: dict[str, str]) -> bool:
    """Whether the words around a name tell another degree than the right one."""
    if not level or levels[level] in one.around:
        return False
    return any(word and word in one.around for key, word in levels.items() if key != level)


def _numbers(text: str) -> set[float]:
    return {float(n) for n in _NUMBER.findall(unicodedata.normalize("NFKC", text))}


def _read(case: Case) -> set[float]:
    """The values as they were read: "1.8 mm" are 1800 um, "nineteen" is 19."""
    told = [*case.person.items(), *(item for eye in case.eyes for item in eye.values.items())]
    return {
        float(number)
        for field, value in told
        if isinstance(value, int | float)
        for number in (value, plain(field, value))
    }


@cache
def _limits(modality: Modality) -> frozenset[float]:
    """The numbers of the criteria, of the scores, and of the times until the next step."""
    texts: list[str] = ["0 1 2 3"]
    for language in LANGUAGES:
        forms, steps = table(f"readings.{language}"), table("next")[language]
        for code, entry in forms["codes"].items():
            if code.startswith(modality):
                texts += [*entry["criterion"], *entry["names"], *entry.get("said", [])]
                texts += [t for key in entry if key.startswith("next") for t in steps[entry[key]]]
        texts += [t for every in forms["basis"].values() for t in every]
    return frozenset(_numbers("\n".join(texts)))
