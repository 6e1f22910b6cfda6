"""The rows of large tables as text, each rendered again only where what it shows has changed.

The database is the truth: a row is used only while everything that it shows of a student, as it was read for this page,
is equal to what it was rendered from. What else it depends on is in the key of its table.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app

from lti_app.core.recent import RecentlyUsed
from lti_app.web.templating import reader

SHELF = "colloquy.rows"
MOST_ROWS = 6_000
"""That one process keeps: twelve tables of 500 students; about 7 MB."""
MARK = "\x1f"
"""After each row where rows are rendered; a name that has it is shown, and its table is not kept."""


def new_shelf(room: int = MOST_ROWS) -> RecentlyUsed[Any, Mapping[int, tuple[object, str]]]:
    """The rows that one process keeps, by table and person id, each with what it was rendered from."""
    return RecentlyUsed(room)


def table_rows(table: tuple[object, ...], shown: Mapping[int, object], render: Callable[[Sequence[int]], str]) -> str:
    """The rows of a table as markup, in the order of `shown`, which has what each row shows, by person id.

    `table` is all that rows depend on besides, apart from the language and the time zone of the reader: which table it
    is, its addresses, what the reader may do. `render` answers with the rows of some people, a MARK after each.
    """
    shelf = current_app.extensions[SHELF]
    key = (*table, *reader().way)
    known = shelf.get(key) or {}
    changed = [each for each, row in shown.items() if each not in known or known[each][0] != row]
    if changed:
        texts = render(changed).split(MARK)
        if len(texts) != len(changed) + 1:
            return render(list(shown)).replace(MARK, "")
        rendered = {each: (shown[each], text) for each, text in zip(changed, texts, strict=False)}
        known = {**known, **rendered}
        shelf.put(key, known, len(known))
    return "".join([known[each][1] for each in shown])
