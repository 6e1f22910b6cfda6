"""Posts in a JSON list of objects."""

from collections.abc import Sequence
from typing import Any

from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import Fault, Note, Parsed
from lti_app.exchange.formats.rows import column_name, columns_of, read_rows


def read_objects(items: Sequence[Any], dates: DateReader, *, day_first: bool | None = None) -> Parsed:
    """The posts of a JSON list of objects, counted from 1 in the place of lines."""
    flat = [each for item in items for each in (item if isinstance(item, list) else [item])]
    notes = [Note(n, Fault.BROKEN) for n, item in enumerate(flat, 1) if not isinstance(item, dict)]
    numbered = [
        (n, {column_name(str(k)): v for k, v in item.items()})
        for n, item in enumerate(flat, 1)
        if isinstance(item, dict)
    ]
    names = {name: None for _n, row in numbered for name in row}
    return read_rows(numbered, columns_of(list(names)), dates, day_first=day_first, notes=notes)
