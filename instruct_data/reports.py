"""Dialogues on written reports: findings of a modality in, the impression out.

Cases are drawn, not taken from people: no name, date or number of anybody is in them. What an
impression says follows from the drawn values by named criteria (`assistant.impression`), and
every number that it tells is the report's own or a limit of those criteria.
"""

import random
from collections.abc import Iterator

from assistant.impression.cases import MODALITIES, Case, Modality
from assistant.impression.wording import follow_up, impression
from instruct_data import report_cfp, report_oct, report_osa
from instruct_data.photos import Split
from instruct_data.report_forms import FOLLOW_UPS, ask, with_report
from instruct_data.report_text import report_text
from instruct_data.schema import Record, Said
from vision.catalogue import LANGUAGES, Language

__all__ = ["Case", "draw_case", "impression", "records", "report_text"]

_DRAW = {"osa": report_osa.draw, "oct": report_oct.draw, "cfp": report_cfp.draw}
_FOLLOWED = 0.4  # share of dialogues with a second question


def draw_case(rng: random.Random, modality: Modality) -> Case:
    """Measurements and signs of one or two eyes."""
    return _DRAW[modality](rng)


def records(split: Split, count: int, seed: int) -> Iterator[Record]:
    """Dialogues of all modalities in both languages; each split draws from seeds of its own."""
    for number in range(count):
        rng = random.Random(f"{split}-{seed}-{number}")  # noqa: S311
        language: Language = LANGUAGES[number % len(LANGUAGES)]
        modality = rng.choice(MODALITIES)
        yield Record(
            id=f"report-{split}-{seed}-{number}",
            split=split,
            language=language,
            kind="report",
            patient="",
            images=(),
            messages=_messages(draw_case(rng, modality), split, language, rng),
        )


def _messages(case: Case, split: Split, language: Language, rng: random.Random) -> tuple[Said, ...]:
    form, family = ask("report", language, split, case.modality, rng)
    asked = with_report(form, report_text(case, language, rng, split), rng)
    intent = f"report_{case.modality}"
    said = [
        Said("user", asked, intent, f"{language}:{intent}:{family}"),
        Said("assistant", impression(case, language, rng)),
    ]
    if rng.random() < _FOLLOWED:
        kind = rng.choice(FOLLOW_UPS)
        form, family = ask(kind, language, split, case.modality, rng)
        intent = f"report_{kind}"
        said.append(Said("user", form, intent, f"{language}:{intent}:{family}"))
        said.append(Said("assistant", follow_up(kind, case, language, rng)))
    return tuple(said)
