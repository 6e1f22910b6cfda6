"""Bibliographic records: CSL-JSON from a short form, the label that citations use, and the formatted reference."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from itertools import chain
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote

import nh3
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from lti_app.core.prose import clean_text

STYLE = "harvard-cite-them-right"
MAX_LABEL_PART = 60
_NO_BRACKETS = str.maketrans("[]", "  ")
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_CLEANER = nh3.Cleaner(tags={"i", "b"}, attributes={})
_SHOWN_ELSEWHERE = frozenset({"URL", "DOI"})
"""Fields that the page shows as a link of its own instead of inside the reference."""


@dataclass(frozen=True)
class ReadingEntry:
    """A reading as the short form asks for it."""

    authors: str
    """One a line or separated by semicolons: Family, Given."""
    year: int | None
    title: str
    container: str = ""
    """Journal or book that it appeared in."""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    url: str = ""


def to_csl(entry: ReadingEntry) -> dict[str, Any]:
    """The CSL-JSON record of what the form says; empty fields are left out."""
    record: dict[str, Any] = {
        "type": "article-journal" if entry.container.strip() else "book",
        "title": _one_line(entry.title),
        "author": [_name(author) for author in _authors(entry.authors)],
        "issued": {"date-parts": [[entry.year]]} if entry.year else None,
        "container-title": _one_line(entry.container),
        "volume": _one_line(entry.volume),
        "issue": _one_line(entry.issue),
        "page": _one_line(entry.pages),
        "DOI": _DOI_PREFIX.sub("", _one_line(entry.doi)),
        "URL": _one_line(entry.url),
    }
    return {field: value for field, value in record.items() if value}


def label_of(csl: dict[str, Any]) -> str:
    """How posts cite it: Kotter 1990; Heifetz and Laurie 1997; Bass et al. 2003; the title where no author is.

    Written so that it can stand between brackets: one line, without brackets, cut where it is long.
    """
    names = [_label_part(author.get("family") or author.get("literal") or "") for author in csl.get("author", [])]
    names = [name for name in names if name]
    if not names:
        who = _label_part(csl.get("title", "")) or "Untitled"
    elif len(names) > 2:
        who = f"{names[0]} et al."
    else:
        who = " and ".join(names)
    return f"{who} {_year(csl)}".strip()


def distinct_label(label: str, taken: Collection[str]) -> str:
    """The label with a letter behind its year where it is taken: Kotter 1990, Kotter 1990b, Kotter 1990c."""
    known = {each.casefold() for each in taken}
    letters = ascii_lowercase[1:] if label[-1:].isdigit() else (f" {letter}" for letter in ascii_lowercase[1:])
    return next((name for each in chain([""], letters) if (name := label + each).casefold() not in known), label)


def reference_html(csl: dict[str, Any]) -> str:
    """The full reference in the Harvard style, as safe HTML."""
    shown = {field: _escaped(value) for field, value in csl.items() if field not in _SHOWN_ELSEWHERE}
    source = CiteProcJSON([{**shown, "id": "r"}])
    bibliography = CitationStylesBibliography(CitationStylesStyle(STYLE, validate=False), source, formatter.html)
    bibliography.register(Citation([CitationItem("r")]))
    return _CLEANER.clean(str(bibliography.bibliography()[0]))


def address_of(csl: dict[str, Any]) -> str | None:
    """Where the record says it can be read: its URL, else its DOI as a link. Only http(s)."""
    url = _one_line(csl.get("URL", ""))
    if url.lower().startswith(("https://", "http://")):
        return url
    doi = _DOI_PREFIX.sub("", _one_line(csl.get("DOI", "")))
    return f"https://doi.org/{quote(doi, safe='/')}" if doi else None


def _authors(text: str) -> list[str]:
    return [name for part in re.split(r"[;\n]", clean_text(text)) if (name := _one_line(part).strip(","))]


def _one_line(text: Any) -> str:
    return " ".join(clean_text(str(text)).split())


def _label_part(text: Any) -> str:
    return " ".join(_one_line(text).translate(_NO_BRACKETS).split())[:MAX_LABEL_PART].strip()


def _name(author: str) -> dict[str, str]:
    family, _, given = (part.strip() for part in author.partition(","))
    return {"family": family, "given": given} if given else {"family": family}


def _year(csl: dict[str, Any]) -> str:
    parts = csl.get("issued", {}).get("date-parts") or [[]]
    return str(next(iter(parts[0]), None) or "")


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value, quote=False)
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return value
