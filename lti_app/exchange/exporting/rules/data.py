"""What leaves a discussion: a post as its reader may have it, and the shapes of CSV and JSON."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lti_app.core.rich_reader import parse
from lti_app.core.rich_text import Element, Node, inline_html
from lti_app.discussion.posts.rules.formats import Format
from lti_app.exchange.formats.colloquy import FORMAT, VERSION, csv_cell

COLUMNS = (
    "address",
    "reply to",
    "author",
    "instructor",
    "written",
    "edited",
    "title",
    "words",
    "cites",
    "files",
    "state",
    "text",
    "kind",
    "id",
    "reply to id",
    "format",
    "html",
)
"""The last ones are for an import: ids, since a spreadsheet takes the address 1.10 for the number 1.1, and the HTML."""


class ExportFormat(StrEnum):
    """The file formats of an export."""

    HTML = "html"
    PDF = "pdf"
    CSV = "csv"
    JSON = "json"

    @property
    def is_data(self) -> bool:
        """Whether it is for programs rather than to be read."""
        return self in (ExportFormat.CSV, ExportFormat.JSON)


class Scope(StrEnum):
    """Which posts are exported."""

    READABLE = "readable"
    """All that the reader can read."""
    PUBLIC = "public"
    """What the whole class, or a whole group where groups are apart, can read, under the names that it sees."""
    ONE = "one"
    """Those of one person."""


@dataclass(frozen=True)
class CitedPlace:
    """A passage that a post cites."""

    reading_id: int
    label: str
    page: str
    paragraph: str
    exact: str

    @property
    def words(self) -> str:
        """Kotter 1990, p. 104."""
        place = f", p. {self.page}" if self.page else f", para. {self.paragraph}" if self.paragraph else ""
        return f"{self.label}{place}"


@dataclass(frozen=True)
class ReadingRecord:
    """A reading of the discussion."""

    id: int
    label: str
    reference_html: str
    url: str | None
    required: bool
    csl: Mapping[str, Any]


@dataclass(frozen=True)
class ExportedFile:
    """A file that is attached to a post."""

    id: int
    name: str
    size: int
    """Bytes."""
    slug: str
    """The last part of its address."""
    number: int = 0
    """If its own name is hidden from the reader: which of the post's files it is."""


@dataclass(frozen=True)
class ExportedPost:
    """A post as its reader may have it; what they may not see is empty."""

    id: int
    parent_id: int | None
    path: str
    address: str
    depth: int
    title: str
    author: str
    by_staff: bool
    is_imported: bool
    format: Format
    text: str
    html: str
    words: int
    created_at: datetime | None
    edited_at: datetime | None
    is_deleted: bool
    is_hidden: bool
    is_held: bool
    is_private: bool
    cited: tuple[CitedPlace, ...]
    attached: tuple[ExportedFile, ...] = ()
    kind: str = ""
    """What kind of reply it is, where its author said so."""

    @property
    def parent_address(self) -> str:
        """The address of what it answers; empty for a first post."""
        return self.address.rpartition(".")[0]

    @property
    def state(self) -> str:
        """The states that keep other people from reading it, such as "hidden held"; empty for an ordinary post."""
        flags = {"deleted": self.is_deleted, "hidden": self.is_hidden, "held": self.is_held, "private": self.is_private}
        return " ".join(name for name, holds in flags.items() if holds)


def csv_lines(posts: Iterable[ExportedPost]) -> Iterator[str]:
    """A CSV file, piece by piece: a mark by which spreadsheets know UTF-8, the names of the columns, a row a post."""
    yield "\ufeff" + _csv_line(COLUMNS)
    for post in posts:
        moments = (_moment(post.created_at), _moment(post.edited_at))
        instructor = "yes" if post.by_staff else ""
        cites = "; ".join(place.words for place in post.cited)
        files = "; ".join(file.name for file in post.attached)
        who = (csv_cell(post.author), instructor, *moments, csv_cell(post.title))
        what = (post.words, csv_cell(cites), csv_cell(files), post.state, csv_cell(post.text), post.kind)
        source = (post.id, post.parent_id, post.format.value, post.html if post.format is Format.HTML else "")
        yield _csv_line((post.address, post.parent_address, *who, *what, *source))


def json_pieces(
    about: Mapping[str, Any],
    readings: Sequence[ReadingRecord],
    posts: Iterable[ExportedPost],
    link: Callable[[ExportedFile], str],
) -> Iterator[str]:
    """A JSON file, piece by piece; `about` says what of, `link` gives the address of a file.

    deploy/discussion-json.md describes it.
    """
    head = {"format": FORMAT, "version": VERSION, **about, "readings": [_reading_json(each) for each in readings]}
    yield json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}") + ',\n "posts": ['
    for nth, post in enumerate(posts):
        yield ("," if nth else "") + "\n  " + json.dumps(_post_json(post, link), ensure_ascii=False)
    yield "\n ]\n}\n"


def for_elsewhere(html: str, address: str, picture: str, kept: Callable[[str], str | None]) -> str:
    """The HTML of a post for use outside this tool: our own links get the full `address`.

    `kept` maps the source of an included picture to its new source. Other pictures become links, with the word
    `picture` before their description.
    """
    root = address.rstrip("/")

    def outward(node: Node) -> Node:
        if isinstance(node, str):
            return node
        if node.tag == "img":
            return _picture(node, root, picture, kept)
        attrs = (
            {**node.attrs, "href": root + node.attrs["href"]} if _is_ours(node.attrs.get("href", "")) else node.attrs
        )
        return Element(node.tag, attrs, [outward(child) for child in node.children])

    return "".join(inline_html(outward(node)) for node in parse(html))


def _picture(node: Element, root: str, word: str, kept: Callable[[str], str | None]) -> Element:
    source, shown = node.attrs.get("src", ""), node.attrs.get("alt", "")
    if new := kept(source):
        return Element("img", {"src": new, "alt": shown})
    return Element("a", {"href": root + source if _is_ours(source) else source}, [f"{word}: {shown}"])


def _is_ours(address: str) -> bool:
    return address.startswith("/")


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _reading_json(reading: ReadingRecord) -> dict[str, Any]:
    return {
        "id": reading.id,
        "label": reading.label,
        "required": reading.required,
        "url": reading.url,
        "csl": dict(reading.csl),
    }


def _post_json(post: ExportedPost, link: Callable[[ExportedFile], str]) -> dict[str, Any]:
    """The fields that have a value; false flags and empty texts are left out."""
    facts = {
        "id": post.id,
        "parent": post.parent_id,
        "address": post.address,
        "author": post.author,
        "instructor": post.by_staff,
        "imported": post.is_imported,
        "written": _moment(post.created_at),
        "edited": _moment(post.edited_at),
        "title": post.title,
        "format": post.format.value,
        "text": post.text,
        "html": post.html,
        "words": post.words,
        "kind": post.kind,
        "cites": [_place_json(place) for place in post.cited],
        "files": [{"name": file.name, "size": file.size, "url": link(file)} for file in post.attached],
        **dict.fromkeys(post.state.split(), True),
    }
    return {name: value for name, value in facts.items() if value not in ("", None, False, [])}


def _place_json(place: CitedPlace) -> dict[str, Any]:
    facts = {"reading": place.reading_id, "page": place.page, "paragraph": place.paragraph, "exact": place.exact}
    return {name: value for name, value in facts.items() if value}
