"""Text with delimiters as rows of cells: CSV of any delimiter, and what a spreadsheet or Word puts on the clipboard."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.rubric_parts import MAX_COLUMNS, MAX_ROWS

DELIMITERS = "\t,;|"
_STATED = re.compile(r"[ \t\n]*+\"?sep=(.)\"?[,;\t| ]*+\n", re.IGNORECASE)
"""The line by which Excel is told the delimiter."""
_QUOTED = re.compile(r'"((?:[^"]++|"")*+)"[ ]*+')
_PLAIN = {
    "\t": re.compile(r"[^\t\n]*+"),
    ",": re.compile(r"[^,\n]*+"),
    ";": re.compile(r"[^;\n]*+"),
    "|": re.compile(r"[^|\n]*+"),
}
"""A cell without quotation marks, by the delimiter."""
_MOST_LOOKED_AT = 100_000
_MOST_LINES = 100
"""Of one row from Word."""


@dataclass(frozen=True)
class Row:
    """The cells of one row."""

    line: int
    """Where it begins."""
    cells: tuple[str, ...]
    quoted: tuple[bool, ...] = ()
    """Which cells stood in quotation marks."""

    @property
    def is_blank(self) -> bool:
        """Whether no cell has anything in it."""
        return not any(cell.strip() for cell in self.cells)

    def cell(self, nth: int | None) -> str:
        """A cell; empty where the row is shorter."""
        return self.cells[nth] if nth is not None and nth < len(self.cells) else ""


@dataclass(frozen=True)
class Cells:
    """A text as rows."""

    rows: tuple[Row, ...]
    delimiter: str
    unclosed: tuple[int, ...] = ()
    """Lines with a quotation mark at the beginning of a cell that nothing closes; it is taken for a letter."""


def cells_of(text: str, is_known: Callable[[Sequence[str]], bool]) -> Cells:
    """The rows of a text with one kind of line end; raises FileRefused for more rows or columns than a rubric has.

    The delimiter is the one by which the first line is a header that is known.
    """
    stated = _STATED.match(text)
    begin = stated.end() if stated else 0
    delimiter = stated[1] if stated and stated[1] in DELIMITERS else _delimiter(text, begin, is_known)
    split = _Split(text, begin, delimiter)
    rows = tuple(split.rows())
    return Cells(rows, delimiter, tuple(split.unclosed))


def _delimiter(text: str, begin: int, is_known: Callable[[Sequence[str]], bool]) -> str:
    """The sign that the first lines have, most of them in the same number; a tab wherever there are some."""
    text = text[begin : begin + _MOST_LOOKED_AT]
    head = next((line for line in text.split("\n", 50) if line.strip()), "")
    for sign in DELIMITERS:
        if is_known(head.split(sign, MAX_COLUMNS)):
            return sign
    lines = [line for line in re.sub(r'"[^"]*+"', "", text).split("\n")[:50] if line.strip()][:10]
    if any("\t" in line for line in lines[:1]) or sum("\t" in line for line in lines) > 1:
        return "\t"

    def agreement(sign: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(sign)))
        return max(counts.values(), default=0), counts.total()

    return max(",;|", key=agreement)


class _Split:
    """Goes through a text once."""

    def __init__(self, text: str, begin: int, delimiter: str) -> None:
        self.text, self.at, self.delimiter = text, begin, delimiter
        self.line = text.count("\n", 0, begin) + 1
        self.plain = _PLAIN[delimiter]
        self.unclosed: list[int] = []

    def rows(self) -> Iterator[Row]:
        """All rows, blank ones included."""
        count = 0
        while self.at < len(self.text):
            count += 1
            if count > MAX_ROWS:
                raise FileRefused("too_many_rows", limit=MAX_ROWS)
            yield self._row()

    def _row(self) -> Row:
        line = self.line
        cells: list[str] = []
        quoted: list[bool] = []
        while True:
            found = _QUOTED.match(self.text, self.at)
            if found and self.text[found.end() : found.end() + 1] not in ("", "\n", self.delimiter):
                found = None
            if found is None and self.text.startswith('"', self.at) and len(self.unclosed) < MAX_COLUMNS:
                self.unclosed.append(self.line)
            match = found or self.plain.match(self.text, self.at)
            cell = found[1].replace('""', '"') if found else match[0] if match else ""
            cells.append(cell)
            quoted.append(found is not None)
            if len(cells) > MAX_COLUMNS:
                raise FileRefused("too_wide", line=line, limit=MAX_COLUMNS)
            self.line += cell.count("\n")
            self.at = match.end() if match else self.at
            ended = self.text[self.at : self.at + 1]
            self.at += 1
            if ended != self.delimiter:
                self.line += 1
                return Row(line, tuple(cells), tuple(quoted))


def joined(rows: Sequence[Row]) -> tuple[list[Row], list[int]]:
    """The rows of a table from Word, whose cells have line breaks that nothing marks, and the lines that were joined.

    After the first line with several cells, lines that come to the width of the table together are one row. Any other
    line with one cell goes on in the cell before it.
    """
    first = next((nth for nth, row in enumerate(rows) if len(row.cells) > 1), len(rows))
    width = len(rows[first].cells) if first < len(rows) else 0
    found = [_Growing(row) for row in rows[: first + 1]]
    moved: list[int] = []
    nth = first + 1
    while nth < len(rows):
        end = _end_of_row(rows, nth, width)
        if len(rows[nth].cells) > 1 or end > nth + 1:
            found.append(_Growing(rows[nth]))
            nth += 1
        for row in rows[nth:end]:
            found[-1].go_on(row)
            moved += [] if row.is_blank else [row.line]
        nth = end
    return [row.whole() for row in found], moved


def _end_of_row(rows: Sequence[Row], nth: int, width: int) -> int:
    """Behind the last line of the row that begins here."""
    count = len(rows[nth].cells)
    next_one = next((row for row in rows[nth : nth + _MOST_LINES] if len(row.cells) > 1), None)
    if next_one and len(next_one.cells) < width:
        for end in range(nth + 1, min(nth + _MOST_LINES, len(rows))):
            count += len(rows[end].cells) - 1
            if count == width:
                return end + 1
            if count > width:
                break
    return nth + 1


class _Growing:
    """A row to which lines are added."""

    def __init__(self, row: Row) -> None:
        self.line = row.line
        self.cells = [[cell] for cell in row.cells]

    def go_on(self, row: Row) -> None:
        """Take the first cell of a line as the next line of the last cell here."""
        self.cells[-1].append(row.cells[0])
        self.cells += [[cell] for cell in row.cells[1:]]

    def whole(self) -> Row:
        """The row as it is now."""
        return Row(self.line, tuple("\n".join(lines) for lines in self.cells))
