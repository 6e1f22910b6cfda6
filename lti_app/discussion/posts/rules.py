"""Posts: their addresses and sort keys, and what they are written in."""

from collections.abc import Collection
from enum import StrEnum
from hashlib import blake2b

from lti_app.discussion.composing.rules import MAX_TEXT, Cited, Composed, citation_markup, compose
from lti_app.discussion.discussions.rules import MAX_TITLE, Structure
from lti_app.discussion.posts.errors import NoGroup, TitleMissing, WhichGroup

__all__ = ["MAX_TEXT", "Cited", "Composed", "Format", "citation_markup", "compose"]

PATH_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PATH_WIDTH = 4
"""Digits of one level: room for 1.6 million replies to one post."""

MAX_DEPTH = 100
"""Levels below a first post; past a few hundred, databases could not index the sort keys."""


class Format(StrEnum):
    """What the source of a post is written in."""

    TEXT = "text"
    HTML = "html"


def is_titled(structure: Structure, address: str, title: str) -> bool:
    """Whether a post has a title, or is to have one: topics do, and threads that got one when they were split off."""
    return "." not in address and (bool(title) or structure is Structure.TOPICS)


def settle_title(title: str, *, needed: bool) -> str:
    """A title in one line, at most MAX_TITLE long; empty where none is `needed`. Raises TitleMissing."""
    if not needed:
        return ""
    if settled := " ".join(title.split())[:MAX_TITLE]:
        return settled
    raise TitleMissing


def settle_start(
    structure: Structure, *, title: str, group_id: int | None, groups: Collection[int], is_staff: bool
) -> tuple[str, int | None]:
    """The title and the group of a new first post, of what was asked for it.

    `groups` are those that the writer may write for. Students write for their own group, for the one they chose where
    they are in several; staff for the one they chose or, without, for all. Raises TitleMissing, NoGroup, WhichGroup.
    """
    title = settle_title(title, needed=structure is Structure.TOPICS)
    if structure is not Structure.GROUPS:
        return title, None
    if group_id is None and len(groups) == 1 and not is_staff:
        return title, next(iter(groups))
    if not groups and not is_staff:
        raise NoGroup
    if group_id not in groups and (group_id is not None or not is_staff):
        raise WhichGroup
    return title, group_id


def voice_of(author_id: int, byline: str | None) -> int:
    """Who speaks in a post: its author, or of one brought in a number below zero for the name that it is shown under.

    So each of them is somebody, nobody of the course, and not the teacher who brought the posts in.
    """
    if byline is None:
        return author_id
    return -1 - int.from_bytes(blake2b(byline.encode(), digest_size=7).digest())


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
