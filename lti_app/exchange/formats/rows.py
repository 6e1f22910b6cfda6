"""Posts in the rows of a table, whatever file it comes from: which column holds what, and a row as a post."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lti_app.exchange.formats.colloquy import is_own, own_columns, read_own
from lti_app.exchange.formats.dates import DateReader, can_be_read_two_ways, day_comes_first
from lti_app.exchange.formats.entries import MAX_ENTRIES, Entry, Fault, Markup, Note, Parsed, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.keys import NO_PARENT, clean_key, resolve
from lti_app.exchange.formats.moodle import hidden_or_gone, is_moodle, markup_of
from lti_app.exchange.formats.states import is_gone, withheld_for

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
    "gone": ("deleted", "isdeleted", "deletedat"),
    "private": ("privatereplyto", "private", "isprivate"),
    "held": ("held",),
    "hidden": ("hidden", "ishidden"),
    "draft": ("draft", "isdraft"),
    "approved": ("approved", "isapproved", "commentapproved"),
    "password": ("password", "postpassword"),
    "state": ("state", "status", "poststatus", "workflowstate", "visibility"),
    "files": ("files", "attachments", "attachment"),
    "edited": ("edited", "editedat"),
    "move": ("kind",),
}
"""What the columns may be called, apart from capitals, spaces and marks; the first of each that a file has is taken."""
_FLAGS = {"private": Fault.PRIVATE, "held": Fault.HELD, "hidden": Fault.HIDDEN, "draft": Fault.DRAFT}
_TRUE = ("1", "true", "yes")
_FALSE = (*NO_PARENT, "false", "no", "0.0", "0,0")
_GUARDED = re.compile(r"'[ ]*[=+\-@\t\r]")


def read_rows(
    rows: Sequence[tuple[int, Row]],
    columns: Mapping[str, str],
    dates: DateReader,
    *,
    day_first: bool | None,
    notes: list[Note],
    is_table: bool = False,
) -> Parsed:
    """The posts of rows that know where they stood in their file; `is_table` says that they may have been changed by a
    spreadsheet.
    """
    if len(rows) > MAX_ENTRIES:
        raise FileRefused("too_many", limit=MAX_ENTRIES)
    names = set(rows[0][1]) if rows else set()
    is_ours = is_table and is_own(names)
    shape = Shape.COLLOQUY if is_ours else Shape.MOODLE if rows and is_moodle(names) else Shape.ROWS
    columns = {**columns, **own_columns(names)} if is_ours else columns
    dated = [row.get(columns.get("date", "")) for _line, row in rows]
    order = day_first if day_first is not None else day_comes_first(dated)
    dates = DateReader(dates.zone, order is not False)
    entries = []
    for place, (line, row) in enumerate(rows, 1):
        given = {name: row.get(column) for name, column in columns.items()}
        entry = _entry(line, place, given, dates, shape)
        entries.append(read_own(entry, row) if is_ours else _unguarded(entry) if is_table else entry)
    told = dates.day_first if can_be_read_two_ways(dated) else None
    return Parsed(shape, _answering(entries), notes, day_first=told)


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Which column holds what."""
    return {part: name for part, names in NAMES.items() if (name := _first(names, header))}


def column_name(shown: str) -> str:
    """The name of a column without capitals, spaces and marks."""
    return re.sub(r"[^a-z0-9]", "", shown.lower())


def _answering(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the keys of what they answer. Zero means nothing, unless a post bears that number."""
    keys = {entry.key for entry in entries}
    has_zero = "0" in keys and any(not entry.parent for entry in entries)
    none = NO_PARENT - {"0"} if has_zero else NO_PARENT | {"0.0", "0,0"}
    given = {entry.key: "" if entry.parent.lower() in none else entry.parent for entry in entries}
    meant = resolve(keys, given)
    return [replace(entry, parent=meant[entry.key] if entry.parent.lower() not in none else "") for entry in entries]


def _entry(line: int, place: int, given: Row, dates: DateReader, shape: Shape) -> Entry:
    text, html, key = (_words(given.get(name)) for name in ("text", "html", "key"))
    parent = clean_key(_words(given.get("parent")))
    stated, state = _words(given.get("format")).strip().lower(), _words(given.get("state"))
    text = html if html and stated == "html" else text
    title = _words(given.get("title"))
    hidden, gone = hidden_or_gone(title, text) if shape is Shape.MOODLE else (False, False)
    return Entry(
        line=line,
        key=clean_key(key) or f"row {place}" if "key" in given else str(place),
        parent=parent,
        author=_author(given.get("author")),
        dated=_words(given.get("date")).strip(),
        written_at=dates.read(given.get("date")),
        text=text,
        markup=markup_of(stated) if shape is Shape.MOODLE else _markup(stated),
        title=title if shape is not Shape.MOODLE or parent.lower() in NO_PARENT else "",
        has_id=bool(key.strip()),
        is_gone=gone or _flag(given.get("gone")) or is_gone(state),
        withheld=Fault.HIDDEN if hidden else _withheld(given, state),
        files=_files(given.get("files")),
        edited_at=dates.read(given.get("edited")),
        move=_words(given.get("move")),
    )


def _withheld(given: Row, state: str) -> Fault | None:
    if _words(given.get("password")).strip().lower() not in _FALSE:
        return Fault.PROTECTED
    for name, fault in _FLAGS.items():
        if _flag(given.get(name)):
            return fault
    approved = _words(given.get("approved")).strip().lower()
    if approved and approved in (*_FALSE, "spam", "pending", "hold"):
        return Fault.SPAM if approved == "spam" else Fault.PENDING
    return withheld_for(state)


def _markup(stated: str) -> Markup:
    return {"html": Markup.HTML, "text": Markup.TEXT, "plain": Markup.TEXT}.get(stated, Markup.UNKNOWN)


def _unguarded(entry: Entry) -> Entry:
    """The entry without the apostrophes by which a spreadsheet is told that a text is no formula."""
    names = ("text", "title", "author", "dated")
    changed = {name: value[1:] for name in names if _GUARDED.match(value := getattr(entry, name))}
    return replace(entry, **changed) if changed else entry


def _files(value: Any) -> tuple[str, ...]:
    """The names of files: a list of them, or of objects that have one; of a number only that there are some."""
    if isinstance(value, list):
        return tuple(name for each in value if (name := _file_name(each)))
    if isinstance(value, dict):
        return tuple(filter(None, [_file_name(value)]))
    words = _words(value).strip()
    if words.lower() in _FALSE:
        return ()
    if words.lower() in _TRUE or words.isdecimal():
        return ("",)
    return tuple(name.strip() for name in words.split(";") if name.strip())


def _file_name(value: Any) -> str:
    if isinstance(value, dict):
        return next((str(value[key]) for key in ("display_name", "name", "filename", "title") if value.get(key)), "")
    return _words(value)


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
    return words in _TRUE or words not in _FALSE


def _first(names: Iterable[str], header: Sequence[str]) -> str | None:
    return next((name for name in names if name in header), None)
