"""Posts as a person may see them: the statement that reads them, and a row as a view."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, String, inspect, select
from sqlalchemy import cast as sql_cast

from lti_app.core.db import alias_of
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.access import Circumstances, PostPermission, permitted, with_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.attached import shown_files
from lti_app.discussion.visibility.queries import (
    ViewerKind,
    author_name,
    author_name_for,
    from_former_group,
    viewer_kind,
    visible,
    visible_of,
)
from lti_app.discussion.visibility.rules import is_readable

_ROOT = alias_of(Post)

PostRow = Row[*tuple[Any, ...]]
"""What `select_posts` asks for: a post's columns but its text, `author`, the name it is shown under, `is_elsewhere`,
whether it belongs to a group that the reader has left, and of the first post above it `root_locked_at`, when its thread
was closed, and `asked_by`, who began it. Rows of columns cost a page a good deal less than objects that watch for
changes."""
COLUMNS = tuple(getattr(Post, column.key) for column in inspect(Post).column_attrs if column.key != "text")
"""The columns of a post without its text, which may be long."""
_NOT_SHOWN = ("format", "words", "origin", "descendants", "latest_number", "latest_at", "split_at", "split_from_id")
_LISTS = ("reading_ids", "attachments", "quotes", "held_reasons")
_SHOWN = tuple(
    (sql_cast(column, String) if column.key in _LISTS else column).label(column.key)
    for column in COLUMNS
    if column.key not in (*_NOT_SHOWN, "hidden_by_id")
)
"""What a view is made from; a card of it is out of date when one of these has changed. Lists come as they are stored:
most are taken apart for no page, since the card is there."""


@dataclass(frozen=True)
class PostView:
    """A post as the actor may see it."""

    id: int
    path: str
    address: str
    depth: int
    parent_id: int | None
    author_id: int
    author: str
    by_staff: bool
    is_own: bool
    html: str
    """Empty for a tombstone, and for those who may not see a hidden post, as is all that is derived from the text."""
    created_at: datetime | None
    """None if nobody knows when it was written."""
    edited_at: datetime | None
    is_deleted: bool
    deleted_by_author: bool
    root_id: int
    """Its own id for a first post."""
    group_id: int | None
    number: int
    """The nth post of the discussion in the order of writing."""
    title: str
    move: Move | None
    reading_ids: tuple[int, ...]
    """The readings that it cites, each once."""
    attachments: tuple[Any, ...]
    """Of each file below it: id, name, type, size and slug, and what `shown_files` adds."""
    quotes: tuple[Any, ...]
    likes: int
    is_announcement: bool
    private_to_id: int | None
    """The only person who sees it, besides its author and staff."""
    is_pinned: bool
    is_exemplary: bool
    is_accepted: bool
    is_locked: bool
    """Whether its thread is closed."""
    is_imported: bool
    is_hidden: bool
    hidden_reason: str
    is_held: bool
    held_reasons: tuple[str, ...]
    can_reply: bool
    can_edit: bool
    can_delete: bool
    permissions: frozenset[PostPermission]
    """All that the actor may do with it."""

    @property
    def is_marked(self) -> bool:
        """Whether its heading has any mark besides the author and the date."""
        marks = (self.move, self.is_announcement, self.is_pinned, self.is_accepted, self.is_exemplary, self.is_locked)
        return any(marks) or any((self.is_imported, self.is_hidden, self.is_held, self.private_to_id))

    @property
    def parent_address(self) -> str:
        """The address of the post that this one answers; empty for a first post."""
        return self.address.rpartition(".")[0]


def select_posts(actor: Actor, discussion: DiscussionView, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Posts of the discussion that exist for the actor, with what `view_post` needs to show them."""
    away = from_former_group(Post, viewer_kind(actor, discussion), actor.person_id)
    return _posts(author_name(Post, actor, discussion), away).where(visible(Post, actor, discussion), *conditions)


def posts_by(kind: ViewerKind, found: ColumnElement[bool]) -> Select[Any]:
    """Posts that are found by their ids, as a viewer of this kind sees them; run with `viewer_values`."""
    return _posts(author_name_for(Post, kind), from_former_group(Post, kind)).where(visible_of(Post, kind), found)


def _posts(author: ColumnElement[str], away: ColumnElement[bool]) -> Select[Any]:
    above = (away.label("is_elsewhere"), _ROOT.locked_at.label("root_locked_at"), _ROOT.author_id.label("asked_by"))
    return (
        select(*_SHOWN, author.label("author"), *above)
        .join(Person, Person.id == Post.author_id)
        .outerjoin(_ROOT, _ROOT.id == Post.root_id)
    )


def view_post(row: PostRow, discussion: DiscussionView, actor: Actor, c: Circumstances) -> PostView:
    """A row of `select_posts` as the actor may see it."""
    post = cast("Post", row)  # as far as its columns go
    here = circumstances_of_post(row, discussion, actor, c)
    permissions = permitted(actor, here)
    can_see = is_readable(
        is_deleted=here.is_deleted, is_hidden=here.is_hidden, is_author=here.is_author, is_staff=actor.is_staff
    )
    hides_author = discussion.hides_author_from(actor, by_staff=post.by_staff, is_author=here.is_author)
    is_masked = here.is_author and discussion.hides_name_of(actor)
    return PostView(
        id=post.id,
        path=post.path,
        address=post.address,
        depth=post.depth,
        parent_id=post.parent_id,
        author_id=post.author_id,
        author=row.author,
        by_staff=post.by_staff and not here.is_imported,
        is_own=here.is_author and not here.is_imported,
        html=post.html if can_see else "",
        created_at=None if post.undated else post.placed_at,
        edited_at=post.edited_at,
        is_deleted=here.is_deleted,
        deleted_by_author=here.is_deleted and post.deleted_by_id == post.author_id,
        root_id=post.root_id or post.id,
        group_id=post.group_id,
        number=post.number,
        title=post.title if can_see else "",
        move=post.move if can_see else None,
        reading_ids=tuple(_list_in(row.reading_ids)) if can_see else (),
        attachments=shown_files(_list_in(row.attachments), hides_author=hides_author, others_see_pseudonym=is_masked)
        if can_see
        else (),
        quotes=tuple(_list_in(row.quotes)) if can_see else (),
        likes=post.likes if can_see else 0,
        is_announcement=post.announcement,
        private_to_id=post.private_to_id,
        is_pinned=post.pinned_at is not None,
        is_exemplary=post.exemplary_at is not None,
        is_accepted=post.accepted_at is not None,
        is_locked=here.is_locked,
        is_imported=here.is_imported,
        is_hidden=here.is_hidden,
        hidden_reason=post.hidden_reason if can_see else "",
        is_held=here.is_held,
        held_reasons=tuple(_list_in(row.held_reasons)) if can_see else (),
        can_reply=PostPermission.REPLY in permissions,
        can_edit=PostPermission.EDIT in permissions,
        can_delete=PostPermission.DELETE in permissions,
        permissions=permissions,
    )


def _list_in(stored: str) -> list[Any]:
    found: list[Any] = [] if stored == "[]" else json.loads(stored)
    return found


def circumstances_of_post(row: PostRow, discussion: DiscussionView, actor: Actor, c: Circumstances) -> Circumstances:
    """What permissions on the post of this row depend on."""
    above = {"root_locked_at": row.root_locked_at, "asked_by": row.asked_by, "is_elsewhere": row.is_elsewhere}
    return with_post(c, cast("Post", row), actor=actor, discussion=discussion, **above)
