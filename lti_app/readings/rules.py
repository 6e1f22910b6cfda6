"""Bibliographic records: CSL-JSON from a short form, the label that citations use, and the formatted reference."""

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

import nh3
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

STYLE = "harvard-cite-them-right"
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
        "type": "article-journal" if entry.container else "book",
        "title": entry.title,
        "author": [_name(author) for author in _authors(entry.authors)],
        "issued": {"date-parts": [[entry.year]]} if entry.year else None,
        "container-title": entry.container,
        "volume": entry.volume,
        "issue": entry.issue,
        "page": entry.pages,
        "DOI": entry.doi,
        "URL": entry.url,
    }
    return {field: value for field, value in record.items() if value}


def label_of(csl: dict[str, Any]) -> str:
    """How posts cite it: Kotter 1990; Heifetz and Laurie 1997; Bass et al. 2003; the title where no author is."""
    names = [str(author.get("family") or author.get("literal") or "") for author in csl.get("author", [])]
    names = [name for name in names if name]
    if not names:
        who = str(csl.get("title", ""))[:60]
    elif len(names) > 2:
        who = f"{names[0]} et al."
    else:
        who = " and ".join(names)
    return f"{who} {_year(csl)}".strip()


def reference_html(csl: dict[str, Any]) -> str:
    """The full reference in the Harvard style, as safe HTML."""
    shown = {field: _escaped(value) for field, value in csl.items() if field not in _SHOWN_ELSEWHERE}
    source = CiteProcJSON([{**shown, "id": "r"}])
    bibliography = CitationStylesBibliography(CitationStylesStyle(STYLE, validate=False), source, formatter.html)
    bibliography.register(Citation([CitationItem("r")]))
    return _CLEANER.clean(str(bibliography.bibliography()[0]))


def address_of(csl: dict[str, Any]) -> str | None:
    """Where the record says it can be read: its URL, else its DOI as a link. Only http(s)."""
    url = str(csl.get("URL", ""))
    if url.startswith(("https://", "http://")):
        return url
    doi = str(csl.get("DOI", "")).strip()
    return f"https://doi.org/{quote(doi, safe='/')}" if doi else None


def _authors(text: str) -> list[str]:
    return [name.strip() for line in text.splitlines() for name in line.split(";") if name.strip()]


def _name(author: str) -> dict[str, str]:
    family, _, given = (part.strip() for part in author.partition(","))
    return {"family": family, "given": given} if given else {"family": family}


def _year(csl: dict[str, Any]) -> str:
    parts = csl.get("issued", {}).get("date-parts") or [[""]]
    return str(parts[0][0] or "")


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value, quote=False)
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return value
