"""Entries of a file as posts. Each has an origin, by which a second import recognizes it."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_app.core.rich_reader import read
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.discussion.posts.rules.compose import Composed, compose, compose_html
from lti_app.discussion.posts.rules.formats import Format
from lti_app.exchange.formats.entries import Entry, Shape
from lti_app.exchange.importing.rules.arrange import ArrangedEntry

_LINK = re.compile(r"<a\b([^<>]*)>([^<>]*)</a>")
_IS_CHIP = re.compile(r'\bclass="cited"')


class ImportMode(StrEnum):
    """What the class can do with imported posts."""

    READ_ONLY = "exhibit"
    """Read them: their threads are closed."""
    OPEN = "live"
    """Reply to them."""


@dataclass(frozen=True)
class ImportChoices:
    """How the posts of a file come in."""

    mode: ImportMode
    placeholder: str = ""
    """What stands for names ("Author {}"); empty to show them."""
    sellers: frozenset[str] = frozenset()
    """The sites that nobody may link to without review."""


def origins(shape: Shape, entries: Iterable[Entry]) -> dict[str, str]:
    """The origin of each entry by its key: a text that identifies the entry in any later file.

    An id alone is not enough, since two sites can both have a post 12, so author and date are part of it. If the file
    has no ids, the words are part of it too, and equal entries are numbered.
    """
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    for entry in entries:
        facts = [entry.author, entry.dated] if entry.has_id else [entry.author, entry.dated, entry.title, entry.text]
        digest = hashlib.sha256("\0".join(facts).encode("utf-8", "replace")).hexdigest()[:20]
        name = f"{shape.value}:{entry.key[:100]}:{digest}" if entry.has_id else f"{shape.value}::{digest}"
        seen[name] = seen.get(name, 0) + 1
        found[entry.key] = name if seen[name] == 1 else f"{name}:{seen[name]}"
    return found


def to_post(item: ArrangedEntry, readings: Sequence[AssignedReading]) -> tuple[Composed, Format]:
    """The text of an entry as posts are stored; empty for a deleted one.

    Citations are resolved by their words: the ids in the text belong to the discussion that was exported.
    """
    if item.entry.is_gone:
        return Composed("", "", 0, ()), Format.TEXT
    if not item.body.is_html:
        return compose(item.body.text, readings), Format.TEXT
    return compose_html(read(_LINK.sub(_bracketed, item.body.text)), readings), Format.HTML


def _bracketed(link: re.Match[str]) -> str:
    return f"[{link[2]}]" if _IS_CHIP.search(link[1]) else link[0]


def placeholders(known: Mapping[str, str], authors: Iterable[str], pattern: str) -> dict[str, str]:
    """A placeholder for each author's name. Those `known` keep theirs, others get the next number of the pattern."""
    given = dict(known)
    taken = set(given.values())
    number = 0
    for author in authors:
        if author in given:
            continue
        while (name := pattern.format(number := number + 1)) in taken:
            pass
        given[author] = name
        taken.add(name)
    return given
