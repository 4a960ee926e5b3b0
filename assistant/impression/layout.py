"""Layouts of reports as plain lines: rows of tables as "name: eye value | eye value"."""

import re

from assistant.impression.lexis import side_of
from assistant.impression.spelling import plain_spelling

_BULLET = re.compile(r"^\s*(?:[-*•·◦▪]|\(?\d{1,2}[.),](?!\d))\s*(?=[^\s\d.])")
_RULE = re.compile(r"[\s|:+=-]*")
_MARKS = ("|", "\t", ";", ",")


def lines(text: str) -> list[str]:
    """The lines of a text without bullets and frames, tables row by row."""
    rows = [_BULLET.sub("", row) for row in text.replace("\r\n", "\n").split("\n")]
    told: list[str] = []
    at = 0
    while at < len(rows):
        block = _table(rows[at:])
        if block:
            used, made = block
            told += made
            at += used
        else:
            told.append(rows[at].strip().strip("=*#[]").strip())
            at += 1
    return [line for line in told if line]


def _table(rows: list[str]) -> tuple[int, list[str]] | None:
    """How many rows a table at the beginning takes, and what they say; None where none begins."""
    for mark in (*_MARKS, "  "):
        head = _cells(rows[0], mark)
        eyes = {
            place: side
            for place, cell in enumerate(head)
            if (side := side_of(plain_spelling(cell)))
        }
        if not eyes or _told(rows[0], head) > len(eyes) + 2:
            continue
        made, used = [], 1
        for row in rows[1:]:
            cells = _cells(row, mark)
            if _RULE.fullmatch(row) and row.strip():
                used += 1
                continue
            if mark == "  " and len(cells) == len(eyes) and min(eyes) > 0:
                cells = [*cells[0].rsplit(" ", 1), *cells[1:]]  # one blank behind the name
            if len(cells) <= min(eyes) or not (1 < len(cells) <= len(head) + 1):
                break
            made.append(_row(cells, eyes))
            used += 1
        if made:
            return used, made
    return _turned(rows)


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


def _row(cells: list[str], eyes: dict[int, str]) -> str:
    name = cells[0] if min(eyes) > 0 else ""
    values = [
        f"{side} {cells[place]}"
        for place, side in eyes.items()
        if place < len(cells) and cells[place] not in ("", "-", "/")
    ]
    return f"{name}: {' | '.join(values)}" if values else ""


def _turned(rows: list[str]) -> tuple[int, list[str]] | None:
    """A table with an eye a row and a name a column."""
    for mark in (*_MARKS, "  "):
        head = _cells(rows[0], mark)
        made = []
        for row in rows[1:]:
            cells = _cells(row, mark)
            if _RULE.fullmatch(row) and row.strip():
                made.append("")
            elif len(cells) == len(head) > 2 and (side := side_of(plain_spelling(cells[0]))):
                pairs = [f"{n} {c}" for n, c in zip(head[1:], cells[1:], strict=True) if c]
                made.append(f"{side}: {'; '.join(pairs)}")
            else:
                break
        if any(made):
            return len(made) + 1, [line for line in made if line]
    return None
