"""Posts in a CSV file, of any delimiter."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import MAX_BYTES, MAX_ENTRIES, Fault, Note, Parsed
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.rows import Row, column_name, columns_of, read_rows

csv.field_size_limit(MAX_BYTES)  # one that is too small would take a long post for a quote that never ends
_DELIMITERS = ",;\t|"
_STATED = re.compile(r"\ufeff?[ \t\r\n]*\"?sep=(.)\"?[,;\t| ]*+(?:\r\n?|\n)", re.IGNORECASE)
"""The line by which Excel is told the delimiter."""
MAX_COLUMNS = 1_000
MAX_SIGNS = 50_000
"""Delimiters in one line: a long post may have many, but each of them can make a cell before anybody can look."""


def read_csv(text: str, dates: DateReader, *, day_first: bool | None = None) -> Parsed:
    """The posts of a CSV file; raises FileRefused where it has no columns that we know, or a quote that never ends."""
    text = text.replace("\0", "").removeprefix("\ufeff")
    stated = _STATED.match(text)
    begin = stated.end() if stated else 0
    skipped = len(text[:begin].splitlines())
    head = _first_line(text[begin:])
    delimiter = stated[1] if stated and stated[1] in _DELIMITERS else _delimiter(head)
    try:
        found = _read(text[begin:], delimiter, skipped)
    except FileRefused as refused:
        if refused.code != "csv_broken" or '\\"' not in text:
            raise
        found = _read(text[begin:], delimiter, skipped, escapechar="\\")
    header, rows, notes = found
    columns = columns_of(header)
    return read_rows(rows, columns, dates, day_first=day_first, notes=notes, is_table=True)


def _read(
    text: str, delimiter: str, skipped: int, **dialect: Any
) -> tuple[list[str], list[tuple[int, Row]], list[Note]]:
    """The names of the columns and the rows. Some programs write a quote within quotes after a backslash."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(_narrow(lines, delimiter, skipped), delimiter=delimiter, strict=True, **dialect)
    rows = _Lines(reader, skipped)
    notes: list[Note] = []
    header = _header(rows)
    return header, list(_rows(rows, header, notes)), notes


def _first_line(text: str) -> str:
    """The first line with something in it; raises FileRefused where it could have too many columns."""
    head = next((line for line in io.StringIO(text[:1_000_000], newline=None) if line.strip()), "")
    if max(map(head.count, _DELIMITERS)) >= MAX_COLUMNS:
        raise FileRefused("too_wide", line=1, limit=MAX_COLUMNS)
    return head


def _narrow(lines: Iterable[str], delimiter: str, skipped: int) -> Iterator[str]:
    """The lines; raises FileRefused at one that could make more cells than any file of posts has."""
    for number, line in enumerate(lines, skipped + 1):
        if line.count(delimiter) > MAX_SIGNS:
            raise FileRefused("too_wide", line=number, limit=MAX_COLUMNS)
        yield line


def _delimiter(head: str) -> str:
    """The sign under which the first line names most columns that we know."""

    def known(sign: str) -> tuple[int, int]:
        names = next(csv.reader([head], delimiter=sign), [])
        return len(columns_of([column_name(name) for name in names])), len(names)

    return max(_DELIMITERS, key=known)


def _header(rows: Iterator[list[str]]) -> list[str]:
    first = next((row for row in rows if any(cell.strip() for cell in row)), None)
    if first is None:
        raise FileRefused("nothing_in_it")
    header = [column_name(name) for name in first]
    columns = columns_of(header)
    if "text" not in columns or not columns.keys() & {"author", "date"}:
        raise FileRefused("no_columns", found=", ".join(name.strip() for name in first)[:300])
    return header


class _Lines:
    """The rows of a CSV reader, and the line on which the last one began."""

    def __init__(self, reader: Any, skipped: int) -> None:
        self.reader, self.skipped, self.line = reader, skipped, 0

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        self.line = self.skipped + self.reader.line_num + 1
        try:
            cells: list[str] = next(self.reader)
        except csv.Error as error:
            raise FileRefused("csv_broken", line=self.line) from error
        return cells


def _rows(rows: _Lines, header: Sequence[str], notes: list[Note]) -> Iterator[tuple[int, Row]]:
    count = 0
    for cells in rows:
        line = rows.line
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MAX_ENTRIES:
            raise FileRefused("too_many", limit=MAX_ENTRIES)
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            notes.append(Note(line, Fault.BROKEN))
            continue
        yield line, dict(zip(header, cells, strict=False))
