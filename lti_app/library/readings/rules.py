"""Readings: CSL-JSON from a form, the label that citations use, places in a reading, and reading progress."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote

from lti_app.core.prose import clean_line, clean_text
from lti_app.library.bibliography.rules.records import bare_doi, year_of

MAX_LABEL_PART = 60
MAX_LOCATOR = 20
"""Characters of a page or paragraph as printed."""
MAX_EXACT = 2000
MAX_CONTEXT = 64
AROUND_QUOTE = 300
"""Characters before and after the words that a citation quotes."""
MAX_EXCERPT = 1_200
"""Characters of a page that is cited as a whole."""
MOST_PAGES = 3
"""Of a range, so many pages are shown."""
_NUMBER = re.compile(r"\d{1,9}")
_NO_BRACKETS = str.maketrans("[]", "  ")
_ASKED_FOR = frozenset(
    {"type", "title", "author", "editor", "issued", "container-title", "volume", "issue", "page", "edition"}
    | {"publisher", "publisher-place", "DOI", "URL"}
)
"""The fields that the form decides; a record's others stay when it is changed."""


@dataclass(frozen=True)
class PassagePlace:
    """A place in a reading. Empty fields are unknown; all are empty for the reading as a whole.

    `exact`, `prefix` and `suffix` are those of a W3C TextQuoteSelector.
    """

    page: str = ""
    paragraph: str = ""
    exact: str = ""
    prefix: str = ""
    suffix: str = ""

    @classmethod
    def of(
        cls, *, page: str = "", paragraph: str = "", exact: str = "", prefix: str = "", suffix: str = ""
    ) -> "PassagePlace":
        """The place in its stored form: each part is one line of clean text of limited length."""
        return cls(
            clean_line(page, MAX_LOCATOR),
            clean_line(paragraph, MAX_LOCATOR),
            clean_line(exact, MAX_EXACT),
            clean_line(prefix)[-MAX_CONTEXT:].strip(),
            clean_line(suffix, MAX_CONTEXT),
        )

    @property
    def fingerprint(self) -> str:
        """Identifies the place: equal for equal places only."""
        parts = (self.page, self.paragraph, self.exact, self.prefix, self.suffix)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def order(self) -> tuple[int, str, int, str]:
        """Sorts places as they follow one another in print: iv before 4, 9 before 10, the whole reading first."""
        return (*_locator_order(self.page), *_locator_order(self.paragraph))


@dataclass(frozen=True)
class Excerpt:
    """What stands in a reading at a cited place: the words quoted, with those around them; or the page, cut."""

    before: str
    exact: str = ""
    after: str = ""


@dataclass(frozen=True)
class ReadingProgress:
    """The progress of one person in a reading."""

    opened_at: datetime | None = None
    last_opened_at: datetime | None = None
    page: str = ""
    """The last page, or the last paragraph where there are no pages."""
    paragraph: str = ""
    position_saved_at: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True)
class ReadingEntry:
    """A reading as the form asks for it."""

    authors: str
    """One a line or separated by semicolons: Family, Given, Suffix."""
    year: int | None
    title: str
    container: str = ""
    """Journal or book that it appeared in."""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    url: str = ""
    kind: str = ""
    """The type as CSL names it; without one, an article where there is a journal, else a book."""
    editors: str = ""
    publisher: str = ""
    place: str = ""
    edition: str = ""


def excerpt_of(place: PassagePlace, texts: Collection[str]) -> Excerpt | None:
    """What a citation of a place shows, from the texts of its pages, or where there are none from the place alone."""
    whole, exact = clean_line(" ".join(texts)), place.exact
    at = whole.find(exact) if exact else -1
    if at >= 0:
        end = at + len(exact)
        return Excerpt(_tail(whole[:at], AROUND_QUOTE), exact, _head(whole[end:], AROUND_QUOTE))
    if exact:
        return Excerpt(place.prefix, exact, place.suffix)
    return Excerpt(_head(whole, MAX_EXCERPT)) if whole else None


def labels_of(place: PassagePlace) -> list[str]:
    """What the pages, or else the paragraph, of a place are called: of a range the first few."""
    first, dash, last = place.page.partition("–")
    if dash and first.isdecimal() and last.isdecimal() and int(first) <= int(last):
        return [str(number) for number in range(int(first), min(int(last), int(first) + MOST_PAGES - 1) + 1)]
    return [label for label in ([first, last] if place.page else [place.paragraph]) if label]


def to_csl(entry: ReadingEntry, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The CSL-JSON record of what the form says; empty fields are left out.

    What it does not ask for stays as it was before, as do names and dates that it shows unchanged.
    """
    before = before or {}
    record: dict[str, Any] = {
        **{field: value for field, value in before.items() if field not in _ASKED_FOR},
        "type": entry.kind or ("article-journal" if entry.container.strip() else "book"),
        "title": clean_line(entry.title),
        "author": _names(entry.authors, before.get("author", [])),
        "editor": _names(entry.editors, before.get("editor", [])),
        "issued": _issued(entry.year, before),
        "container-title": clean_line(entry.container),
        "volume": clean_line(entry.volume),
        "issue": clean_line(entry.issue),
        "page": clean_line(entry.pages),
        "edition": clean_line(entry.edition),
        "publisher": clean_line(entry.publisher),
        "publisher-place": clean_line(entry.place),
        "DOI": bare_doi(clean_line(entry.doi)),
        "URL": clean_line(entry.url),
    }
    return {field: value for field, value in record.items() if value}


def entry_of(csl: dict[str, Any]) -> ReadingEntry:
    """The form's content for a record."""
    year = year_of(csl)
    return ReadingEntry(
        authors=_names_text(csl.get("author", [])),
        year=int(year) if year else None,
        title=csl.get("title", ""),
        container=csl.get("container-title", ""),
        volume=csl.get("volume", ""),
        issue=csl.get("issue", ""),
        pages=csl.get("page", ""),
        doi=csl.get("DOI", ""),
        url=csl.get("URL", ""),
        kind=csl.get("type", ""),
        editors=_names_text(csl.get("editor", [])),
        publisher=csl.get("publisher", ""),
        place=csl.get("publisher-place", ""),
        edition=csl.get("edition", ""),
    )


def label_of(csl: dict[str, Any]) -> str:
    """How posts cite it: Kotter 1990; Heifetz and Laurie 1997; Bass et al. 2003; the title where no author is.

    Written so that it can stand between brackets: one line, without brackets, cut where it is long.
    """
    names = [
        _label_part(author.get("family") or author.get("literal") or "")
        for author in csl.get("author") or csl.get("editor", [])
    ]
    names = [name for name in names if name]
    if not names:
        who = _label_part(csl.get("title", "")) or "Untitled"
    elif len(names) > 2:
        who = f"{names[0]} et al."
    else:
        who = " and ".join(names)
    return f"{who} {year_of(csl)}".strip()


def distinct_label(label: str, taken: Collection[str]) -> str:
    """The label with a letter behind its year where it is taken: Kotter 1990, Kotter 1990b, Kotter 1990c."""
    known = {each.casefold() for each in taken}
    letters = ascii_lowercase[1:] if label[-1:].isdigit() else (f" {letter}" for letter in ascii_lowercase[1:])
    return next((name for each in chain([""], letters) if (name := label + each).casefold() not in known), label)


def address_of(csl: dict[str, Any]) -> str | None:
    """Where the record says it can be read: its URL, else its DOI as a link. Only http(s)."""
    url = clean_line(str(csl.get("URL", "")))
    if url.lower().startswith(("https://", "http://")):
        return url
    doi = bare_doi(clean_line(str(csl.get("DOI", ""))))
    return f"https://doi.org/{quote(doi, safe='/')}" if doi else None


def _head(text: str, length: int) -> str:
    """The beginning of a text, cut after a word."""
    return text if len(text) <= length else f"{text[:length].rpartition(' ')[0]} …"


def _tail(text: str, length: int) -> str:
    """The end of a text, cut before a word."""
    return text if len(text) <= length else f"… {text[-length:].partition(' ')[2]}"


def _names(text: str, before: list[dict[str, str]]) -> list[dict[str, str]]:
    if before and text.strip() == _names_text(before):
        return before
    lines = (clean_line(part).strip(",") for part in re.split(r"[;\n]", clean_text(text)))
    return [_name(line) for line in lines if line]


def _names_text(names: list[dict[str, str]]) -> str:
    return "; ".join(_name_text(name) for name in names)


def _name_text(name: dict[str, str]) -> str:
    family = " ".join(name[part] for part in ("non-dropping-particle", "family", "literal") if name.get(part))
    given = " ".join(name[part] for part in ("given", "dropping-particle") if name.get(part))
    return ", ".join(part for part in (family, given, name.get("suffix", "")) if part)


def _issued(year: int | None, before: dict[str, Any]) -> dict[str, Any] | None:
    if year and str(year) == year_of(before):
        issued: dict[str, Any] = before["issued"]
        return issued
    return {"date-parts": [[year]]} if year else None


def _locator_order(locator: str) -> tuple[int, str]:
    """Whatever has no number, as front matter in Roman figures, comes before page 1."""
    number = _NUMBER.search(locator)
    return (int(number[0]) if number else 0, locator)


def _label_part(text: Any) -> str:
    return clean_line(str(text).translate(_NO_BRACKETS), MAX_LABEL_PART)


def _name(author: str) -> dict[str, str]:
    family, given, suffix = ([part.strip() for part in author.split(",", 2)] + ["", ""])[:3]
    if not family:
        return {"family": given or suffix}
    return {part: text for part, text in (("family", family), ("given", given), ("suffix", suffix)) if text}
