"""Drafts: where one belongs, and how large and how often it may come."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from lti_app.core.prose import clean_text
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.rules.compose import MAX_FILES, MAX_HTML, MAX_TEXT
from lti_app.discussion.posts.rules.formats import Format

PAUSE = timedelta(seconds=1)
"""Of one person at most one save is taken within this time."""
MAX_TITLE = 200
MAX_WRITER = 40
_EMPTY_MARKUP = re.compile(r"</?(?:p|br|div)[^<>]*>|&nbsp;", re.IGNORECASE)


class DraftKind(StrEnum):
    """What a draft would become."""

    FIRST = "first"
    REPLY = "reply"
    EDIT = "edit"


@dataclass(frozen=True)
class DraftPlace:
    """Where in a discussion something is being written."""

    kind: DraftKind
    post_id: int | None = None
    """The post that is answered or changed; None for a first post."""

    @property
    def key(self) -> str:
        """Tells the places of one discussion apart: first, reply-12, edit-12."""
        return self.kind.value if self.post_id is None else f"{self.kind.value}-{self.post_id}"

    @property
    def is_edit(self) -> bool:
        """Whether a post is being changed."""
        return self.kind is DraftKind.EDIT


FIRST_POST = DraftPlace(DraftKind.FIRST)


@dataclass(frozen=True)
class DraftContent:
    """The content of a composer that is saved as a draft."""

    text: str
    format: Format = Format.TEXT
    move: Move | None = None
    title: str = ""
    file_ids: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep. An editor's empty paragraphs are nothing; a move alone is no work."""
        written = self.text if self.format is Format.TEXT else _EMPTY_MARKUP.sub("", self.text)
        return not (clean_text(written) or clean_text(self.title) or self.file_ids)

    @property
    def is_too_large(self) -> bool:
        """Whether it is more than a post may be."""
        limit = MAX_HTML if self.format is Format.HTML else MAX_TEXT
        return len(self.text) > limit or len(self.title) > MAX_TITLE or len(self.file_ids) > MAX_FILES


@dataclass(frozen=True)
class DraftRef:
    """The draft that a composer was showing when it was sent."""

    version: str = ""
    """The version that its window had; empty where it knew of none."""
    writer: str = ""
    """The name that the window gives itself."""


NO_DRAFT = DraftRef()


def storable(text: str) -> str:
    """The text without characters that PostgreSQL cannot store; none of them is visible."""
    return text.replace("\x00", "")


def place_of(parent_id: int | None, edited_id: int | None = None) -> DraftPlace:
    """The place of a first post, a reply or an edit, by the posts that a composer names."""
    if edited_id is not None:
        return DraftPlace(DraftKind.EDIT, edited_id)
    return FIRST_POST if parent_id is None else DraftPlace(DraftKind.REPLY, parent_id)


def parse_place(key: str) -> DraftPlace | None:
    """The place that a key names, as composers send it; None for anything else."""
    kind, _, number = key.partition("-")
    if key == FIRST_POST.key:
        return FIRST_POST
    if kind not in (DraftKind.REPLY, DraftKind.EDIT) or not (
        number.isascii() and number.isdigit() and len(number) < 19
    ):
        return None
    return DraftPlace(DraftKind(kind), int(number))
