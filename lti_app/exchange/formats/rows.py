"""Posts in rows: CSV of any delimiter and encoding, JSON lists of objects, Moodle's forum export in either."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lti_app.exchange.formats.dates import DateReader, can_be_read_two_ways, day_comes_first
from lti_app.exchange.formats.entries import MAX_BYTES, MAX_ENTRIES, Entry, Fault, Note, Parsed, Shape
from lti_app.exchange.formats.errors import FileRefused

csv.field_size_limit(MAX_BYTES)  # one that is too small would take a long post for a quote that never ends
Row = Mapping[str, Any]

NAMES: Mapping[str, tuple[str, ...]] = {
    "key": ("id", "postid", "entryid", "commentid", "messageid", "number", "no", "address"),
    "parent": ("replyto", "inreplyto", "parent", "parentid", "replytoid", "parentpostid", "inreplytoid", "answerto"),
    "author": ("author", "userfullname", "displayname", "username", "name", "fullname", "user", "from", "postedby"),
    "date": (
        "date",
        "created",
        "createdat",
        "written",
        "posted",
        "postedat",
        "time",
        "timestamp",
        "published",
        "datetime",
    ),
    "text": ("text", "message", "body", "content", "post", "comment", "entry"),
    "html": ("html",),
    "title": ("title", "subject", "topic"),
    "format": ("format", "messageformat"),
    "gone": ("deleted",),
    "private": ("privatereplyto", "private"),
    "held": ("held",),
    "hidden": ("hidden",),
}
"""What the columns may be called, apart from capitals, spaces and marks; the first of each that a file has is taken."""
_MOODLE = frozenset({"discussion", "parent", "userid", "message"})
_DELIMITERS = ",;\t|"
_MARKUP = re.compile(r"</?(?:p|br|div|ul|ol|li|blockquote|strong|em|b|i|a|span|h[1-6]|table|img)\b[^<>]*>", re.I)
_UTF_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NOT_THERE = ("", "0", "none", "null", "-")
_TRUE = ("1", "true", "yes")


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and how it was read: UTF-8 or UTF-16 where it is that, else Windows-1252, which takes all.

    charset-normalizer was tried in the place of Windows-1252: it reads “It’s a naïve café – really” as Windows-1250
    and a row of capital umlauts as Japanese, and what is lost so is noticed by nobody.
    """
    for mark, encoding in _UTF_16:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), "UTF-16"
    head = content[:1000]
    if head.count(0) > len(head) // 4:
        little = head[1::2].count(0) >= head[::2].count(0)
        return content.decode("utf-16-le" if little else "utf-16-be", "replace"), "UTF-16"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "Windows-1252"


def read_csv(content: bytes, dates: DateReader, *, day_first: bool | None = None) -> Parsed:
    """The posts of a CSV file; raises FileRefused where it has no columns that we know, or a quote that never ends."""
    text, encoding = decode(content)
    lines = io.StringIO(text.replace("\0", ""), newline="")
    delimiter = _delimiter(text)
    rows = _Lines(csv.reader(lines, delimiter=delimiter, strict=True))
    notes: list[Note] = []
    header, columns = _header(rows)
    numbered = list(_rows(rows, header, notes))
    return read_rows(numbered, columns, dates, day_first=day_first, notes=notes, encoding=encoding)


def read_objects(items: Sequence[Any], dates: DateReader, *, day_first: bool | None = None) -> Parsed:
    """The posts of a JSON list of objects, counted from 1 in the place of lines."""
    flat = [each for item in items for each in (item if isinstance(item, list) else [item])]
    notes = [Note(n, Fault.BROKEN) for n, item in enumerate(flat, 1) if not isinstance(item, dict)]
    numbered = [
        (n, {_plain(str(k)): v for k, v in item.items()}) for n, item in enumerate(flat, 1) if isinstance(item, dict)
    ]
    names = {name: None for _n, row in numbered for name in row}
    return read_rows(numbered, _columns(list(names)), dates, day_first=day_first, notes=notes)


def read_rows(
    rows: Sequence[tuple[int, Row]],
    columns: Mapping[str, str],
    dates: DateReader,
    *,
    day_first: bool | None,
    notes: list[Note],
    encoding: str = "",
) -> Parsed:
    """The posts of rows that know where they stood in their file."""
    if len(rows) > MAX_ENTRIES:
        raise FileRefused("too_many", limit=MAX_ENTRIES)
    shape = Shape.MOODLE if rows and rows[0][1].keys() >= _MOODLE else Shape.ROWS
    dated = [row.get(columns.get("date", "")) for _line, row in rows]
    order = day_first if day_first is not None else day_comes_first(dated)
    dates = DateReader(dates.zone, order is not False)
    entries = []
    for place, (line, row) in enumerate(rows, 1):
        given = {name: row.get(column) for name, column in columns.items()}
        if _flag(given.get("private")):
            notes.append(Note(line, Fault.PRIVATE))
        elif _flag(given.get("held")) or _flag(given.get("hidden")):
            notes.append(Note(line, Fault.UNPUBLISHED))
        else:
            entries.append(_entry(line, place, given, dates, shape))
    told = dates.day_first if can_be_read_two_ways(dated) else None
    return Parsed(shape, entries, notes, encoding, told)


def looks_like_markup(text: str) -> bool:
    """Whether a text without a stated format is HTML."""
    return bool(_MARKUP.search(text))


def _entry(line: int, place: int, given: Row, dates: DateReader, shape: Shape) -> Entry:
    text, html, key, parent = (_words(given.get(name)) for name in ("text", "html", "key", "parent"))
    stated = _words(given.get("format")).strip().lower()
    text = html if html and stated == "html" else text
    return Entry(
        line=line,
        key=key.strip() or f"row {place}" if "key" in given else str(place),
        parent="" if parent.strip().lower() in _NOT_THERE else parent.strip(),
        author=_author(given.get("author")),
        dated=_words(given.get("date")).strip(),
        written_at=dates.read(given.get("date")),
        text=text,
        is_html=_is_html(stated, text, shape),
        title=_words(given.get("title")) if shape is not Shape.MOODLE or parent.strip() in _NOT_THERE else "",
        has_id=bool(key.strip()),
        is_gone=_flag(given.get("gone")),
    )


def _is_html(stated: str, text: str, shape: Shape) -> bool:
    if shape is Shape.MOODLE and stated in ("2", "4"):  # plain text, and Markdown, which reads well as plain text
        return False
    return stated == "html" or (stated != "text" and looks_like_markup(text))


def _words(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():  # an id that went through a spreadsheet
        value = int(value)
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _author(value: Any) -> str:
    if isinstance(value, dict):
        return next((str(value[name]) for name in ("display_name", "name") if value.get(name)), "")
    return _words(value)


def _flag(value: Any) -> bool:
    words = _words(value).strip().lower()
    return words in _TRUE or words not in (*_NOT_THERE, "false", "no")


def _delimiter(text: str) -> str:
    """The sign under which the first line names most columns that we know."""
    head = next((line for line in text.splitlines() if line.strip()), "")

    def known(sign: str) -> tuple[int, int]:
        names = next(csv.reader([head], delimiter=sign), [])
        return len(_columns([_plain(name) for name in names])), len(names)

    return max(_DELIMITERS, key=known)


def _header(rows: Iterator[list[str]]) -> tuple[list[str], dict[str, str]]:
    first = next((row for row in rows if any(cell.strip() for cell in row)), None)
    if first is None:
        raise FileRefused("nothing_in_it")
    header = [_plain(name) for name in first]
    return header, _columns(header, shown=first)


def _columns(header: Sequence[str], shown: Sequence[str] | None = None) -> dict[str, str]:
    """Which column holds what; with `shown`, raises FileRefused where there is no text or nothing beside it."""
    found = {part: name for part, names in NAMES.items() if (name := _first(names, header))}
    if shown is not None:
        _require_columns(found, shown)
    return found


def _require_columns(found: Mapping[str, str], shown: Iterable[str]) -> None:
    if "text" not in found or not found.keys() & {"author", "date"}:
        raise FileRefused("no_columns", found=", ".join(name.strip() for name in shown)[:300])


def _first(names: Iterable[str], header: Sequence[str]) -> str | None:
    return next((name for name in names if name in header), None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


class _Lines:
    """The rows of a CSV reader, and the line on which the last one began."""

    def __init__(self, reader: Any) -> None:
        self.reader, self.line = reader, 0

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        self.line = self.reader.line_num + 1
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
