"""Tables in HTML as rows of cells: what Word, a browser or a spreadsheet puts on the clipboard."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from lti_app.core.cleaning import Cleaner
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.rubric_cells import Row
from lti_app.exchange.formats.rubric_parts import MAX_COLUMNS, MAX_ROWS

_OF_TABLES = {"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"}
_LINES = {"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}
_CLEANER = Cleaner(
    tags={"br", *_OF_TABLES, *_LINES},
    clean_content_tags={"script", "style", "title", "template"},
    attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    link_rel=None,
)
_MOST_TABLES = 50


@dataclass
class HtmlTable:
    """One table."""

    caption: str = ""
    rows: list[Row] = field(default_factory=list)


def tables_of(html: str) -> list[HtmlTable]:
    """The tables of some HTML, without those within a cell; raises FileRefused for one that is larger than rubrics are.

    A cell over several rows or columns stands in each of them only where it begins.
    """
    reader = _Reader()
    reader.feed(_CLEANER.clean(html))
    reader.close()
    reader.end_table()
    return reader.tables


class _Reader(HTMLParser):
    """Goes through cleaned HTML once."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[HtmlTable] = []
        self.table: HtmlTable | None = None
        self.depth = 0
        self.row: dict[int, str] | None = None
        self.taken: dict[int, int] = {}
        """How many rows further each column is taken by a cell from above."""
        self.column = 0
        self.text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1 and len(self.tables) < _MOST_TABLES:
                self.table, self.taken = HtmlTable(), {}
        if self.depth != 1 or self.table is None:
            self._break(tag)
        elif tag == "tr":
            self._end_row()
            self.row, self.column = {}, 0
        elif tag in ("td", "th"):
            self._begin_cell(dict(attrs))
        elif tag == "caption":
            self.text = []
        else:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            if self.depth == 1:
                self.end_table()
            self.depth = max(0, self.depth - 1)
        elif self.depth == 1 and tag in ("td", "th"):
            self._end_cell()
        elif self.depth == 1 and tag == "tr":
            self._end_row()
        elif self.depth == 1 and tag == "caption" and self.table is not None:
            self.table.caption, self.text = "".join(self.text or ()), None
        else:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(" ".join(data.split("\n")))

    def end_table(self) -> None:
        """Keep the table that was read, if there is something in it."""
        self._end_row()
        if self.table is not None and self.table.rows:
            self.tables.append(self.table)
        self.table = None

    def _break(self, tag: str) -> None:
        if self.text and (tag == "br" or tag in _LINES or tag in _OF_TABLES) and not self.text[-1].endswith("\n"):
            self.text.append("\n")

    def _begin_cell(self, attrs: dict[str, str | None]) -> None:
        self._end_cell()
        if self.row is None:
            self.row, self.column = {}, 0
        while self.taken.get(self.column, 0):
            self.column += 1
        self.text = []
        columns, rows = (_count(attrs.get(name)) for name in ("colspan", "rowspan"))
        if self.column + columns > MAX_COLUMNS:
            raise FileRefused("too_wide", line=self._line(), limit=MAX_COLUMNS)
        self.row[self.column] = ""
        for column in range(self.column, self.column + columns):
            self.taken[column] = rows
        self.span = columns

    def _end_cell(self) -> None:
        if self.text is None or self.row is None:
            return
        self.row[self.column] = "".join(self.text)
        self.column += self.span
        self.text = None

    def _end_row(self) -> None:
        self._end_cell()
        if self.row is None or self.table is None:
            return
        if len(self.table.rows) >= MAX_ROWS:
            raise FileRefused("too_many_rows", limit=MAX_ROWS)
        width = max(self.row, default=-1) + 1
        self.table.rows.append(Row(self._line(), tuple(self.row.get(nth, "") for nth in range(width))))
        self.taken = {column: left - 1 for column, left in self.taken.items() if left > 1}
        self.row = None

    def _line(self) -> int:
        return len(self.table.rows) + 1 if self.table is not None else 1


def _count(text: str | None) -> int:
    return min(max(int(text), 1), MAX_COLUMNS) if text and text.isascii() and text.isdecimal() and len(text) < 4 else 1
