"""The table on the disk, whole or not at all: CSV, or Parquet with types."""

import csv
from collections.abc import Sequence
from pathlib import Path

from assistant.storage import whole_or_nothing
from demo.screen.columns import Cell, Row, kinds
from vision.catalogue import LANGUAGES, say
from vision.errors import InputError, ResourceError

SUFFIXES = (".csv", ".parquet")


def check_name(path: Path) -> None:
    """Raises InputError where the name does not tell which of the two the table is to be."""
    if path.suffix.lower() not in SUFFIXES:
        raise InputError("screen.out_kind", path=path)


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Put the table at `path` in place of an older one, and the notice beside it."""
    notice = "\n".join(say("notice.long", language) for language in LANGUAGES)
    write = _write_csv if path.suffix.lower() == ".csv" else _write_parquet
    try:
        with whole_or_nothing(path) as written:
            write(written, rows)
        with whole_or_nothing(path.with_suffix(".notice.txt")) as written:
            written.write_text(notice + "\n", encoding="utf-8")
    except OSError as error:
        raise ResourceError("error.cannot_write", path=path) from error


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(kinds()))
        table.writeheader()
        table.writerows({name: _text(cell) for name, cell in row.items()} for row in rows)


def _text(cell: Cell) -> Cell:
    """Booleans as most programs read them; no value is an empty cell."""
    return str(cell).lower() if isinstance(cell, bool) else cell


def _write_parquet(path: Path, rows: Sequence[Row]) -> None:
    import pyarrow as pa  # slow to import, and only this form needs it
    from pyarrow import parquet

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema(
        [(name, types[kind]) for name, kind in kinds().items()],
        {"notice": say("notice.long", "en")},
    )
    parquet.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema), path)
