"""Writing a first post or a reply."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Integer, Text, Update, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import Id, UtcDateTime, alias_of
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import list_groups
from lti_app.discussion.discussions.actions.pseudonyms import assign_pseudonyms
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Anonymity, Structure
from lti_app.discussion.posts.access import PostPermission, require
from lti_app.discussion.posts.actions.content import check_quotes, compose_post, link_post, refuse_named_files
from lti_app.discussion.posts.errors import AlreadyPosted, NamesChanged, ParentGone, PostHeld
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.addresses import child_address, child_path
from lti_app.discussion.posts.rules.compose import Composed
from lti_app.discussion.posts.rules.starting import settle_start
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.visibility.queries import not_deleted
from lti_app.library.files.queries import list_files

_PARENT = alias_of(Post)
_TWIN = alias_of(Post)
TWINS_WITHIN = timedelta(minutes=10)
"""The same words with the same files by the same person at the same place within this time are one post."""
_SAME = (
    Post.discussion_id,
    Post.author_id,
    Post.parent_id,
    Post.group_id,
    Post.private_to_id,
    Post.title,
    Post.move,
    Post.announcement,
    Post.html,  # which has citations, mentions and pictures that the text may not tell apart
)
"""What twins have in common, besides their files."""


_NUMBER = (
    update(Discussion)
    .where(Discussion.id == bindparam("in_discussion", type_=Id))
    .values(
        post_count=Discussion.post_count + 1, root_count=Discussion.root_count + bindparam("is_root", type_=Integer)
    )
    .returning(Discussion.post_count, Discussion.root_count, Discussion.anonymity)
)
"""Made once, like the next: every post begins with it."""


def _count_one_reply() -> Update:
    """Counts a reply at the post that it answers and in its thread, and looks for a twin of it, while the counter of
    the discussion is locked."""
    parent, nth = bindparam("parent", type_=Id), bindparam("nth", type_=Integer)
    thread = select(func.coalesce(_PARENT.root_id, _PARENT.id)).where(_PARENT.id == parent).scalar_subquery()
    is_parent, is_root = Post.id == parent, Post.id == thread
    twin = (
        _TWIN.parent_id == parent,
        _TWIN.author_id == bindparam("author", type_=Id),
        _TWIN.placed_at > bindparam("lately", type_=UtcDateTime),
        _TWIN.html == bindparam("said", type_=Text),
        not_deleted(_TWIN),
    )
    return (
        update(Post)
        .where(or_(is_parent, is_root))
        .values(
            reply_count=Post.reply_count + case((is_parent, 1), else_=0),
            descendants=Post.descendants + case((is_root, 1), else_=0),
            latest_number=case((is_root, nth), else_=Post.latest_number),
            latest_at=case((is_root, bindparam("now", type_=UtcDateTime)), else_=Post.latest_at),
        )
        .returning(
            Post.id,
            Post.reply_count,
            Post.path,
            Post.address,
            Post.root_id,
            Post.deleted_at,
            Post.hidden_at,
            Post.held_at,
            select(_TWIN.id).where(*twin).exists().label("has_twin"),
        )
    )


_COUNT_REPLY = _count_one_reply()


@dataclass(frozen=True)
class CreatedPost:
    """Where a new post stands."""

    id: int
    address: str
    row: object = field(default=None, repr=False, compare=False)
    """The stored row, referenced so that screening it in the same transaction finds it in the session."""


def create_post(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    written: PostContent,
    *,
    parent_id: int | None,
    privately: bool = False,
    now: datetime,
) -> CreatedPost:
    """Write a first post (`parent_id` None) or a reply, `privately` for the author of the parent and staff alone.

    Raises what the START, REPLY or REPLY_PRIVATELY permission raises, what `settle_start` raises, and PostEmpty,
    PostTooLong, AlreadyPosted, NamesChanged, and ParentGone or PostHeld where the parent changed at the same moment.
    Posts made at the same moment get different numbers: the counters are raised in the statements that read them, the
    discussion's first, which also lets one post after the other be made, so that numbers become visible in their order.
    """
    parent, title, group_id = None, "", None
    if parent_id is None:
        require(actor, PostPermission.START, circumstances_of(session, actor, discussion))
        title, group_id = _settle_start(session, actor, discussion, written)
    else:
        if privately:
            get_post(session, actor, discussion, parent_id, need=PostPermission.REPLY_PRIVATELY)
        parent = get_post(session, actor, discussion, parent_id, need=PostPermission.REPLY)
    refuse_named_files(session, actor, discussion, written.file_ids)
    composed = compose_post(session, actor, discussion, written, now=now)
    number, nth_root, anonymity = _next_numbers(session, discussion.id, is_root=parent is None)
    if anonymity is not discussion.anonymity or written.shown_anonymity not in (None, anonymity):
        raise NamesChanged(anonymity=anonymity.value)
    nth, may_be_twin = nth_root, True
    if parent is not None:
        parent, nth, may_be_twin = _count_reply(session, actor, parent, composed.html, number=number, now=now)
    post = _post_row(actor, discussion, parent, written, composed, number=number, nth=nth, now=now)
    post.title = title
    if parent is None:
        post.group_id = group_id
    else:  # what answers a private post is as private as that one
        post.group_id = parent.group_id
        post.private_to_id = parent.private_to_id or (parent.author_id if privately else None)
    if may_be_twin:
        _refuse_twin(session, actor, post, written.file_ids)
    if discussion.needs_pseudonym(actor):
        assign_pseudonyms(session, discussion.id, [actor.person_id])
    post.quotes = check_quotes(session, discussion, composed.html)
    session.add(post)
    session.flush()
    link_post(session, actor, post, written, composed, now=now)
    return CreatedPost(post.id, post.address, post)


def _settle_start(
    session: Session, actor: Actor, discussion: DiscussionView, written: PostContent
) -> tuple[str, int | None]:
    """The title and the group of a first post, as the actor may choose them here."""
    is_apart = discussion.structure is Structure.GROUPS
    groups = list_groups(session, actor, discussion.group_kind) if is_apart else ()
    return settle_start(
        discussion.structure,
        title=written.title,
        group_id=written.group_id,
        groups=[group.id for group in groups],
        is_staff=actor.is_staff,
    )


def _refuse_twin(session: Session, actor: Actor, post: Post, file_ids: Collection[int]) -> None:
    """A second click, or a form sent again after a broken connection, is no second post. The counter's lock is held.

    Files are compared by name and content, since a form that is sent again brings its files once more.
    """
    same = [column == getattr(post, column.key) for column in _SAME]  # "is not distinct from" would use no index
    lately = (Post.placed_at > post.placed_at - TWINS_WITHIN, not_deleted(Post))
    twins = session.execute(select(Post.address, Post.attachments).where(*same, *lately)).all()
    if not twins:
        return
    theirs = {address: {shown["id"] for shown in files} for address, files in twins}
    known = list_files(session, actor, {*file_ids}.union(*theirs.values()))

    def contents(ids: Collection[int]) -> list[tuple[str, str]]:
        return sorted((known[one].name, known[one].sha256) for one in {*ids} & known.keys())

    for address, ids in theirs.items():
        if contents(ids) == contents(file_ids):
            raise AlreadyPosted(address=address)


def _post_row(
    actor: Actor,
    discussion: DiscussionView,
    parent: PostView | None,
    written: PostContent,
    composed: Composed,
    *,
    number: int,
    nth: int,
    now: datetime,
) -> Post:
    path = child_path(parent.path if parent else "", nth)
    return Post(
        course_id=discussion.course_id,
        discussion_id=discussion.id,
        author_id=actor.person_id,
        by_staff=actor.writes_as_staff,
        parent_id=parent.id if parent else None,
        root_id=parent.root_id if parent else None,
        number=number,
        path=path,
        address=child_address(parent.address if parent else "", nth),
        depth=path.count("."),
        latest_number=number,
        latest_at=now,
        format=written.format,
        text=composed.text,
        html=composed.html,
        words=composed.words,
        reading_ids=composed.reading_ids,
        move=written.move if parent else None,
        announcement=written.announcement and parent is None and actor.is_staff,
        placed_at=now,
        version=1,
    )


def _next_numbers(session: Session, discussion_id: int, *, is_root: bool) -> tuple[int, int, Anonymity]:
    """The number of the next post, how many first posts there are with it, and what from now on holds for names."""
    row = session.connection().execute(_NUMBER, {"in_discussion": discussion_id, "is_root": int(is_root)}).one()
    return row.post_count, row.root_count, row.anonymity


def _count_reply(
    session: Session, actor: Actor, parent: PostView, html: str, *, number: int, now: datetime
) -> tuple[PostView, int, bool]:
    """The parent in its current place, how many replies it has, and whether the actor has just said the same there;
    its thread learns of the newest post.

    Raises ParentGone or PostHeld where the parent was deleted, hidden or held after the gate let the reply through.
    """
    values = {"parent": parent.id, "nth": number, "now": now, "author": actor.person_id, "said": html}
    counted = session.connection().execute(_COUNT_REPLY, {**values, "lately": now - TWINS_WITHIN})
    row = next(row for row in counted if row.id == parent.id)
    if row.deleted_at or (row.hidden_at and not actor.is_staff):
        raise ParentGone
    if row.held_at and not parent.is_held:
        raise PostHeld
    placed = replace(parent, path=row.path, address=row.address, root_id=row.root_id or parent.id)
    return placed, row.reply_count, bool(row.has_twin)
