"""Posts: citations in their text, their addresses, what may be done with them when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lti_app.core.prose import clean_text, count_words, link_addresses, to_html
from lti_app.discussions.rules import AssignedReading

MAX_TEXT = 20_000
"""Characters of a post."""
PATH_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PATH_WIDTH = 4
"""Digits of one level: room for 1.6 million replies to one post."""

MAX_DEPTH = 100
"""Levels below a first post; past a few hundred, databases could not index the sort keys."""

_BRACKETS = re.compile(r"\[([^\[\]\n]{1,200})\]")
_PAGE = re.compile(r",?\s(?:pp?|S|s)(?:\.\s*|\s+|(?=\d))([\w.]{1,20}(?:\s*[-–]\s*[\w.]{1,20})?)$")
_DASH = re.compile(r"\s*[-–]\s*")
_MAX_PAGE = 20


@dataclass(frozen=True)
class Cited:
    """A passage that a text cites."""

    reading_id: int
    page: str
    """As printed; empty for the reading as a whole."""


@dataclass(frozen=True)
class Composed:
    """A post's text with all that is derived from it."""

    text: str
    html: str
    words: int
    citations: tuple[Cited, ...]

    @property
    def reading_ids(self) -> list[int]:
        """The readings cited, each once, in the order of the text."""
        return list(dict.fromkeys(cited.reading_id for cited in self.citations))


def compose(text: str, readings: Sequence[AssignedReading]) -> Composed:
    """Derive HTML, words and citations from a text.

    A citation is written [Kotter 1990, p. 104], or by the author alone where no other reading has the same; commas
    and & for "and" make no difference. Anything else in brackets stays as it is, and a name without brackets cites
    nothing. Citations in quoted lines count: a passage quoted from a reading carries its own.
    """
    text = clean_text(text)
    names = _names(readings)
    citations: list[Cited] = []

    def inline(run: str) -> str:
        return _with_citations(run, names, citations)

    html = to_html(text, inline)
    own_words = count_words(_BRACKETS.sub(lambda match: "" if _cited(match[1], names) else match[0], text))
    return Composed(text, html, own_words, tuple(dict.fromkeys(citations)))


def citation_markup(reading: AssignedReading, page: str = "") -> str:
    """What to type to cite this reading."""
    return f"[{reading.label}, p. {page}]" if page else f"[{reading.label}]"


def child_path(parent_path: str, number: int) -> str:
    """The sort key of the nth post below `parent_path` (empty for first posts); n counts from 1.

    Raises ValueError past the room of one level.
    """
    digits = ""
    rest = number
    for _ in range(PATH_WIDTH):
        rest, digit = divmod(rest, len(PATH_DIGITS))
        digits = PATH_DIGITS[digit] + digits
    if rest or number < 1:
        raise ValueError(f"no path for number {number}")
    return f"{parent_path}.{digits}" if parent_path else digits


def child_address(parent_address: str, number: int) -> str:
    """The speakable address: 2.3.1 is the first reply to the third reply to first post 2."""
    return f"{parent_address}.{number}" if parent_address else str(number)


def address_to_path(address: str) -> str | None:
    """The sort key of an address as links carry it; None for anything that is no address."""
    parts = address.split(".")
    if len(parts) > 1000 or not all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        return None
    path = ""
    try:
        for part in parts:
            path = child_path(path, int(part))
    except ValueError:
        return None
    return path


def ancestor_paths(path: str) -> list[str]:
    """The sort keys of all posts above this one, the first post first."""
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def _names(readings: Sequence[AssignedReading]) -> dict[str, AssignedReading]:
    """Every way to name a reading, as _name_key writes it; an author shared by two readings names neither."""
    authors = [_name_key(reading.author) for reading in readings]
    named = {author: reading for reading, author in zip(readings, authors, strict=True) if authors.count(author) == 1}
    return named | {_name_key(reading.label): reading for reading in readings}


def _name_key(name: str) -> str:
    return " ".join(name.casefold().replace("&", " and ").replace(",", " ").split())


def _cited(inside: str, names: dict[str, AssignedReading]) -> tuple[AssignedReading, str] | None:
    """The reading and the page that the text between brackets names, if it does."""
    if reading := names.get(_name_key(inside)):
        return reading, ""
    page = _PAGE.search(inside)
    reading = names.get(_name_key(inside[: page.start()])) if page else None
    return (reading, _DASH.sub("–", page[1])[:_MAX_PAGE]) if reading and page else None


def _with_citations(run: str, names: dict[str, AssignedReading], found: list[Cited]) -> str:
    parts: list[str] = []
    end = 0
    for match in _BRACKETS.finditer(run):
        if cited := _cited(match[1], names):
            reading, page = cited
            found.append(Cited(reading.id, page))
            parts += [link_addresses(run[end : match.start()]), _chip(reading, page)]
            end = match.end()
    return "".join([*parts, link_addresses(run[end:])])


def _chip(reading: AssignedReading, page: str) -> str:
    mark = "pp." if "–" in page else "p."
    shown = f"{reading.label}, {mark} {page}" if page else reading.label
    return f'<a class="cited" href="#reading-{reading.id}">{escape(shown)}</a>'
