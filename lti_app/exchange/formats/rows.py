"""Posts in the rows of a table, whatever file it comes from: which column holds what, and a row as a post."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lti_app.exchange.formats.dates import DateReader, can_be_read_two_ways, day_comes_first
from lti_app.exchange.formats.entries import MAX_ENTRIES, Entry, Fault, Note, Parsed, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.moodle import is_moodle, is_plain_text

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
_MARKUP = re.compile(r"</?(?:p|br|div|ul|ol|li|blockquote|strong|em|b|i|a|span|h[1-6]|table|img)\b[^<>]*>", re.I)
_NOT_THERE = ("", "0", "none", "null", "-")
_TRUE = ("1", "true", "yes")


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
    shape = Shape.MOODLE if rows and is_moodle(rows[0][1]) else Shape.ROWS
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


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Which column holds what."""
    return {part: name for part, names in NAMES.items() if (name := _first(names, header))}


def column_name(shown: str) -> str:
    """The name of a column without capitals, spaces and marks."""
    return re.sub(r"[^a-z0-9]", "", shown.lower())


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
    if shape is Shape.MOODLE and is_plain_text(stated):
        return False
    return stated == "html" or (stated != "text" and _MARKUP.search(text) is not None)


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


def _first(names: Iterable[str], header: Sequence[str]) -> str | None:
    return next((name for name in names if name in header), None)
