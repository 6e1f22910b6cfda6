"""What a file is, whatever its name says."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lti_app.core.json_text import read_json
from lti_app.core.later import LaterModule
from lti_app.exchange.formats.canvas import is_entry_list, is_view, read_canvas
from lti_app.exchange.formats.colloquy import FORMAT
from lti_app.exchange.formats.csv_file import read_csv
from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.encodings import decode
from lti_app.exchange.formats.entries import MAX_BYTES, Fault, Note, Parsed, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.json_list import read_objects

if TYPE_CHECKING:
    from lti_app.exchange.formats import wordpress
else:
    wordpress = LaterModule("lti_app.exchange.formats.wordpress")

_LISTS = ("posts", "entries", "data", "items", "comments", "messages")
_MOST_BAD = 20
"""Places told one by one where the encoding has no character."""


def read_file(content: bytes, dates: DateReader, *, day_first: bool | None = None, encoding: str = "") -> Parsed:
    """Read the posts of a file, recognized by its content, not its name; raises FileRefused.

    `day_first` says how to read dates like 3/4/2026; with None the other dates of the file decide. `encoding` is one of
    those that can be chosen; without it the bytes decide.
    """
    if len(content) > MAX_BYTES:
        raise FileRefused("too_large", limit=MAX_BYTES)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise FileRefused("not_text")
    decoded = decode(content, encoding)
    begin = decoded.text.lstrip("\ufeff \t\r\n\0")[:1]
    if not begin:
        raise FileRefused("nothing_in_it")
    if begin in "{[":
        parsed = _read_json(decoded.text, dates, day_first)
    elif begin == "<":
        parsed = wordpress.read_wordpress(decoded.text, dates)
    else:
        parsed = read_csv(decoded.text, dates, day_first=day_first)
    if not parsed.entries and not parsed.notes:
        raise FileRefused("nothing_in_it")
    bad = _bad_places(decoded.text) if decoded.unreadable else []
    return replace(parsed, encoding=decoded.encoding, notes=[*parsed.notes, *bad])


def _bad_places(text: str) -> list[Note]:
    """The lines with bytes that could not be read, and what stands around them."""
    notes: list[Note] = []
    at = text.find("\ufffd")
    line, counted = 1, 0
    while at >= 0 and len(notes) < _MOST_BAD:
        line, counted = line + text.count("\n", counted, at), at
        notes.append(Note(line, Fault.BAD_BYTES, " ".join(text[max(0, at - 30) : at + 30].split())))
        end = text.find("\n", at)
        at = text.find("\ufffd", end) if end >= 0 else -1
    return notes


def _read_json(text: str, dates: DateReader, day_first: bool | None) -> Parsed:
    try:
        content: Any = read_json(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise FileRefused("json_broken", line=error.lineno) from error
    except ValueError as error:  # nested without end; a number of a million digits
        raise FileRefused("json_broken", line=0) from error
    if is_view(content) or is_entry_list(content):
        return read_canvas(content, dates)
    if isinstance(content, list):
        return read_objects(content, dates, day_first=day_first)
    items = next((content[name] for name in _LISTS if isinstance(content.get(name), list)), None)
    if items is None:
        raise FileRefused("json_unknown")
    parsed = read_objects(items, dates, day_first=day_first)
    return replace(parsed, shape=Shape.COLLOQUY) if content.get("format") == FORMAT else parsed
