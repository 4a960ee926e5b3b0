"""The text of a report: one content in many layouts, notations and word choices."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from assistant.impression.cases import Case, EyeValues, Value, plain
from assistant.impression.tables import eye_words
from assistant.impression.tables import table as words
from instruct_data.photos import Split
from instruct_data.report_forms import table
from vision.catalogue import Language

_HELD_OUT: dict[Split, str] = {"val": "numbered", "test": "grouped"}


@dataclass(slots=True)
class _Pen:
    """One writer's habits: a word once chosen stays the same through the report."""

    language: Language
    rng: random.Random
    short: bool
    fields: dict[str, Any]
    chosen: dict[str, Any] = field(default_factory=dict)

    def once(self, key: str, options: list[Any]) -> Any:
        if key not in self.chosen:
            self.chosen[key] = self.rng.choice(options)
        return self.chosen[key]

    def words(self, key: str) -> Any:
        return words("words")[self.language][key]

    def sides(self) -> dict[str, str]:
        found: dict[str, str] = self.once("sides", self.words("sides"))
        return found

    def mark(self, of: str) -> str:
        """The mark between parts: of a list, after a label, between sentences."""
        found: str = self.words("join")[of]
        return found

    def entry(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.fields[name]
        return found

    def name(self, of: str) -> str:
        text: str = self.once(f"name {of}", self.entry(of)["abbr" if self.short else "name"])
        return text

    def value(self, of: str, value: Value) -> str:
        """A measurement with its unit, or a state in short."""
        if isinstance(value, str):
            own = self.entry(of).get("value", {}).get(value)
            options = own or self.words("state")[value]
            text: str = self.once(f"state {of} {value}" if own else f"state {value}", options)
            return text
        unit = self.once(f"unit {self.entry(of)['unit']}", self.entry(of)["unit"])
        gap = "" if not unit or unit[0] in " /" else self.once("gap", [" ", " ", ""])
        gap = " " if unit.startswith("per") else gap
        return f"{plain(of, value)}{gap}{unit}"

    def pair(self, of: str, value: Value, mark: str) -> str:
        return f"{self.name(of)}{mark}{self.value(of, value)}"

    def phrase(self, of: str, value: Value) -> str:
        """A measurement or sign as words within a sentence."""
        if isinstance(value, str):
            own = self.entry(of).get("phrase", {}).get(value)
            return self.rng.choice(own) if own else f"{self.name(of)} {self.value(of, value)}"
        if self.language == "zh":
            return f"{self.name(of)}{self.value(of, value)}"
        link = " of " if any(self.entry(of)["unit"]) and not self.short else " "
        return f"{self.name(of)}{link}{self.value(of, value)}"


_Rows = list[str]  # names of fields
_Style = Callable[[_Pen, Case, _Rows], list[str]]


def _pairs(pen: _Pen, eye: EyeValues, rows: _Rows, mark: str) -> list[str]:
    return [pen.pair(row, eye.values[row], mark) for row in rows if row in eye.values]


def _prose(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    lines = []
    for eye in case.eyes:
        phrases = [pen.phrase(row, eye.values[row]) for row in rows if row in eye.values]
        size = pen.rng.choice([3, 4, 5])
        chunks = [phrases[at : at + size] for at in range(0, len(phrases), size)]
        said = []
        for number, chunk in enumerate(chunks):
            form = pen.once("opening", pen.words("opening"))
            form = pen.rng.choice(pen.words("further")) if number else form
            said.append(form.format(list=_listed(pen, chunk), **eye_words(eye.side, pen.language)))
        lines.append(pen.mark("sentence").join(said))
    return lines


def _listed(pen: _Pen, parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return pen.mark("list").join(parts[:-1]) + pen.mark("last") + parts[-1]


def _telegram(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    mark = pen.rng.choice([", ", "; "]) if pen.language == "en" else pen.rng.choice(["，", "；"])
    lines = []
    for eye in case.eyes:
        said = mark.join(_pairs(pen, eye, rows, " "))
        lines.append(f"{pen.sides()[eye.side]}{pen.mark('colon')}{said}{pen.mark('stop')}")
    return lines


def _bullets(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    dot = pen.rng.choice(["- ", "* ", "• "])
    lines = []
    for eye in case.eyes:
        lines.append(pen.sides()[eye.side])
        lines += [dot + pair for pair in _pairs(pen, eye, rows, pen.mark("colon"))]
    return lines


def _by_field(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    mark = pen.rng.choice([" / ", " | ", ", "])
    lines = []
    for row in rows:
        told = [
            f"{pen.sides()[eye.side]} {pen.value(row, eye.values[row])}"
            for eye in case.eyes
            if row in eye.values
        ]
        lines.append(f"{pen.name(row)}{pen.mark('colon')}{mark.join(told)}")
    return lines


def _cells(pen: _Pen, case: Case, row: str) -> list[str]:
    return [pen.value(row, eye.values.get(row, "")) for eye in case.eyes]


def _table(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    heads = ["", *(pen.sides()[eye.side] for eye in case.eyes)]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + [
        "| " + " | ".join([pen.name(row), *_cells(pen, case, row)]) + " |" for row in rows
    ]


def _separated(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    mark = pen.rng.choice([";", "\t", ","])
    heads = mark.join(["", *(pen.sides()[eye.side] for eye in case.eyes)])
    cells = ([pen.name(row), *_cells(pen, case, row)] for row in rows)
    return [heads, *(mark.join(cell.replace(mark, " ") for cell in line) for line in cells)]


def _compact(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    told = [f"{pen.sides()[eye.side]} {' '.join(_pairs(pen, eye, rows, ' '))}" for eye in case.eyes]
    return [pen.rng.choice([" / ", " // ", " -- "]).join(told).lower()]


def _compared(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    said = []
    for row in rows:
        told = [pen.value(row, eye.values[row]) for eye in case.eyes if row in eye.values]
        both = len(case.eyes) == 2 and len(told) == 2
        kind = ("alike" if told[0] == told[1] else "compare") if both else "one"
        form = pen.rng.choice(pen.words(kind))
        name = pen.name(row)
        if len(case.eyes) == 2 and not both:
            side = next(eye.side for eye in case.eyes if row in eye.values)
            name = f"{name} ({pen.sides()[side]})"
        name = name[0].upper() + name[1:]
        said.append(form.format(name=name, right=told[0], left=told[-1]))
    text = pen.mark("sentence").join(said)
    alone = eye_words(case.eyes[0].side, pen.language)["Eye"]
    return [text if len(case.eyes) == 2 else f"{alone}{pen.mark('colon')}{text}"]


def _sections(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    lines = []
    for eye in case.eyes:
        side = pen.sides()[eye.side]
        lines.append(pen.once("frame", ["== {} ==", "[{}]", "*** {} ***", "# {}"]).format(side))
        lines += _pairs(pen, eye, rows, pen.once("equals", [" = ", ": ", " : "]))
    return lines


def _numbered(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    return [f"{i}. {line}" for i, line in enumerate(_by_field(pen, case, rows), 1)]


def _grouped(pen: _Pen, case: Case, rows: _Rows) -> list[str]:
    lines = []
    for group in dict.fromkeys(pen.entry(row)["group"] for row in rows):
        own = [row for row in rows if pen.entry(row)["group"] == group]
        lines.append(f"{pen.words('group')[group]}{pen.mark('colon').rstrip()}")
        for eye in case.eyes:
            if said := pen.mark("list").join(_pairs(pen, eye, own, " ")):
                lines.append(f"  {pen.sides()[eye.side]}{pen.mark('colon')}{said}")
    return lines


STYLES: dict[str, _Style] = {
    "prose": _prose,
    "telegram": _telegram,
    "bullets": _bullets,
    "by_field": _by_field,
    "table": _table,
    "separated": _separated,
    "compact": _compact,
    "compared": _compared,
    "sections": _sections,
    "numbered": _numbered,
    "grouped": _grouped,
}
_ABBREVIATED = {"telegram": 0.8, "compact": 1.0, "prose": 0.2, "compared": 0.2}


def styles(split: Split) -> list[str]:
    """Layouts of a split: two are kept back, one for val and one for test alone."""
    shared = [style for style in STYLES if style not in _HELD_OUT.values()]
    return shared + ([_HELD_OUT[split]] * len(shared) if split in _HELD_OUT else [])


def report_text(case: Case, language: Language, rng: random.Random, split: Split = "train") -> str:
    """The case as a report without its conclusion."""
    style = rng.choice(styles(split))
    short = rng.random() < _ABBREVIATED.get(style, 0.5)
    pen = _Pen(language, rng, short, table(f"reports_fields.{language}"))
    lines = STYLES[style](pen, case, _ordered(pen, case.eyes))
    person = [pen.pair(row, value, pen.mark("colon")) for row, value in case.person.items()]
    lines = [*lines, *person] if rng.random() < 0.5 else [*person, *lines]
    if rng.random() < 0.6:
        lines.insert(0, rng.choice(pen.words("headers")[case.modality]))
    text = "\n".join(lines)
    return text.lower() if style == "compact" else text


@cache
def _places(language: Language) -> dict[str, int]:
    return {row: place for place, row in enumerate(table(f"reports_fields.{language}"))}


def _ordered(pen: _Pen, eyes: Iterable[EyeValues]) -> _Rows:
    """All fields of the eyes, by topic; every other writer has another order of topics."""
    rows = list(dict.fromkeys(row for eye in eyes for row in eye.values))
    groups = list(dict.fromkeys(pen.entry(row)["group"] for row in rows))
    if pen.rng.random() < 0.5:
        pen.rng.shuffle(groups)
    known = _places(pen.language)
    rows.sort(key=lambda row: (groups.index(pen.entry(row)["group"]), known[row]))
    return rows
