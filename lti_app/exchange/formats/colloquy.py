"""Our own exports, as imports read them back. deploy/discussion-json.md describes the JSON.

CSV is what people open in a spreadsheet, and what a spreadsheet then saves: so ids are whole numbers, cells that it
would take for a formula, a number or a date begin with an apostrophe, and what a post says stands there twice, once to
be read and once in HTML.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from lti_app.exchange.formats.entries import Entry, Markup
from lti_app.exchange.formats.keys import whole_number

FORMAT = "colloquy-discussion"
VERSION = 1
MAX_CELL = 32_767
"""Characters of a cell in the spreadsheets that cut longer ones."""
_OWN = frozenset({"address", "replyto", "written", "state", "text", "words"})
_FORMULA = re.compile(r"'*[ ]*[=+\-@＝＋－＠\t\r]")
_ALMOST_NUMBER = re.compile(r"'*\s*[\d\s.,:/+\-–%$€£¥()'eE]{0,40}")
_MONTH = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]{0,7}\.?"
_ALMOST_DATE = re.compile(
    rf"'*\s*(?:\d{{1,4}}(?:st|nd|rd|th)?[\s./-]*{_MONTH}|{_MONTH}[\s./-]*\d{{1,4}}|\d{{1,2}}(?:[:.]\d\d)?\s?[ap]m)"
    r"[\s,./\-\d:apm]{0,20}",
    re.IGNORECASE,
)
_TRUTH = re.compile(r"'*\s*(?:true|false|wahr|falsch|vrai|faux|verdadero|falso|vero)\s*", re.IGNORECASE)


def csv_cell(value: object) -> str:
    """A cell that a spreadsheet leaves as it is: what it would take for something else gets an apostrophe.

    So does what begins with one, since some programs take the first away.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text and not isinstance(value, int) and _is_at_risk(text) else text


def plain_cell(text: str) -> str:
    """What stood in a cell before `csv_cell`."""
    return text[1:] if text.startswith("'") and _is_at_risk(text[1:]) else text


def is_own(columns: Collection[str]) -> bool:
    """Whether a table with these columns is one of our exports."""
    return frozenset(columns) >= _OWN


def own_columns(columns: Collection[str]) -> dict[str, str]:
    """Where our tables differ from others: posts are found by their ids, which early exports did not have."""
    ids = {"key": "id", "parent": "replytoid"} if "replytoid" in columns else {"key": "address", "parent": "replyto"}
    return {**ids, "date": "written", "html": "html", "format": "format"}


def read_own(entry: Entry, row: Mapping[str, Any]) -> Entry:
    """A row of ours as it was before it went out."""
    entry = replace(
        entry,
        text=plain_cell(entry.text),
        title=plain_cell(entry.title),
        author=plain_cell(entry.author),
        dated=plain_cell(entry.dated),
    )
    html = str(row.get("html") or "")
    is_html = str(row.get("format") or "").strip().lower() == "html"
    is_cut = max(len(html), len(entry.text)) >= MAX_CELL - 1 and not html.rstrip().endswith(">")
    if is_html and is_cut:
        entry = replace(entry, text=plain_cell(str(row.get("text") or "")), markup=Markup.TEXT)
    elif not is_html:
        entry = replace(entry, markup=Markup.TEXT)
    has_ids = "replytoid" in row
    return replace(
        entry,
        key=whole_number(entry.key) if has_ids else entry.key,
        parent=whole_number(entry.parent) if has_ids else entry.parent,
        is_cut=is_cut,
        title=entry.title if not entry.parent else "",
    )


def _is_at_risk(text: str) -> bool:
    if _FORMULA.match(text) or text.startswith("'"):
        return True
    return bool(_ALMOST_NUMBER.fullmatch(text) or _ALMOST_DATE.fullmatch(text) or _TRUTH.fullmatch(text))
