"""What a file is, whatever its name says."""

import json
from dataclasses import replace
from typing import Any

from lti_app.exchange.formats.canvas import is_entry_list, is_view, read_canvas
from lti_app.exchange.formats.colloquy import FORMAT
from lti_app.exchange.formats.csv_file import read_csv
from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.encodings import decode
from lti_app.exchange.formats.entries import MAX_BYTES, Parsed, Shape
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.formats.json_list import read_objects
from lti_app.exchange.formats.wordpress import read_wordpress

_LISTS = ("posts", "entries", "data", "items", "comments", "messages")


def read_file(content: bytes, dates: DateReader, *, day_first: bool | None = None) -> Parsed:
    """Read the posts of a file, recognized by its content, not its name; raises FileRefused.

    `day_first` says how to read dates like 3/4/2026; with None the other dates of the file decide.
    """
    if len(content) > MAX_BYTES:
        raise FileRefused("too_large", limit=MAX_BYTES)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise FileRefused("not_text")
    begin = _beginning(content)
    if not begin:
        raise FileRefused("nothing_in_it")
    if begin in "{[":
        parsed = _read_json(decode(content)[0], dates, day_first)
    elif begin == "<":
        parsed = read_wordpress(decode(content)[0], dates)
    else:
        parsed = read_csv(content, dates, day_first=day_first)
    if not parsed.entries and not parsed.notes:
        raise FileRefused("nothing_in_it")
    return parsed


def _beginning(content: bytes) -> str:
    text, _encoding = decode(content[:4000].ljust(4, b" "))
    return text.lstrip("\ufeff \t\r\n\0")[:1]


def _read_json(text: str, dates: DateReader, day_first: bool | None) -> Parsed:
    try:
        content: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileRefused("json_broken", line=error.lineno) from error
    except (RecursionError, ValueError) as error:  # nested without end; a number of a million digits
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
