"""Reading one's own drafts."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.core.statements import fetch_row, fetch_rows
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.drafts.models import Draft
from lti_app.discussion.drafts.rules import FIRST_POST, DraftContent, DraftKind, DraftPlace
from lti_app.discussion.posts.access import PostPermission, may
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import has_posted, with_own_post
from lti_app.discussion.visibility.queries import (
    DISCUSSION,
    READER,
    ViewerKind,
    author_name_for,
    viewer_kind,
    viewer_values,
    visible_to,
)

_COLUMNS: tuple[Any, ...] = (
    *(Draft.id, Draft.place, Draft.post_id, Draft.version, Draft.saved_at),
    *(Draft.format, Draft.move, Draft.title, Draft.file_ids),
)
_OWN = (Draft.person_id == READER, Draft.discussion_id == DISCUSSION)
_AT_PLACE = select(*_COLUMNS, Draft.text).where(*_OWN, Draft.place == bindparam("place"))
_SHOWN_TEXT = case((Draft.place == FIRST_POST.key, Draft.text), else_="").label("text")


@dataclass(frozen=True)
class DraftView:
    """What the reader was writing at a place."""

    id: int
    place: DraftPlace
    version: str
    saved_at: datetime
    drafted: DraftContent
    """Its text is left out in lists, except that of a first post."""
    address: str = ""
    """Of the post that it answers or changes; empty where that post no longer exists for the reader."""
    author: str = ""
    """Who is answered, as the reader sees them; empty likewise."""


def get_draft(session: Session, actor: Actor, discussion: DiscussionView, place: DraftPlace) -> DraftView | None:
    """The actor's draft at a place, if there is one (one statement)."""
    row = fetch_row(session, _AT_PLACE, {**viewer_values(actor, discussion), "place": place.key})
    return _view(row, row.text) if row else None


def find_draft(session: Session, actor: Actor, discussion: DiscussionView, draft_id: int) -> DraftView:
    """One of the actor's drafts in this discussion by its number; raises NotFound."""
    row = session.scalar(
        select(Draft).where(
            Draft.id == draft_id, Draft.person_id == actor.person_id, Draft.discussion_id == discussion.id
        )
    )
    if row is None:
        raise NotFound
    return _view(row, row.text)


def list_drafts(session: Session, actor: Actor, discussion: DiscussionView) -> tuple[DraftView, ...]:
    """All of the actor's drafts in this discussion, the newest first (one statement)."""
    statement = _drafts(viewer_kind(actor, discussion).in_any_group)
    rows = fetch_rows(session, statement, viewer_values(actor, discussion))
    return tuple(_listed(actor, discussion, row) for row in rows)


def _listed(actor: Actor, discussion: DiscussionView, row: Any) -> DraftView:
    here = with_own_post(discussion, has_posted=bool(row.has_begun))
    if row.author_id == actor.person_id or may(actor, PostPermission.READ, here):
        return _view(row, row.text, row.address, row.author)
    return _view(row, row.text)


@cache
def _drafts(kind: ViewerKind) -> Select[Any]:
    author = author_name_for(Post, kind).label("author")
    return (
        select(*_COLUMNS, _SHOWN_TEXT, Post.address, author, Post.author_id, has_posted(kind).label("has_begun"))
        .outerjoin(Post, and_(Post.id == Draft.post_id, visible_to(Post, kind)))
        .outerjoin(Person, Person.id == Post.author_id)
        .where(*_OWN)
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
    )


def _view(row: Any, text: str, address: str | None = "", author: str | None = "") -> DraftView:
    return DraftView(
        id=row.id,
        place=DraftPlace(DraftKind(row.place.partition("-")[0]), row.post_id),
        version=row.version,
        saved_at=row.saved_at,
        drafted=DraftContent(text, row.format, row.move, row.title, tuple(row.file_ids)),
        address=address or "",
        author=author or "",
    )
