"""What changes posts."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import UtcDateTime, alias_of
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.actions import give_pseudonyms
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries import DiscussionView
from lti_app.discussion.discussions.rules import Anonymity, Move
from lti_app.discussion.posts.access import Permission, require
from lti_app.discussion.posts.errors import AlreadyPosted, NamesChanged, PostChanged, PostEmpty, PostTooLong
from lti_app.discussion.posts.models import Attachment, Citation, Mention, Post, Revision
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post, lock_post
from lti_app.discussion.posts.queries.referred import compose_written, find_attachable
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.addresses import child_address, child_path
from lti_app.discussion.posts.rules.compose import MAX_HTML, MAX_TEXT, Composed
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.starting import is_titled, settle_title
from lti_app.library.files.actions import attach_files
from lti_app.library.files.rules import Purpose
from lti_app.library.passages.queries import check_quotations
from lti_app.library.readings.actions import find_or_add_passage, find_passages

_PARENT = alias_of(Post)
TWINS_WITHIN = timedelta(minutes=10)
"""The same words by the same person at the same place within this time are one post."""


@dataclass(frozen=True)
class Written:
    """What somebody has written, as the composer sends it."""

    text: str
    format: Format = Format.TEXT
    file_ids: tuple[int, ...] = ()
    """Attached below it, in this order."""
    move: Move | None = None
    """Of a reply: what it does with the post it answers."""
    title: str = ""
    """Of a first post: the topic."""
    group_id: int | None = None
    """Of a first post: for which group; checked by the caller."""
    private_to_id: int | None = None
    """The only person, besides staff, who may see it; checked by the caller."""
    announcement: bool = False
    told: Anonymity | None = None
    """What the page said about names to whoever wrote; None where nothing was said."""


@dataclass(frozen=True)
class Placed:
    """Where a new post stands."""

    id: int
    address: str
    kept: object = field(default=None, repr=False, compare=False)
    """Its row, held so that whoever looks it over in the same transaction need not fetch it anew."""


def create_post(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    written: Written,
    *,
    parent_id: int | None,
    now: datetime,
) -> Placed:
    """Write a first post (`parent_id` None) or a reply; returns where it stands.

    Raises PostEmpty, PostTooLong, AlreadyPosted, NamesChanged, and what the START or REPLY permission raises. Posts
    made at the same moment get different numbers: the counters are raised in the statements that read them, the
    discussion's first, which also lets one post after the other be made, so that numbers become visible in their order.
    """
    composed = _compose(session, actor, discussion, written)
    parent = None
    if parent_id is None:
        require(actor, Permission.START, circumstances_of(session, actor, discussion))
    else:
        parent = get_post(session, actor, discussion, parent_id, need=Permission.REPLY)
    number, nth_root, anonymity = _next_numbers(session, discussion.id, is_root=parent is None)
    if anonymity is not discussion.anonymity or written.told not in (None, anonymity):
        raise NamesChanged(anonymity=anonymity.value)
    parent, nth = (parent, nth_root) if parent is None else _count_reply(session, parent, number, now)
    _refuse_twin(session, actor, discussion, parent_id, text=composed.text, since=now - TWINS_WITHIN)
    if discussion.needs_pseudonym(actor):
        give_pseudonyms(session, discussion.id, [actor.person_id])  # the counter's lock is held
    post = _post_row(actor, discussion, parent, written, composed, number=number, nth=nth, now=now)
    post.quotes = check_quotes(session, discussion, composed.html)
    session.add(post)
    session.flush()
    _link(session, actor, post, written, composed, now=now)
    return Placed(post.id, post.address, post)


def edit_post(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    post_id: int,
    written: Written,
    *,
    version: int,
    now: datetime,
) -> str:
    """Replace a post's text and keep what it said before; returns its address.

    `version` is that of the text the author edited; raises PostChanged when it is no longer the newest or the post was
    deleted meanwhile, PostEmpty, PostTooLong, TitleMissing, and what the gate raises. What changes nothing is no edit.
    """
    get_post(session, actor, discussion, post_id, need=Permission.EDIT)
    composed = _compose(session, actor, discussion, written)
    post = lock_post(session, post_id)
    title = settle_title(written.title, needed=is_titled(discussion.structure, post.address, post.title))
    had_more = bool(post.attachments) or "<img" in post.html or 'class="mention"' in post.html
    if post.title == title and _says_the_same(post, written, composed):  # also the second of two clicks
        return post.address
    if post.version != version or post.deleted_at is not None:
        raise PostChanged
    session.add(
        Revision(
            post_id=post.id,
            version=post.version,
            title=post.title,
            format=post.format,
            text=post.text,
            html=post.html,
            words=post.words,
            reading_ids=post.reading_ids,
            written_at=post.edited_at or post.created_at,
        )
    )
    post.title = title
    post.text, post.html, post.words = composed.text, composed.html, composed.words
    post.format, post.move = written.format, written.move if post.parent_id else None
    post.reading_ids = composed.reading_ids
    post.quotes = check_quotes(session, discussion, composed.html)
    post.edited_at = now
    post.version += 1
    session.execute(delete(Citation).where(Citation.post_id == post.id))
    if had_more:
        session.execute(delete(Mention).where(Mention.post_id == post.id))
        session.execute(delete(Attachment).where(Attachment.post_id == post.id))
    _link(session, actor, post, written, composed, now=now)
    return post.address


def delete_post(session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, now: datetime) -> str:
    """Leave a tombstone in a post's place, its text kept unseen; returns its address. Raises what the gate raises."""
    get_post(session, actor, discussion, post_id, need=Permission.DELETE)
    post = lock_post(session, post_id)
    if post.deleted_at is None:
        post.deleted_at, post.deleted_by_id = now, actor.person_id
    session.flush()
    return post.address


def check_quotes(session: Session, discussion: DiscussionView, html: str) -> list[dict[str, object]]:
    """What becomes of the longer quotations in a post, as Post.quotes keeps it (one statement where there are any)."""
    labels = {reading.id: reading.label for reading in discussion.readings}
    return [verdict.kept(labels[verdict.reading_id]) for verdict in check_quotations(session, html, labels)]


def _refuse_twin(
    session: Session, actor: Actor, discussion: DiscussionView, parent_id: int | None, *, text: str, since: datetime
) -> None:
    """A second click, or a form sent again after a broken connection, is no second post. The counter's lock is held."""
    twin = session.scalar(
        select(Post.address).where(
            Post.discussion_id == discussion.id,
            Post.author_id == actor.person_id,
            Post.parent_id.is_(None) if parent_id is None else Post.parent_id == parent_id,
            Post.created_at > since,
            Post.deleted_at.is_(None),
            Post.text == text,
        )
    )
    if twin is not None:
        raise AlreadyPosted(address=twin)


def _compose(session: Session, actor: Actor, discussion: DiscussionView, written: Written) -> Composed:
    is_rich = written.format is Format.HTML
    if len(written.text) > (limit := MAX_HTML if is_rich else MAX_TEXT):
        raise PostTooLong(limit=limit, length=len(written.text))
    composed = compose_written(session, actor, discussion, written.text, is_rich=is_rich)
    if not composed.text:
        raise PostEmpty
    if len(composed.text) > MAX_TEXT:
        raise PostTooLong(limit=MAX_TEXT, length=len(composed.text))
    return composed


def _says_the_same(post: Post, written: Written, composed: Composed) -> bool:
    """Whether an edit changes nothing: rich text may differ in its look alone."""
    same_files = tuple(file["id"] for file in post.attachments) == written.file_ids
    same_look = written.format is post.format and (post.format is Format.TEXT or composed.html == post.html)
    same_move = post.parent_id is None or written.move is post.move
    return same_files and same_look and same_move and composed.text == post.text


def _post_row(
    actor: Actor,
    discussion: DiscussionView,
    parent: PostView | None,
    written: Written,
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
        by_staff=actor.is_staff,
        parent_id=parent.id if parent else None,
        root_id=parent.root_id if parent else None,
        group_id=parent.group_id if parent else written.group_id,
        number=number,
        path=path,
        address=child_address(parent.address if parent else "", nth),
        depth=path.count("."),
        latest_number=number,
        latest_at=now,
        title="" if parent else written.title,
        format=written.format,
        text=composed.text,
        html=composed.html,
        words=composed.words,
        reading_ids=composed.reading_ids,
        move=written.move if parent else None,
        announcement=written.announcement and parent is None and actor.is_staff,
        private_to_id=parent.private_to_id if parent and parent.private_to_id else written.private_to_id,
        created_at=now,
        version=1,
    )


def _next_numbers(session: Session, discussion_id: int, *, is_root: bool) -> tuple[int, int, Anonymity]:
    """The number of the next post, how many first posts there are with it, and what from now on holds for names."""
    raised = (
        update(Discussion)
        .where(Discussion.id == discussion_id)
        .values(post_count=Discussion.post_count + 1, root_count=Discussion.root_count + int(is_root))
    )
    row = session.execute(raised.returning(Discussion.post_count, Discussion.root_count, Discussion.anonymity)).one()
    return row[0], row[1], row[2]


def _count_reply(session: Session, parent: PostView, number: int, now: datetime) -> tuple[PostView, int]:
    """The parent where it stands by now, and how many replies it has; its thread learns of the newest post."""
    thread = select(func.coalesce(_PARENT.root_id, _PARENT.id)).where(_PARENT.id == parent.id).scalar_subquery()
    is_parent, is_root = Post.id == parent.id, Post.id == thread
    raised = (
        update(Post)
        .where(or_(is_parent, is_root))
        .values(
            reply_count=Post.reply_count + case((is_parent, 1), else_=0),
            descendants=Post.descendants + case((is_root, 1), else_=0),
            latest_number=case((is_root, number), else_=Post.latest_number),
            latest_at=case((is_root, literal(now, UtcDateTime)), else_=Post.latest_at),
        )
        .returning(Post.id, Post.reply_count, Post.path, Post.address, Post.root_id)
    )
    _id, count, path, address, root_id = next(row for row in session.execute(raised) if row[0] == parent.id)
    return replace(parent, path=path, address=address, root_id=root_id or parent.id), count


def _link(session: Session, actor: Actor, post: Post, written: Written, composed: Composed, *, now: datetime) -> None:
    """Note what a post cites, whom it mentions and which files it shows; nothing is asked for what it has not."""
    _cite(session, post.id, composed)
    if composed.mentions:
        session.execute(insert(Mention), [{"post_id": post.id, "person_id": one} for one in composed.mentions])
    files = find_attachable(session, actor, {*written.file_ids, *composed.pictures})
    attach_files(session, actor, files.keys(), purpose=Purpose.ATTACHMENT, now=now)
    if shown := {*files, *composed.pictures}:
        session.execute(insert(Attachment), [{"post_id": post.id, "file_id": file_id} for file_id in shown])
    post.attachments = [files[file_id].shown for file_id in written.file_ids if file_id in files]
    session.flush()


def _cite(session: Session, post_id: int, composed: Composed) -> None:
    chosen = {cited.passage_id for cited in composed.citations}
    places = [cited for cited in composed.citations if cited.passage_id is None]
    chosen |= {*find_passages(session, ((one.reading_id, one.page) for one in places if not one.paragraph)).values()}
    for one in places:
        if one.paragraph:
            chosen.add(find_or_add_passage(session, one.reading_id, page="", paragraph=one.paragraph))
    if rows := [{"post_id": post_id, "passage_id": passage_id} for passage_id in chosen if passage_id]:
        session.execute(insert(Citation), rows)
    session.flush()
