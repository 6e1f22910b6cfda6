"""A student's posts in their conversations, for the grading desk."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post, Revision
from lti_app.discussion.posts.rules.attached import shown_files
from lti_app.discussion.visibility.queries import author_name
from lti_app.discussion.visibility.rules import status_of
from lti_app.grading.assessments.queries.desk import MOMENTS
from lti_app.grading.assessments.rules import PostEvent


@dataclass(frozen=True)
class RelatedPost:
    """A post that the student replied to, or a reply to the student."""

    address: str
    author: str
    html: str
    """In full, also where it is deleted or hidden: graders see what the student replied to."""
    created_at: datetime | None
    is_deleted: bool
    is_hidden: bool
    is_held: bool
    is_private: bool


@dataclass(frozen=True)
class PostInContext:
    """One of the student's posts, with the post it replies to and the replies it received."""

    id: int
    address: str
    title: str
    """Of a first post where students begin topics; else empty."""
    html: str
    words: int
    quotes: tuple[dict[str, Any], ...]
    """What became of each longer quotation when it was looked for in the texts of the readings."""
    created_at: datetime | None
    edited_at: datetime | None
    is_deleted: bool
    is_hidden: bool
    is_held: bool
    is_private: bool
    parent: RelatedPost | None
    replies: tuple[RelatedPost, ...]
    events: tuple[PostEvent, ...]
    """Everything that happened to it, its creation included."""
    attachments: tuple[dict[str, Any], ...]
    """Its files as the grader may see them; none of a deleted post, whose files nobody keeps."""


@dataclass(frozen=True)
class EditedText:
    """What a post said at a moment, and what it says now."""

    before: str
    now: str


_PARENT = alias_of(Post)


def list_posts_in_context(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, hides_names: bool = False
) -> list[PostInContext]:
    """All posts of a student in a discussion, oldest first, deleted ones included (two statements).

    With `hides_names`, those of other posts have no author, and files do not say who took them.

    Graders see deleted text, so that nobody can erase what has been graded. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Post, _PARENT, author_name(_PARENT, actor, discussion))
        .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
        .outerjoin(Person, Person.id == _PARENT.author_id)
        .where(Post.discussion_id == discussion.id, Post.author_id == person_id)
        .order_by(Post.id)
    ).all()
    replies = _replies_to(session, actor, discussion, person_id)
    if hides_names:
        replies = {key: [replace(reply, author="") for reply in found] for key, found in replies.items()}
    hides_authors = hides_names or discussion.hides_names_from(actor)
    return [
        PostInContext(
            id=post.id,
            address=post.address,
            title=post.title,
            html=post.html,
            words=post.words,
            quotes=tuple(post.quotes),
            created_at=post.created_at,
            edited_at=post.edited_at,
            is_deleted=(status := status_of(post)).is_deleted,
            is_hidden=status.is_hidden,
            is_held=status.is_held,
            is_private=status.is_private,
            parent=_related(parent, "" if hides_names else author) if parent is not None else None,
            replies=tuple(replies.get(post.id, ())),
            events=_events(post),
            attachments=() if status.is_deleted else shown_files(post.attachments, hides_author=hides_authors),
        )
        for post, parent, author in rows
    ]


def collect_edited_texts(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, since: datetime
) -> dict[str, EditedText]:
    """By address, the posts of a student that stood at that moment and were edited later (one statement).

    Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    rows = session.execute(
        select(Post.address, Revision.title, Revision.text, Post.title, Post.text)
        .join(Revision, Revision.post_id == Post.id)
        .where(Post.discussion_id == discussion.id, Post.author_id == person_id)
        .where(Post.edited_at > since, Revision.written_at <= since)
        .order_by(Post.id, Revision.version)
    )
    # Of several versions from before, the last one is what stood there.
    return {
        address: EditedText(_with_title(title, text), _with_title(title_now, text_now))
        for address, title, text, title_now, text_now in rows
    }


def _with_title(title: str, text: str) -> str:
    return f"{title}\n\n{text}" if title else text


def _replies_to(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int
) -> dict[int, list[RelatedPost]]:
    rows = session.execute(
        select(Post, author_name(Post, actor, discussion))
        .join(_PARENT, _PARENT.id == Post.answered_id)
        .join(Person, Person.id == Post.author_id)
        # Both are of the discussion; by the parent's alone, no index would lead from it to its replies.
        .where(Post.discussion_id == discussion.id, _PARENT.discussion_id == discussion.id)
        .where(_PARENT.author_id == person_id)
        .order_by(Post.id)
    )
    replies: dict[int, list[RelatedPost]] = {}
    for post, author in rows:
        replies.setdefault(post.answered_id or 0, []).append(_related(post, author))
    return replies


def _events(post: Post) -> tuple[PostEvent, ...]:
    moments = {kind: getattr(post, column.key) for kind, column in MOMENTS.items()}
    return tuple(PostEvent(post.address, kind, at) for kind, at in moments.items() if at is not None)


def _related(post: Post, author: str) -> RelatedPost:
    status = status_of(post)
    return RelatedPost(
        address=post.address,
        author=author,
        html=post.html,
        created_at=post.created_at,
        is_deleted=status.is_deleted,
        is_hidden=status.is_hidden,
        is_held=status.is_held,
        is_private=status.is_private,
    )
