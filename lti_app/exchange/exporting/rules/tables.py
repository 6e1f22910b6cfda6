"""Tables that leave the application as CSV and XLSX, with nothing in them that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from importlib import import_module

from lti_app.exchange.formats.colloquy import csv_cell

MOST_CHARACTERS = 32_000
"""Of one cell: a spreadsheet takes no more than 32 767."""
_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
Cell = str | int | Decimal | datetime | None


class TableFormat(StrEnum):
    """The file formats of a table."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class ExportedTable:
    """A table with a head."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_table(table: ExportedTable) -> Iterator[str]:
    """A CSV file, row by row: a mark by which spreadsheets know UTF-8, the head, the rows.

    Moments are in UTC. What a spreadsheet would take for a formula gets an apostrophe.
    """
    yield "\ufeff" + _csv_row(table.head)
    for row in table.rows:
        yield _csv_row(row)


def xlsx_table(table: ExportedTable) -> bytes:
    """An XLSX file with one sheet, its head and first column fixed.

    Every text is stored as text: nothing in it is a formula or a link. Rows are written as they come, so that only the
    packed file is in memory.
    """
    made = io.BytesIO()
    writer = import_module("xlsxwriter")  # takes 0.2 s, and hardly any process needs it
    with writer.Workbook(made, {"constant_memory": True}) as book:
        sheet, bold = book.add_worksheet(_sheet_name(table.title)), book.add_format({"bold": True, "text_wrap": True})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, max(1, len(table.head) - 1), 16)
        for column, words in enumerate(table.head):
            sheet.write_string(0, column, words[:MOST_CHARACTERS], bold)
        for number, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | Decimal):
                    sheet.write_number(number, column, cell)
                elif text := _text(cell):
                    sheet.write_string(number, column, text[:MOST_CHARACTERS])
    return made.getvalue()


def _csv_row(cells: Iterable[Cell]) -> str:
    line = io.StringIO()
    numbers = (int, Decimal)
    csv.writer(line).writerow(_text(cell) if isinstance(cell, numbers) else csv_cell(_text(cell)) for cell in cells)
    return line.getvalue()


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    return "" if cell is None else str(cell)


def _sheet_name(title: str) -> str:
    return " ".join(title.translate(_NOT_IN_SHEET_NAMES).split())[:_SHEET_NAME].strip() or "1"
