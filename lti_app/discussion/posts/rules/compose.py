"""Turns written text into its stored form: safe HTML, word count, citations, mentions, pictures."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from lti_app.core.prose import clean_text, count_words, find_addresses, link_addresses, to_html
from lti_app.core.rich_reader import read
from lti_app.core.rich_text import Element, Node, find_all, inline_html, replace, to_text, write
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.discussion.posts.rules.citing import (
    BRACKETS,
    Cited,
    Pieces,
    ReadingNames,
    are_range,
    read_bracket,
    words_left,
)

MAX_TEXT = 20_000
"""Characters of a post."""
MAX_HTML = 200_000
"""Characters of a post with its markup, as an editor sends it."""
MAX_MENTIONS = 30
MAX_FILES = 10
"""Attached to one post, pictures in its text apart."""
_AT = re.compile(r"(?<![\w/])@(?=\w)")
_MOST_NAMES = 5
"""Words of a name that is looked for behind an @."""
_PICTURE = re.compile(r"/courses/(\d+)/files/(\d+)/([^/?#]*)")


@dataclass(frozen=True)
class Composed:
    """A post's text with all that is derived from it."""

    text: str
    html: str
    words: int
    citations: tuple[Cited, ...]
    mentions: tuple[int, ...] = ()
    """The people named after an @, each once."""
    pictures: tuple[int, ...] = ()
    """The files that are shown in the text, each once."""

    @property
    def reading_ids(self) -> list[int]:
        """The readings cited, each once, in the order of the text."""
        return list(dict.fromkeys(cited.reading_id for cited in self.citations))


@dataclass(frozen=True)
class Attachable:
    """A file that the actor has uploaded and a post may show, with the facts shown below the post."""

    id: int
    shown: dict[str, Any]


@dataclass(frozen=True)
class Referred:
    """The people, passages and files that a text names and that were found."""

    people: Mapping[int, str] = field(default_factory=dict)
    """By id the name under which the discussion knows them."""
    behind: Mapping[int, int] = field(default_factory=dict)
    """Who somebody is whom chips name by another id than their own."""
    passages: Mapping[int, Cited] = field(default_factory=dict)
    files: Collection[int] = ()
    course_id: int = 0
    """Where the readings are read."""


NOTHING = Referred()


def compose(text: str, readings: Sequence[AssignedReading], referred: Referred = NOTHING) -> Composed:
    """Derive HTML, words and citations from a text.

    A citation is written [Kotter 1990, p. 104], or by the author alone where no other reading has the same; several
    are separated by semicolons. Anything else in brackets stays as it is, and a name without brackets cites nothing.
    Citations in quoted lines count: a passage quoted from a reading carries its own. @ and a person's whole
    name mention them.
    """
    text, scribe = clean_text(text), _Scribe(readings, referred)

    def inline(run: str) -> str:
        pieces = scribe.pieces(run)
        return "".join(link_addresses(piece) if isinstance(piece, str) else inline_html(piece) for piece in pieces)

    html = to_html(text, inline)
    return scribe.composed(text, html, text)


def compose_html(blocks: list[Element], readings: Sequence[AssignedReading], referred: Referred = NOTHING) -> Composed:
    """Derive words and citations from rich text; `text` is its plain form. Chips that refer to nothing become
    plain words.
    """
    scribe = _Scribe(readings, referred)
    written = replace(blocks, scribe.rewritten)
    counted = clean_text(to_text(written, numbered=False))
    return scribe.composed(clean_text(to_text(written)), write(written), counted)


def candidate_names(text: str) -> set[str]:
    """The possible full names in a text: the first words after each @."""
    found: set[str] = set()
    for match in list(_AT.finditer(text))[:MAX_MENTIONS]:
        words = text[match.end() : match.end() + 200].split("\n", maxsplit=1)[0].split(" ")[:_MOST_NAMES]
        names = (" ".join(words[:count]) for count in range(1, len(words) + 1))
        found |= {short for name in names for short in (name, name.rstrip(".,;:!?)’'\""))}
    return found


def numbers_in(blocks: list[Element], kind: str, name: str) -> set[int]:
    """The ids that the chips of a kind carry under this name."""
    tag = "span" if kind == "mention" else "a"
    values = (chip.attrs.get(name, "") for chip in find_all(blocks, tag, kind))
    return {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19}


def pictures_in(blocks: list[Element], course_id: int) -> dict[int, str]:
    """The files of this course that are shown as pictures, with the last part of the address of each."""
    found = (_PICTURE.match(picture.attrs["src"]) for picture in find_all(blocks, "img"))
    return {int(match[2]): match[3] for match in found if match and int(match[1]) == course_id}


def citation_chip(reading: AssignedReading, cited: Cited) -> Element:
    """The link that stands in rich text for a citation."""
    return _Scribe([reading], NOTHING).chip(reading, cited)


def citation_markup(reading: AssignedReading, page: str = "") -> str:
    """What to type to cite this reading."""
    return f"[{reading.label}, p. {page}]" if page else f"[{reading.label}]"


def plain_of(html: str) -> str:
    """The plain text form of any HTML."""
    return clean_text(to_text(read(html)))


class _Scribe:
    """Turns what a text refers to into chips, and remembers it."""

    def __init__(self, readings: Sequence[AssignedReading], referred: Referred) -> None:
        self.readings = {reading.id: reading for reading in readings}
        self.names, self.referred = ReadingNames(readings), referred
        self.citations: list[Cited] = []
        self.cited_last: AssignedReading | None = None
        self.mentions: list[int] = []
        self.pictures: list[int] = []
        longest_first = sorted(referred.people.items(), key=lambda person: -len(person[1]))
        self.ids = {name.casefold(): person_id for person_id, name in longest_first if name}
        alternatives = "|".join(re.escape(name) for _, name in longest_first if name)
        self.at = re.compile(rf"(?<![\w/])@({alternatives})(?!\w)", re.IGNORECASE) if alternatives else None

    def composed(self, text: str, html: str, counted: str) -> Composed:
        pieces = self.cut(counted)
        own = count_words("".join(piece if isinstance(piece, str) else f" {words_left(piece)} " for piece in pieces))
        mentions, pictures = tuple(dict.fromkeys(self.mentions)), tuple(dict.fromkeys(self.pictures))
        return Composed(text, html, own, tuple(dict.fromkeys(self.citations)), mentions, pictures)

    def pieces(self, run: str) -> Iterator[Node]:
        """A run of text with chips in the place of citations and mentions."""
        for part in self.cut(run, self.cited_last):
            for piece in [part] if isinstance(part, str) else part:
                if isinstance(piece, str):
                    yield from self.with_mentions(piece)
                else:
                    yield self.chip(*piece)

    def cut(self, run: str, before: AssignedReading | None = None) -> Iterator[str | Pieces]:
        """A run of text, what its brackets cite apart from the rest."""
        end = 0
        for match in BRACKETS.finditer(run):
            if found := read_bracket(match[1], self.names, before):
                before = next(piece[0] for piece in reversed(found) if not isinstance(piece, str))
                yield run[end : match.start()]
                yield found
                end = match.end()
        yield run[end:]

    def with_mentions(self, run: str) -> Iterator[Node]:
        end = 0
        for match in self.at.finditer(run) if self.at else ():
            yield run[end : match.start()]
            yield self.mention(self.ids[match[1].casefold()])
            end = match.end()
        yield run[end:]

    def rewritten(self, node: Node) -> Iterable[Node]:
        """What stands in rich text in the place of a text, a chip or a picture."""
        if isinstance(node, str):
            pieces = self.pieces(node)
            return [part for piece in pieces for part in (_linked(piece) if isinstance(piece, str) else [piece])]
        if node.tag == "img":
            match = _PICTURE.match(node.attrs["src"])
            found = int(match[2]) if match else 0
            self.pictures += [found] if found in self.referred.files else []
            return [node] if found in self.referred.files else []
        if node.kind == "mention":
            person_id = int(node.attrs["data-id"])
            return [self.mention(person_id)] if person_id in self.referred.people else node.children
        return self.cited_chip(node)

    def cited_chip(self, node: Element) -> Iterable[Node]:
        reading = self.readings.get(int(node.attrs["data-reading"]))
        if reading is None:
            return node.children
        passage = self.referred.passages.get(int(node.attrs.get("data-passage", "").rjust(1, "0")))
        if passage and passage.reading_id == reading.id:
            return [self.chip(reading, passage)]
        inside = _with_place(reading.label, node.attrs.get("data-page", ""), node.attrs.get("data-paragraph", ""))
        found = [piece for piece in read_bracket(inside, self.names) or () if not isinstance(piece, str)]
        return [self.chip(*each) for each in found[:1] or [(reading, Cited(reading.id, ""))]]

    def chip(self, reading: AssignedReading, cited: Cited) -> Element:
        self.citations.append(cited)
        self.cited_last = reading
        ids = {"reading": cited.reading_id, "page": cited.page, "paragraph": cited.paragraph}
        data = {f"data-{name}": str(value) for name, value in {**ids, "passage": cited.passage_id}.items() if value}
        attrs = {"class": "cited", "href": self.place_of(reading, cited), **data}
        return Element("a", attrs, [_with_place(reading.label, cited.page, cited.paragraph)])

    def place_of(self, reading: AssignedReading, cited: Cited) -> str:
        """Where a citation leads: to its passage in a reading that can be read here, else to the list of readings."""
        if not reading.has_file or not self.referred.course_id:
            return f"#reading-{reading.id}"
        at = f"?passage={cited.passage_id}" if cited.passage_id else f"?page={quote(cited.page)}" if cited.page else ""
        return f"/courses/{self.referred.course_id}/readings/{reading.id}/read{at}"

    def mention(self, person_id: int) -> Element:
        self.mentions.append(self.referred.behind.get(person_id, person_id))
        return Element("span", {"class": "mention", "data-id": f"{person_id}"}, [f"@{self.referred.people[person_id]}"])


def _linked(text: str) -> list[Node]:
    """A text with links in the place of addresses."""
    nodes: list[Node] = []
    for piece, is_address in find_addresses(text):
        nodes.append(Element("a", {"href": piece, "target": "_blank"}, [piece]) if is_address else piece)
    return nodes


def _with_place(label: str, page: str, paragraph: str) -> str:
    if page:
        first, dash, last = page.partition("–")
        return f"{label}, {'pp.' if dash and are_range(first, last) else 'p.'} {page}"
    return f"{label}, para. {paragraph}" if paragraph else label
