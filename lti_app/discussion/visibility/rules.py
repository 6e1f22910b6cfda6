"""Who may read in a discussion, and what a post says to whom: the decisions, without a database."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.rules import State


class Aside(StrEnum):
    """Why a post that was not deleted is not in front of the whole class."""

    HIDDEN = "hidden"
    """An instructor has hidden it: its place is seen, not what it says."""
    HELD = "held"
    """It is held for review."""
    PRIVATE = "private"
    """It is meant for one person."""


class StatusColumns(Protocol):
    """The columns of a post on which the rules depend, as any row that selects them has them."""

    @property
    def author_id(self) -> int:
        """Who wrote it, or imported it."""

    @property
    def byline(self) -> str | None:
        """The name that an imported post is shown under."""

    @property
    def private_to_id(self) -> int | None:
        """The only person who sees it, besides its author and staff."""

    @property
    def held_at(self) -> datetime | None:
        """Since when it is held for review."""

    @property
    def hidden_at(self) -> datetime | None:
        """When it was hidden."""

    @property
    def deleted_at(self) -> datetime | None:
        """When it was deleted."""


class PostStatus(NamedTuple):
    """What has become of a post."""

    is_deleted: bool
    is_hidden: bool
    is_held: bool
    is_private: bool
    is_imported: bool

    def is_readable(self, *, is_author: bool, is_staff: bool) -> bool:
        """Whether what the post says is shown to this viewer."""
        return is_readable(is_deleted=self.is_deleted, is_hidden=self.is_hidden, is_author=is_author, is_staff=is_staff)


def is_readable(*, is_deleted: bool, is_hidden: bool, is_author: bool, is_staff: bool) -> bool:
    """Whether the text of an existing post is shown to the viewer; otherwise only its place is shown."""
    return not is_deleted and (not is_hidden or is_author or is_staff)


def status_of(post: StatusColumns) -> PostStatus:
    """What has become of the post of this row."""
    return PostStatus(
        is_deleted=post.deleted_at is not None,
        is_hidden=post.hidden_at is not None,
        is_held=post.held_at is not None,
        is_private=post.private_to_id is not None,
        is_imported=post.byline is not None,
    )


def takes_part(role: Role) -> bool:
    """Whether this role reads and writes posts at all."""
    return role is not Role.OBSERVER


def has_begun(role: Role, state: State) -> bool:
    """Whether there are posts to read yet; staff prepare a discussion before it opens."""
    return role.is_staff or state.has_begun


def may_answer_others(role: Role, *, post_first: bool, has_posted: bool) -> bool:
    """Whether the viewer has met the condition for replying to others."""
    return role.is_staff or not post_first or has_posted


def is_gate_open(role: Role, state: State, *, post_first: bool, has_posted: bool) -> bool:
    """Whether the posts of others may be read.

    In a closed discussion nobody can write any more, so the gate would only lock out those who missed it.
    """
    return may_answer_others(role, post_first=post_first, has_posted=has_posted) or state is State.CLOSED
