"""Layouts of reports as plain lines: rows of tables as "name: eye value | eye value"."""

import re

from assistant.impression.cases import Modality
from assistant.impression.lexis import eyes, mentions, side_of
from assistant.impression.naming import named
from assistant.impression.spelling import plain_spelling

_BULLET = re.compile(r"^\s*(?:[-*•·◦▪]|\(?\d{1,2}[.),](?!\d))\s*(?=[^\s\d.])")
_RULE = re.compile(r"[\s|:+=-]*")
_VALUED = re.compile(r"\d")
_TOLD = re.compile(r"\d|[:=]\s*\S")
_HEADING = 48  # letters of a longest heading
_VALUE_LAST = re.compile(r" (?:\S*\d\S*|[+-]+|no|none|nil|absent|yes|present|无|有)$")
_IN_BRACKETS = re.compile(r"\([^)]*\d[^)]*\)|, ?\d+ ?min\w*")
_WIDE = re.compile(r"\s{2,}")
_MARKS = ("|", "\t", ";", ",")


def lines(text: str) -> list[str]:
    """The lines of a text without bullets and frames, tables row by row."""
    text = text.replace("\r\n", "\n")
    rows = [_BULLET.sub("", row) for row in text.split("\n")]
    told: list[str] = []
    at = 0
    while at < len(rows):
        block = _table(rows[at:])
        if block:
            used, made = block
            told += made
            at += used
        else:
            told.append(rows[at].strip().strip("=*#").strip())
            at += 1
    return [line for line in told if line]


def under_headings(rows: list[str], modality: Modality) -> list[str]:
    """Lines in plain spelling; what tells an eye's value alone begins with the heading above."""
    told: list[str] = []
    heading, fields = "", frozenset[str]()
    for place, row in enumerate(rows):
        if heading and _nameless(row, fields, modality):
            told.append(f"{heading}: {row}")
            continue
        fields = _named_alone(row, modality)
        is_heading = place + 1 < len(rows) and _nameless(rows[place + 1], fields, modality)
        heading = row.strip(" :") if is_heading and fields else ""
        if not heading:
            told.append(row)
    return told


def _nameless(row: str, heading: frozenset[str], modality: Modality) -> bool:
    """Whether a line begins with an eye and names nothing new: "OD 9/10", "OD: dry"."""
    sides = eyes(row)
    begins = bool(sides) and not row[: sides[0].start].strip(" -(")
    names = named(row, modality)
    of_it = all(one.state and heading & set(one.fields) for one in names)
    return begins and bool(row[sides[0].end :].strip(" :")) and of_it


def _named_alone(row: str, modality: Modality) -> frozenset[str]:
    """What a line names that is one name, and no eye or value."""
    names = mentions(row, modality)
    letters = sum(char.isalnum() for char in row)
    alone = len({one.fields for one in names}) == 1 and letters <= _HEADING
    told = not alone or eyes(row) or _TOLD.search(row)
    return frozenset() if told else frozenset(names[0].fields)


def _table(rows: list[str]) -> tuple[int, list[str]] | None:
    """How many rows a table at the beginning takes, and what they say; None where none begins."""
    for mark in (*_MARKS, "  "):
        head = _cells(rows[0], mark)
        eyes = _eye_columns(rows[0], head)
        made, used = list[str](), 1
        for row in rows[1:] if eyes else ():
            if _RULE.fullmatch(row):
                if not row.strip():
                    break
                used += 1
                continue
            cells, columns = _aligned(_cells(row, mark), eyes, len(head), mark)
            if len(cells) <= min(columns) or not (1 < len(cells) <= len(head) + 1):
                break
            made += _row(cells, columns)
            used += 1
        if made:
            return used, made
    return _turned(rows)


def _eye_columns(row: str, head: list[str]) -> dict[int, str]:
    """The columns of a table's head that are an eye; none where the row is no such head."""
    eyes = {
        place: side for place, cell in enumerate(head) if (side := side_of(plain_spelling(cell)))
    }
    others = "".join(cell for place, cell in enumerate(head) if place not in eyes)
    heading = list(eyes) == [0]  # an eye, and what begins to be told of it
    crowded = len(head) < 2 or _told(row, head) > len(eyes) + 2
    return {} if heading or crowded or _VALUED.search(others) else eyes


def _aligned(
    cells: list[str], eyes: dict[int, str], width: int, mark: str
) -> tuple[list[str], dict[int, str]]:
    """A row's cells as the columns of the head, where names and values share one."""
    if mark == "  " and len(cells) == len(eyes) and min(eyes) > 0 and _VALUE_LAST.search(cells[0]):
        cells = [*cells[0].rsplit(" ", 1), *cells[1:]]  # one blank behind the name
    if min(eyes) == 0 and len(cells) == width and len(named := _WIDE.split(cells[0], 1)) > 1:
        return [*named, *cells[1:]], {place + 1: side for place, side in eyes.items()}
    if len(cells) == width + 1 and not _VALUED.search(cells[1]):
        cells = [" ".join(cells[:2]).strip(), *cells[2:]]  # a group and a name in it
    return cells, eyes


def _cells(row: str, mark: str) -> list[str]:
    if mark == "  ":
        cells = re.split(r"\s{2,}|\t", row.rstrip())
    else:
        cells = (
            row.strip(" ").removeprefix("|").removesuffix("|").split(mark)
            if mark == "|"
            else row.split(mark)
        )
    return [cell.strip() for cell in cells]


def _told(row: str, cells: list[str]) -> int:
    """How many cells hold anything, a name before the first eye apart."""
    return sum(bool(cell) for cell in cells) if row.strip() else 99


def _row(cells: list[str], eyes: dict[int, str]) -> list[str]:
    name = cells[0] if min(eyes) > 0 else ""
    return [
        f"{name}: {side} {cells[place]}"
        for place, side in eyes.items()
        if place < len(cells) and cells[place] not in ("", "-", "/")
    ]


def _turned(rows: list[str]) -> tuple[int, list[str]] | None:
    """A table with an eye a row and a name a column."""
    for mark in (*_MARKS, "  "):
        head = _cells(rows[0], mark)
        made: list[str] = []
        if side_of(plain_spelling(head[0])):
            continue
        for row in rows[1:]:
            cells = _cells(row, mark)
            if _RULE.fullmatch(row) and row.strip():
                made.append("")
            elif len(cells) == len(head) > 2 and (side := side_of(plain_spelling(cells[0]))):
                names = [_IN_BRACKETS.sub("", name) for name in head[1:]]
                pairs = [f"{n} {c}" for n, c in zip(names, cells[1:], strict=True) if c]
                made.append(f"{side}: {'; '.join(pairs)}")
            else:
                break
        if any(made):
            return len(made) + 1, [line for line in made if line]
    return None
